"""
A mandate: one person or organisation acts for another, in which procedures, for which acts, from when to when, by what evidence.

Ley 19.880, art. 22: whoever is interested in a procedure may act through somebody with a power, given before a notary or in an
electronic document. A mandate belongs to its agent: an organisation's is the organisation's, whoever of its people comes; who came is
the person of the contact. Nothing is ever looked up once and kept: every act asks anew whether a mandate still allows it.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from catalog.models import Procedure
from common.clock import ClockNow
from common.ids import new_id
from crm.models.person import CHANNEL_ROLES, Person, PersonKind, surviving


class MandateKind(models.TextChoices):
    """By what one acts for another."""

    PARENT = "parent", _("Parent or guardian of a minor")
    CURATOR = "curator", _("Curator appointed by a court")
    NOTARISED = "notarised", _("Power before a notary")
    ELECTRONIC = "electronic", _("Electronic document with advanced signature")
    LEGAL = "legal", _("Legal representative of an organisation")
    LETTER = "letter", _("Simple letter")


class MandateAct(models.TextChoices):
    """What a mandate may allow."""

    STATUS = "status", _("ask how it goes")
    ANSWER = "answer", _("answer the agency and hand in papers")
    SUBMIT = "submit", _("apply and withdraw")
    RECEIVE = "receive", _("receive what is granted")


# A simple letter is no power (art. 22): with it one asks and collects, no more.
BY_LETTER = frozenset({MandateAct.STATUS, MandateAct.RECEIVE})


def _deeper(value: Any) -> Any:
    """The same value one query further in."""
    return OuterRef(value) if isinstance(value, OuterRef) else value


class MandateQuerySet(models.QuerySet["Mandate"]):
    """Reads across merged records: `grantor` and `agent` are whoever stands for them now."""

    def granted_by(self, person: Person) -> "MandateQuerySet":
        """Those by which others act for a person, under whichever of their records."""
        return self.filter(grantor__in=Person.objects.one_with(person).values("pk"))

    def held_by(self, person: Person) -> "MandateQuerySet":
        """Those by which a person acts for others, under whichever of their records."""
        return self.filter(agent__in=Person.objects.one_with(person).values("pk"))

    def about(self, person: Person) -> "MandateQuerySet":
        """Those that a person gave or holds."""
        return self.granted_by(person) | self.held_by(person)

    def in_force(self, on: date | OuterRef) -> "MandateQuerySet":
        """Those that hold on a day, first and last day included; a revoked one holds no more, not even that day."""
        begun = self.filter(revoked_at__isnull=True, starts_on__lte=on)
        return begun.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))

    def covering(self, procedure: Any, act: str) -> "MandateQuerySet":
        """Those whose scope has an act of a procedure; without a list of procedures it is all of them."""
        allowed = self.filter(acts__contains=[act])
        return allowed.filter(Q(procedures__isnull=True) | Q(procedures=procedure))

    def usable_by(
        self, survivor: UUID | OuterRef, *, on: date | OuterRef, act: str = "", procedure: Any = None
    ) -> "MandateQuerySet":
        """
        Those in force by which somebody who is here may act: held by themselves, or by an organisation they represent under a mandate
        of its own that allows the same.

        :param survivor: the id of the surviving record of whoever is here
        :param act: with `procedure`, only those that allow it
        """
        records = Person.objects.filter(Q(pk=_deeper(survivor)) | Q(merged_into=_deeper(survivor)))
        inner = Person.objects.filter(
            Q(pk=_deeper(_deeper(survivor))) | Q(merged_into=_deeper(_deeper(survivor)))
        )
        of_its_people = Mandate.objects.in_force(_deeper(on)).filter(
            grantor__kind=PersonKind.ORGANISATION, agent__in=inner.values("pk")
        )
        found = self.in_force(on)
        if act:
            of_its_people = of_its_people.covering(_deeper(procedure), act)
            found = found.covering(procedure, act)
        through = of_its_people.alias(speaks_for=surviving("grantor")).filter(
            speaks_for=OuterRef("agent_survivor")
        )
        held = Q(agent__in=records.values("pk"))
        return found.alias(agent_survivor=surviving("agent")).filter(held | Q(Exists(through)))

    def visible_to(self, actor: Actor) -> "MandateQuerySet":
        """
        Whoever may see a case sees by what mandate somebody acts in it; channel staff those of the people before them, or whose file
        they opened with a reason.
        """
        from crm.models.access import BreakGlass
        from crm.models.case import Case, Party
        from crm.models.interaction import Interaction

        if actor.is_system:
            return self
        parties = Party.objects.filter(mandate=OuterRef("pk"), case__in=Case.objects.visible_to(actor))
        seen = Q(Exists(parties))
        if actor.is_staff and actor.has_role(*CHANNEL_ROLES):
            present = Interaction.objects.present_of(actor).exclude(person=None)
            people = Person.objects.alias(survivor=surviving_self()).filter(
                survivor__in=present.values(survivor=surviving("person"))
            )
            seen |= Q(grantor__in=people.values("pk")) | Q(agent__in=people.values("pk"))
            seen |= Q(pk__in=present.exclude(mandate=None).values("mandate"))
        if actor.is_staff and actor.user_id:
            opened = Person.objects.alias(survivor=surviving_self()).filter(
                survivor__in=BreakGlass.objects.valid()
                .filter(user=actor.user_id)
                .values(survivor=surviving("person"))
            )
            seen |= Q(grantor__in=opened.values("pk")) | Q(agent__in=opened.values("pk"))
        return self.filter(seen)

    def hold(self) -> "MandateQuerySet":
        """Keep these as they are until the transaction ends: whoever revokes one waits, or was first and is seen."""
        return self.select_for_update(of=("self",), no_key=True)


def surviving_self() -> Any:
    """The id of the record that stands for the person in each row of `Person`."""
    return models.functions.Coalesce(F("merged_into_id"), F("id"))


class Mandate(models.Model):
    """
    `agent` may act for `grantor`. Shown in a contact, or to an officer in a case; the evidence is described, and kept as a file if
    there is one.
    """

    event_kind = "mandate"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    grantor = models.ForeignKey(Person, models.PROTECT, related_name="mandates_given")
    agent = models.ForeignKey(Person, models.PROTECT, related_name="mandates_held")
    kind = models.CharField(max_length=10, choices=MandateKind)
    procedures = models.ManyToManyField(Procedure, related_name="+", blank=True)  # none: all
    acts = ArrayField(models.CharField(max_length=7, choices=MandateAct))
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)  # the last day
    evidence = models.CharField(max_length=300, null=True)  # noqa: DJ001  # NULL: redacted
    file_name = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=60, blank=True)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    interaction = models.ForeignKey(
        "crm.Interaction", models.PROTECT, null=True, related_name="mandates_shown"
    )
    case = models.ForeignKey("crm.Case", models.PROTECT, null=True, related_name="mandates_shown")
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockNow())
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    revoked_reason = models.CharField(max_length=300, blank=True, null=True, default="")  # noqa: DJ001  # NULL: redacted

    objects = MandateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="mandate_not_for_oneself", condition=~Q(grantor=F("agent"))),
            models.CheckConstraint(
                name="mandate_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(name="mandate_allows_something", condition=Q(acts__len__gt=0)),
            models.CheckConstraint(
                name="mandate_letter_asks_and_receives",
                condition=~Q(kind="letter") | Q(acts__contained_by=sorted(BY_LETTER)),
            ),
            models.CheckConstraint(
                name="mandate_was_shown_once",
                condition=Q(interaction__isnull=False, case__isnull=True)
                | Q(interaction__isnull=True, case__isnull=False),
            ),
            models.CheckConstraint(name="mandate_says_what_was_seen", condition=~Q(evidence="")),
            models.CheckConstraint(
                name="mandate_revoked_iff_by_somebody",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True, revoked_reason="")
                | Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoked_reason=""),
            ),
        ]
        indexes = [models.Index(fields=["sha256"], name="mandate_hash", condition=~Q(sha256=""))]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def has_file(self) -> bool:
        return bool(self.sha256)

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None

    def is_in_force(self, on: date) -> bool:
        """Whether it holds on a day, by what was read of it."""
        begun = self.revoked_at is None and self.starts_on <= on
        return begun and (self.ends_on is None or self.ends_on >= on)
