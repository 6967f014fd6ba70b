"""Queues, made through the desks' own actions."""

from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.actors import Actor
from accounts.models import User
from catalog.models import Act, Agreement, DelegatedAct
from offices import actions
from offices.models import Desk, Ticket
from territory.models import Office


def agreement(agency: Any, office: Office, *acts: str) -> Agreement:
    """Return an agreement in service that lets an office do these acts (all of them when none is named)."""
    made = Agreement.objects.create(
        agency=agency, signed_on=date(2020, 1, 1), during=DateRange(date(2020, 1, 2), None), is_synthetic=True
    )
    made.offices.add(office)
    DelegatedAct.objects.bulk_create(
        DelegatedAct(agreement=made, act=act, channel=office.kind, during=made.during)
        for act in acts or Act.values
    )
    return made


def ticket(office: Office, **given: Any) -> Ticket:
    """Return a waiting ticket."""
    return actions.take_ticket(office, by=Actor.system(), **given)


def desk(office: Office, clerk: User, number: int = 1) -> Desk:
    """Return a desk where a clerk sits."""
    return actions.open_desk(office, by=Actor.staff(clerk), number=number)


def called(office: Office, clerk: User, number: int = 1, **given: Any) -> Ticket:
    """Return a ticket that this clerk has called to their desk."""
    ticket(office, **given)
    found = actions.call_next(desk(office, clerk, number), by=Actor.staff(clerk))
    assert found is not None
    return found


def serving(office: Office, clerk: User, number: int = 1, **given: Any) -> Ticket:
    """Return a ticket whose person is at this clerk's desk."""
    return actions.start_serving(called(office, clerk, number, **given), by=Actor.staff(clerk))
