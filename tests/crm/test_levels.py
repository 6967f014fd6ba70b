"""How sure we must be, per act and channel, in every room; each refusal says how to reach the level; levels expire."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.actors import Actor
from common import clock
from crm import actions, files
from crm.actions import LevelTooLow
from crm.levels import LIFETIMES
from crm.models import PersonAttribute
from crm.queries.levels import level_in, level_of_key
from crm.queries.people import surest
from tests.factories import catalog as sheets
from tests.factories import mandates
from tests.factories.crm import PDF, filed_case, pdf

pytestmark = pytest.mark.usefixtures("in_english")

SYSTEM = Actor.system()


@pytest.fixture
def strict_case(agency, officer, actor_of):
    """A case whose sheet asks for 500 to answer, on every channel; the agency is asking."""
    levels = {channel: {"answer": 500, "status": 500} for channel in ("web", "office", "phone")}
    case = filed_case(sheets.publish(sheets.sheet(levels=levels), agency=agency))
    stage = actions.take_stage(case.stages.get(), by=actor_of(officer))
    actions.ask_citizen(stage, by=actor_of(officer), question="¿Cuál es su cuenta?")
    return case


def at_desk(case, office, clerk, actor_of, level):
    by = actor_of(clerk)
    contact = actions.attend_interaction(actions.open_interaction("office", by=by, office=office), by=by)
    person = case.parties.get(role="applicant").person
    return actions.identify_person(contact, by=by, person=person, level=level)


def test_on_the_web_a_key_is_not_enough_where_the_sheet_asks_for_a_document(strict_case, client):
    contact = actions.open_interaction("web", by=strict_case.holder)

    with pytest.raises(LevelTooLow, match="identity card"):
        actions.answer_agency(strict_case, by=strict_case.holder, interaction=contact, text="La 123")
    with pytest.raises(LevelTooLow):
        actions.withdraw_case(strict_case, by=strict_case.holder, interaction=contact)

    opened = client.post("/en/follow/", {"folio": strict_case.folio, "key": strict_case.key}, follow=True)
    assert opened.status_code == 403
    assert "At any office, with your identity card" in opened.text
    assert "¿Cuál es su cuenta?" not in opened.text


def test_at_a_desk_the_card_must_be_seen_first(strict_case, office, clerk, actor_of):
    contact = at_desk(strict_case, office, clerk, actor_of, 100)
    with pytest.raises(LevelTooLow, match="Ask for the identity card"):
        actions.answer_agency(strict_case, by=actor_of(clerk), interaction=contact, text="La 123")

    contact = at_desk(strict_case, office, clerk, actor_of, 500)
    actions.answer_agency(strict_case, by=actor_of(clerk), interaction=contact, text="La 123")

    assert not level_of_key(strict_case, "status").is_enough
    assert level_in(contact, strict_case, "status").is_enough


def test_the_desk_says_how_to_reach_the_level_and_tells_nothing_before(
    strict_case, office, clerk, actor_of, client
):
    from offices import actions as offices
    from tests.factories import offices as make

    ticket = make.serving(office, clerk)
    person = strict_case.parties.get(role="applicant").person
    actions.identify_person(ticket.visit.interaction, by=actor_of(clerk), person=person, level=100)
    ticket.visit.interaction.refresh_from_db()
    offices.add_matter(ticket.visit, by=actor_of(clerk), case=strict_case)
    client.force_login(clerk)
    translation.activate("en")

    page = client.get(reverse("offices:visit", args=[ticket.visit.pk])).text

    assert "Ask for the identity card, and say here that you saw it." in page
    assert "¿Cuál es su cuenta?" not in page


def test_a_level_expires_and_is_then_what_the_person_says(db):
    person = actions.know_person(by=SYSTEM, name="Amina Rojas Soto", run="12345678-5", level=500)
    fact = PersonAttribute.objects.get(person=person, key="name")
    now = clock.now()

    assert fact.expires_at - fact.at == LIFETIMES[500]
    assert fact.level_at(now) == 500
    assert fact.level_at(now + LIFETIMES[500] + timedelta(seconds=1)) == 100


def test_what_has_expired_gives_way_to_what_was_told_later(db):
    person = actions.know_person(by=SYSTEM, name="Amina Rojas Soto", run="12345678-5", level=500)
    later = clock.now() + LIFETIMES[500] + timedelta(days=1)
    with clock.frozen(later):
        actions.know_person(by=SYSTEM, name="Amina Soto", run="12345678-5", level=100)

    assert surest(person, "name", at=clock.now()).value == "Amina Rojas Soto"
    assert surest(person, "name", at=later).value == "Amina Soto"


# --- what is closed by its level is closed by every door ---------------------------------------------
def test_where_a_key_is_not_enough_no_page_of_the_case_opens_and_nothing_is_handed_in(strict_case, client):
    client.post("/en/follow/", {"folio": strict_case.folio, "key": strict_case.key})
    paper = strict_case.documents.first()
    names = ("case", "readings", "answer", "add-paper", "withdraw")
    addresses = {name: reverse(f"portal:{name}", args=[strict_case.folio]) for name in names}
    addresses["paper"] = reverse("portal:paper", args=[strict_case.folio, paper.pk])
    addresses["the same paper by its own address"] = reverse("papers:paper", args=[paper.pk])

    got = {name: client.get(address).status_code for name, address in addresses.items()}
    posted = {name: client.post(address, {"text": "x"}).status_code for name, address in addresses.items()}

    assert set(got.values()) == {403}
    assert set(posted.values()) <= {403, 405}
    strict_case.refresh_from_db()
    assert strict_case.is_open


@pytest.mark.parametrize(("level", "status"), [(100, 403), (300, 200)])
def test_a_paper_of_whoever_calls_is_opened_at_the_level_at_which_their_case_is_told(
    procedure_version, agent, actor_of, client, level, status
):
    case = filed_case(procedure_version)
    mandates.on_phone(actor_of(agent), case.parties.get().person, level=level)
    client.force_login(agent)

    answer = client.get(reverse("papers:paper", args=[case.documents.get().pk]))
    answer.close()

    assert answer.status_code == status


def test_a_paper_is_added_to_ones_case_at_the_level_of_an_answer(strict_case, office, clerk, actor_of):
    stored = files.store(pdf("otra.pdf", PDF + b"%otra"))
    contact = actions.open_interaction("web", by=strict_case.holder)
    with pytest.raises(LevelTooLow, match="identity card"):
        actions.add_document(
            strict_case, by=strict_case.holder, file=stored, requirement="proof", interaction=contact
        )
    contact = at_desk(strict_case, office, clerk, actor_of, 100)
    with pytest.raises(LevelTooLow, match="Ask for the identity card"):
        actions.add_document(
            strict_case, by=actor_of(clerk), file=stored, requirement="proof", interaction=contact
        )

    contact = at_desk(strict_case, office, clerk, actor_of, 500)
    actions.add_document(
        strict_case, by=actor_of(clerk), file=stored, requirement="proof", interaction=contact
    )

    assert strict_case.documents.current().filter(name="otra.pdf").exists()


def test_whoever_brings_a_paper_of_somebody_elses_is_asked_for_no_card_and_told_nothing(
    strict_case, office, clerk, actor_of
):
    by = actor_of(clerk)
    neighbour = actions.know_person(by=SYSTEM, name="Vecina Soto", run="9876543-3")
    contact = mandates.at_desk(office, by, neighbour, level=100)
    actions.bring_case(contact, by=by, case=strict_case, reason="Trae un papel de su madre")

    paper = actions.add_document(
        strict_case, by=by, file=files.store(pdf()), requirement="", interaction=contact
    )

    assert paper.case == strict_case
