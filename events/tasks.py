"""Celery's part of the outbox."""

import logging

from celery import shared_task
from django.db import connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from events import outbox

log = logging.getLogger(__name__)


def nudge_worker() -> None:
    """Wake a worker; without a broker the event waits for the next sweep, and the person is not kept waiting."""
    try:
        deliver_pending.apply_async(retry=False, expires=30)
    except (OperationalError, RedisError, OSError):
        log.warning({"event": "outbox_nudge_failed"})


@shared_task(name="events.deliver_pending", acks_late=True)
def deliver_pending() -> int:
    """Deliver until nothing is pending (bounded: the next sweep goes on)."""
    total = 0
    for _round in range(200):
        delivered = outbox.deliver_pending()
        total += delivered
        if not delivered:
            break
    return total


@shared_task(name="events.make_partitions")
def make_partitions() -> None:
    """Make the partitions of the coming three months; the default partition catches what a stopped scheduler misses."""
    with connection.cursor() as cursor:
        for parent in ("events_event", "crm_accesslog"):
            cursor.execute("SELECT make_month_partitions(%s, clock_now()::date, 4)", [parent])
