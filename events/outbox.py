"""
Handing events over to their listeners: at least once, in order per subject, nothing lost.

A worker claims a subject with an advisory lock, reads its undelivered events in order, hands them to the listeners outside any
transaction, then stamps them. If it dies in between, the sweep does it again: that is why listeners are idempotent (`events.once`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection

from common import clock
from events import registry
from events.models import Event

BATCH = 500  # events read at a time


@contextmanager
def claimed(subject_ids: list[UUID]) -> Iterator[list[UUID]]:
    """Take session-level advisory locks on subjects; yield those that were free."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s FROM unnest(%s::uuid[]) AS s WHERE pg_try_advisory_lock(hashtextextended(s::text, 101))",
            [subject_ids],
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
    waiting = list(Event.objects.undelivered().order_by("seq").values_list("subject_id", flat=True)[:limit])
    subjects = list(dict.fromkeys(waiting))
    if not subjects:
        return 0
    with claimed(subjects) as mine:
        if not mine:
            return 0
        events = list(Event.objects.undelivered().filter(subject_id__in=mine).order_by("seq")[: limit * 4])
        batches: dict[int, tuple[registry.Listener, list[UUID]]] = {}
        for event in events:
            for listener in registry.listeners_of(event.kind):
                batches.setdefault(id(listener), (listener, []))[1].append(event.id)
        for listener, ids in batches.values():
            listener(ids)
        if events:
            ids = [event.id for event in events]
            first, last = min(event.at for event in events), max(event.at for event in events)
            Event.objects.filter(id__in=ids, at__range=(first, last)).update(delivered_at=clock.now())
    return len(events)
