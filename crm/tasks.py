"""The background work of people and cases."""

import logging
import time
from datetime import timedelta
from uuid import UUID

from celery import shared_task

from accounts.actors import Actor
from common import clock, live
from crm import actions, files
from crm.models import Interaction
from crm.queries.checks import cases_whose_state_is_not_that_of_their_stages, hashes_with_a_row
from crm.queries.work import agencies_of_events
from integrations.mail import MailUnavailable

log = logging.getLogger(__name__)
IDLE = timedelta(minutes=30)
ORPHAN_AFTER = timedelta(hours=24)
FILLING_IN = timedelta(days=1)


@shared_task(name="crm.notify_citizens", acks_late=True)
def notify_citizens(*, event_ids: list[str]) -> None:
    """
    Prepare each event's notifications and send them; events come at least once, so a second time sends
    nothing twice.
    """
    for event_id in event_ids:
        for notification in actions.prepare_notifications(UUID(event_id), by=Actor.system()):
            send_notification.delay(notification_id=str(notification))


@shared_task(
    name="crm.send_notification",
    acks_late=True,
    autoretry_for=(MailUnavailable,),
    retry_backoff=True,
    retry_backoff_max=600,
    max_retries=48,
)
def send_notification(*, notification_id: str) -> None:
    """Send one notification; while the mail server is away it is tried again for hours."""
    actions.send_notification(UUID(notification_id), by=Actor.system())


@shared_task(name="crm.end_idle_contacts", acks_late=True)
def end_idle_contacts() -> None:
    """
    End and wrap up web contacts after half an hour: served if a matter was resolved, abandoned otherwise.

    Filling in an application may take its time: while its draft is open, the contact is given a day.
    """
    now = clock.now()
    idle = Interaction.objects.filter(
        channel="web", wrapped_up_at__isnull=True, started_at__lt=now - IDLE
    ).exclude(started_at__gt=now - FILLING_IN, opened_cases__state="draft")
    for interaction in idle.order_by("started_at")[:500]:
        resolved = interaction.enquiries.filter(is_resolved=True).exists()
        actions.end_interaction(interaction, by=Actor.system(), ending="served" if resolved else "abandoned")


@shared_task(name="crm.announce_to_agencies", acks_late=True)
def announce_to_agencies(*, event_ids: list[str]) -> None:
    """
    Tell the screens of the agencies of these events' cases to look again; telling them twice harms nothing.
    """
    live.publish(*(f"agency:{agency}" for agency in agencies_of_events([UUID(one) for one in event_ids])))


@shared_task(name="crm.suspect_duplicates", acks_late=True)
def suspect_duplicates(*, event_ids: list[str]) -> None:
    """
    Look for records that may be of the people who were entered; events come at least once, so a second time suspects nothing anew.
    """
    for event_id in event_ids:
        actions.suspect_known(UUID(event_id), by=Actor.system())


@shared_task(name="crm.remove_orphan_papers")
def remove_orphan_papers() -> int:
    """Every night: remove files of papers that no row names a day after they came."""
    return files.remove_orphans(hashes_with_a_row, older_than=time.time() - ORPHAN_AFTER.total_seconds())


@shared_task(name="crm.check_case_states")
def check_case_states() -> None:
    """
    Every night: a case's state must be that of its stages; a difference is logged as an error with ids
    only.
    """
    for case_id in cases_whose_state_is_not_that_of_their_stages():
        log.error({"event": "case_state_drift", "case": str(case_id)})
