"""
`Event`: one append-only line per thing that happened; timeline, audit trail and outbox in one table (docs/adr/0004).

Partitioned by month. Nothing holds a foreign key to it. The application's role may insert, select and stamp `delivered_at`, nothing else.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from common.clock import ClockNow
from common.ids import new_id


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, kind: str, subject_id: UUID) -> "EventQuerySet":
        """The events of one subject, in the order they happened."""
        return self.filter(subject_kind=kind, subject_id=subject_id).order_by("seq")

    def undelivered(self) -> "EventQuerySet":
        return self.filter(delivered_at__isnull=True)


@dataclass(frozen=True)
class Subject:
    """What an event is about, where that is a row whose key is no UUID."""

    event_kind: str
    pk: UUID


class Event(models.Model):
    """
    What happened, to what, by whom, when. Holds codes and ids only; free text lives in rows that can be redacted.

    `seq` orders events; it is taken while the subject's lock is held, so within one subject it is the order of the acts.
    """

    id = models.UUIDField(
        primary_key=True, default=new_id, editable=False
    )  # with `at`, the key of the partitioned table
    seq = models.BigIntegerField(editable=False, db_default=models.Value(0))  # an identity column
    at = models.DateTimeField(db_default=ClockNow())
    kind = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    on_behalf_of = models.UUIDField(null=True)
    interaction_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=20, blank=True)
    data = models.JSONField(default=dict)
    delivered_at = models.DateTimeField(null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "events_event"

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind}:{self.subject_id}"

    def value(self, name: str) -> Any:
        """Return one datum, or None."""
        return self.data.get(name)


class Handled(models.Model):
    """That a listener has had its effect for an event: written in the transaction of the effect, so a second hand-over does nothing."""

    event_id = models.UUIDField()
    listener = models.CharField(max_length=80)
    at = models.DateTimeField(db_default=ClockNow())

    class Meta:
        constraints = [models.UniqueConstraint(name="handled_once", fields=["event_id", "listener"])]

    def __str__(self) -> str:
        return f"{self.listener} {self.event_id}"
