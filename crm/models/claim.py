"""A short one-time code that opens an assisted case to its citizen."""

from django.db import models
from django.db.models import Q

from common.clock import ClockNow
from crm.models.case import Case


class ClaimCode(models.Model):
    """Kept as a keyed HMAC; expires; bears few attempts; one live code a case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="claim_codes")
    code_hmac = models.BinaryField(max_length=32)
    made_at = models.DateTimeField(db_default=ClockNow())
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="claim_one_live",
                fields=["case"],
                condition=Q(used_at__isnull=True, revoked_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}"
