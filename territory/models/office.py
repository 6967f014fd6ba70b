"""The network's offices, fixed and mobile, with structured opening hours."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from territory.models.place import Commune


class Weekday(models.IntegerChoices):
    """ISO weekday numbers."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


class OfficeKind(models.TextChoices):
    FIXED = "office", _("Office")
    MOBILE = "mobile", _("Mobile office")


class OfficeQuerySet(models.QuerySet["Office"]):
    def fixed(self) -> "OfficeQuerySet":
        return self.filter(kind=OfficeKind.FIXED)

    def mobile(self) -> "OfficeQuerySet":
        return self.filter(kind=OfficeKind.MOBILE)


class Office(models.Model):
    """A place of the network where citizens are served; a mobile one has stops instead of a fixed door."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=6, choices=OfficeKind, default=OfficeKind.FIXED)
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="offices")
    address = models.CharField(max_length=200)
    latitude = models.FloatField()
    longitude = models.FloatField()
    desks = models.PositiveSmallIntegerField(default=1)
    opened_on = models.DateField()
    is_synthetic = models.BooleanField(default=False)

    objects = OfficeQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def is_mobile(self) -> bool:
        return self.kind == OfficeKind.MOBILE


class OpeningHours(models.Model):
    """One stretch of one weekday in which an office is open, in the office's own time zone."""

    office = models.ForeignKey(Office, models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="hours_close_after_open", condition=Q(closes__gt=F("opens"))),
            models.UniqueConstraint(name="hours_once", fields=["office", "weekday", "opens"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class MobileStop(models.Model):
    """Where a mobile office stands: in the given week of the month (1 to 5) on a weekday."""

    office = models.ForeignKey(Office, models.CASCADE, related_name="stops")
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="mobile_stops")
    week_of_month = models.PositiveSmallIntegerField()
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    opens = models.TimeField()
    closes = models.TimeField()
    place = models.JSONField(default=dict)  # {"es": …, "en": …}

    class Meta:
        constraints = [
            models.CheckConstraint(name="stop_closes_after_open", condition=Q(closes__gt=F("opens"))),
            models.UniqueConstraint(name="stop_once", fields=["office", "week_of_month", "weekday", "opens"]),
        ]

    def __str__(self) -> str:
        return f"{self.office} · {self.commune}"
