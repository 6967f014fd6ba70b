"""The case before and the case after, in the list an officer came from."""

from dataclasses import astuple, dataclass
from typing import Any

from django.core import signing

from accounts.actors import Actor
from common.keyset import next_rows
from crm.models import Stage
from crm.queries.work import MY_ORDER, ORDER, WorkFilter, agency_work

SALT = "list-place"
AGENCY_LIST, MY_LIST = "all", "mine"
ORDERS = {AGENCY_LIST: ORDER, MY_LIST: MY_ORDER}


@dataclass(frozen=True)
class ListPlace:
    """Which list, narrowed to what, and where in it: sealed into the address of the case, ids and codes only."""

    among: str
    narrowed: WorkFilter
    values: tuple[Any, ...]

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
    return ListPlace(among, narrowed, tuple(getattr(stage, key) for key in ORDERS[among])).sealed()


def neighbours(actor: Actor, sealed: str) -> Neighbours | None:
    """
    Return the cases beside a place in a list: two short reads of an index, whatever became of the case meanwhile.

    None where the place was tampered with, or there is none.
    """
    place = _opened(sealed)
    if place is None:
        return None
    before, after = (_beside(actor, place, backwards=backwards) for backwards in (True, False))
    return Neighbours(place.among, before, after)


def _opened(sealed: str) -> ListPlace | None:
    try:
        among, narrowed, values = signing.loads(sealed, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    return ListPlace(among, WorkFilter(*narrowed), tuple(values))


def _beside(actor: Actor, place: ListPlace, *, backwards: bool) -> Neighbour | None:
    if place.among == AGENCY_LIST:
        rows = agency_work(actor, place.narrowed)
    else:
        rows = Stage.objects.of_agencies(actor).open().filter(assigned_to=actor.user_id)
    order = ORDERS[place.among]
    found = next_rows(
        rows.select_related("case").only("case", "case__folio", *order), order, list(place.values), backwards
    )[:1]
    beside = next(iter(found), None)
    return (
        Neighbour(beside.case.folio or "", place_of(beside, place.among, place.narrowed)) if beside else None
    )
