"""People somebody may mean, masked: enough to recognise what the person says, not enough to tell it to them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from common import run
from crm.models import Case, Party, Person
from crm.models.person import surviving
from crm.names import share_a_word


@dataclass(frozen=True)
class Candidate:
    """
    Somebody who may be meant: enough to recognise what the caller says, not enough to tell it to them.
    """

    id: UUID
    masked_name: str
    masked_run: str
    open_cases: list[str]


def as_candidates(people: list[Person]) -> list[Candidate]:
    """Return people masked, with a constant number of queries."""
    titles: dict[UUID, list[str]] = {}
    parts: Any = Party.objects.filter(
        person__in=Person.objects.records_of(people), case__in=Case.objects.open()
    )
    parts = parts.annotate(stands_for=surviving("person")).select_related("case__version")
    for part in parts.order_by("-case__submitted_at"):
        titles.setdefault(part.stands_for, []).append(part.case.version.title)
    return [
        Candidate(person.pk, masked_name(person.name), _masked_run(person), titles.get(person.pk, []))
        for person in people
    ]


def masked_name(name: str | None) -> str:
    """
    Return `A… R…` for `Amina Rojas`: recognisable to whoever hears the name, useless to whoever does not
    know it.
    """
    return " ".join(f"{word[0]}…" for word in (name or "").split()[:5])


def _masked_run(person: Person) -> str:
    value = next((one.value for one in person.identifiers.all() if one.kind == "run" and one.is_active), "")
    return run.mask(value) if value else ""


def known_otherwise(contact_id: UUID, name: str) -> str:
    """
    Return what whoever entered somebody by name and number should be told where that number is of a person whom we know under quite another
    name; empty where nothing is strange.
    """
    person = Person.objects.filter(interactions=contact_id).first()
    if person is None or not person.name or share_a_word(name, person.name):
        return ""
    return gettext(
        "We know this RUN already, under another name. Check the number with whoever is with you; if it is wrong, say that it is somebody else."
    )
