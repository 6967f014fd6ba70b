"""Whom what happens is told, and whom what does not."""

import logging
from datetime import timedelta
from uuid import UUID

from celery import shared_task

from accounts.actors import Actor
from common import clock, live
from crm import actions
from crm.models import (
    Notification,
)
from crm.queries.notifications import due_notifications
from crm.queries.questions import questions_to_remind_of
from crm.queries.work import agencies_of_events, late_stages
from crm.terms import NETWORK_ZONE
from territory.queries.calendar import add_business_days

log = logging.getLogger(__name__)
LATE = timedelta(minutes=15)


@shared_task(name="crm.notify_citizens", acks_late=True)
def notify_citizens(*, event_ids: list[str]) -> None:
    """
    Prepare each event's notifications and send them; events come at least once, so a second time sends
    nothing twice.
    """
    for event_id in event_ids:
        for notification in actions.prepare_notifications(UUID(event_id), by=Actor.system()):
            send_notification.delay(notification_id=str(notification))


@shared_task(name="crm.send_notification", acks_late=True)
def send_notification(*, notification_id: str) -> None:
    """Do what is due about one message; nothing when it was done meanwhile."""
    actions.send_notification(UUID(notification_id), by=Actor.system())


@shared_task(name="crm.send_due_notifications", acks_late=True)
def send_due_notifications() -> int:
    """
    Every minute: do what is due about messages, whatever became of the worker that should have done it; return how many were due.

    One that was due for more than a quarter of an hour is said aloud: nobody swept.
    """
    now = clock.now()
    due = due_notifications(now)
    late = Notification.objects.filter(next_try_at__lt=now - LATE).count() if due else 0
    if late:
        log.error("Messages to citizens: %d were due for more than a quarter of an hour.", late)
    for notification in due:
        send_notification.delay(notification_id=str(notification))
    return len(due)


@shared_task(name="crm.announce_to_agencies", acks_late=True)
def announce_to_agencies(*, event_ids: list[str]) -> None:
    """
    Tell the screens of the agencies of these events' cases to look again; telling them twice harms nothing.
    """
    live.publish(*(f"agency:{agency}" for agency in agencies_of_events([UUID(one) for one in event_ids])))


@shared_task(name="crm.note_late_work", acks_late=True)
def note_late_work() -> None:
    """Every hour: tell chiefs and citizens of the parts whose term is over, each once."""
    today = clock.local_date(clock.now(), NETWORK_ZONE)
    for stage in late_stages(today).iterator(chunk_size=500):
        actions.note_late(stage, by=Actor.system())


@shared_task(name="crm.remind_of_questions", acks_late=True)
def remind_of_questions() -> None:
    """Every morning: remind of what is asked two business days before the day to answer by, and tell once it is over."""
    today = clock.local_date(clock.now(), NETWORK_ZONE)
    for question in questions_to_remind_of(today, add_business_days(today, 2)).iterator(chunk_size=500):
        actions.remind_of_question(question, by=Actor.system())


@shared_task(name="crm.open_tasks", acks_late=True)
def open_tasks(*, event_ids: list[str]) -> None:
    """Open the tasks that these events call for; events come at least once, so a second time opens nothing."""
    for event_id in event_ids:
        actions.open_task_for(UUID(event_id), by=Actor.system())


@shared_task(name="crm.settle_answers", acks_late=True)
def settle_answers(*, event_ids: list[str]) -> None:
    """Open and end the tasks of the answers owed in the cases of these events; events come at least once, and settling again changes nothing."""
    for event_id in event_ids:
        actions.settle_answers(UUID(event_id), by=Actor.system())


@shared_task(name="crm.tell_of_change", acks_late=True)
def tell_of_change(*, event_ids: list[str]) -> None:
    """Tell those whom these publications touch; events come at least once, so a second time tells nobody twice."""
    for event_id in map(UUID, event_ids):
        last = None
        while last := actions.tell_cases_of_change(event_id, by=Actor.system(), after=last):
            pass
        actions.tell_staff_of_change(event_id, by=Actor.system())
