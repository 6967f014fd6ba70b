"""What staff are told of a person whose data are blocked: that they are, until when, and that they can be served all the same."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext

from accounts.actors import Actor
from common import run, wording
from crm.models import Person, PersonBlock, PersonIdentifier


def block_of(person: Person) -> PersonBlock | None:
    """Return the block that stands on a person's data, the longest where there are several."""
    blocks = list(PersonBlock.objects.of(person).standing())  # type: ignore[attr-defined]  # the queryset's own method
    return next((one for one in blocks if one.until is None), None) or max(
        blocks, key=lambda one: one.until, default=None
    )


def why_blocked(person: Person) -> str:
    """Return the sentence staff read, empty when nothing is blocked."""
    block = block_of(person)
    if block is None:
        return ""
    if block.until is None:
        return gettext(
            "Their data are blocked at their request; only the officer who decides the request may open them. Serve them without their file. "
            "Agencies go on deciding their open cases, without reading there who they are."
        )
    return gettext(
        "Their data are blocked at their request until %(day)s; only the officer who decides the request may open them. "
        "Serve them without their file. Agencies go on deciding their open cases, without reading there who they are."
    ) % {"day": wording.day(block.until)}


def closed_to(actor: Actor, people: Iterable[Person]) -> set[UUID]:
    """
    Return, of these people, the ids of the surviving records of those whose data are blocked and not by a request that the actor's agency
    decides: one query, whatever their number.
    """
    survivors = {person.survivor_id for person in people}
    if not survivors:
        return set()
    return set(Person.objects.filter(pk__in=survivors).closed_to(actor).values_list("pk", flat=True))


def closed_words() -> str:
    """Return what stands where the name of somebody would whose data are blocked."""
    return gettext("Data blocked")


def why_not_found(text: str) -> str:
    """Return the sentence for a search by the number of somebody whose data are blocked, empty for every other search."""
    canonical = run.normalise(" ".join(text.split())[:120])
    if not canonical:
        return ""
    number = (
        PersonIdentifier.objects.filter(kind="run", country="CL", value=canonical, is_active=True)
        .select_related("person")
        .first()
    )
    return why_blocked(number.person) if number else ""
