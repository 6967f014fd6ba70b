"""What those who work on a version say to each other about it."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from catalog.models.procedure import ProcedureVersion
from catalog.parts import PARTS
from common.clock import ClockNow


class VersionComment(models.Model):
    """A remark on a version, or on one part of it; open until somebody settles it. It never reaches the public."""

    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="comments")
    part = models.CharField(
        max_length=40, blank=True
    )  # what it is about: see `catalog.parts`; blank: all of it
    text = models.TextField()
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockNow())
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="comment_settled_by_somebody",
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.at}"

    @property
    def part_name(self) -> str:
        return str(PARTS.get(self.part, ""))
