"""Finding people: by number, by phone, by name with a typing error."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Case, F, Func, IntegerField, QuerySet, Value, When
from django.db.models.functions import Least

from accounts.actors import Actor
from common import phone, run
from crm.models import ContactPoint, Person, PersonAttribute, PersonIdentifier
from crm.models.person import CHANNEL_ROLES, RowsOfPeople, surviving


def find_people(text: str, *, by: Actor, limit: int = 10) -> list[Person]:
    """
    Return the people a clerk or agent may mean, the best first; nobody for those who attend no one.

    A RUN finds its one person; a phone everyone who gave it (evidence, never proof); other text names alike, forgiving accents
    and typing errors. The caller logs what was shown (`crm.actions.log_access`).
    """
    if not (by.is_system or by.has_role(*CHANNEL_ROLES)):
        return []
    people = Person.objects.standing()
    text = " ".join(text.split())[:120]
    if canonical := run.normalise(text):
        numbers = PersonIdentifier.objects.filter(kind="run", country="CL", value=canonical, is_active=True)
        found: QuerySet[Person] = people.filter(pk__in=numbers.values(survivor=surviving("person")))
    elif sum(letter.isdigit() for letter in text) >= 6:
        number = phone.normalise(text)
        found = (
            people.filter(pk__in=points_of(number).values(survivor=surviving("person")))
            if number
            else people.none()
        )
    elif len(text) >= 3:
        found = _by_name(people, text)
    else:
        found = people.none()
    return list(found.prefetch_related("identifiers").select_related("home__commune")[:limit])


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


def _by_name(people: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Every word must be like a word of the name (trigrams, at the connection's threshold), in any order."""
    name = Func(F("name"), function="plain")
    matches = people.alias(plain_name=name)
    score: Any = Value(0.0)
    for word in text.split()[:6]:
        plain = Func(Value(word), function="plain")
        matches = matches.filter(plain_name__trigram_word_similar=plain)
        score = score + TrigramWordSimilarity(plain, name)  # type: ignore[arg-type]  # an expression serves as well
    return matches.annotate(score=score).order_by("-score", "pk")
