"""Finding people: by number, by phone, by name with a typing error."""

from django.db.models import F, Func, Q, QuerySet, Value
from django.contrib.postgres.search import TrigramWordSimilarity

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
        found: QuerySet[Person] = people.filter(identifiers__value=canonical, identifiers__kind="run", identifiers__is_active=True)
    elif sum(letter.isdigit() for letter in text) >= 6:
        number = phone.normalise(text)
        found = people.filter(contact_points__kind="phone", contact_points__value=number).distinct() if number else people.none()
    elif len(text) >= 3:
        folded = Func(Value(text), function="fold")
        found = (
            people.alias(folded_name=Func(F("name"), function="fold"))
            .annotate(score=TrigramWordSimilarity(folded, "folded_name"))
            .filter(Q(folded_name__trigram_word_similar=folded))
            .order_by("-score", "pk")
        )
    else:
        found = people.none()
    return list(found.prefetch_related("identifiers").select_related("home__commune")[:limit])
