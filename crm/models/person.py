"""
People: humans and organisations the State knows, never required for a contact.

Every attribute carries how sure we are (100 declared, 200 mail or SMS confirmed, 300 knowledge questions, 500 officer saw the
document, 600 e-ID or trusted register), how that was learnt, and the interaction it came from. A number of a person is unique while
active; a phone or e-mail is not, and never joins two people.

Two records found to be one person are merged by a pointer (`merged_into`, always to the record that survives); their rows stay where
they are. Whoever reads what belongs to a person therefore asks for the rows `of(person)`, never for `person=person`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, ActorKind
from accounts.models import Agency, Role
from common.clock import ClockNow
from common.ids import new_id
from territory.models import Commune

CHANNEL_ROLES = (Role.CLERK, Role.HOST, Role.AGENT, Role.SUPERVISOR)
Row = TypeVar("Row", bound=models.Model)


class Process(models.TextChoices):
    """How something about a person was learnt; each comes with its level."""

    DECLARED = "declared", _("As the person says")
    CONFIRMED = "confirmed", _("Confirmed by e-mail or SMS")
    QUESTIONS = "questions", _("Answered questions by phone")
    DOCUMENT = "document", _("We saw the identity card")
    REGISTER = "register", _("Electronic identity or a trusted register")


class RowsOfPeople(models.QuerySet[Row]):
    """Rows that belong to a person (`person`), read across the records that were found to be one."""

    def of(self, person: "Person") -> "RowsOfPeople[Row]":
        """Those of the person, under whichever of their records they were written."""
        mine: RowsOfPeople[Row] = self.filter(person__in=Person.objects.one_with(person).values("pk"))
        return mine

    def of_any(self, survivors: Any) -> "RowsOfPeople[Row]":
        """Those of several people, given by the ids of their surviving records; for rows that are few already (of one case)."""
        theirs: RowsOfPeople[Row] = self.alias(survivor=surviving("person")).filter(survivor__in=survivors)
        return theirs


def surviving(name: str) -> Coalesce:
    """The id of the record that stands for the person under foreign key `name`."""
    return Coalesce(F(f"{name}__merged_into_id"), F(f"{name}_id"))


# In which people wish to be served: ISO 639, of the languages spoken in Chile.
LANGUAGES = {
    "es": _("Spanish"),
    "en": _("English"),
    "arn": _("Mapudungun"),
    "ay": _("Aymara"),
    "qu": _("Quechua"),
    "rap": _("Rapa Nui"),
    "ht": _("Haitian Creole"),
}


def blocked(record: str) -> Exists:
    """Whether the data of the person whose record's id stands under a name are blocked at their request (`crm.models.right`)."""
    from crm.models.right import PersonBlock

    standing = PersonBlock.objects.standing()
    one = (
        Q(person=OuterRef(record))
        | Q(person__merged_into=OuterRef(record))
        | Q(person__merged=OuterRef(record))
        | Q(person__merged_into__merged=OuterRef(record))
    )
    return Exists(standing.filter(one))


def decides_block(actor: Actor) -> Exists:
    """Whether the actor is an officer of the agency that decides the case in which the person asked for the block."""
    from crm.models.right import PersonBlock

    agencies = actor.agency_ids(Role.OFFICER) if actor.kind == ActorKind.STAFF else []
    return Exists(
        PersonBlock.objects.standing().filter(
            Q(person=OuterRef("pk")) | Q(person__merged_into=OuterRef("pk")),
            case__stages__agency__in=agencies,
        )
    )


