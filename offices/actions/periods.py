"""
One step in a ticket's life: its state, the period that ends, the period that begins, the event. Every action
of the queue goes through it.
"""

from datetime import datetime
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Greatest

from accounts.actors import Actor
from common import live
from events.record import record
from offices.models import Period, PeriodKind, Ticket, TicketState
from offices.models.ticket import PERIOD_OF


def move(ticket: Ticket, to: TicketState, *, by: Actor, at: datetime, event: str) -> None:
    """Move a locked ticket, measure, save, record, and tell the office's screens after the commit."""
    ticket.move_to(to, at=at)
    turn_page(ticket, PERIOD_OF.get(to), at=at)
    ticket.save()
    tell(event, ticket, by=by, at=at)


def turn_page(ticket: Ticket, kind: PeriodKind | None, *, at: datetime) -> None:
    """End the ticket's open period and begin one of `kind`."""
    Period.objects.filter(ticket=ticket, ended_at__isnull=True).update(
        ended_at=Greatest(F("started_at"), Value(at))
    )
    if kind:
        Period.objects.create(ticket=ticket, kind=kind, started_at=at)


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
