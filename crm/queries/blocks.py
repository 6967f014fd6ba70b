"""What staff are told of a person whose data are blocked: that they are, until when, and that they can be served all the same."""

from django.utils.translation import gettext

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
            "Their data are blocked at their request; only the officer who decides the request may open them. Serve them without their file."
        )
    return gettext(
        "Their data are blocked at their request until %(day)s; only the officer who decides the request may open them. "
        "Serve them without their file."
    ) % {"day": wording.day(block.until)}


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
