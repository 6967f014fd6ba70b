"""Keeping sheets true: who is reminded of reading one again, and how often each is read."""

from django.db import models

from accounts.models import User
from catalog.models.procedure import Procedure
from common.clock import ClockNow


class ReviewDigest(models.Model):
    """One letter to somebody: all the sheets of theirs that are due to be read again. Written first, sent after; one a day at most."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    day = models.DateField()
    claimed_at = models.DateTimeField(null=True, blank=True)  # when a worker began to send it
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="digest_once_a_day", fields=["user", "day"])]
        indexes = [
            models.Index(fields=["id"], name="digest_to_send", condition=models.Q(sent_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"


class ReviewReminder(models.Model):
    """
    Somebody is told that a sheet must be read again by a day. Written once for each of the days before and after; sent after that, in a
    letter with all that are due.

    `days_left` is how many days were left when it fell due: 30, 7, 0, then every thirtieth day after.
    """

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="reminders")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    review_by = models.DateField()
    days_left = models.SmallIntegerField()
    at = models.DateTimeField(db_default=ClockNow())
    sent_at = models.DateTimeField(null=True, blank=True)
    digest = models.ForeignKey(
        ReviewDigest, models.SET_NULL, null=True, blank=True, related_name="reminders"
    )  # the letter it is told in

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="reminder_once", fields=["procedure", "user", "review_by", "days_left"]
            )
        ]
        indexes = [
            models.Index(fields=["id"], name="reminder_to_send", condition=models.Q(sent_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id} {self.review_by}"


class SheetReading(models.Model):
    """How often a procedure's page was read on a day; nothing of who read it."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="readings")
    day = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="reading_once_a_day", fields=["procedure", "day"])]

    def __str__(self) -> str:
        return f"{self.procedure_id} {self.day}"
