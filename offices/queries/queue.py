"""The queue of an office as its screens show it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Prefetch, Q

from offices.models import Desk, Ticket, TicketState, VisitMatter
from offices.models.ticket import AT_DESK
from offices.priorities import label_of
from territory.models import Office

SHOWN = 60

_MATTERS = Prefetch("visit__matters", VisitMatter.objects.select_related("version"))


@dataclass(frozen=True)
class QueueRow:
    """One ticket in a list: what identifies it, since when, what for, why first. Nothing of the person."""

    ticket: Ticket
    since: datetime
    matters: str
    priority: str


def waiting_rows(office: Office, day: date, limit: int = SHOWN) -> list[QueueRow]:
    """Return who waits, in the order in which they will be called. A constant number of queries."""
    tickets = Ticket.objects.of_day(office, day).waiting().in_turn()
    return [_row(ticket) for ticket in tickets.select_related("visit").prefetch_related(_MATTERS)[:limit]]


def held_rows(office: Office, clerk_id: Any) -> list[QueueRow]:
    """Return whom this clerk has sent to fetch a paper."""
    tickets = Ticket.objects.filter(office=office, clerk=clerk_id, state=TicketState.HELD).in_turn()
    return [_row(ticket) for ticket in tickets.select_related("visit").prefetch_related(_MATTERS)]


def _row(ticket: Ticket) -> QueueRow:
    titles = [matter.version.title for matter in ticket.visit.matters.all() if matter.version]
    return QueueRow(ticket, ticket.taken_at, " · ".join(titles), label_of(ticket.visit.priority))


def calls(office: Office, day: date, limit: int = 6) -> list[Ticket]:
    """
    Return what the waiting room shows: the tickets being called, then those just called, the latest first.
    """
    shown = (
        Ticket.objects.of_day(office, day).filter(called_at__isnull=False).exclude(state=TicketState.NO_SHOW)
    )
    latest = list(shown.select_related("desk").order_by("-called_at")[:limit])
    return sorted(
        latest, key=lambda ticket: (not ticket.is_called, -(ticket.called_at or ticket.taken_at).timestamp())
    )


def desk_rows(office: Office) -> list[dict[str, Any]]:
    """Return every desk of an office, opened before or not, with who sits there and whom they have."""
    known = {desk.number: desk for desk in Desk.objects.filter(office=office).select_related("clerk")}
    at_desk = {t.desk_id: t for t in Ticket.objects.filter(office=office, state__in=AT_DESK)}
    return [
        {
            "number": number,
            "desk": (desk := known.get(number)),
            "ticket": at_desk.get(desk.pk) if desk else None,
        }
        for number in range(1, max(office.desks, 1) + 1)
    ]


_WAITED = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds)
FROM (SELECT sum(extract(epoch FROM p.ended_at - p.started_at)) AS seconds
      FROM offices_period p JOIN offices_ticket t ON t.id = p.ticket_id
      WHERE t.office_id = %s AND t.business_date = %s AND t.called_count > 0
        AND p.kind = 'waiting' AND p.ended_at IS NOT NULL
      GROUP BY t.id) waits
"""


@dataclass(frozen=True)
class Today:
    """An office's day so far. Waits are of everybody called today, in seconds; None before the first call."""

    given: int
    waiting: int
    served: int
    no_shows: int
    left: int
    median_wait: float | None
    p90_wait: float | None
    longest_since: datetime | None


def today(office: Office, day: date) -> Today:
    """Return the figures of an office's day, from its tickets and their measured periods."""
    tickets = Ticket.objects.of_day(office, day)
    counts = tickets.aggregate(
        given=Count("id"),
        waiting=Count("id", filter=Q(state=TicketState.WAITING)),
        served=Count("id", filter=Q(state=TicketState.FINISHED)),
        no_shows=Count("id", filter=Q(state=TicketState.NO_SHOW)),
        left=Count("id", filter=Q(state=TicketState.ABANDONED)),
    )
    with connection.cursor() as cursor:
        cursor.execute(_WAITED, [office.pk, day])
        median, p90 = cursor.fetchone()
    longest = tickets.waiting().order_by("taken_at").values_list("taken_at", flat=True).first()
    return Today(**counts, median_wait=median, p90_wait=p90, longest_since=longest)
