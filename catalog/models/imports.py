"""Catalogues read from other servers: where from and how often, one run, what became of each sheet in it, and what an editor must decide."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from catalog.models.procedure import Procedure, ProcedureVersion, VersionStatus
from catalog.troubles import name_said, said_again
from common.clock import ClockNow

# Of the environment only what is named so can be sent to another server as a token, never another secret of the house.
TURN_OVER = "the limit asked for was reached"  # why a reading that goes on later stopped
VARIABLE = r"^IMPORT_TOKEN_[A-Z0-9_]{1,60}$"


class Outcome(models.TextChoices):
    CREATED = "created", pgettext_lazy("of a sheet", "Created")
    CHANGED = "changed", pgettext_lazy("of a sheet", "Changed")
    SAME = "same", _("The same")
    CONFLICT = "conflict", _("Differs from what is written here")
    REFUSED = "refused", pgettext_lazy("of a sheet", "Refused")


class ImportSource(models.Model):
    """
    A server whose catalogue is read again and again.

    `token_variable` names the environment variable that holds its access token: the token itself is never kept. `failures` in a row move
    `next_at` away.
    """

    url = models.URLField(max_length=200, unique=True)
    shape = models.CharField(max_length=6, default="auto")
    token_variable = models.CharField(max_length=80, blank=True)
    every_hours = models.PositiveSmallIntegerField(default=24)
    is_active = models.BooleanField(default=True)
    next_at = models.DateTimeField(db_default=ClockNow())
    failures = models.PositiveSmallIntegerField(default=0)
    trouble = models.TextField(blank=True)
    last_run = models.ForeignKey("ImportRun", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="importsource_hours", condition=Q(every_hours__gte=1, every_hours__lte=720)
            ),
            models.CheckConstraint(
                name="importsource_token_by_name",
                condition=Q(token_variable="") | Q(token_variable__regex=VARIABLE),
            ),
            models.CheckConstraint(
                name="importsource_trouble_iff_failures",
                condition=Q(failures=0, trouble="") | Q(failures__gt=0) & ~Q(trouble=""),
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="importsource_due", condition=Q(is_active=True)),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def trouble_said(self) -> str:
        """What went wrong, in the reader's language."""
        return said_again(self.trouble)


class ImportRun(models.Model):
    """
    One reading of a server's catalogue. `cursor` is the page being read: a run cut short goes on from there.

    A dry one wrote nothing but its report. The credential is never kept here.
    """

    url = models.URLField(max_length=300)
    source = models.ForeignKey(ImportSource, models.SET_NULL, null=True, blank=True, related_name="runs")
    is_dry = models.BooleanField(default=False)
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

    @property
    def stop_said(self) -> str:
        """Why it stopped, in the reader's language."""
        return said_again(self.stopped_because)


class ImportItem(models.Model):
    """What became of one sheet in a run."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="items")
    remote_id = models.CharField(max_length=60)
    outcome = models.CharField(max_length=8, choices=Outcome)
    reason = models.TextField(blank=True)
    procedure = models.ForeignKey(Procedure, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(db_default=ClockNow())

    class Meta:
        constraints = [models.UniqueConstraint(name="importitem_once", fields=["run", "remote_id"])]
        indexes = [models.Index(fields=["run", "outcome", "id"], name="importitem_by_outcome")]

    def __str__(self) -> str:
        return f"{self.remote_id} {self.outcome}"

    @property
    def name_said(self) -> str:
        """How the sheet is called here: its id, and where it stood if that tells it apart."""
        return name_said(self.remote_id)

    @property
    def reason_said(self) -> str:
        """Why, in the reader's language where it is one of our own sentences."""
        return gettext(self.reason) if self.reason else ""


class ConflictState(models.TextChoices):
    OPEN = "open", _("Waits for an editor")
    TAKEN = "taken", _("Taken as a draft")
    KEPT = "kept", _("Ours was kept")
    SUPERSEDED = "superseded", _("Another text came after it")


class ImportConflictQuerySet(models.QuerySet["ImportConflict"]):
    def visible_to(self, actor: Actor) -> "ImportConflictQuerySet":
        """Whoever works on an agency's sheets sees what came for them."""
        return self.filter(procedure__in=Procedure.objects.visible_to(actor))

    def open(self) -> "ImportConflictQuerySet":
        return self.filter(state=ConflictState.OPEN)

    def decided(self) -> "ImportConflictQuerySet":
        """Those that ask no more: ours was kept, or the draft that was begun with the text is not set aside."""
        taken = Q(state=ConflictState.TAKEN) & ~Q(taken_as__status=VersionStatus.SET_ASIDE)
        return self.filter(Q(state=ConflictState.KEPT) | taken)

    def lock(self, pk: int) -> "ImportConflict":
        return self.select_for_update(of=("self",)).get(pk=pk)


class ImportConflict(models.Model):
    """
    A text from elsewhere that differs from what people wrote here: an editor decides, once for the same text; again where the draft that
    was begun with it was set aside.
    """

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="conflicts")
    run = models.ForeignKey(ImportRun, models.SET_NULL, null=True, blank=True, related_name="conflicts")
    origin = models.CharField(max_length=200)
    content: Any = models.JSONField()  # a validated sheet, as it came
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=ClockNow(), editable=False)
    state = models.CharField(max_length=10, choices=ConflictState, default=ConflictState.OPEN)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    taken_as = models.ForeignKey(
        ProcedureVersion, models.SET_NULL, null=True, blank=True, related_name="+"
    )  # the draft that was begun with it

    objects = ImportConflictQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="importconflict_one_open", fields=["procedure"], condition=Q(state="open")
            ),
            models.CheckConstraint(
                name="importconflict_settled_iff_not_open",
                condition=Q(state="open", settled_at__isnull=True, settled_by__isnull=True)
                | Q(state="superseded", settled_at__isnull=False)
                | Q(state__in=["taken", "kept"], settled_at__isnull=False, settled_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["procedure", "sha256"], name="importconflict_text")]

    def __str__(self) -> str:
        return f"{self.procedure_id} {self.state}"
