"""Finding people: by number, by phone, by name with a typing error."""

from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import F, Func, QuerySet, Value

from accounts.actors import Actor
from common import phone, run
from crm.models import Person
from crm.models.person import CHANNEL_ROLES


def find_people(text: str, *, by: Actor, limit: int = 10) -> list[Person]:
    """
    Return the people a clerk or agent may mean, the best first; nobody for those who attend no one.

    A RUN finds its one person; a phone everyone who gave it (evidence, never proof); other text names alike, forgiving accents
    and typing errors. The caller logs what was shown (`crm.actions.log_access`).
    """
    if not (by.is_system or by.has_role(*CHANNEL_ROLES)):
        return []
    people = Person.objects.filter(merged_into__isnull=True, redacted_at__isnull=True)
    text = " ".join(text.split())[:120]
    if canonical := run.normalise(text):
        found: QuerySet[Person] = people.filter(
            identifiers__value=canonical, identifiers__kind="run", identifiers__is_active=True
        )
    elif sum(letter.isdigit() for letter in text) >= 6:
        number = phone.normalise(text)
        found = (
            people.filter(contact_points__kind="phone", contact_points__value=number).distinct()
            if number
            else people.none()
        )
    elif len(text) >= 3:
        found = _by_name(people, text)
    else:
        found = people.none()
    return list(found.prefetch_related("identifiers").select_related("home__commune")[:limit])


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
