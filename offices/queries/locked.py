"""
The queue's own rows, locked, each by one statement that is worded once.

Desks ask these all day long, and to word them anew each time, as `select_for_update()` does, takes ten times as long as to answer them.
"""

from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models

from crm.models import Interaction
from offices.models import Desk, Ticket, Visit

Row = TypeVar("Row", bound=models.Model)

_DESK = """
SELECT {desk}, c.time_zone
FROM offices_desk d JOIN territory_office o ON o.id = d.office_id JOIN territory_commune c ON c.code = o.commune_id
WHERE d.id = %(desk)s FOR UPDATE OF d
"""
_ANSWERED = """
SELECT {ticket} FROM offices_ticket t
WHERE t.desk_id = %(desk)s AND (t.state IN ('called', 'serving') OR t.call_key = %(key)s)
ORDER BY t.state IN ('called', 'serving') DESC LIMIT 1
"""
_CONTACT = "JOIN offices_visit v ON v.id = t.visit_id JOIN crm_interaction i ON i.id = v.interaction_id"
_TICKET = f"""
SELECT {{ticket}}, {{visit}}, {{contact}} FROM offices_ticket t {_CONTACT}
WHERE t.id = %(ticket)s FOR UPDATE OF t
"""  # noqa: S608  # words of ours
_TICKET_AND_CONTACT = f"{_TICKET}, i"
_NEXT = f"""
SELECT {{ticket}}, {{visit}}, {{contact}}, clock_now() FROM offices_ticket t {_CONTACT}
WHERE t.office_id = %(office)s AND t.business_date = %(day)s AND t.state = 'waiting'
ORDER BY t.turn_at, t.id LIMIT 1 FOR UPDATE OF t SKIP LOCKED
"""  # noqa: S608  # words of ours


def desk_and_zone(pk: UUID) -> tuple[Desk, str]:
    """
    Lock a desk; return it and the time zone of its office.

    :raises Desk.DoesNotExist: there is none
    """
    if (row := _one(_DESK, desk=pk)) is None:
        raise Desk.DoesNotExist
    return _read(Desk, row), next(row)


def answered_ticket(desk: Desk, key: UUID | None) -> Ticket | None:
    """Return the ticket a locked desk has in hand, or else the one that the request `key` called to it before."""
    row = _one(_ANSWERED, desk=desk.pk, key=key)
    return _read(Ticket, row) if row else None


def ticket(pk: UUID, *, with_contact: bool = False) -> Ticket:
    """
    Lock a ticket, and its contact when that is to end with it; visit and contact come along.

    :raises Ticket.DoesNotExist: there is none
    """
    if (row := _one(_TICKET_AND_CONTACT if with_contact else _TICKET, ticket=pk)) is None:
        raise Ticket.DoesNotExist
    return _ticket(row)


def next_ticket(office_id: int, day: date) -> tuple[Ticket, datetime] | None:
    """Lock the first in turn whom no other desk is calling at this moment; return it, visit and contact included, and when that was."""
    row = _one(_NEXT, office=office_id, day=day)
    return (_ticket(row), next(row)) if row else None


def _ticket(row: Iterator[Any]) -> Ticket:
    found, visit, contact = _read(Ticket, row), _read(Visit, row), _read(Interaction, row)
    found.visit, visit.interaction = visit, contact
    return found


def _one(statement: str, **given: Any) -> Iterator[Any] | None:
    with connection.cursor() as cursor:
        cursor.execute(_worded(statement), given)
        row = cursor.fetchone()
    return iter(row) if row else None


@cache
def _worded(statement: str) -> str:
    """Write out the columns, in the order in which `_read` reads them."""
    return statement.format(
        desk=_columns(Desk, "d"),
        ticket=_columns(Ticket, "t"),
        visit=_columns(Visit, "v"),
        contact=_columns(Interaction, "i"),
    )


def _columns(model: type[models.Model], alias: str) -> str:
    return ", ".join(f"{alias}.{field.column}" for field in model._meta.concrete_fields)


def _read(model: type[Row], row: Iterator[Any]) -> Row:
    """Take one model's columns from the row."""
    return model.from_db(connection.alias, [], [next(row) for _column in model._meta.concrete_fields])
