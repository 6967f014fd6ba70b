"""What is known of an applicant is offered as answers: with its source, used only with consent, marked, and changed at will."""

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from crm import actions, keys
from crm.models import ContactPoint
from crm.panels.applications import answer_rows
from crm.panels.prefill import offers_for
from crm.queries.together import Application
from offices import actions as desks
from offices.models import VisitMatter
from tests.catalog.forms import row
from tests.factories import offices as make
from tests.factories.catalog import publish, sheet
from tests.factories.territory import CommuneFactory
from tests.portal.walks import begin, fill, page, question, reload

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
FORM = [
    row("mail", "email", prefill="email"),
    row("lives_in", "commune", prefill="commune", required=False),
    row("born", "date", past=True, prefill="birth_date"),
    row("signed_as", prefill="name", max_length=5),
    row("end", required=False),
]


def answers(draft) -> dict:
    return reload(draft).case.answers


def at_the_offer(client: Client, agency):
    version = publish(sheet(form=FORM), agency=agency)
    return fill(client, begin(client, version), until="mail")


def test_what_was_said_in_this_application_is_offered_before_its_own_questions(client: Client, agency):
    draft = at_the_offer(client, agency)
    before = client.post(question(draft, "applicant_commune"), {"applicant_commune": "13101"})

    assert before.url == f"/es/solicitudes/{draft.code}/"
    assert client.get(before.url).url == page(draft, "lo-que-sabemos")
    offer = unescape(client.get(page(draft, "lo-que-sabemos")).text)
    assert "amina@test.invalid (" in offer
    assert "Santiago" in offer
    assert 'value="signed_as"' not in offer, "what its rules do not take is not offered"
    assert "checked" not in offer


def test_nothing_is_filled_in_but_what_is_ticked_and_it_is_not_asked_again(client: Client, agency):
    draft = at_the_offer(client, agency)

    client.post(page(draft, "lo-que-sabemos"), {"known-used": ["mail", "born", "end", "nothing"]})
    refused = answers(draft)
    used = client.post(page(draft, "lo-que-sabemos"), {"known-used": ["mail"]})

    assert "mail" not in refused, "what was not offered is refused as a whole"
    assert answers(draft)["mail"] == "amina@test.invalid"
    assert "lives_in" not in answers(draft)
    assert client.get(used.url).url == question(draft, "lives_in")


def test_whoever_ticks_nothing_is_asked(client: Client, agency):
    draft = at_the_offer(client, agency)

    gone = client.post(page(draft, "lo-que-sabemos"), {})

    assert client.get(gone.url).url == question(draft, "mail")
    assert "mail" not in answers(draft)


def test_what_was_filled_in_is_marked_until_it_is_changed(client: Client, agency):
    draft = at_the_offer(client, agency)
    client.post(page(draft, "lo-que-sabemos"), {"known-used": ["mail", "lives_in"]})
    for key, typed in (
        ("born", {"born_day": "1", "born_month": "2", "born_year": "1980"}),
        ("signed_as", {"signed_as": "A. R."}),
        ("end", {"skip": "1"}),
    ):
        client.post(question(draft, key), typed)

    check = client.get(
        page(draft, "revisar").replace("/es/solicitudes", "/en/applications").replace("revisar", "check")
    ).text
    asked = client.get(
        question(draft, "mail").replace("/es/solicitudes", "/en/applications").replace("pregunta", "question")
    ).text
    client.post(question(draft, "mail"), {"mail": "otra@test.invalid", "from": "check"})

    assert check.count("From what we know; change it if it is wrong.") == 2
    assert "From what we know; change it if it is wrong." in asked
    marked = {one["key"] for one in answer_rows(reload(draft).case) if one["is_known"]}
    assert marked == {"lives_in"}
    assert client.post(page(draft, "revisar")).url == page(draft, "comprobante")


def test_whoever_mends_what_was_filled_in_elsewhere_has_it_mended_there_too(client: Client, agency):
    draft = at_the_offer(client, agency)
    client.post(page(draft, "lo-que-sabemos"), {"known-used": ["mail"]})

    client.post(question(draft, "applicant_email"), {"applicant_email": "nueva@test.invalid"})
    mended = answers(draft)
    client.post(question(draft, "applicant_email"), {"applicant_email": ""})
    blank = answers(draft)
    client.post(question(draft, "applicant_email"), {"applicant_email": "nueva@test.invalid"})
    client.post(question(draft, "mail"), {"mail": "otra@test.invalid"})
    client.post(question(draft, "applicant_email"), {"applicant_email": "tercera@test.invalid"})

    assert (mended["mail"], mended["from_known"]["mail"]) == ("nueva@test.invalid",) * 2
    assert blank["mail"] == "nueva@test.invalid"
    assert answers(draft)["mail"] == "otra@test.invalid", "what they changed themselves is theirs"


def test_a_form_that_asks_for_nothing_known_offers_nothing(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version), until="reason")

    assert client.get(page(draft, "lo-que-sabemos")).url == f"/es/solicitudes/{draft.code}/"
    assert client.get(f"/es/solicitudes/{draft.code}/").url == question(draft, "reason")


# --- at a desk ------------------------------------------------------------------------------------------
@pytest.fixture
def desk(agency, office, clerk, actor_of, client_of):
    """Somebody at a desk whose record we have, and the page of their application."""
    CommuneFactory()
    version = publish(sheet(form=FORM), agency=agency)
    make.agreement(agency, office)
    visit = make.serving(office, clerk, versions=[version]).visit
    person = actions.know_person(
        by=SYSTEM,
        name="Amanda Lagos Soto",
        run="7654321-6",
        birth_date="1980-02-01",
        level=500,
        email="a@test.invalid",
    )

    def seen(*, document_seen: bool):
        desks.identify_here(visit, by=actor_of(clerk), person=person, document_seen=document_seen)
        matter = VisitMatter.objects.get(visit=visit)
        case = desks.begin_case_here(matter, by=actor_of(clerk), key=keys.new_key())
        return client_of(clerk), reverse("offices:application", args=[visit.pk, matter.pk]), case

    return seen


@pytest.mark.usefixtures("in_english")
def test_staff_fill_in_what_is_surely_known_once_the_person_said_yes(desk):
    client, address, case = desk(document_seen=True)

    offered = unescape(client.get(address).text)
    silent = client.post(address, {"use_known": "1", "known-used": ["born"]})
    case.refresh_from_db()
    before = dict(case.answers)
    agreed = client.post(
        address, {"use_known": "1", "known-used": ["born"], "known-agreed": "on", "signed_as": "A. L."}
    )
    case.refresh_from_db()

    assert "01-02-1980 (our records, " in offered
    assert silent.status_code == 422
    assert "Ask them first, and tick this when they say yes." in silent.text
    assert "born" not in before
    assert agreed.status_code in {302, 422}
    assert case.answers["born"] == "1980-02-01"
    assert case.answers["signed_as"] == "A. L.", "what was typed beside it is kept"


@pytest.mark.usefixtures("in_english")
def test_nothing_of_our_records_is_offered_for_whoever_only_says_who_they_are(desk):
    client, address, _case = desk(document_seen=False)

    assert "01-02-1980" not in client.get(address).text


def test_what_we_know_less_surely_is_not_offered(desk):
    _client, _address, case = desk(document_seen=True)
    actions.fill_case(case, by=SYSTEM, answers={"applicant_email": None})
    ContactPoint.objects.update(level=200)
    case.refresh_from_db()

    assert {one.question.key for one in offers_for(Application((case,)))} == {"born"}
