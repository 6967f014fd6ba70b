"""Every read of a person's file: who, when, why. Partitioned by month; the application may only add and read."""

from django.db import models

from common.clock import ClockNow
from common.ids import new_id


class AccessLog(models.Model):
    """One reading. `person_ids` and `case_ids` are all that one list, print or answer showed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(db_default=ClockNow())
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    act = models.CharField(max_length=30)  # open_case, open_person, search, download, list …
    reason = models.CharField(max_length=300, blank=True)
    person_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    shown_ids = models.JSONField(default=list)
    interaction_id = models.UUIDField(null=True)

    class Meta:
        managed = False
        db_table = "crm_accesslog"

    def __str__(self) -> str:
        return f"{self.act} {self.at}"
