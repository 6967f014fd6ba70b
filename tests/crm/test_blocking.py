"""While a person's data are blocked, nobody finds or opens them but the officer who decides the request."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import Actor
from callcentre.queries.callers import people_with_number
from common import clock
from common.errors import DomainError
from crm import actions
from crm.models import Case, Merge, Notification, Person, PersonBlock, Stage
from crm.panels.cards import person_card
from crm.panels.mandates import lines_of
from crm.queries.blocks import why_not_found
from crm.queries.people import find_people
from tests.callcentre import phones
from tests.crm.programs import program_of
from tests.factories import catalog as sheets
from tests.factories import crm, mandates
from tests.factories.rights import decide, right_case

RUN = "12.345.678-5"


@pytest.fixture
def case(agency, officer):
    return right_case("blocking", agency=agency, officer=officer)


@pytest.fixture
def person(case):
    return Person.objects.get()


def block(case, **more):
    return actions.block_person(case, by=case.by, reason="Mientras se corrige.", **more)


def test_a_blocked_person_is_not_found_and_staff_read_why(case, person, agent, actor_of):
    by = actor_of(agent)
    assert find_people(RUN, by=by) == [person]

    block(case, until=clock.now() + timedelta(days=20))

    assert find_people(RUN, by=by) == []
    assert find_people("Amina Rojas", by=by) == []
    assert people_with_number("+56987654321").people == []
    assert "blocked" in why_not_found(RUN) or "bloquead" in why_not_found(RUN)
    assert why_not_found("Amina Rojas") == ""


def test_the_officer_of_the_request_sees_them_and_no_other_staff(
    case, person, agent, officer, other_officer, actor_of
):
    contact = phones.speaks(agent)
    actions.identify_person(contact, by=actor_of(agent), person=person, level=300)
    assert list(Person.objects.visible_to(actor_of(agent))) == [person]

    block(case)

    assert list(Person.objects.visible_to(actor_of(agent))) == []
    assert list(Person.objects.visible_to(actor_of(other_officer))) == []
    assert list(Person.objects.visible_to(actor_of(officer))) == [person]
    assert list(Case.objects.visible_to(actor_of(agent))) == []


def test_every_record_of_theirs_is_blocked(case, person, agent, supervisor, actor_of):
    second = actions.know_person(by=Actor.system(), name="Amina Segunda", run="5126663-3")
    actions.merge_people(second, person, by=actor_of(supervisor), reason="Es ella.")

    block(case)

    assert find_people("5.126.663-3", by=actor_of(agent)) == []
    assert find_people(RUN, by=actor_of(agent)) == []
    assert not Person.objects.standing().exists()


def test_staff_who_attend_them_serve_them_without_what_we_hold(case, person, agent, actor_of):
    from callcentre.queries.knowledge import questions_for
    from offices.queries.known_answers import known_answers

    block(case)
    contact = phones.speaks(agent)
    contact = actions.identify_person(contact, by=actor_of(agent), person=person, level=100)

    card = person_card(person, contact)

    assert (card.run, card.contacts, card.commune, bool(card.blocked)) == ("", [], "", True)
    assert "Amina" not in card.name
    assert questions_for(person, contact) == []
    assert known_answers(person, case.version) == {}


def test_their_file_is_not_opened_with_a_reason_either(case, person, clerk, actor_of):
    block(case)

    with pytest.raises(DomainError, match=r"blocked|bloquead"):
        actions.open_file(person, by=actor_of(clerk), reason="Curiosidad.")


def test_their_other_case_is_not_brought_into_a_contact(case, agent, procedure_version, actor_of):
    other = crm.filed_case(procedure_version)
    block(case)
    contact = phones.speaks(agent)

    with pytest.raises(DomainError, match=r"blocked|bloquead"):
        actions.bring_case(contact, by=actor_of(agent), case=other, reason="Pregunta por ella.")
    actions.bring_case(contact, by=actor_of(agent), case=case, reason="Pregunta por su solicitud.")


def test_they_may_still_file_and_it_is_theirs(case, person, procedure_version):
    block(case)

    filed = crm.filed_case(procedure_version)

    assert filed.parties.get().person == person


def test_nothing_is_sent_to_them_from_what_we_hold(case, procedure_version, officer, actor_of):
    from events.models import Event

    other = crm.filed_case(procedure_version)
    filed = Event.objects.get(kind="case.submitted", subject_id=other.pk)
    pending = actions.prepare_notifications(filed.pk, by=Actor.system())
    assert len(pending) == 1

    block(case)
    actions.send_notification(pending[0], by=Actor.system())
    decide(other, by=actor_of(officer))
    granted = Event.objects.get(kind="case.granted", subject_id=other.pk)

    assert Notification.objects.get().state == "failed"
    assert actions.prepare_notifications(granted.pk, by=Actor.system()) == []


def test_a_block_ends_on_its_day_or_when_it_is_lifted(case, agent, actor_of):
    block(case, until=clock.now() + timedelta(days=3))
    with clock.frozen(clock.now() + timedelta(days=4)):
        assert len(find_people(RUN, by=actor_of(agent))) == 1

    actions.lift_block(case, by=case.by)

    assert len(find_people(RUN, by=actor_of(agent))) == 1
    assert PersonBlock.objects.get().lifted_by_id == case.by.user_id
    with pytest.raises(DomainError):
        actions.lift_block(case, by=case.by)


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_a_block_ends_after_today_and_within_a_year(days, case):
    with pytest.raises(DomainError):
        block(case, until=clock.now() + timedelta(days=days))


def test_a_person_is_blocked_once_in_a_case_and_it_is_granted_then(case):
    block(case)
    with pytest.raises(DomainError):
        block(case)

    actions.decide_stage(Stage.objects.get(), by=case.by, decision="granted", reason="")

    assert PersonBlock.objects.standing().count() == 1


# --- nor their name in passing -----------------------------------------------------------------------
SECRETS = ("Amina", "Rojas", "12.345.678-5", "12345678-5", "amina@test.invalid", "8765")


@pytest.fixture
def elsewhere(other_agency):
    """A case of theirs that another agency decides."""
    version = sheets.publish(
        sheets.sheet(
            code="3999",
            slug="pension-de-ejemplo",
            stages=[{"agency": "IPS", "order": 1, "required": True, "term_business_days": 10}],
        ),
        agency=other_agency,
    )
    return crm.filed_case(version)


def pages(client, case):
    addresses = (reverse("crm:case", args=[case.folio]), reverse("crm:agency-work"))
    return [client.get(address) for address in addresses]


def test_an_officer_of_another_agency_decides_their_case_without_reading_who_they_are(
    case, elsewhere, other_officer, officer, client_of, actor_of
):
    before = pages(client_of(other_officer), elsewhere)
    assert all("Amina" in shown.text for shown in before)
    block(case)

    for shown in pages(client_of(other_officer), elsewhere):
        assert shown.status_code == 200
        for secret in SECRETS:
            assert secret not in shown.text

    assert decide(elsewhere, by=actor_of(other_officer)).state == "granted"
    own = pages(client_of(officer), case)  # who decides the request goes on reading
    assert all("Amina" in shown.text for shown in own)


def test_a_supervisor_neither_lists_nor_compares_nor_merges_a_blocked_record(
    case, person, supervisor, client_of, actor_of
):
    by = actor_of(supervisor)
    second = actions.know_person(by=Actor.system(), name="Amina Rojas Soto", email="otra@test.invalid")
    pair = actions.suspect_pair(person, second, by=by)
    client = client_of(supervisor)
    assert "Amina" in client.get(reverse("files:pair", args=[pair.pk])).text
    actions.leave_pair(pair, by=by)
    block(case)

    listed = client.get(reverse("files:pairs"))
    compared = client.get(reverse("files:pair", args=[pair.pk]), follow=True)
    one = {"one-survivor": str(person.pk), "one-reason": "Es ella."}
    merged = client.post(reverse("files:pair-decide", args=[pair.pk, "one"]), one, follow=True)

    for shown in (listed, compared, merged):
        for secret in SECRETS:
            assert secret not in shown.text
    assert "bloquead" in compared.text or "blocked" in compared.text
    with pytest.raises(DomainError, match=r"blocked|bloquead"):
        actions.merge_people(second, person, by=by, reason="Es ella.")
    assert not Merge.objects.exists()


def test_an_agency_is_told_of_a_merge_of_theirs_by_its_records_alone(
    case, person, elsewhere, supervisor, other_officer, client_of, actor_of
):
    second = actions.know_person(by=Actor.system(), name="Amina R.", email="otra@test.invalid")
    actions.merge_people(person, second, by=actor_of(supervisor), reason="Es ella.")
    address = reverse("crm:merges")
    assert "Amina" in client_of(other_officer).get(address).text
    block(case)

    shown = client_of(other_officer).get(address).text

    assert "Amina" not in shown
    assert str(second.pk) in shown
    assert str(person.pk) in shown


def test_a_list_of_work_costs_the_same_queries_whatever_is_blocked(
    case, procedure_version, officer, client_of
):
    client, counts = client_of(officer), []
    block(case)
    for number in range(2):
        for more in range(1 + number * 8):
            crm.filed_case(procedure_version, applicant_run=["9876543-3", "5126663-3", "7654321-6"][more % 3])
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("crm:agency-work"))
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_a_mandate_says_nothing_of_whoever_is_blocked(
    case, person, office, clerk, officer, other_officer, actor_of
):
    maria = actions.know_person(by=Actor.system(), name="María Pérez", run="7654321-6")
    contact = mandates.at_desk(office, actor_of(clerk), maria)
    mandate = mandates.mandate(
        contact, actor_of(clerk), grantor=person, agent=maria, evidence="Poder de Amina"
    )
    block(case)

    (seen,) = lines_of([mandate], actor=actor_of(other_officer))
    (decided,) = lines_of([mandate], actor=actor_of(officer))

    assert ("Amina" in seen.grantor, seen.agent, seen.evidence) == (False, "María Pérez", "")
    assert (decided.grantor, decided.evidence) == ("Amina Rojas Soto", "Poder de Amina")


def test_an_agencys_program_is_not_told_who_is_blocked_but_that_of_who_decides_it(
    case, person, agency, other_agency
):
    stages = [{"agency": other_agency.code, "order": 1, "required": True, "term_business_days": 10}]
    version = sheets.publish(sheets.sheet(stages=stages), agency=other_agency)
    other = crm.filed_case(version)  # of the same person, at another agency
    block(case)

    hidden = program_of(other_agency).get(f"cases/{other.folio}").json()
    seen = program_of(agency).get(f"cases/{case.folio}").json()

    (party,) = hidden["parties"]
    assert (party["blocked"], party["name"], party["numbers"], party["contacts"]) == (True, None, [], [])
    assert not any(name.startswith("applicant_") for name in hidden["answers"])
    assert hidden["answers"]["reason"] == "work"
    assert (seen["parties"][0]["blocked"], seen["parties"][0]["name"]) == (False, "Amina Rojas Soto")
