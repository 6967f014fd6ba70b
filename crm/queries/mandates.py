"""By what mandates somebody may speak for whom."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.actors import Actor
from catalog.models import ProcedureVersion
from catalog.queries.published import procedure_of
from common import clock
from crm.models import Case, Interaction, Mandate, MandateAct, Party, PartyRole, Person
from crm.models.mandate import MandateQuerySet
from crm.models.person import PersonKind, blocked, surviving
from crm.terms import NETWORK_ZONE

MOST = 12


def usable_in(interaction: Interaction) -> list[Mandate]:
    """Return the mandates by which whoever is here may speak for others today, theirs and those of organisations they represent."""
    if interaction.person is None:
        return []
    today = interaction.day_of(clock.now())
    usable = _drawn(Mandate.objects.usable_by(interaction.person.survivor_id, on=today))
    return list(usable.order_by("grantor__name", "pk")[:MOST])


def organisations_of(interaction: Interaction) -> list[Person]:
    """Return the organisations that whoever is here represents today: a mandate may be given to one of them."""
    if interaction.person is None:
        return []
    today = interaction.day_of(clock.now())
    held = Mandate.objects.in_force(today).held_by(interaction.person)
    ids = held.filter(grantor__kind=PersonKind.ORGANISATION).values(survivor=surviving("grantor"))
    return list(Person.objects.filter(pk__in=ids).order_by("name")[:MOST])


def mandates_about(person: Person, *, actor: Actor) -> list[Mandate]:
    """Return the mandates a person gave or holds, as far as the actor may see them: the latest first."""
    seen = Mandate.objects.visible_to(actor).about(person)
    return list(_drawn(seen).order_by("-at", "-pk")[: MOST * 4])


def representatives_without(case: Case) -> list[Party]:
    """Return those who say that they act in a case, and have shown no mandate yet."""
    parts = case.parties.filter(role=PartyRole.REPRESENTATIVE, mandate__isnull=True)
    return list(parts.select_related("person__merged_into").order_by("pk"))


def representatives_today(case: Case, applicant: Person) -> QuerySet[Party, UUID]:
    """
    Return the surviving records of those with a part in a case who may ask how it goes by a mandate of the applicant that holds today. Of
    whoever only says that they represent, or whose mandate is over, none; nor of anybody while the applicant's data are blocked.
    """
    usable = Mandate.objects.granted_by(applicant).usable_by(
        OuterRef("survivor"),
        on=clock.local_date(clock.now(), NETWORK_ZONE),
        act=MandateAct.STATUS,
        procedure=procedure_of(case.version_id),
    )
    parts = case.parties.filter(role=PartyRole.REPRESENTATIVE).annotate(survivor=surviving("person"))
    open_to_others = Person.objects.filter(~blocked("pk"), pk=applicant.pk)
    return parts.filter(Exists(usable), Exists(open_to_others)).values_list("survivor", flat=True)


def mandates_by_id(ids: Iterable[UUID | None]) -> dict[UUID, Mandate]:
    """Return mandates with all that a line of theirs shows; none, without asking, where there are no ids."""
    wanted = [one for one in ids if one]
    return {one.pk: one for one in _drawn(Mandate.objects.filter(pk__in=wanted))} if wanted else {}


def titles_of(procedure_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return what procedures are called now, by id."""
    versions = ProcedureVersion.objects.published().filter(procedure__in=list(procedure_ids))
    return {version.procedure_id: version.title for version in versions.defer("content")}


def _drawn(mandates: MandateQuerySet) -> MandateQuerySet:
    people = mandates.select_related(
        "grantor__merged_into", "agent__merged_into", "revoked_by", "registered_by"
    )
    return people.prefetch_related("procedures")
