"""
One step in a ticket's life: its state, the period that ends, the period that begins, the event. Every action
of the queue goes through it.
"""

from datetime import datetime
from typing import Any

from django.db import connection

from accounts.actors import Actor
from common import live
from crm.actions.interactions import end_locked
from events.record import record
from offices.models import PeriodKind, Ticket, TicketState
from offices.models.ticket import PERIOD_OF

# The open period ends, and only then one of `kind` begins, if any does. Both in the statement that follows: one round trip.
_TURN = """
WITH ended AS (
    UPDATE offices_period SET ended_at = greatest(started_at, %(at)s)
    WHERE ticket_id = %(ticket)s AND ended_at IS NULL RETURNING id),
begun AS (
    INSERT INTO offices_period (ticket_id, kind, started_at)
    SELECT %(ticket)s, %(kind)s, %(at)s FROM (SELECT count(*) FROM ended) AS first
    WHERE %(kind)s::text IS NOT NULL RETURNING id)
"""
_TURN_PAGE = f"{_TURN} SELECT count(*) FROM begun"  # noqa: S608  # words of ours
_MOVE = f"""
{_TURN}
UPDATE offices_ticket SET state = %(state)s, desk_id = %(desk_id)s, clerk_id = %(clerk_id)s, call_key = %(call_key)s,
    called_at = %(called_at)s, called_count = %(called_count)s, ended_at = %(ended_at)s
WHERE id = %(ticket)s
"""  # noqa: S608  # words of ours
_MOVED = ("state", "desk_id", "clerk_id", "call_key", "called_at", "called_count", "ended_at")


def move(ticket: Ticket, to: TicketState, *, by: Actor, at: datetime, event: str) -> None:
    """Move a locked ticket, measure, save, record, and tell the office's screens after the commit."""
    ticket.move_to(to, at=at)
    _execute(_MOVE, ticket, PERIOD_OF.get(to), at, **{name: getattr(ticket, name) for name in _MOVED})
    tell(event, ticket, by=by, at=at)


def turn_page(ticket: Ticket, kind: PeriodKind, *, at: datetime) -> None:
    """End the open period of a ticket that stays where it is, and begin one of `kind`."""
    _execute(_TURN_PAGE, ticket, kind, at)


def _execute(statement: str, ticket: Ticket, kind: PeriodKind | None, at: datetime, **row: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ticket": ticket.pk, "kind": kind, "at": at, **row})


def end_contact(ticket: Ticket, *, by: Actor, at: datetime, ending: str) -> None:
    """End the contact of a ticket that was locked together with it (`locked.ticket(…, with_contact=True)`)."""
    contact = ticket.visit.interaction
    if contact.ended_at is None:
        end_locked(contact, by=by, at=at, ending=ending)


def tell(event: str, ticket: Ticket, *, by: Actor, at: datetime, **data: Any) -> None:
    """Record what happened to a ticket; the office's screens look again after the commit."""
    interaction = ticket.visit.interaction
    record(
        event,
        ticket,
        by=by,
        at=at,
        interaction=interaction,
        channel=interaction.channel,
        office=ticket.office_id,
        desk=str(ticket.desk_id) if ticket.desk_id else None,
        **data,
    )
    live.publish(f"office:{ticket.office_id}")
