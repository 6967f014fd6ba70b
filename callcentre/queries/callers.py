"""
Who may be calling: the people who once gave this number. Evidence, never proof: names stay masked until the
agent has asked.
"""

from dataclasses import dataclass
from uuid import UUID

from common import run
from crm.models import Case, Party, Person
from crm.models.person import surviving
from crm.queries.people import points_of

MOST = 5


@dataclass(frozen=True)
class Candidate:
    """
    Somebody who may be calling: enough to recognise what the caller says, not enough to tell it to them.
    """

    id: UUID
    masked_name: str
    masked_run: str
    open_cases: list[str]


@dataclass(frozen=True)
class Candidates:
    """The people of a number; `more` are not shown."""

    people: list[Candidate]
    more: int


def people_with_number(number: str) -> Candidates:
    """Return who gave this number, the latest first, each with the procedures of their open cases."""
    if not number:
        return Candidates([], 0)
    ids = points_of(number).values_list(surviving("person"), flat=True)[: MOST * 4]
    latest = list(dict.fromkeys(ids))
    people = Person.objects.standing().prefetch_related("identifiers").in_bulk(latest)
    found = [people[pk] for pk in latest if pk in people]
    return Candidates(as_candidates(found[:MOST]), max(0, len(found) - MOST))


def as_candidates(people: list[Person]) -> list[Candidate]:
    """Return people masked, with a constant number of queries."""
    titles: dict[UUID, list[str]] = {}
    parts = Party.objects.filter(person__in=Person.objects.records_of(people), case__in=Case.objects.open())
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
