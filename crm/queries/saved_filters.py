"""The choices of their agency's list that an officer keeps, each with how much waits there."""

from dataclasses import dataclass

from django.http import QueryDict

from accounts.actors import Actor
from crm.models import SavedFilter
from crm.queries.counts import Count, counts
from crm.queries.work import WorkFilter, agency_work


@dataclass(frozen=True)
class SavedChoice:
    """A kept choice: its name, the query of its address, and how much waits there."""

    pk: int
    name: str
    query: str
    count: Count
    is_present: bool


def saved_filters(actor: Actor, present: WorkFilter) -> list[SavedChoice]:
    """Return what an officer has kept, by name."""
    rows = list(SavedFilter.objects.filter(user=actor.user_id).order_by("name"))
    choices = [WorkFilter(row.state, row.procedure, row.channel) for row in rows]
    found = counts([agency_work(actor, choice) for choice in choices])
    return [
        SavedChoice(row.pk, row.name, query_of(choice), count, choice == present)
        for row, choice, count in zip(rows, choices, found, strict=True)
    ]


def query_of(narrowed: WorkFilter) -> str:
    """A choice as the query of an address: codes only."""
    query = QueryDict(mutable=True)
    given = {"state": narrowed.state, "procedure": narrowed.procedure, "channel": narrowed.channel}
    query.update({name: code for name, code in given.items() if code})
    return query.urlencode()
