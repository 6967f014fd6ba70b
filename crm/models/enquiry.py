"""One matter raised in an interaction, with its own procedure version and outcome. A question is never made into a case."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import ProcedureVersion
from common.clock import ClockNow
from common.ids import new_id
from crm.models.interaction import Interaction


class EnquiryKind(models.TextChoices):
    """What was wanted."""

    INFORM = "inform", _("Information")
    APPLY = "apply", _("Apply")
    FOLLOW = "follow", _("How is my case going")
    PAPER = "paper", _("Hand in a paper")
    ANSWER = "answer", _("Answer the agency")
    OTHER = "other", _("Something else")


class EnquiryOutcome(models.TextChoices):
    """How it came out."""

    OPEN = "", _("Being attended")
    INFORMED = "informed", _("Informed")
    CASE_OPENED = "case_opened", _("Application filed")
    CASE_UPDATED = "case_updated", _("Case updated")
    STATUS_TOLD = "status_told", _("Status told")
    REFERRED = "referred", _("Sent to another place")
    NOT_RESOLVED = "not_resolved", _("Not resolved")


RESOLVED = frozenset(
    {
        EnquiryOutcome.INFORMED,
        EnquiryOutcome.CASE_OPENED,
        EnquiryOutcome.CASE_UPDATED,
        EnquiryOutcome.STATUS_TOLD,
    }
)

# These tell of a case, which must be there.
ABOUT_CASE = frozenset({EnquiryOutcome.CASE_OPENED, EnquiryOutcome.CASE_UPDATED, EnquiryOutcome.STATUS_TOLD})


class Enquiry(models.Model):
    """One matter of a contact. Savings are counted per resolved enquiry."""

    event_kind = "enquiry"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    interaction = models.ForeignKey(Interaction, models.PROTECT, related_name="enquiries")
    version = models.ForeignKey(
        ProcedureVersion, models.PROTECT, null=True, blank=True, related_name="enquiries", db_index=False
    )
    case = models.ForeignKey("crm.Case", models.PROTECT, null=True, blank=True, related_name="enquiries")
    kind = models.CharField(max_length=10, choices=EnquiryKind)
    outcome = models.CharField(max_length=12, choices=EnquiryOutcome, blank=True, default="")
    is_resolved = models.BooleanField(default=False)
    opened_at = models.DateTimeField(db_default=ClockNow())
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="enquiry_closed_iff_outcome",
                condition=Q(outcome="", closed_at__isnull=True) | ~Q(outcome="") & Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="enquiry_resolved_by_outcome",
                condition=Q(is_resolved=False)
                | Q(outcome__in=["informed", "case_opened", "case_updated", "status_told"]),
            ),
        ]

        indexes = [
            models.Index(fields=["version", "opened_at"], name="enquiry_of_version"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def possible_outcomes(self) -> list[tuple[str, Any]]:
        """What a person may choose; a filing follows from filing, never from a choice."""
        if self.outcome == EnquiryOutcome.CASE_OPENED:
            return [(self.outcome, EnquiryOutcome.CASE_OPENED.label)]
        told = set(EnquiryOutcome) - {EnquiryOutcome.OPEN, EnquiryOutcome.CASE_OPENED}
        told -= set() if self.case_id else ABOUT_CASE
        return [(one.value, one.label) for one in EnquiryOutcome if one in told]
