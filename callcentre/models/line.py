"""The line: its hours, and the menu that tells why somebody probably calls."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from accounts.models import Agency
from territory.models import Weekday

DAY = 24 * 60


class Line(models.Model):
    """
    A telephone line with a menu. Hours are on the wall of `time_zone`; a day that is no business day has
    none.
    """

    number = models.CharField(max_length=12, unique=True)
    time_zone = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()  # the menu is the one of this year
    rules = models.JSONField(default=dict)
    source = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.number


class MenuOption(models.Model):
    """
    One option; `path` are the keys pressed to reach it: `6.4`. Without hours of its own it has those above
    it.
    """

    line = models.ForeignKey(Line, models.CASCADE, related_name="options")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    label_es = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="menuoption_once", fields=["line", "path"])]

    def __str__(self) -> str:
        return f"{self.path} {self.label}"

    @property
    def label(self) -> str:
        return self.label_en if (get_language() or "es").startswith("en") else self.label_es

    @property
    def key(self) -> str:
        """The last key pressed."""
        return self.path.rpartition(".")[2]


class LineHours(models.Model):
    """
    A stretch of a weekday, in minutes of the day (1440 is midnight, which no clock time can say); of an
    option, or of the line.
    """

    line = models.ForeignKey(Line, models.CASCADE, related_name="hours")
    option = models.ForeignKey(MenuOption, models.CASCADE, null=True, blank=True, related_name="hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="linehours_in_order", condition=Q(closes__gt=F("opens"), closes__lte=DAY)
            ),
            models.UniqueConstraint(
                name="linehours_once", fields=["line", "option", "weekday", "opens"], nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens}–{self.closes}"
