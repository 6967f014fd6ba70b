"""The queue: numbers, whose turn it is, and the life of a ticket."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, IllegalMove, NotAllowed
from crm.models import Interaction, Person
from offices import actions
from offices.models import Period, Ticket, TicketState
from offices.models.ticket import NEXT, OVER
from offices.queries.waits import before
from tests.factories import offices as make

pytestmark = pytest.mark.usefixtures("in_english")

SYSTEM = Actor.system()
MORNING = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


def test_a_ticket_opens_the_contact_and_begins_to_measure_the_wait(office, host, procedure_version):
    ticket = actions.take_ticket(office, by=Actor.staff(host), versions=[procedure_version], language="en")

    contact = ticket.visit.interaction
    assert (contact.channel, contact.office, contact.reason) == (
        "office",
        office,
        procedure_version.procedure.code,
    )
    assert (ticket.name, ticket.state, contact.language) == ("A 001", "waiting", "en")
    assert [period.kind for period in ticket.periods.all()] == ["waiting"]


def test_a_mobile_office_is_a_channel_of_its_own(office):
    office.kind = "mobile"
    office.save()

    assert make.ticket(office).visit.interaction.channel == "mobile"


def test_the_same_request_sent_twice_gives_one_ticket(office):
    key = uuid4()

    first, second = make.ticket(office, key=key), make.ticket(office, key=key)

    assert first == second
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(
    "other",
    [
        {"priority": "older"},
        {"note": "hears poorly"},
        {"language": "en"},
        {"run": "5126663-3", "name": "Berta Soto"},
        {"versions": []},
    ],
    ids=lambda other: next(iter(other)),
)
def test_the_same_form_with_something_else_in_it_is_refused_in_words(office, procedure_version, other):
    asked = {"key": uuid4(), "versions": [procedure_version], "run": "12345678-5", "name": "Amina Rojas"}
    make.ticket(office, **asked)

    with pytest.raises(actions.FormUsed, match="A 001"):
        make.ticket(office, **{**asked, **other})

    assert Ticket.objects.count() == 1


def test_the_same_form_sent_again_once_they_are_at_the_desk_is_still_the_same(
    office, clerk, procedure_version
):
    asked = {"key": uuid4(), "versions": [procedure_version]}
    ticket = make.serving(office, clerk, **asked)
    ticket.visit.matters.all().delete()

    assert make.ticket(office, **asked) == ticket


def test_a_run_told_at_reception_makes_the_person_known_as_declared(office, host):
    ticket = actions.take_ticket(office, by=Actor.staff(host), run="12345678-5", name="Amina Rojas")

    contact = ticket.visit.interaction
    assert (contact.person.name, contact.identity_level) == ("Amina Rojas", 100)


def test_two_visits_are_two_contacts_of_one_person_and_not_two_people(office, host):
    visits = [
        actions.take_ticket(office, by=Actor.staff(host), run="12345678-5", name="Amina Rojas").visit
        for _visit in range(2)
    ]

    person = Person.objects.get()
    assert set(Interaction.objects.of(person)) == {visit.interaction for visit in visits}
    assert len(visits) == Interaction.objects.count() == 2


def test_an_unknown_run_without_a_name_is_refused_in_words(office, host):
    with pytest.raises(DomainError, match="We do not know this RUN"):
        actions.take_ticket(office, by=Actor.staff(host), run="12345678-5")


def test_tickets_of_an_office_are_given_by_its_own_staff(office, other_clerk, agent, officer):
    for stranger in (other_clerk, agent, officer):
        with pytest.raises(NotAllowed):
            actions.take_ticket(office, by=Actor.staff(stranger))


def test_priority_goes_before_those_who_came_shortly_before_and_never_before_those_who_waited_long(
    office, clerk
):
    desk = make.desk(office, clerk)
    with clock.frozen(MORNING):
        long_since = make.ticket(office)
    with clock.frozen(MORNING + timedelta(minutes=30)):
        lately = make.ticket(office)
    with clock.frozen(MORNING + timedelta(minutes=50)):
        preferred = make.ticket(office, priority="older")

        order = []
        for _turn in range(3):
            ticket = actions.call_next(desk, by=Actor.staff(clerk))
            actions.mark_no_show(ticket, by=Actor.staff(clerk))
            order.append(ticket)

    assert order == [long_since, preferred, lately]
    assert preferred.name == "P 001"


def test_an_unknown_reason_for_priority_is_refused(office):
    with pytest.raises(DomainError, match="Choose a reason"):
        make.ticket(office, priority="because")


def test_calling_again_after_a_lost_answer_returns_the_same_ticket(office, clerk):
    make.ticket(office)
    make.ticket(office)
    desk, key = make.desk(office, clerk), uuid4()

    first = actions.call_next(desk, by=Actor.staff(clerk), key=key)
    again = actions.call_next(desk, by=Actor.staff(clerk), key=key)
    without_key = actions.call_next(desk, by=Actor.staff(clerk))
    actions.mark_no_show(first, by=Actor.staff(clerk))
    late_retry = actions.call_next(desk, by=Actor.staff(clerk), key=key)

    assert first == again == without_key == late_retry
    assert Ticket.objects.waiting().count() == 1


def test_call_next_locks_the_row_it_takes_and_skips_those_of_others(office, clerk):
    make.ticket(office)
    desk = make.desk(office, clerk)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        actions.call_next(desk, by=Actor.staff(clerk))

    assert any("FOR UPDATE OF t SKIP LOCKED" in query["sql"] for query in queries)
    assert any("FOR UPDATE OF d" in query["sql"] for query in queries)


def test_nobody_waits_means_no_ticket(office, clerk):
    assert actions.call_next(make.desk(office, clerk), by=Actor.staff(clerk)) is None


def test_only_whoever_sits_at_a_desk_calls_from_it(office, clerk, second_clerk, other_clerk):
    make.ticket(office)
    desk = make.desk(office, clerk)

    for other in (second_clerk, other_clerk):
        with pytest.raises(NotAllowed):
            actions.call_next(desk, by=Actor.staff(other))


def test_the_database_refuses_two_tickets_at_one_desk(office, clerk):
    first = make.called(office, clerk)
    second = make.ticket(office)

    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(pk=second.pk).update(
            state="called", desk=first.desk, clerk=first.clerk, called_at=first.called_at, called_count=1
        )


def test_the_database_refuses_the_same_number_twice_in_a_day(office):
    make.ticket(office)
    second = make.ticket(office)

    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(pk=second.pk).update(number=1)


def test_a_called_ticket_can_be_called_again_and_says_how_often(office, clerk):
    ticket = make.called(office, clerk)

    again = actions.recall_ticket(ticket, by=Actor.staff(clerk))

    assert again.called_count == 2
    assert again.called_at > ticket.called_at


def test_the_person_says_on_their_phone_that_they_are_coming(office, clerk):
    ticket = make.called(office, clerk)

    actions.say_on_the_way(ticket, by=Actor.visitor())
    actions.say_on_the_way(ticket, by=Actor.visitor())

    assert [period.kind for period in ticket.periods.order_by("id")] == ["waiting", "called", "walking"]


def test_the_number_before_one_falls_with_each_call_and_does_not_rise_with_those_who_come_later(
    office, clerk
):
    desk = make.desk(office, clerk)
    mine = [make.ticket(office) for _one in range(4)][-1]

    told = [before(mine)]
    for _turn in range(3):
        make.ticket(office)
        actions.mark_no_show(actions.call_next(desk, by=Actor.staff(clerk)), by=Actor.staff(clerk))
        told.append(before(mine))

    assert told == [3, 2, 1, 0]


def test_a_ticket_not_called_can_not_be_on_its_way(office):
    with pytest.raises(DomainError, match="not being called"):
        actions.say_on_the_way(make.ticket(office), by=Actor.visitor())


def test_a_no_show_ends_the_contact_as_that(office, clerk):
    ticket = actions.mark_no_show(make.called(office, clerk), by=Actor.staff(clerk))

    contact = ticket.visit.interaction
    contact.refresh_from_db()
    assert (ticket.state, contact.ending) == ("no_show", "no_show")
    assert contact.waited_seconds is not None
    assert contact.wrapped_up_at is not None


def test_whoever_leaves_before_being_served_counts_as_abandoned(office, host):
    ticket = actions.abandon_ticket(make.ticket(office), by=Actor.staff(host))

    ticket.visit.interaction.refresh_from_db()
    assert ticket.visit.interaction.ending == "abandoned"
    assert not ticket.periods.filter(ended_at__isnull=True).exists()


def test_a_silent_desk_gives_its_called_ticket_back_and_another_desk_serves_it(office, clerk, second_clerk):
    from events.models import Event
    from offices.tasks import put_back_silent_calls

    with clock.frozen(MORNING):
        ticket = make.called(office, clerk)
        later = make.ticket(office)
    with clock.frozen(MORNING + timedelta(minutes=11)):
        assert put_back_silent_calls() == 1
        assert put_back_silent_calls() == 0
        taken = actions.call_next(make.desk(office, second_clerk, 2), by=Actor.staff(second_clerk))

        with pytest.raises(NotAllowed):
            actions.start_serving(ticket, by=Actor.staff(clerk))

    assert taken == ticket != later
    kinds = [event.kind for event in Event.objects.about("ticket", ticket.pk)]
    assert kinds == ["ticket.taken", "ticket.called", "ticket.put_back", "ticket.called"]


def test_a_colleague_can_not_touch_what_another_has_in_hand(office, clerk, second_clerk):
    ticket = make.called(office, clerk)

    for act in (actions.recall_ticket, actions.mark_no_show, actions.start_serving, actions.put_back):
        with pytest.raises(NotAllowed):
            act(ticket, by=Actor.staff(second_clerk))


def test_every_state_says_what_may_follow():
    assert set(NEXT) == set(TicketState)


@pytest.mark.parametrize("old", list(TicketState))
@pytest.mark.parametrize("new", list(TicketState))
def test_the_whole_grid_of_moves(old, new):
    ticket = Ticket(state=old, taken_at=MORNING)

    if new in NEXT[old]:
        ticket.move_to(new, at=MORNING)
        assert (ticket.state, ticket.ended_at is not None) == (new, new in OVER)
    else:
        with pytest.raises(IllegalMove):
            ticket.move_to(new, at=MORNING)


@pytest.mark.parametrize(
    "row",
    [
        {"state": "called"},
        {"state": "finished"},
        {"state": "waiting", "ended_at": MORNING},
        {"number": 0},
    ],
)
def test_the_database_refuses_an_impossible_ticket(office, row):
    ticket = make.ticket(office)

    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(**row)


def test_the_database_refuses_a_second_open_period(office):
    ticket = make.ticket(office)

    with pytest.raises(IntegrityError), transaction.atomic():
        Period.objects.create(ticket=ticket, kind="called", started_at=MORNING)
