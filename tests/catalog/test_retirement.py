"""A procedure that the law ended is taken off the public pages, says so there, and can be brought back."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Role
from catalog import actions, tasks
from catalog.models import Publication, Retirement, SearchEntry
from catalog.queries import editing
from catalog.queries.bundles import offered_bundles, parts_now, usable
from catalog.queries.published import current_version, published_version
from catalog.queries.search import search
from common import clock
from common.errors import DomainError, NotAllowed
from crm import actions as crm_actions
from crm import keys
from crm.models import Case
from events.models import Event
from portal import actions as portal
from portal import cache as pages
from portal.queries.drafts import ended_part
from tests.factories import accounts as people
from tests.factories import bundles, crm
from tests.factories.catalog import publish, sheet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
SYSTEM = Actor.system()
WHY = {"reason_es": "La ley 21.000 lo terminó.", "reason_en": "Law 21,000 ended it."}
PAGE = "/en/procedures/certificado-de-ejemplo/"


def url(name, *args):
    return reverse(f"catalog:{name}", args=args)


@pytest.fixture(autouse=True)
def _empty_memory():
    pages.memory.clear()


@pytest.fixture
def procedure(procedure_version):
    return procedure_version.procedure


@pytest.fixture
def other(agency):
    return publish(
        sheet(code="77", slug="el-nuevo", title={"es": "El nuevo", "en": "The new one"}), agency=agency
    )


def told():
    """Have the pages drawn anew of which the last event tells."""
    tasks.refresh_pages(event_ids=[str(Event.objects.filter(subject_kind="procedure").latest("seq").pk)])


def retire(procedure, **changes):
    retirement = actions.retire_procedure(procedure, by=SYSTEM, **{**WHY, **changes})
    told()
    return retirement


# --- who, and with what words ----------------------------------------------------------------------
def test_a_publisher_says_why_and_what_to_do_instead_and_it_is_off(client_of, publisher, procedure, other):
    assert Client().get(PAGE).status_code == 200
    hers = client_of(publisher)
    assert url("retire", "3430") in hers.get(url("procedure", "3430")).text
    assert "It ended: take it off now" in hers.get(url("retire", "3430")).text

    done = hers.post(url("retire", "3430"), {**WHY, "instead": "77"})

    assert done.url == url("procedure", "3430")
    page = hers.get(done.url).text
    assert "Law 21,000 ended it." in page
    assert url("bring-back", "3430") in page
    assert url("retire", "3430") not in page
    event = Event.objects.get(kind="procedure.retired")
    assert (event.subject_id, event.actor_id) == (procedure.pk, publisher.pk)
    assert "A procedure was taken off the catalogue" in page


@pytest.mark.parametrize("who", ["editor", "reviewer", "second_editor"])
def test_nobody_else_ends_it_or_brings_it_back(request, who, procedure, actor_of, client_of):
    user = request.getfixturevalue(who)

    assert client_of(user).get(url("retire", "3430")).status_code == 403
    assert client_of(user).post(url("retire", "3430"), WHY).status_code == 403
    assert url("retire", "3430") not in client_of(user).get(url("procedure", "3430")).text
    retire(procedure)
    with pytest.raises(NotAllowed):
        actions.restore_procedure(procedure, by=actor_of(user))
    assert client_of(user).post(url("bring-back", "3430")).status_code == 403


def test_the_publisher_of_another_agency_does_not_end_it(procedure, actor_of):
    stranger = people.staff("Otro", Role.PUBLISHER, agency=people.AgencyFactory(code="OTRA"))

    with pytest.raises(NotAllowed):
        actions.retire_procedure(procedure, by=actor_of(stranger), **WHY)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ({"reason_es": " "}, "reason_es"),
        ({"reason_en": ""}, "reason_en"),
        ({"reason_es": "x" * 501}, "reason_es"),
        ({"instead": "404"}, "instead"),
        ({"instead": "3430"}, "instead"),
    ],
)
def test_what_can_not_be_told_is_refused_at_its_field_and_kept(client_of, publisher, procedure, typed, name):
    answer = client_of(publisher).post(url("retire", "3430"), {**WHY, **typed})

    assert answer.status_code == 422
    assert f'id="id_{name}_error"' in answer.text
    assert current_version(procedure) is not None


def test_what_is_not_public_is_not_taken_off_and_what_was_not_taken_off_not_brought_back(
    client_of, publisher, procedure
):
    with pytest.raises(DomainError):
        actions.restore_procedure(procedure, by=SYSTEM)
    retire(procedure)

    assert "There is nothing to take off." in client_of(publisher).get(url("retire", "3430")).text
    assert client_of(publisher).post(url("retire", "3430"), WHY).status_code == 422
    client_of(publisher).post(url("bring-back", "3430"))
    again = client_of(publisher).post(url("bring-back", "3430"), follow=True)
    assert "was not taken off, or was brought back meanwhile" in again.text


def test_the_database_keeps_one_ending_at_a_time(procedure):
    retire(procedure)

    with pytest.raises(IntegrityError), transaction.atomic():
        Retirement.objects.create(procedure=procedure, **WHY, at=clock.now())


# --- what the public sees --------------------------------------------------------------------------
def test_its_page_says_that_it_ended_why_and_what_to_do_instead(client, procedure, other):
    assert client.get(PAGE).status_code == 200

    retire(procedure, instead=other.procedure)

    page = client.get(PAGE)
    assert page.status_code == 410
    assert "“Example certificate” ended" in page.text
    assert "Law 21,000 ended it." in page.text
    assert 'href="/en/procedures/el-nuevo/"' in page.text
    assert "noindex" in page.text
    assert "La ley 21.000 lo terminó." in client.get("/es/tramites/certificado-de-ejemplo/").text


@pytest.mark.parametrize("part", ["checklist/", "may-i/", "useful/", "mistake/", "thanks/", "apply/"])
def test_whatever_led_into_it_says_so_too(client, procedure, part):
    retire(procedure)

    assert client.get(PAGE + part).status_code == 410
    assert client.get("/en/procedures/nunca-hubo/" + part).status_code == 404
    if part not in {"checklist/", "thanks/"}:
        assert client.post(PAGE + part, {}).status_code == 410


def test_what_to_do_instead_is_not_told_once_that_ended_too(client, procedure, other):
    retire(procedure, instead=other.procedure)

    retire(other.procedure)

    page = client.get(PAGE).text
    assert "el-nuevo" not in page
    assert "Nothing takes its place." in page


def test_it_is_gone_from_search_lists_feeds_and_programs(client, procedure, other):
    ways = [
        "/en/procedures/",
        "/sitemap.xml",
        "/api/v1/procedures",
        "/en/search/?q=certificate",
        "/en/agencies/SRCEI/",
    ]
    ways += ["/api/fichas", "/api/chileatiende/fichas"]
    before = {way: client.get(way, follow=True).text for way in ways}

    retire(procedure)

    assert all(entry.code != "3430" for entry in search("certificate", language="en").entries)
    assert not SearchEntry.objects.filter(code="3430").exists()
    for way in ways:
        assert "3430" in before[way] or "certificado-de-ejemplo" in before[way], way
        now = client.get(way, follow=True).text
        assert "3430" not in now, way
        assert "certificado-de-ejemplo" not in now, way


def test_programs_and_old_links_are_told(client, procedure):
    retire(procedure)

    for ref in ("3430", "certificado-de-ejemplo"):
        answer = client.get(f"/api/v1/procedures/{ref}")
        assert answer.status_code == 410
        assert json.loads(answer.content)["detail"] in WHY.values()
    assert client.get("/fichas/ver/3430").url.endswith("/certificado-de-ejemplo/")
    assert client.get("/api/v1/procedures/9999").status_code == 404


def test_pages_that_named_it_as_related_name_it_no_more(client, procedure, agency):
    publish(sheet(code="78", slug="vecino", related=["3430"]), agency=agency)
    near = "/en/procedures/vecino/"
    assert "certificado-de-ejemplo" in client.get(near).text

    retire(procedure)

    assert "certificado-de-ejemplo" not in client.get(near).text


def test_a_bundle_goes_on_without_it(client, procedure_version):
    other = publish(bundles.benefit(), agency=people.AgencyFactory(code="IPS"))
    bundle = bundles.publish_bundle([procedure_version, other])

    retire(procedure_version.procedure)

    assert [version.pk for version in usable(parts_now(bundle))] == [other.pk]
    assert offered_bundles() == []
    page = client.get("/en/bundles/nace-un-hijo/")
    assert page.status_code == 200
    assert "certificado-de-ejemplo" not in page.text


# --- applications and cases ------------------------------------------------------------------------
def test_an_application_that_was_begun_says_that_it_can_not_be_sent_and_can_not(client, procedure_version):
    begun = client.post(PAGE + "apply/", {"press": keys.new_key()})
    address = client.get(begun.url).url
    retire(procedure_version.procedure)

    page = client.get(begun.url)
    assert page.status_code == 410
    assert "This application can not be sent any more" in page.text
    assert "Law 21,000 ended it." in page.text
    assert client.get(address).status_code == 410

    actions.restore_procedure(procedure_version.procedure, by=SYSTEM)
    assert client.get(address).status_code == 200


def test_one_goes_on_with_the_others_of_a_bundle_without_the_one_that_ended(
    client, procedure_version, other_agency
):
    other = publish(bundles.benefit(), agency=other_agency)
    bundles.publish_bundle([procedure_version, other])
    parts = {"parts": [one.procedure.slug for one in (procedure_version, other)], "press": keys.new_key()}
    begun = client.post("/en/bundles/nace-un-hijo/", parts).url
    retire(procedure_version.procedure)

    stopped = client.get(begun)
    choose = f"{begun}procedures/"
    assert (stopped.status_code, choose in stopped.text) == (410, True)
    assert "It can not be applied for any more." in client.get(choose).text
    client.post(choose, {"without": "1"})

    assert client.get(begun, follow=True).status_code == 200
    assert Case.objects.get(bundle__isnull=False).version == other


def test_nothing_of_it_is_filed_until_it_is_back(procedure_version):
    case = crm.draft_case(procedure_version)
    retire(procedure_version.procedure)

    with pytest.raises(DomainError, match="This procedure ended"):
        crm_actions.submit_case(case, by=SYSTEM)
    actions.restore_procedure(procedure_version.procedure, by=SYSTEM)

    assert crm_actions.submit_case(case, by=SYSTEM).folio


def test_a_form_for_several_says_which_of_them_ended(client, procedure_version):
    other = publish(bundles.benefit(), agency=people.AgencyFactory(code="IPS"))
    bundle = bundles.publish_bundle([procedure_version, other])
    draft = portal.begin_bundle_draft(
        bundle, [procedure_version, other], by=Actor.visitor(), key=keys.new_key(), language="en"
    )
    assert ended_part(draft, "en") is None
    retire(procedure_version.procedure)

    assert ended_part(draft, "en").title == "Example certificate"


def test_cases_that_were_filed_go_on_and_filing_again_returns_the_same(submitted_case, procedure_version):
    retire(procedure_version.procedure)

    submitted_case.refresh_from_db()
    assert submitted_case.state == "submitted"
    assert crm_actions.submit_case(submitted_case, by=SYSTEM).folio == submitted_case.folio


# --- back again ------------------------------------------------------------------------------------
def test_it_comes_back_as_it_was(client, client_of, publisher, procedure, procedure_version):
    retire(procedure)
    assert client.get(PAGE).status_code == 410

    client_of(publisher).post(url("bring-back", "3430"))
    told()

    assert client.get(PAGE).status_code == 200
    assert current_version(procedure) == procedure_version
    assert search("certificate", language="en").entries[0].code == "3430"
    assert Event.objects.get(kind="procedure.restored").actor_id == publisher.pk
    assert not Retirement.objects.standing().exists()
    times = list(
        Publication.objects.filter(procedure=procedure).order_by("pk").values_list("during", flat=True)
    )
    assert times[0].upper <= times[1].lower
    assert times[1].upper is None
    page = client.get(PAGE).text
    assert "It changed on" not in page


def test_a_new_version_brings_it_back_too(client, procedure, editor, reviewer, publisher, actor_of):
    retire(procedure)
    draft = actions.begin_version(procedure, by=actor_of(editor))
    content = {**draft.content, "costs": [{"amount": 9, "currency": "CLP"}]}
    draft = actions.edit_version(draft, by=actor_of(editor), content=content, revision=1)
    actions.send_to_review(draft, by=actor_of(editor))
    actions.review_version(draft, by=actor_of(reviewer), revision=2)
    assert client.get(PAGE).status_code == 410

    actions.publish_version(draft, by=actor_of(publisher), revision=2)

    assert published_version("certificado-de-ejemplo").pk == draft.pk
    assert not Retirement.objects.standing().exists()


def test_what_waits_for_its_day_is_called_off_first(procedure, editor, reviewer, publisher, actor_of):
    draft = actions.begin_version(procedure, by=actor_of(editor))
    content = {**draft.content, "costs": []}
    draft = actions.edit_version(draft, by=actor_of(editor), content=content, revision=1)
    actions.send_to_review(draft, by=actor_of(editor))
    actions.review_version(draft, by=actor_of(reviewer), revision=2)
    later = clock.now().replace(year=clock.now().year + 1)
    actions.publish_version(draft, by=actor_of(publisher), revision=2, begins_at=later)

    with pytest.raises(DomainError, match="Call that off first"):
        retire(procedure)


def test_no_load_and_no_import_brings_it_back(procedure, agency):
    retire(procedure)

    with pytest.raises(actions.EditedHere):
        actions.put_sheet(agency, sheet(costs=[]), by=SYSTEM)

    outcome, _why = actions.import_sheet(
        agency, sheet(title={"es": "Cambiado allá"}), by=SYSTEM, origin=procedure.origin, run=None
    )
    assert outcome == "conflict"
    assert current_version(procedure) is None


def test_the_list_of_sheets_tells_what_ended_from_what_never_was_public(
    client_of, publisher, procedure, other
):
    retire(procedure)

    counted = editing.view_counts(actor := Actor.staff(publisher))
    [ended], _more = editing.editors_procedures(actor, view="ended")

    assert (counted["ended"], counted["unpublished"]) == (1, 0)
    assert ended.code == procedure.code
    shown = client_of(publisher).get(f"{url('procedures')}?view=ended").text
    assert "Ended" in shown
    assert procedure.code in shown
    assert other.procedure.slug not in shown


def test_what_was_brought_back_is_unread_only_once_it_was_public_for_so_long_again(
    procedure_version, administrator, actor_of
):
    by, procedure, begun = actor_of(administrator), procedure_version.procedure, clock.now()
    actions.keep_readings({str(procedure.pk): 1}, by=SYSTEM)

    def unread(days):
        with clock.frozen(begun + timedelta(days=days)):
            return [row.code for row in editing.editors_procedures(by, view="unread")[0]]

    assert unread(100) == ["3430"]
    with clock.frozen(begun + timedelta(days=10)):
        retire(procedure)
    assert unread(100) == []
    with clock.frozen(begun + timedelta(days=200)):
        actions.restore_procedure(procedure, by=SYSTEM)

    assert [unread(days) for days in (200, 289, 291)] == [[], [], ["3430"]]
