"""Procedures that were public and ended: why, since when, and what to do instead."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from accounts.models import User
from catalog.models.procedure import Procedure


class RetirementQuerySet(models.QuerySet["Retirement"]):
    def standing(self) -> "RetirementQuerySet":
        """Those that were not taken back."""
        return self.filter(ended_at__isnull=True)


class Retirement(models.Model):
    """That a procedure can not be asked for any more, from `at` until it was brought back. The public reads the reason."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="retirements")
    reason_es = models.CharField(max_length=500)
    reason_en = models.CharField(max_length=500)
    instead = models.ForeignKey(Procedure, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RetirementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="retirement_one_standing", fields=["procedure"], condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                name="retirement_ends_after",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("at")),
            ),
            models.CheckConstraint(
                name="retirement_instead_of_another",
                condition=Q(instead__isnull=True) | ~Q(instead=F("procedure")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id} {self.at}"

    @property
    def reason(self) -> str:
        """Why, in the reader's language."""
        return self.reason_en if (get_language() or "es").startswith("en") else self.reason_es
