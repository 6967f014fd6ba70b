"""Catalogues read from other servers: one run, and what became of each sheet in it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.procedure import Procedure
from common.clock import ClockNow


class Outcome(models.TextChoices):
    CREATED = "created", _("Created")
    CHANGED = "changed", _("Changed")
    SAME = "same", _("The same")
    REFUSED = "refused", _("Refused")


class ImportRun(models.Model):
    """
    One reading of a server's catalogue. `cursor` is the page being read: a run cut short goes on from there.

    The credential is never kept here.
    """

    url = models.URLField(max_length=300)
    cursor = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField(db_default=ClockNow(), editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)
    stopped_because = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["url", "-started_at"], name="importrun_url", condition=Q(finished_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.url} {self.started_at}"


class ImportItem(models.Model):
    """What became of one sheet in a run."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="items")
    remote_id = models.CharField(max_length=60)
    outcome = models.CharField(max_length=7, choices=Outcome)
    reason = models.TextField(blank=True)
    procedure = models.ForeignKey(Procedure, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(db_default=ClockNow())

    class Meta:
        constraints = [models.UniqueConstraint(name="importitem_once", fields=["run", "remote_id"])]

    def __str__(self) -> str:
        return f"{self.remote_id} {self.outcome}"
