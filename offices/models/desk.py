"""The desks of an office, who sits at each, and the address of its waiting-room display."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from accounts.actors import Actor
from accounts.models import Role, User
from common.ids import new_id, new_secret
from territory.models import Office

OFFICE_ROLES = (Role.HOST, Role.CLERK, Role.SUPERVISOR)


class DeskQuerySet(models.QuerySet["Desk"]):
    def visible_to(self, actor: Actor) -> "DeskQuerySet":
        """The desks of the offices where the actor works."""
        return self if actor.is_system else self.filter(office__in=actor.office_ids(*OFFICE_ROLES))

    def open(self) -> "DeskQuerySet":
        return self.filter(is_open=True)

    def lock(self, pk: UUID) -> "Desk":
        return self.select_for_update(of=("self",)).get(pk=pk)


class Desk(models.Model):
    """A desk; while it is open one clerk sits at it, and a clerk sits at one desk."""

    event_kind = "desk"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="desk_rows")
    number = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=40, blank=True)
    is_open = models.BooleanField(default=False)
    clerk = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)

    objects = DeskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="desk_number_once", fields=["office", "number"]),
            models.UniqueConstraint(name="desk_one_per_clerk", fields=["clerk"], condition=Q(is_open=True)),
            models.CheckConstraint(
                name="desk_open_iff_attended",
                condition=Q(is_open=True, clerk__isnull=False, opened_at__isnull=False)
                | Q(is_open=False, clerk__isnull=True, opened_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.label or str(self.number)


class Display(models.Model):
    """
    The waiting-room screen of an office: whoever has its address sees ticket numbers and desks, nothing of a
    person.
    """

    office = models.OneToOneField(Office, models.CASCADE, primary_key=True, related_name="display")
    token = models.CharField(max_length=26, unique=True, default=new_secret)

    def __str__(self) -> str:
        return f"{self.office_id}"
