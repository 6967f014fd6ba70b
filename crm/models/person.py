"""
People: humans and organisations the State knows, never required for a contact.

Every attribute carries how sure we are (100 declared, 200 mail or SMS confirmed, 300 knowledge questions, 500 officer saw the
document, 600 e-ID or trusted register) and the interaction it came from. A number of a person is unique while active; a phone or
e-mail is not, and never joins two people.
"""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, Func, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, ActorKind
from accounts.models import Role
from common.clock import ClockNow
from common.ids import new_id
from territory.models import Commune

CHANNEL_ROLES = (Role.CLERK, Role.HOST, Role.AGENT, Role.SUPERVISOR)


class PersonKind(models.TextChoices):
    HUMAN = "human", _("Person")
    ORGANISATION = "organisation", _("Organisation")


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, actor: Actor) -> "PersonQuerySet":
        """Channel staff: whoever the present interaction is about. Officers: the parties of their agency's cases."""
        from crm.models.case import Case, Party
        from crm.models.interaction import Interaction

        if actor.is_system:
            return self
        seen = Q(pk__in=[])
        if actor.kind == ActorKind.STAFF and actor.has_role(*CHANNEL_ROLES):
            present = Interaction.objects.present_of(actor).filter(person=OuterRef("pk"))
            seen |= Q(Exists(present))
        if actor.kind in {ActorKind.STAFF, ActorKind.HOLDER}:
            cases = Case.objects.visible_to(actor)
            seen |= Q(Exists(Party.objects.filter(person=OuterRef("pk"), case__in=cases)))
        return self.filter(seen)


class Person(models.Model):
    """A human or an organisation. `name` is the surest name we know; the attribute rows say how sure."""

    event_kind = "person"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, choices=PersonKind, default=PersonKind.HUMAN)
    name = models.CharField(max_length=250)
    language = models.CharField(max_length=2, default="es")
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
            )
        ]
        indexes = [
            GinIndex(OpClass(Func("name", function="plain"), name="gin_trgm_ops"), name="person_name_trigram")
        ]

    def __str__(self) -> str:
        return self.name


class IdentifierKind(models.TextChoices):
    RUN = "run", _("RUN / RUT")
    PASSPORT = "passport", _("Passport")
    PROVISIONAL = "provisional", _("Provisional number")


class PersonIdentifier(models.Model):
    """A number that names one person; unique while active."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=12, choices=IdentifierKind, default=IdentifierKind.RUN)
    country = models.CharField(max_length=2, default="CL")
    value = models.CharField(max_length=40)  # canonical form
    level = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)
    interaction = models.ForeignKey("crm.Interaction", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=ClockNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="identifier_unique_while_active",
                fields=["kind", "country", "value"],
                condition=Q(is_active=True),
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
    interaction = models.ForeignKey("crm.Interaction", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=ClockNow())
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "key", "-level", "-at"], name="attribute_surest")]

    def __str__(self) -> str:
        return self.key


class ContactKind(models.TextChoices):
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")


class ContactPoint(models.Model):
    """A way to reach a person. Not unique: a household shares a phone."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="contact_points")
    kind = models.CharField(max_length=5, choices=ContactKind)
    value = models.CharField(max_length=254)  # E.164, or the address in lower case
    level = models.PositiveSmallIntegerField(default=100)
    interaction = models.ForeignKey("crm.Interaction", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=ClockNow())

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