class PersonKind(models.TextChoices):
    HUMAN = "human", _("Person")
    ORGANISATION = "organisation", _("Organisation")


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, actor: Actor) -> "PersonQuerySet":
        """
        Channel staff: whoever the present interaction is about (by phone, once it is sure that it is they), and whose file they opened with
        a reason lately. Officers: the parties of their agency's cases. A key's holder: those of their case. Whoever has their data blocked:
        only who decides on it.
        """
        if actor.is_system:
            return self
        return self._seen_by(actor).filter(~blocked("pk") | decides_block(actor))

    def closed_to(self, actor: Actor) -> "PersonQuerySet":
        """Those whose data are blocked at their request, but for who decides on it: of them not even the name is told."""
        return self.none() if actor.is_system else self.filter(blocked("pk") & ~decides_block(actor))

    def _seen_by(self, actor: Actor) -> "PersonQuerySet":
        from crm.models.access import BreakGlass
        from crm.models.case import Party
        from crm.models.interaction import Interaction
        from crm.models.stage import Stage

        seen = Q(pk__in=[])
        if actor.kind == ActorKind.STAFF and actor.has_role(*CHANNEL_ROLES):
            present = Interaction.objects.present_of(actor)
            seen |= Q(pk__in=present.sure_by_phone().people()) | Q(pk__in=present.spoken_for())
        agencies = actor.agency_ids(Role.OFFICER)
        if agencies or actor.kind == ActorKind.HOLDER:
            own = Stage.objects.filter(case=OuterRef("case"), agency__in=agencies)
            parties = Party.objects.filter(
                Q(case__in=actor.case_ids) | Q(Exists(own)) & ~Q(case__state="draft")
            )
            seen |= Q(Exists(parties.filter(person=OuterRef("pk"))))
            seen |= Q(Exists(parties.filter(person__merged_into=OuterRef("pk"))))
        if actor.is_staff and actor.user_id:
            seen |= Q(Exists(BreakGlass.objects.valid().filter(user=actor.user_id, person=OuterRef("pk"))))
        return self.filter(seen)

    def standing(self) -> "PersonQuerySet":
        """Those who may be found: neither merged into another record, nor redacted, nor blocked at their request."""
        return self.filter(~blocked("pk"), merged_into__isnull=True, redacted_at__isnull=True)

    def one_with(self, person: "Person") -> "PersonQuerySet":
        """Every record that was found to be this person, itself included."""
        return self.records_of([person])

    def records_of(self, people: Iterable["Person"]) -> "PersonQuerySet":
        """Every record of several people."""
        survivors = [person.survivor_id for person in people]
        return self.filter(Q(pk__in=survivors) | Q(merged_into__in=survivors))


class Person(models.Model):
    """A human or an organisation. `name` is the surest name we know; the attribute rows say how sure."""

    event_kind = "person"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, choices=PersonKind, default=PersonKind.HUMAN)
    name = models.CharField(max_length=250, null=True)  # noqa: DJ001  # NULL: redacted
    language = models.CharField(
        max_length=3, default="es"
    )  # ISO 639, in which the person wishes to be served
    channel = models.CharField(
        max_length=20, blank=True, db_default=""
    )  # by which the person wishes to be told
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    created_at = models.DateTimeField(db_default=ClockNow(), editable=False)
    is_synthetic = models.BooleanField(default=False)
    redacted_at = models.DateTimeField(null=True, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="person_not_merged_into_itself",
                condition=~Q(merged_into=models.F("id")) | Q(merged_into__isnull=True),
            ),
            models.CheckConstraint(
                name="person_redacted_has_no_name",
                condition=Q(redacted_at__isnull=True) | Q(name__isnull=True),
            ),
        ]
        indexes = [GinIndex(Func("name", function="name_keys"), name="person_name_keys", fastupdate=False)]

    def __str__(self) -> str:
        return self.name or ""

    @property
    def shown_name(self) -> str:
        """The name, or why there is none: it was erased, or never given."""
        return self.name or (gettext("Name erased") if self.name is None else gettext("No name given"))

    @property
    def survivor_id(self) -> UUID:
        """The record that stands for this person."""
        return self.merged_into_id or self.pk


