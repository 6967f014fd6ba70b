"""How long decisions really take, per procedure: what every receipt is told (`crm.queries.durations`)."""

from django.db import models
from django.db.models import F, Q

from catalog.models import Procedure
from common.clock import ClockNow


class DecisionTime(models.Model):
    """
    The Kaplan–Meier estimate of one procedure: the running seconds within which half and nine of ten are decided.

    Either is None where the curve does not come down so far: too many are still open or ended otherwise.
    """

    procedure = models.OneToOneField(
        Procedure, models.CASCADE, primary_key=True, related_name="decision_time"
    )
    cases = models.PositiveIntegerField()  # finished and open
    decided = models.PositiveIntegerField()
    half_seconds = models.PositiveBigIntegerField(null=True)
    most_seconds = models.PositiveBigIntegerField(null=True)
    at = models.DateTimeField(db_default=ClockNow())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="decision_time_half_before_most",
                condition=Q(half_seconds__isnull=True)
                | Q(most_seconds__isnull=True)
                | Q(half_seconds__lte=F("most_seconds")),
            ),
            models.CheckConstraint(
                name="decision_time_decided_of_cases", condition=Q(decided__lte=F("cases"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id}: {self.half_seconds} {self.most_seconds}"
