"""A paper that an officer attaches to a case: a resolution, or one that reached the agency by another way."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from playwright.sync_api import expect

from common.errors import NotAllowed
from crm import actions, files
from crm.models import Document
from crm.queries.timeline import case_timeline
from events.models import Event
from tests.browser import DESK, PHONE, assert_accessible, assert_fits
from tests.factories import crm

pytestmark = pytest.mark.usefixtures("in_english")
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def attach(case):
    return reverse("crm:case-act", args=[case.folio, "attach"])


def resolution(content=crm.PDF + b"%\n%%EOF\n", name="resolucion.pdf"):
    return SimpleUploadedFile(name, content, "application/pdf")


@pytest.mark.django_db
@pytest.mark.parametrize(("requirement", "kept_as"), [("proof", "proof"), ("", "other-1")])
def test_an_officer_attaches_a_paper_for_a_requirement_or_another_and_the_citizen_reads_it(
    requirement, kept_as, submitted_case, officer, client_of
):
    given = {"revision": submitted_case.revision, "requirement": requirement, "file": resolution()}

    answer = client_of(officer).post(attach(submitted_case), given)

    assert answer.status_code == 302
    paper = Document.objects.get(name="resolucion.pdf")
    assert paper.requirement == kept_as
    told = Event.objects.get(kind="case.paper_added", subject_id=submitted_case.pk)
    assert (told.channel, told.value("by_other"), told.actor_id) == ("agency", False, officer.pk)
    assert "resolucion.pdf" in [
        point.text for point in case_timeline(submitted_case, actor=submitted_case.holder)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Choose the file."),
        ({"file": b"not a paper"}, "This kind of file can not be taken"),
        ({"file": crm.PDF, "requirement": "no-such"}, "Choose among the papers"),
    ],
)
def test_what_is_no_paper_is_refused_in_words(given, words, submitted_case, officer, client_of):
    if "file" in given:
        given = given | {"file": resolution(given["file"])}

    answer = client_of(officer).post(
        attach(submitted_case), {"revision": submitted_case.revision} | given, headers=HTMX
    )

    assert answer.status_code == 422
    assert words in answer.text
    assert Document.objects.count() == 1


@pytest.mark.django_db
def test_from_an_old_page_nothing_is_attached(submitted_case, officer, client_of, actor_of):
    old = submitted_case.revision
    actions.note_case(submitted_case, by=actor_of(officer), text="Llegó por correo.")

    answer = client_of(officer).post(attach(submitted_case), {"revision": old, "file": resolution()})

    assert answer.status_code == 422
    assert Document.objects.count() == 1


@pytest.mark.django_db
def test_an_officer_of_another_agency_attaches_nothing(submitted_case, other_officer, actor_of):
    with pytest.raises(NotAllowed):
        actions.add_document(
            submitted_case, by=actor_of(other_officer), file=files.store(resolution()), requirement=""
        )


@pytest.mark.django_db
def test_a_decided_case_offers_no_attaching(submitted_case, officer, client_of, actor_of):
    by, client = actor_of(officer), client_of(officer)
    where = reverse("crm:case", args=[submitted_case.folio])
    offered = {offer.act.name for offer in client.get(where).context["acts"]}
    actions.decide_stage(
        actions.take_stage(submitted_case.stages.get(), by=by), by=by, decision="granted", reason=""
    )

    assert "attach" in offered
    assert "attach" not in {offer.act.name for offer in client.get(where).context["acts"]}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["wide", "narrow"])
@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_a_paper_is_attached_on_the_screen(size, javascript, new_page, officer, submitted_case):
    page = new_page(size, user=officer, javascript=javascript)
    page.goto(reverse("crm:case", args=[submitted_case.folio]))
    if javascript:
        page.keyboard.press("f")
    else:
        page.locator('#corner [data-key="f"]').click()
    page.locator("#id_file").set_input_files(
        {"name": "resolucion.pdf", "mimeType": "application/pdf", "buffer": crm.PDF + b"%\n%%EOF\n"}
    )
    if javascript:
        assert_accessible(page)
        assert_fits(page)

    page.locator("#corner button[type=submit]").click()

    expect(page.locator(".message-success")).to_be_visible()
    expect(page.locator("#main")).to_contain_text("resolucion.pdf")
    assert Document.objects.filter(name="resolucion.pdf").exists()
