"""Papers of a case, requirement by requirement. The file lies outside the web root under its own hash and is served by a view alone."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common.clock import ClockNow
from common.ids import new_id
from crm.models.case import Case
from crm.models.interaction import Interaction


class DocumentState(models.TextChoices):
    RECEIVED = "received", _("Received")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Not accepted")


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, actor: Actor) -> "DocumentQuerySet":
        """Whoever may see the case may see its papers."""
        return self if actor.is_system else self.filter(case__in=Case.objects.visible_to(actor))

    def current(self) -> "DocumentQuerySet":
        """Those that were not replaced by a later one."""
        return self.filter(replaced_at__isnull=True)


class Document(models.Model):
    """One file given for one requirement."""

    event_kind = "document"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="documents")
    requirement = models.CharField(max_length=60)
    name = models.CharField(max_length=200, null=True)  # noqa: DJ001  # NULL once redacted
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)  # empty once redacted: the sweep of orphans removes the file
    state = models.CharField(max_length=8, choices=DocumentState, default=DocumentState.RECEIVED)
    reason = models.TextField(blank=True, null=True, default="")  # noqa: DJ001  # NULL once redacted
    interaction = models.ForeignKey(Interaction, models.PROTECT, null=True, related_name="documents")
    received_at = models.DateTimeField(db_default=ClockNow())
    replaced_at = models.DateTimeField(null=True, blank=True)
    redacted_at = models.DateTimeField(null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="document_rejected_says_why", condition=~Q(state="rejected") | ~Q(reason="")
            ),
        ]
        indexes = [models.Index(fields=["sha256"], name="document_hash")]  # the sweep of orphans asks by it

    def __str__(self) -> str:
        return f"{self.requirement} {self.state}"
