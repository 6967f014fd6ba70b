"""Celery's part of the outbox."""

import logging

from celery import shared_task
from django.core.cache import cache
from django.db import connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from events import outbox

log = logging.getLogger(__name__)


# There while a nudge waits for a worker, which will see whatever is committed until it begins.
NUDGED = "outbox:nudged"
NUDGE_SECONDS = 1  # a nudge that was lost with the broker is believed no longer than this


def nudge_worker() -> None:
    """
    Wake a worker, unless one is being woken; call after the commit.

    Without a broker the event waits for the next sweep, and the person is not kept waiting.
    """
    try:
        if cache.add(NUDGED, 1, timeout=NUDGE_SECONDS):
            deliver_pending.apply_async(retry=False, expires=30)
    except (OperationalError, RedisError, OSError):
        log.warning({"event": "outbox_nudge_failed"})


@shared_task(name="events.deliver_pending", acks_late=True)
def deliver_pending() -> int:
    """Deliver until nothing is pending (bounded: the next sweep goes on)."""
    _take_nudge()
    total = 0
    for _round in range(200):
        delivered = outbox.deliver_pending()
        total += delivered
        if not delivered:
            break
    return total


@shared_task(name="events.hand_over_lost", acks_late=True)
def hand_over_lost() -> int:
    """Every five minutes: what was handed over and never had its effect is handed over again."""
    return outbox.hand_over_lost()


@shared_task(name="events.forget_handled", acks_late=True)
def forget_handled() -> None:
    """Every night: forget the effects of events that nobody hands over any more."""
    while outbox.forget_handled():
        pass


def _take_nudge() -> None:
    """From here on a commit may be missed by this delivery, so it nudges again."""
    try:
        cache.delete(NUDGED)
    except (RedisError, OSError):
        log.warning({"event": "outbox_nudge_failed"})


@shared_task(name="events.make_partitions")
def make_partitions() -> None:
    """Make the partitions of the coming three months; the default partition catches what a stopped scheduler misses."""
    with connection.cursor() as cursor:
        for parent in ("events_event", "crm_accesslog"):
            cursor.execute("SELECT make_month_partitions(%s, clock_now()::date, 4)", [parent])
