"""
The roll-up that the figures read: contacts, matters and grades of a day, by place, channel and procedure.

A contact counts under its first matter's procedure, a matter under its own, a grade under the procedure
frozen in its invitation; so sums over any breakdown are exact. `metrics.actions.roll_ups` writes it;
`metrics.queries.checks` proves it equal to its source rows.
"""

from django.db import models
from django.db.models import Q

from accounts.models import Agency
from catalog.models import Procedure
from common.clock import ClockNow
from territory.models import Commune, Office, Region

MEASURES = (
    "contacts",
    "served",
    "abandoned",
    "no_show",
    "missed",
    "attended",
    "wait_seconds",
    "served_count",
    "served_seconds",
    "enquiries",
    "resolved",
    "informed",
    "case_opened",
    "case_updated",
    "status_told",
    "referred",
    "not_resolved",
    "invitations",
    "surveys",
    "grades_low",
    "grades_middle",
    "grades_high",
    "grade_sum",
)


def _measure() -> "models.PositiveBigIntegerField[int, int]":
    return models.PositiveBigIntegerField(default=0)


class DailyContact(models.Model):
    """
    One cell of one day. `region` and `area` are the commune's; empty dimensions are NULL (area: empty text).
    """

    business_date = models.DateField()
    channel = models.CharField(max_length=20)
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    area = models.CharField(max_length=5, blank=True)  # urban, rural
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    procedure = models.ForeignKey(Procedure, models.PROTECT, null=True, related_name="+")

    contacts = _measure()
    served = _measure()
    abandoned = _measure()
    no_show = _measure()
    missed = _measure()
    attended = _measure()  # somebody of ours took it: the base of waits
    wait_seconds = _measure()
    served_count = _measure()
    served_seconds = _measure()
    enquiries = _measure()
    resolved = _measure()
    informed = _measure()
    case_opened = _measure()
    case_updated = _measure()
    status_told = _measure()
    referred = _measure()
    not_resolved = _measure()
    invitations = _measure()
    surveys = _measure()
    grades_low = _measure()  # 1 to 4
    grades_middle = _measure()  # 5
    grades_high = _measure()  # 6 and 7
    grade_sum = _measure()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="daily_contact_once",
                fields=["business_date", "channel", "office", "commune", "agency", "procedure"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="daily_contact_grades_add_up",
                condition=Q(
                    surveys=models.F("grades_low") + models.F("grades_middle") + models.F("grades_high")
                ),
            ),
        ]
        indexes = [models.Index(fields=["region", "business_date"], name="daily_contact_region")]

    def __str__(self) -> str:
        return f"{self.business_date} {self.channel}"


class DirtyDay(models.Model):
    """
    A day of one channel at one office whose rows changed since it was counted.

    Only ever added to: whoever recounts takes the marks away first and reads the rows after, so a change
    marked meanwhile stays marked.
    """

    business_date = models.DateField()
    channel = models.CharField(max_length=20)
    office = models.ForeignKey(Office, models.CASCADE, null=True, related_name="+")
    marked_at = models.DateTimeField(db_default=ClockNow())

    class Meta:
        indexes = [models.Index(fields=["business_date", "channel", "office"], name="dirty_day")]

    def __str__(self) -> str:
        return f"{self.business_date} {self.channel}"
