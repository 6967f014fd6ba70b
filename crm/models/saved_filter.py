"""A choice of an agency's list that an officer keeps under a name of theirs."""

from django.db import models

from accounts.models import User
from common.clock import ClockNow


class SavedFilter(models.Model):
    """What a list is narrowed to, by codes; everybody sees only their own."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=60)
    state = models.CharField(max_length=16, blank=True)
    procedure = models.CharField(max_length=20, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField(db_default=ClockNow())

    class Meta:
        constraints = [models.UniqueConstraint(name="saved_filter_once", fields=["user", "name"])]

    def __str__(self) -> str:
        return self.name
