"""Days on which legal terms count or do not, changed by hand: each with a reason, for the terms of everybody's cases follow."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from common.clock import ClockNow
from common.ids import new_id


class CalendarChange(models.Model):
    """That one day was made a day off or a business day (`territory.Holiday` holds what is in force)."""

    event_kind = "calendar"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    day = models.DateField()
    is_business_day = models.BooleanField()
    reason = models.CharField(max_length=120)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockNow())

    class Meta:
        constraints = [models.CheckConstraint(name="calendar_change_says_why", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.day} {self.is_business_day}"
