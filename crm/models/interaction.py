"""
One contact through one channel, start to end, with one person or with nobody known. Taking a ticket or a call arriving opens it,
so no-shows and abandoned calls count.
"""

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from common.clock import ClockNow
from common.ids import new_id
from crm.models.person import RowsOfPeople, blocked, surviving
from territory.models import Commune, Office


class Ending(models.TextChoices):
    """How a contact ended."""

    SERVED = "served", _("Served")
    ABANDONED = "abandoned", _("Left before being served")
    NO_SHOW = "no_show", _("Did not come when called")
    MISSED = "missed", _("Nobody could answer")


class InteractionQuerySet(RowsOfPeople["Interaction"]):
    def present_of(self, actor: Actor) -> "InteractionQuerySet":
        """What the actor is attending now: theirs, and not wrapped up yet."""
        if not (actor.is_staff and actor.user_id):
            return self.none()
        return self.filter(agent=actor.user_id, wrapped_up_at__isnull=True)

    def visible_to(self, actor: Actor) -> "InteractionQuerySet":
        """Staff see their own; supervisors those of their office (or of the line); the system all."""
        if actor.is_system:
            return self
        seen = Q(agent=actor.user_id) if actor.is_staff and actor.user_id else Q(pk__in=[])
        if offices := actor.office_ids("supervisor", "clerk", "host"):
            seen |= Q(office__in=offices)
        if actor.has_role("supervisor") and any(
            p.role == "supervisor" and p.office_id is None for p in actor.posts
        ):
            seen |= Q(channel="phone")
        return self.filter(seen)

    def people(self) -> models.QuerySet[Any]:
        """The surviving records of those these contacts are with, or about, but for whoever asked for their data to be blocked."""
        with_whom = (
            self.exclude(person=None).exclude(blocked("person")).values_list(surviving("person"), flat=True)
        )
        for_whom = self.exclude(represented=None).exclude(blocked("represented"))
        for_whom = for_whom.values_list(surviving("represented"), flat=True)
        return with_whom.union(for_whom, all=True)

    def lock(self, pk: UUID) -> "Interaction":
        return self.select_for_update(of=("self",)).get(pk=pk)


class Interaction(models.Model):
    """
    A contact. Times are the database's; `business_date` is the date in the office's time zone.

    `waited_seconds` until somebody attended; the contact is over at `ended_at`, the work on it at `wrapped_up_at`.
    """

    event_kind = "interaction"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.CharField(max_length=20)  # a code registered by the channel's app
    started_at = models.DateTimeField(db_default=ClockNow())
    attended_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    wrapped_up_at = models.DateTimeField(null=True, blank=True)
    waited_seconds = models.PositiveIntegerField(null=True, blank=True)
    served_seconds = models.PositiveIntegerField(null=True, blank=True)
    ending = models.CharField(max_length=9, choices=Ending, blank=True)
    business_date = models.DateField()
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="interactions")
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, blank=True, related_name="interactions")
    agent = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="interactions")
    person = models.ForeignKey(
        "crm.Person", models.PROTECT, null=True, blank=True, related_name="interactions"
    )
    represented = models.ForeignKey("crm.Person", models.PROTECT, null=True, blank=True, related_name="+")
    identity_level = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(max_length=2, default="es")
    reason = models.CharField(
        max_length=40, blank=True
    )  # the key pressed on line 101, the matter told at reception
    is_synthetic = models.BooleanField(default=False)
    redacted_at = models.DateTimeField(null=True, blank=True)  # with whom it was is not known any more

    objects = InteractionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="interaction_ends_after_start",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="interaction_ending_iff_ended",
                condition=Q(ended_at__isnull=True, ending="") | Q(ended_at__isnull=False) & ~Q(ending=""),
            ),
            models.CheckConstraint(
                name="interaction_wrapped_after_end",
                condition=Q(wrapped_up_at__isnull=True)
                | Q(ended_at__isnull=False, wrapped_up_at__gte=F("ended_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["business_date", "channel"], name="interaction_day"),
            models.Index(
                fields=["agent"], name="interaction_present", condition=Q(wrapped_up_at__isnull=True)
            ),
            models.Index(fields=["person", "-started_at"], name="interaction_person"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.id}"


class InteractionCase(models.Model):
    """A case that was brought into an interaction (found by folio, or opened with a reason)."""

    interaction = models.ForeignKey(Interaction, models.PROTECT, related_name="brought_cases")
    case = models.ForeignKey("crm.Case", models.PROTECT, related_name="brought_into")
    reason = models.CharField(max_length=300, blank=True, null=True)  # noqa: DJ001  # NULL once redacted
    at = models.DateTimeField(db_default=ClockNow())

    class Meta:
        constraints = [models.UniqueConstraint(name="interaction_case_once", fields=["interaction", "case"])]

    def __str__(self) -> str:
        return f"{self.interaction_id} {self.case_id}"
