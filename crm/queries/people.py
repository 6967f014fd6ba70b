"""Finding people: by number, by phone, by name with a typing error."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Least

from accounts.actors import Actor
from common import phone, run
from crm import numbers
from crm.models import ContactPoint, Person, PersonAttribute, PersonIdentifier
from crm.models.person import CHANNEL_ROLES, RowsOfPeople, surviving
from crm.queries.names import people_named


def find_people(text: str, *, by: Actor, limit: int = 10) -> list[Person]:
    """
    Return the people a clerk or agent may mean, the best first; nobody for those who attend no one.

    A RUN finds its one person; another number (passport, provisional, an agency's own) whoever has it; a phone everyone who gave it
    (evidence, never proof); other text names alike, forgiving accents and typing errors. A record merged into another one finds that.
    The caller logs what was shown (`crm.actions.log_access`).
    """
    if not (by.is_system or by.has_role(*CHANNEL_ROLES)):
        return []
    text = " ".join(text.split())[:120]
    for survivors in _ways_to_find(text):
        if survivors:
            return _standing(list(dict.fromkeys(survivors))[:limit])
    return []


def _ways_to_find(text: str) -> Iterator[Iterable[UUID]]:
    """Whom a text may mean, as what it may be: a RUN is nothing else; then a number, a phone, a name."""
    if canonical := run.normalise(text):
        yield _people_of(PersonIdentifier.objects.of_run(canonical))
        return
    digits = sum(letter.isdigit() for letter in text)
    if digits:
        other = PersonIdentifier.objects.filter(~Q(kind="run"), is_active=True, value=numbers.canonical(text))
        yield _people_of(other)
    if digits >= 6:
        number = phone.normalise(text)
        yield _people_of(points_of(number)) if number else ()
    elif len(text) >= 3:
        yield (named.survivor for named in people_named(text))


def _people_of(rows: QuerySet[Any]) -> Iterable[UUID]:
    return rows.values_list(surviving("person"), flat=True)[:50]


def _standing(survivors: Sequence[UUID]) -> list[Person]:
    """Those who may be found, in the order of their ids here."""
    people = Person.objects.standing().prefetch_related("identifiers").select_related("home__commune")
    found = people.in_bulk(survivors)
    return [found[pk] for pk in survivors if pk in found]


def points_of(number: str) -> RowsOfPeople[ContactPoint]:
    """A telephone number (E.164) wherever it was given and still holds, the latest first."""
    points = ContactPoint.objects.filter(kind="phone", value=number, ended_at__isnull=True)
    return points.order_by("-at", "pk")


def number_of(person: Person) -> PersonIdentifier | None:
    """Return the RUN of a person that we know most surely."""
    numbers = PersonIdentifier.objects.of(person).filter(kind="run", is_active=True, value__isnull=False)
    return numbers.order_by("-level", "at").first()


def surest(person: Person, key: str, *, at: datetime) -> PersonAttribute | None:
    """Return what we know most surely of one thing about a person at a moment; of what is equally sure, the latest."""
    rows = PersonAttribute.objects.of(person).filter(key=key, value__isnull=False)
    ceiling = Case(
        When(expires_at__lte=at, then=Value(100)), default=Value(1000), output_field=IntegerField()
    )
    level = Least(F("level"), ceiling, output_field=IntegerField())
    return rows.annotate(level_now=level).order_by("-level_now", "-at").first()
