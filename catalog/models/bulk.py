"""Many sheets at once, from a file: what it would change row by row, and what became of each row once that was confirmed."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Actor
from accounts.models import User
from catalog.models.procedure import ProcedureVersion
from common.clock import ClockNow
from common.ids import new_id


class BulkState(models.TextChoices):
    READING = "reading", _("Being read")
    READ = "read", _("Waits for you")
    CONFIRMED = "confirmed", _("Under way")
    DONE = "done", _("Done")


class BulkOutcome(models.TextChoices):
    CREATED = "created", _("New")
    CHANGED = "changed", _("Changes")
    SAME = "same", _("The same")
    CONFLICT = "conflict", _("Something stands in the way")
    REFUSED = "refused", pgettext_lazy("of a sheet", "Refused")


class BulkResult(models.TextChoices):
    DRAFTED = "drafted", _("A draft is open")
    SAME = "same", _("The same")
    CONFLICT = "conflict", _("Something stands in the way")
    REFUSED = "refused", pgettext_lazy("of a sheet", "Refused")


class BulkImportQuerySet(models.QuerySet["BulkImport"]):
    def visible_to(self, actor: Actor) -> "BulkImportQuerySet":
        """A file is shown to whoever sent it."""
        return self.filter(owner=actor.user_id) if actor.user_id else self.none()

    def lock(self, pk: Any) -> "BulkImport":
        return self.select_for_update(of=("self",)).get(pk=pk)


class BulkImport(models.Model):
    """A file of sheets that somebody sent. Nothing of the catalogue changes before they confirm its report; it is forgotten after a time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=4)  # json or xlsx
    language = models.CharField(max_length=2)  # in which its report is worded
    state = models.CharField(max_length=9, choices=BulkState, default=BulkState.READING)
    at = models.DateTimeField(db_default=ClockNow(), editable=False)
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = BulkImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="bulkimport_state_and_times",
                condition=Q(
                    state__in=["reading", "read"], confirmed_at__isnull=True, finished_at__isnull=True
                )
                | Q(state="confirmed", confirmed_at__isnull=False, finished_at__isnull=True)
                | Q(state="done", confirmed_at__isnull=False, finished_at__isnull=False),
            ),
            models.CheckConstraint(name="bulkimport_expires_later", condition=Q(expires_at__gt=F("at"))),
        ]
        indexes = [models.Index(fields=["expires_at"], name="bulkimport_expires")]

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"


class BulkRow(models.Model):
    """
    One sheet of the file: what it would do, and what was done.

    `data` is the whole sheet (JSON) or the cells of a row by column (spreadsheet); it goes once the row is done. `base` is the version that
    the report compared it with.
    """

    bulk = models.ForeignKey(BulkImport, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # its place in the file, as people count
    code = models.CharField(max_length=40, blank=True)
    data: Any = models.JSONField(null=True)
    outcome = models.CharField(max_length=8, choices=BulkOutcome, blank=True)
    reason = models.TextField(blank=True)
    base = models.ForeignKey(ProcedureVersion, models.SET_NULL, null=True, blank=True, related_name="+")
    result = models.CharField(max_length=8, choices=BulkResult, blank=True)
    said = models.TextField(blank=True)
    version = models.ForeignKey(ProcedureVersion, models.SET_NULL, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    # How often work on it was begun and not ended; ended, it is none again.
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="bulkrow_once", fields=["bulk", "number"]),
            models.CheckConstraint(
                name="bulkrow_done_iff_result",
                condition=Q(result="", done_at__isnull=True) | ~Q(result="") & Q(done_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.code}"