class NameWord(models.Model):
    """
    A word that occurs in names, in plain letters: what a mistyped one is mended by. Kept by triggers on people; it may stand twice.

    The database alone writes it; besides these it has an index on `name_variants(word)`.
    """

    word = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["word"], name="name_word"),
            GinIndex(fields=["word"], name="name_word_trigram", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.word


class IdentifierKind(models.TextChoices):
    RUN = "run", _("RUN / RUT")
    PASSPORT = "passport", _("Passport")
    PROVISIONAL = "provisional", _("Provisional number")
    AGENCY = "agency", _("Number at an agency")


class IdentifierQuerySet(RowsOfPeople["PersonIdentifier"]):
    def of_run(self, run: str) -> "IdentifierQuerySet":
        """The one active number that is this RUN (canonical); asked as its unique index is made, or everybody would be read."""
        return self.filter(
            kind=IdentifierKind.RUN, country="CL", value=run, is_active=True, agency__isnull=True
        )


class PersonIdentifier(models.Model):
    """A number that names one person; unique while active."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=12, choices=IdentifierKind, default=IdentifierKind.RUN)
    country = models.CharField(max_length=2, default="CL")
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+"
    )  # of its own numbers
    value = models.CharField(max_length=40, null=True)  # noqa: DJ001  # canonical form; NULL: redacted
    level = models.PositiveSmallIntegerField(default=100)
    process = models.CharField(max_length=9, choices=Process, default=Process.DECLARED, db_default="declared")
    is_active = models.BooleanField(default=True)
    interaction = models.ForeignKey("crm.Interaction", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=ClockNow())

    objects = IdentifierQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="identifier_unique_while_active",
                fields=["kind", "country", "value"],
                condition=Q(is_active=True, agency__isnull=True),
            ),
            models.UniqueConstraint(
                name="identifier_unique_at_agency",
                fields=["agency", "value"],
                condition=Q(is_active=True, agency__isnull=False),
            ),
            models.CheckConstraint(
                name="identifier_agency_iff_its_number",
                condition=Q(kind="agency", agency__isnull=False) | ~Q(kind="agency") & Q(agency__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["value"], name="identifier_other_value", condition=Q(is_active=True) & ~Q(kind="run")
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class PersonAttribute(models.Model):
    """One thing known about a person, how surely, and since which interaction."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="attributes")
    key = models.CharField(max_length=40)  # name, birth_date, commune …
    value = models.JSONField(null=True)
    level = models.PositiveSmallIntegerField(default=100)
    process = models.CharField(max_length=9, choices=Process, default=Process.DECLARED, db_default="declared")
    interaction = models.ForeignKey("crm.Interaction", models.PROTECT, null=True, related_name="+")
    evidence = models.ForeignKey(
        "crm.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )  # the paper by which it was corrected
    at = models.DateTimeField(db_default=ClockNow())
    expires_at = models.DateTimeField(null=True, blank=True)  # after this it is what the person says, no more

    objects = RowsOfPeople["PersonAttribute"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person", "key", "-level", "-at"], name="attribute_surest"),
            # Whose it is stands in the index: a hundred people may share a birth date.
            models.Index(
                fields=["value"],
                include=["person"],
                name="attribute_birth_date",
                condition=Q(key="birth_date"),
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def level_at(self, at: datetime) -> int:
        """How sure we are at a moment: what has expired is what the person says, no more."""
        has_expired = self.expires_at is not None and self.expires_at <= at
        return min(self.level, 100) if has_expired else self.level


class ContactKind(models.TextChoices):
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")


class ContactPoint(models.Model):
    """A way to reach a person. Not unique: a household shares a phone."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="contact_points")
    kind = models.CharField(max_length=5, choices=ContactKind)
    value = models.CharField(max_length=254, null=True)  # noqa: DJ001  # E.164, or the address in lower case; NULL: redacted
    level = models.PositiveSmallIntegerField(default=100)
    process = models.CharField(max_length=9, choices=Process, default=Process.DECLARED, db_default="declared")
    is_safe = models.BooleanField(
        default=True, db_default=True
    )  # False: somebody who must not know may answer or read
    may_announce = models.BooleanField(
        default=True, db_default=True
    )  # False: say to nobody but the person who is calling
    is_domicile = models.BooleanField(
        default=False, db_default=False
    )  # their electronic domicile: what is sent there counts as told by law
    interaction = models.ForeignKey("crm.Interaction", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=ClockNow())
    ended_at = models.DateTimeField(null=True, blank=True)  # the person is not reached there any more

    objects = RowsOfPeople["ContactPoint"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="contact_point_once", fields=["person", "kind", "value"])]
        indexes = [models.Index(fields=["kind", "value"], name="contact_point_value")]

    def __str__(self) -> str:
        return self.get_kind_display()


class HomeCommune(models.Model):
    """Where a person lives, as last told: what regional figures are counted by."""

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="home")
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.commune_id


class NeedKind(models.TextChoices):
    """What a person needs to be served well (adaptations), and what asks for special care (vulnerability)."""

    INTERPRETER = "interpreter", _("Interpreter")
    SIGN_LANGUAGE = "sign_language", _("Sign language")
    RELAY = "relay", _("Text relay instead of voice")
    LARGE_PRINT = "large_print", _("Large print or reading aloud")
    STEP_FREE = "step_free", _("Access without steps, or a seat")
    COMPANION = "companion", _("Somebody who accompanies")
    ELDERLY = "elderly", _("Elderly person on their own")
    VIOLENCE = "violence", _("Lives with violence: take care whom you speak to")
    HOMELESS = "homeless", _("Has no fixed home")
    MINOR = "minor", _("Child or adolescent")
    DEPENDENT = "dependent", _("Depends on others for daily life")


VULNERABILITIES = frozenset(
    {NeedKind.ELDERLY, NeedKind.VIOLENCE, NeedKind.HOMELESS, NeedKind.MINOR, NeedKind.DEPENDENT}
)


class PersonNeed(models.Model):
    """One adaptation or one reason for care, since when, and until when it held."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="needs")
    kind = models.CharField(max_length=13, choices=NeedKind)
    detail = models.CharField(max_length=80, blank=True, null=True)  # noqa: DJ001  # which language …; NULL: redacted
    interaction = models.ForeignKey("crm.Interaction", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=ClockNow())
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RowsOfPeople["PersonNeed"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="need_once_while_it_holds", fields=["person", "kind"], condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def is_vulnerability(self) -> bool:
        return self.kind in VULNERABILITIES
