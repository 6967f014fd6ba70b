"""
Every read of a person's file: who, when, why. Partitioned by month; the application may only add and read.

A file that no present contact explains is opened for a while, by whoever writes a reason that the citizen can read (break-glass).
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.actors import Actor
from accounts.models import Role, User
from common.clock import ClockNow
from common.ids import new_id


class AccessLog(models.Model):
    """One reading. `person_ids` and `case_ids` are all that one list, print or answer showed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(db_default=ClockNow())
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    act = models.CharField(max_length=30)  # open_case, open_person, search, download, list …
    reason = models.CharField(max_length=300, blank=True, null=True, default="")  # noqa: DJ001  # NULL once redacted
    person_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    shown_ids = models.JSONField(default=list)
    interaction_id = models.UUIDField(null=True)

    class Meta:
        managed = False
        db_table = "crm_accesslog"

    def __str__(self) -> str:
        return f"{self.act} {self.at}"


class BreakGlassQuerySet(models.QuerySet["BreakGlass"]):
    def valid(self) -> "BreakGlassQuerySet":
        """Those that still hold."""
        return self.filter(expires_at__gt=ClockNow())

    def opened_on(self, day: date) -> "BreakGlassQuerySet":
        """Those opened on a day of the network's time zone."""
        begin = datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))
        return self.filter(at__gte=begin, at__lt=begin + timedelta(days=1))

    def of_staff_under(self, actor: Actor) -> "BreakGlassQuerySet":
        """Those opened by the staff whom a supervisor answers for: of their offices, or of line 101."""
        from accounts.models import Membership

        offices = actor.office_ids(Role.SUPERVISOR)
        posts = Membership.objects.filter(user=OuterRef("user"))
        under = Q(Exists(posts.filter(office__in=offices)))
        if any(post.role == Role.SUPERVISOR and post.office_id is None for post in actor.posts):
            under |= Q(Exists(posts.filter(office__isnull=True, role__in=(Role.AGENT, Role.SUPERVISOR))))
        return self.filter(under)


class BreakGlass(models.Model):
    """A file opened to one member of staff for a while, with their reason."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    person = models.ForeignKey("crm.Person", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, null=True)  # noqa: DJ001  # NULL once redacted
    at = models.DateTimeField(db_default=ClockNow())
    expires_at = models.DateTimeField()

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="break_glass_ends", condition=Q(expires_at__gt=F("at"))),
            models.CheckConstraint(name="break_glass_says_why", condition=~Q(reason="")),
        ]
        indexes = [models.Index(fields=["user", "person", "-expires_at"], name="break_glass_of")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.person_id}"
