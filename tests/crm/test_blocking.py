"""While a person's data are blocked, nobody finds or opens them but the officer who decides the request."""

from datetime import timedelta

import pytest

from accounts.actors import Actor
from callcentre.queries.callers import people_with_number
from common import clock
from common.errors import DomainError
from crm import actions
from crm.models import Case, Notification, Person, PersonBlock, Stage
from crm.panels.cards import person_card
from crm.queries.blocks import why_not_found
from crm.queries.people import find_people
from tests.callcentre import phones
from tests.factories import crm
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
