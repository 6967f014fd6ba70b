"""The case before and the case after, in the list an officer came from."""

from dataclasses import astuple, dataclass
from typing import Any
from uuid import UUID

from django.core import signing
from django.db.models import QuerySet, Value

from accounts.actors import Actor
from common.keyset import next_rows
from crm.models import Stage
from crm.queries.mine import my_stages
from crm.queries.work import MY_ORDER, WorkFilter, agency_work

SALT = "list-place"
AGENCY_LIST, MY_LIST = "all", "mine"


@dataclass(frozen=True)
class ListPlace:
    """Which list, narrowed to what, and where in it: sealed into the address of the case, ids and codes only."""

    among: str
    narrowed: WorkFilter
    values: tuple[Any, ...]

    @property
    def order(self) -> tuple[str, ...]:
        return _order(self.among, self.narrowed)

    def sealed(self) -> str:
        return signing.dumps(
            [self.among, astuple(self.narrowed), [str(value) for value in self.values]], salt=SALT
        )


@dataclass(frozen=True)
class Neighbour:
    """A case beside the present one."""

    folio: str
    place: str


@dataclass(frozen=True)
class Neighbours:
    """The cases beside the present one; `among` says in which list."""

    among: str
    before: Neighbour | None
    after: Neighbour | None


def place_of(stage: Stage, among: str, narrowed: WorkFilter) -> str:
    """Return where a stage stands in a list, sealed."""
    return ListPlace(among, narrowed, tuple(getattr(stage, key) for key in _order(among, narrowed))).sealed()


def neighbours(actor: Actor, sealed: str, *, away: list[UUID]) -> Neighbours | None:
    """
    Return the cases beside a place in a list: two short reads of an index in one query, whatever became of the case meanwhile.

    None where the place was tampered with, or there is none.

    :param away: those for whom the actor stands in today
    """
    place = _opened(sealed)
    if place is None:
        return None
    order, rows = place.order, _rows(actor, place, away)
    sides = [
        next_rows(rows, order, list(place.values), backwards)
        .annotate(side=Value(side))
        .values("side", "case__folio", *order)[:1]
        for side, backwards in (("before", True), ("after", False))
    ]
    found = {row["side"]: _neighbour(row, place) for row in sides[0].union(sides[1], all=True)}
    return Neighbours(place.among, found.get("before"), found.get("after"))


def _order(among: str, narrowed: WorkFilter) -> tuple[str, ...]:
    return narrowed.order if among == AGENCY_LIST else MY_ORDER


def _rows(actor: Actor, place: ListPlace, away: list[UUID]) -> QuerySet[Stage]:
    if place.among == AGENCY_LIST:
        return agency_work(actor, place.narrowed)
    return my_stages(actor, away)


def _neighbour(row: dict[str, Any], place: ListPlace) -> Neighbour:
    values = tuple(row[key] for key in place.order)
    return Neighbour(row["case__folio"] or "", ListPlace(place.among, place.narrowed, values).sealed())


def _opened(sealed: str) -> ListPlace | None:
    try:
        among, narrowed, values = signing.loads(sealed, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    return ListPlace(among, WorkFilter(*narrowed), tuple(values))
