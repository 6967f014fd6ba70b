"""What a person may enter: a role, at an office or for an agency, from a day to a day."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.agency import Agency
from accounts.models.user import User
from common.clock import ClockNow
from territory.models import Office


class Role(models.TextChoices):
    """The work a person does here; each opens rooms of its own (`accounts.rooms`)."""

    CLERK = "clerk", _("Desk clerk")
    HOST = "host", _("Reception host")
    AGENT = "agent", _("Phone agent")
    SUPERVISOR = "supervisor", _("Supervisor")
    OFFICER = "officer", _("Agency officer")
    CHIEF = "chief", _("Chief of agency officers")
    EDITOR = "editor", _("Editor")
    REVIEWER = "reviewer", _("Reviewer of sheets")
    PUBLISHER = "publisher", _("Publisher of sheets")
    ANALYST = "analyst", _("Analyst")
    ADMINISTRATOR = "administrator", _("Administrator")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, at: datetime | None = None) -> "MembershipQuerySet":
        """Those in force at `at` (default: the database's now)."""
        moment = at or ClockNow()
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=moment), starts_at__lte=moment)


class Membership(models.Model):
    """
    A role held at an office (clerk, host, supervisor) or for an agency (officer, chief, editor, reviewer); a publisher's may be for all.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=13, choices=Role)
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="memberships")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="memberships")
    starts_at = models.DateTimeField(db_default=ClockNow())
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
            ),
            models.CheckConstraint(
                name="membership_place_fits_role",
                condition=Q(role__in=["clerk", "host"], office__isnull=False, agency__isnull=True)
                | Q(
                    role__in=["officer", "chief", "editor", "reviewer"],
                    agency__isnull=False,
                    office__isnull=True,
                )
                | Q(role__in=["agent", "analyst", "administrator"], office__isnull=True, agency__isnull=True)
                | Q(role="supervisor", agency__isnull=True)
                | Q(role="publisher", office__isnull=True),
            ),
            models.UniqueConstraint(
                name="membership_once",
                fields=["user", "role", "office", "agency"],
                condition=Q(ends_at__isnull=True),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"
