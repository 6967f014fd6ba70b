"""
One contact through one channel, start to end, with one person or with nobody known. Taking a ticket or a call arriving opens it,
so no-shows and abandoned calls count.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import DateField, DateTimeField, Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Scope, User
from common import clock
from common.clock import ClockNow
from common.ids import new_id
from crm.models.mandate import Mandate
from crm.models.person import RowsOfPeople, blocked, surviving
from territory.models import Commune, Office

SURE_ENOUGH = 300  # how surely somebody must be known before a mandate of theirs is good for anything


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

    def outside(self, actor: Actor) -> "InteractionQuerySet":
        """The contacts that go on in a program's own channel."""
        return self.through(actor).filter(wrapped_up_at__isnull=True)

    def through(self, actor: Actor) -> "InteractionQuerySet":
        """All contacts through a program's own channel, those too that are over: of such a one nothing is told but that it is."""
        if not (actor.may(Scope.INTAKE) and actor.channel):
            return self.none()
        return self.filter(channel=actor.channel)

    def visible_to(self, actor: Actor) -> "InteractionQuerySet":
        """A program sees those of its channel that go on; staff see their own; supervisors those of their office (or of the line); the system all."""
        if actor.is_system:
            return self
        if actor.is_agency:
            return self.outside(actor)
        seen = Q(agent=actor.user_id) if actor.is_staff and actor.user_id else Q(pk__in=[])
        if offices := actor.office_ids("supervisor", "clerk", "host"):
            seen |= Q(office__in=offices)
        if actor.has_role("supervisor") and any(
            p.role == "supervisor" and p.office_id is None for p in actor.posts
        ):
            seen |= Q(channel="phone")
        return self.filter(seen)

    def alone(self) -> "InteractionQuerySet":
        """Those in which whoever is here speaks for nobody else."""
        return self.filter(represented__isnull=True)

    def sure_by_phone(self) -> "InteractionQuerySet":
        """Without the calls of whoever has not answered the two questions: of those only a masked card is shown."""
        return self.exclude(channel="phone", identity_level__lt=SURE_ENOUGH)

    def people(self) -> models.QuerySet[Any]:
        """The surviving records of those who are here, but for whoever asked for their data to be blocked."""
        return (
            self.exclude(person=None)
            .exclude(blocked("person"))
            .annotate(survivor=surviving("person"))
            .values_list("survivor", flat=True)
        )

    def spoken_for(self, act: str = "", procedure: Any = None) -> models.QuerySet[Any]:
        """
        The surviving records of those for whom somebody surely known speaks by a mandate that holds today, at the contact's place.

        :param act: with `procedure`, only where the mandate allows it
        """
        if isinstance(procedure, OuterRef):
            procedure = OuterRef(procedure)
        zone = Coalesce(F("office__commune__time_zone"), Value(settings.TIME_ZONE))
        local = Func(zone, ClockNow(), function="timezone", output_field=DateTimeField())
        mandates = Mandate.objects.filter(pk=OuterRef("mandate"))
        usable = mandates.usable_by(
            OuterRef("speaker"), on=OuterRef("local_day"), act=act, procedure=procedure
        )
        speaking = self.filter(identity_level__gte=SURE_ENOUGH, mandate__isnull=False).exclude(
            blocked("represented")
        )
        speaking = speaking.alias(local_day=Cast(local, DateField()), speaker=surviving("person"))
        return speaking.filter(Exists(usable)).values_list(surviving("represented"), flat=True)

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
    mandate = models.ForeignKey("crm.Mandate", models.PROTECT, null=True, blank=True, related_name="uses")
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
            models.CheckConstraint(
                name="interaction_mandate_is_for_somebody",
                condition=Q(mandate__isnull=True) | Q(represented__isnull=False),
            ),
            models.CheckConstraint(
                name="interaction_speaks_for_another",
                condition=Q(represented__isnull=True) | Q(person__isnull=True) | ~Q(represented=F("person")),
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

    @property
    def zone(self) -> str:
        """The time zone of the place where it happens."""
        return self.office.commune.time_zone if self.office else settings.TIME_ZONE

    def day_of(self, at: datetime) -> date:
        """The calendar date of a moment at the contact's place."""
        return clock.local_date(at, self.zone)

    def for_whom(self, by: Actor) -> UUID | None:
        """In whose name something is done in it: whoever is spoken for; for what staff or another channel do, whoever they attend."""
        return self.represented_id or (self.person_id if by.is_staff or by.is_agency else None)

    @property
    def authority(self) -> dict[str, str]:
        """Who speaks for another in it and by what mandate, as ids for an event."""
        if self.represented_id is None:
            return {}
        known = {"spoken_by": self.person_id, "mandate": self.mandate_id}
        return {name: str(one) for name, one in known.items() if one}


class InteractionCase(models.Model):
    """A case that was brought into an interaction (found by folio, or opened with a reason)."""

    interaction = models.ForeignKey(Interaction, models.PROTECT, related_name="brought_cases")
    case = models.ForeignKey("crm.Case", models.PROTECT, related_name="brought_into")
    reason = models.CharField(max_length=300, blank=True, null=True, default="")  # noqa: DJ001  # NULL once redacted
    at = models.DateTimeField(db_default=ClockNow())

    class Meta:
        constraints = [models.UniqueConstraint(name="interaction_case_once", fields=["interaction", "case"])]

    def __str__(self) -> str:
        return f"{self.interaction_id} {self.case_id}"
