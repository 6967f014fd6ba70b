"""How long will it take? From what the office's own desks have done today, never from a promise."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from offices.models import Desk, Ticket
from territory.models import Office

USUAL_SECONDS = 8 * 60  # until an office has served somebody today
LATELY = 20  # visits

_LATELY = """
SELECT avg(seconds) FROM (
    SELECT extract(epoch FROM p.ended_at - p.started_at) AS seconds
    FROM offices_period p JOIN offices_ticket t ON t.id = p.ticket_id
    WHERE t.office_id = %s AND t.business_date = %s AND p.kind = 'serving' AND p.ended_at IS NOT NULL
    ORDER BY p.ended_at DESC LIMIT %s) lately
"""


@dataclass(frozen=True)
class Wait:
    """
    The queue now. `seconds` is what somebody who takes a number now will wait; None while no desk is open.
    """

    waiting: int
    desks_open: int
    seconds: int | None


def serving_seconds(office: Office, day: date) -> float:
    """Return how long a visit takes here today, from the last twenty."""
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, [office.pk, day, LATELY])
        found = cursor.fetchone()[0]
    return float(found) if found else float(USUAL_SECONDS)


def wait_now(office: Office, day: date) -> Wait:
    """Return the wait of an office now."""
    waiting = Ticket.objects.of_day(office, day).waiting().count()
    desks = Desk.objects.open().filter(office=office).count()
    return Wait(waiting, desks, _seconds(waiting, desks, office, day))


def before(ticket: Ticket) -> int:
    """Return how many will be called before a waiting ticket."""
    queue = Ticket.objects.of_day(ticket.office, ticket.business_date).waiting()
    earlier = queue.filter(turn_at__lt=ticket.turn_at).count()
    return earlier + queue.filter(turn_at=ticket.turn_at, id__lt=ticket.id).count()


def wait_of(ticket: Ticket) -> Wait:
    """Return what a waiting ticket has before it."""
    ahead = before(ticket)
    desks = Desk.objects.open().filter(office=ticket.office).count()
    return Wait(ahead, desks, _seconds(ahead, desks, ticket.office, ticket.business_date))


def _seconds(ahead: int, desks: int, office: Office, day: date) -> int | None:
    """
    With every desk busy, half a visit passes until the first is free, then one visit per person and desk.
    """
    if desks == 0:
        return None
    busy = Ticket.objects.of_day(office, day).filter(state__in=["called", "serving"]).count()
    if ahead == 0 and busy < desks:
        return 0
    return int((ahead + 0.5) * serving_seconds(office, day) / desks)
