"""The background work of the offices: the wait others may tell, silent calls, the end of the day."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from celery import shared_task
from django.db.models import Q

from accounts.actors import Actor
from common import clock
from common.errors import IllegalMove
from crm.actions import write_queue_state
from events.models import Event
from offices import actions
from offices.actions.days import SILENCE
from offices.models import AT_DESK, OVER, Desk, Ticket, TicketState
from offices.queries.waits import wait_now
from territory.models import Office

AFTER_CLOSING = timedelta(hours=1)
SHIFT = timedelta(hours=8)  # whoever was called longer ago is not being served any more


@shared_task(name="offices.write_queue_states", acks_late=True)
def write_queue_states(*, event_ids: list[str]) -> None:
    """
    Write the present wait of the offices these events are of: the present, so a second time does no harm.
    """
    ids = [UUID(event_id) for event_id in event_ids]
    offices = {event.value("office") for event in Event.objects.filter(id__in=ids)}
    for office in Office.objects.filter(pk__in=offices).select_related("commune"):
        wait = wait_now(office, clock.local_date(clock.now(), office.commune.time_zone))
        write_queue_state(
            office.kind,
            by=Actor.system(),
            office=office,
            waiting=wait.waiting,
            estimated_seconds=wait.seconds,
        )


@shared_task(name="offices.put_back_silent_calls", acks_late=True)
def put_back_silent_calls() -> int:
    """
    Put tickets back that were called ten minutes ago and neither came nor were called again: their desk has
    gone silent.
    """
    silent = Ticket.objects.filter(state=TicketState.CALLED, called_at__lt=clock.now() - SILENCE)
    done = 0
    for ticket in silent.order_by("called_at")[:500]:
        try:
            actions.put_back(ticket, by=Actor.system())
            done += 1
        except IllegalMove:  # its desk woke up meanwhile
            continue
    return done


@shared_task(name="offices.end_days", acks_late=True)
def end_days() -> int:
    """
    End what is over, each by its own office's clock: an hour after closing whoever came before it and still waits has left; at
    midnight the day ends. Nobody is ended under the hands of the clerk who serves them.
    """
    now = clock.now()
    alive = Ticket.objects.exclude(state__in=OVER).values("office")
    manned = Desk.objects.open().values("office")
    offices = (
        Office.objects.filter(pk__in=alive.union(manned)).select_related("commune").prefetch_related("hours")
    )
    return sum(end_day(office, now) for office in offices)


def end_day(office: Office, now: datetime) -> int:
    """
    End every ticket of an office that is over at `now`, each in a transaction of its own, and close the desks of days before; say
    how many ended.
    """
    today = clock.local_date(now, office.commune.time_zone)
    over = Q(business_date__lt=today) & ~Q(state__in=AT_DESK, called_at__gt=now - SHIFT)
    closed_at = _closing(office, now)
    if closed_at and now - closed_at > AFTER_CLOSING:
        over |= Q(business_date=today, state=TicketState.WAITING, taken_at__lt=closed_at)
    left = Ticket.objects.filter(over, office=office).exclude(state__in=OVER)
    tickets = list(left.order_by("business_date", "turn_at"))
    for ticket in tickets:
        actions.end_ticket(ticket, by=Actor.system())
    for desk in Desk.objects.open().filter(office=office).exclude(tickets__state__in=AT_DESK):
        if clock.local_date(desk.opened_at or now, office.commune.time_zone) < today:
            actions.close_desk(desk, by=Actor.system())
    return len(tickets)


def _closing(office: Office, now: datetime) -> datetime | None:
    """When the office closes on the local day of `now`, if it opens at all."""
    local = now.astimezone(ZoneInfo(office.commune.time_zone))
    closings = [row.closes for row in office.hours.all() if row.weekday == local.isoweekday()]
    return datetime.combine(local.date(), max(closings), local.tzinfo) if closings else None
