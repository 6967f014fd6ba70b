"""How far the loading of a synthetic history has come."""

from django.db import models

from common.clock import ClockNow


class SeedRun(models.Model):
    """
    One loading of a synthetic history; its row is the lock that lets one process at a time go on with it.

    `until` is fixed when it begins, so that a second start makes the same plan; `done` says how many of its acts are committed.
    """

    name = models.CharField(max_length=20, primary_key=True)
    until = models.DateTimeField()
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(db_default=ClockNow())
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
