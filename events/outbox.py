"""
Handing events over to their listeners: at least once, in order per subject, nothing lost.

A worker claims a subject with an advisory lock, reads its undelivered events in order, hands them to the listeners outside any
transaction, then stamps them. If it dies in between, the sweep does it again: that is why listeners are idempotent (`events.once`).

A listener only starts a task, and a task waits in the broker, which may lose it: an event that was handed over and whose effect is not
noted after a quarter of an hour is handed over again (`hand_over_lost`).
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from kombu.exceptions import OperationalError

from common import clock
from events import registry
from events.models import Event, Handled

log = logging.getLogger(__name__)

BATCH = 500  # subjects claimed at a time
WINDOW = 4  # times as many events are looked at
PATIENCE = timedelta(minutes=15)  # longer than a task waits where nothing is wrong
BROKER_AWAY = (OperationalError, OSError)
ASIDE = 60.0  # seconds
KEPT_FOR = timedelta(
    days=90
)  # that an effect was had is known for so long: far longer than anything is handed over again
MEMORY = timedelta(days=3)  # events older than this were looked at in vain for long enough: the log says so

_aside: dict[UUID, float] = {}  # subject: until when

_LOST = f"""
SELECT e.id, e.at FROM {Event._meta.db_table} e
WHERE e.at > %(since)s AND e.delivered_at < %(before)s AND e.kind = ANY(%(kinds)s)
  AND NOT EXISTS (SELECT FROM {Handled._meta.db_table} h WHERE h.event_id = e.id AND h.listener = %(effect)s)
ORDER BY e.seq LIMIT %(most)s
"""  # noqa: S608  # names of ours


@contextmanager
def claimed(subject_ids: list[UUID], most: int) -> Iterator[list[UUID]]:
    """Take session-level advisory locks on subjects, on at most so many; yield those that were free."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s FROM unnest(%s::uuid[]) AS s WHERE pg_try_advisory_lock(hashtextextended(s::text, 101)) LIMIT %s",
            [subject_ids, most],
        )
        mine = [row[0] for row in cursor.fetchall()]
        try:
            yield mine
        finally:
            cursor.execute(
                "SELECT pg_advisory_unlock(hashtextextended(s::text, 101)) FROM unnest(%s::uuid[]) AS s",
                [mine],
            )


def deliver_pending(limit: int = BATCH) -> int:
    """Deliver one batch of pending events; return how many were handed over."""
    # Looking further than one batch lets the next worker find subjects that this one has not claimed.
    rows = Event.objects.undelivered().exclude(subject_id__in=_set_aside()).order_by("seq")
    subjects = list(dict.fromkeys(rows.values_list("subject_id", flat=True)[: limit * WINDOW]))
    if not subjects:
        return 0
    with claimed(subjects, limit) as mine:
        if not mine:
            return 0
        events = _hand_over(
            list(Event.objects.undelivered().filter(subject_id__in=mine).order_by("seq")[: limit * WINDOW])
        )
        if events:
            ids = [event.id for event in events]
            first, last = min(event.at for event in events), max(event.at for event in events)
            Event.objects.filter(id__in=ids, at__range=(first, last)).update(delivered_at=clock.now())
    return len(events)


def _hand_over(events: list[Event]) -> list[Event]:
    """
    Hand events to their listeners in batches; return those that were handed over. Where a listener fails, each subject is handed over
    by itself, and one that fails again is set aside for a minute: no other waits for it.

    :raises OperationalError, OSError: the broker is away, and so nothing can be handed over
    """
    try:
        _tell_listeners(events)
        return events
    except BROKER_AWAY:
        raise
    except Exception:
        log.exception({"event": "listener_failed"})
    done: list[Event] = []
    for subject in dict.fromkeys(event.subject_id for event in events):
        its = [event for event in events if event.subject_id == subject]
        try:
            _tell_listeners(its)
            done += its
        except BROKER_AWAY:
            raise
        except Exception:
            _aside[subject] = time.monotonic() + ASIDE
            log.exception({"event": "events_set_aside", "kinds": sorted({event.kind for event in its})})
    return done


def _tell_listeners(events: list[Event]) -> None:
    batches: dict[int, tuple[registry.Listener, list[UUID]]] = {}
    for event in events:
        for listener in registry.listeners_of(event.kind):
            batches.setdefault(id(listener), (listener, []))[1].append(event.id)
    for listener, ids in batches.values():
        listener(ids)


def _set_aside() -> list[UUID]:
    """The subjects that wait because a listener fails at them."""
    now = time.monotonic()
    for subject in [one for one, until in _aside.items() if until <= now]:
        del _aside[subject]
    return list(_aside)


def hand_over_lost(limit: int = BATCH) -> int:
    """
    Hand events whose effect is not noted to their listener again; return how many.

    Only those handed over within three days and not within the last quarter of an hour; at most `limit` for each effect.
    """
    now, again = clock.now(), 0
    for effect in registry.effects():
        with connection.cursor() as cursor:
            cursor.execute(
                _LOST,
                {
                    "since": now - MEMORY,
                    "before": now - PATIENCE,
                    "effect": effect.name,
                    "kinds": list(effect.codes),
                    "most": limit,
                },
            )
            lost = [row[0] for row in cursor.fetchall()]
        if lost:
            log.error({"event": "effects_lost", "effect": effect.name, "count": len(lost)})
            effect.listener(lost)
            again += len(lost)
    return again


@transaction.atomic
def forget_handled(most: int = 5000) -> int:
    """
    Forget which effects were had more than ninety days ago, so many at a time; return how many there were.

    The rows lie in the order in which they were written: the oldest are looked at, and no index is kept for it.
    """
    oldest = Handled.objects.order_by("pk").values_list("pk", "at")[:most]
    before = clock.now() - KEPT_FOR
    old = [pk for pk, at in oldest if at < before]
    return Handled.objects.filter(pk__in=old).delete()[0]
