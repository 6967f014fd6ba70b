"""When somebody is away, and who stands in for them."""

from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import DateField, F, Func, Q, Value
from django.db.models.functions import Cast

from accounts.models.user import User
from common.clock import ClockNow

LONGEST_CHAIN = 5  # deputies, one of another, all away but the last: further than that nobody knows what they stand in for


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def on(self, day: date | Cast) -> "AbsenceQuerySet":
        """Those that hold on a day."""
        return self.filter(first_day__lte=day, last_day__gte=day, ended_at__isnull=True)

    def not_over(self) -> "AbsenceQuerySet":
        """Those that hold now or are to come."""
        return self.filter(last_day__gte=_today(), ended_at__isnull=True)

    def today(self) -> "AbsenceQuerySet":
        """Those that hold now, in the capital's time."""
        return self.on(_today())

    def covered_by(self, user_id: UUID | None) -> "AbsenceQuerySet":
        """
        Those of today in which somebody is the deputy, or the deputy of a deputy who is away too, and so on; never their own, where deputies
        stand in for one another.
        """
        today, deputies = self.today(), Q(deputy=user_id)
        for _link in range(LONGEST_CHAIN - 1):
            deputies = Q(deputy=user_id) | Q(
                deputy__in=Absence.objects.today().filter(deputies).values("user")
            )
        return today.filter(deputies).exclude(user=user_id)


def _today() -> Cast:
    zone = Value(settings.TIME_ZONE)
    local = Func(zone, ClockNow(), function="timezone", output_field=models.DateTimeField())
    return Cast(local, DateField())


class Absence(models.Model):
    """
    Somebody is away from a day to a day, both included. What is theirs shows at the deputy too meanwhile, and at that one's deputy where
    they are away as well; nothing changes hands, so afterwards nothing must be given back.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    deputy = models.ForeignKey(User, models.PROTECT, related_name="stood_in")
    first_day = models.DateField()
    last_day = models.DateField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockNow())
    ended_at = models.DateTimeField(null=True, blank=True)  # back earlier, or entered by mistake

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_start", condition=Q(last_day__gte=F("first_day"))
            ),
            models.CheckConstraint(name="absence_deputy_is_another", condition=~Q(deputy=F("user"))),
        ]
        indexes = [
            models.Index(
                fields=["deputy", "last_day"], name="absence_of_deputy", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.first_day} – {self.last_day}"
