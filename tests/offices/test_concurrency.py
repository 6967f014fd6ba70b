"""
Many desks at once, in threads and in processes of their own: no number twice, nobody called twice, nobody out
of turn.
"""

from threading import Barrier, Thread

import pytest
from django.db import connection

from accounts.actors import Actor
from accounts.models import Role
from offices import actions
from offices.models import Desk, Ticket
from tests.factories import accounts as people
from tests.factories import offices as make
from tests.factories.territory import OfficeFactory
from tests.offices.rush import whole_rush

SMALL = {"desks": 4, "processes": 2, "tickets": 80}


def busy_office(desks: int):
    """Return an office with so many open desks."""
    office = OfficeFactory(desks=desks)
    for number in range(1, desks + 1):
        make.desk(office, people.staff(f"Clerk{number} Rush{office.pk}", Role.CLERK, office=office), number)
    return office


def at_once(count: int, act) -> list:
    """
    Do an act in so many threads, each with its own connection, at the same moment; return what each got.
    """
    ready, results = Barrier(count), []

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            ready.wait()
            results.append(act(number))
        except Exception as error:  # noqa: BLE001  # compared by the test
            results.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [SMALL], ids=["small"])
def test_a_rush_over_several_processes_doubles_nothing_and_keeps_the_turn(size):
    office = busy_office(size["desks"])
    desks = [str(pk) for pk in Desk.objects.values_list("pk", flat=True)]

    _taking, _calling, found = whole_rush(
        office.pk, desks, processes=size["processes"], tickets=size["tickets"]
    )

    assert found.wrong(size["tickets"]) == {}


@pytest.mark.django_db(transaction=True)
def test_eight_desks_calling_at_the_same_moment_call_eight_people():
    office = busy_office(8)
    for _one in range(8):
        make.ticket(office)
    desks = list(Desk.objects.order_by("number").select_related("clerk"))

    called = at_once(8, lambda n: actions.call_next(desks[n], by=Actor.staff(desks[n].clerk)))

    assert {type(one) for one in called} == {Ticket}
    assert len({ticket.pk for ticket in called}) == 8


@pytest.mark.django_db(transaction=True)
def test_one_desk_pressing_call_next_eight_times_at_once_calls_one_person():
    office = busy_office(1)
    for _one in range(4):
        make.ticket(office)
    desk = Desk.objects.select_related("clerk").get()

    called = at_once(8, lambda n: actions.call_next(desk, by=Actor.staff(desk.clerk)))

    assert len({ticket.pk for ticket in called}) == 1
    assert Ticket.objects.waiting().count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_form_posted_eight_times_at_once_gives_one_ticket():
    from uuid import uuid4

    office, key = busy_office(1), uuid4()

    taken = at_once(8, lambda n: actions.take_ticket(office, by=Actor.system(), key=key))

    assert {getattr(one, "pk", one) for one in taken} == {Ticket.objects.get().pk}


@pytest.mark.django_db(transaction=True)
def test_two_clerks_sitting_down_at_one_desk_at_once_are_one_clerk():
    office = OfficeFactory(desks=2)
    clerks = [people.staff(f"Clerk{n} Seat", Role.CLERK, office=office) for n in range(4)]

    results = at_once(4, lambda n: actions.open_desk(office, by=Actor.staff(clerks[n]), number=1))

    assert sorted(type(one).__name__ for one in results) == ["Desk", "DeskTaken", "DeskTaken", "DeskTaken"]
