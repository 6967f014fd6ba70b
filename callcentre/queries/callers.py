"""
Who may be calling: the people who once gave this number. Evidence, never proof: names stay masked until the
agent has asked.
"""

from dataclasses import dataclass

from crm.models import Person
from crm.models.person import surviving
from crm.panels.people import Candidate, as_candidates
from crm.queries.people import points_of

MOST = 5


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
