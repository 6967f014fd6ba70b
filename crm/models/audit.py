"""
What was changed of people, and the seals over all that only grows (docs/adr/0009). The database writes both; the application may read.
"""

from django.db import models

from common.clock import ClockNow
from common.ids import new_id


class Change(models.Model):
    """One row changed or deleted: the columns that changed as they were, and the event of the act; `before` is NULL once redacted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(db_default=ClockNow())
    relation = models.CharField(max_length=60)
    row_id = models.TextField()
    person_id = models.UUIDField(null=True)
    event_id = models.UUIDField(null=True)
    before = models.JSONField(null=True)

    class Meta:
        managed = False
        db_table = "crm_change"

    def __str__(self) -> str:
        return f"{self.relation} {self.row_id}"


class Seal(models.Model):
    """The hash of a stretch of events, readings or changes, chained to the one before."""

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=20)
    since = models.DateTimeField()
    until = models.DateTimeField()
    row_count = models.BigIntegerField()
    digest = models.BinaryField()
    at = models.DateTimeField(db_default=ClockNow())

    class Meta:
        managed = False
        db_table = "crm_seal"

    def __str__(self) -> str:
        return f"{self.source} {self.until}"
