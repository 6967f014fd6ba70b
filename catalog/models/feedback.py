"""What people tell us about a page: was it useful, is something wrong, what did they look for."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.procedure import ProcedureVersion
from common.clock import ClockNow


class SavedVisit(models.TextChoices):
    """Whether reading the sheet saved a trip to an office."""

    YES = "yes", _("Yes, it saved me a trip")
    STILL = "still", _("Yes, but I still have to go")
    NO = "no", _("No")


class UsefulnessVote(models.Model):
    """An answer to “was this useful?”, tied to the version that was read."""

    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="votes")
    is_useful = models.BooleanField()
    saved_visit = models.CharField(max_length=5, choices=SavedVisit, blank=True)
    comment = models.TextField(blank=True, null=True, default="")  # noqa: DJ001  # NULL once redacted
    language = models.CharField(max_length=2, default="es")
    at = models.DateTimeField(db_default=ClockNow())
    redacted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.version_id} {self.is_useful}"


class ErrorReport(models.Model):
    """A citizen says that something on a sheet is wrong."""

    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="error_reports")
    text = models.TextField(null=True)  # noqa: DJ001  # NULL once redacted
    at = models.DateTimeField(db_default=ClockNow())
    settled_at = models.DateTimeField(null=True, blank=True)
    redacted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.version_id} {self.at}"


class SearchLog(models.Model):
    """What was looked for and how much was found; no trace of who looked. Searches that look like a RUN, mail or phone are not kept."""

    query = models.CharField(max_length=200)
    language = models.CharField(max_length=2)
    channel = models.CharField(max_length=20)
    results = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=ClockNow())

    class Meta:
        indexes = [models.Index(fields=["results", "at"], name="searchlog_results")]

    def __str__(self) -> str:
        return self.query
