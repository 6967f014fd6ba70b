"""The promises and estimates counted a second time: case by case in Python, each by its own stages."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from accounts.actors import Actor
from common import clock
from crm.models import CaseState, Stage, state_of
from crm.models.case import OPEN
from crm.terms import DAY
from metrics.queries.filters import NETWORK_ZONE, Filters
from metrics.queries.promises import Estimates, Promises

BATCH = 5000
_ENDED_BY_NOBODY = {CaseState.WITHDRAWN, CaseState.LAPSED}
_Parts = tuple[tuple[str, bool], ...]


class _Promised(NamedTuple):
    pk: UUID
    state: str
    since: datetime
    decided_at: datetime | None
    day: date


def promises(filters: Filters, day: str) -> Promises:
    """
    Judge the cases promised for a day of the period one by one.

    :param day: which promise: `promised_on` or `receipt_promised_on`
    """
    rows = filters.cases_promised(day).values_list("pk", "state", "state_since", "decided_at", day)
    today, moves = _day_of(clock.now()), day == "promised_on"
    judged = kept = late = 0
    for case, ended in _with_endings(_Promised(*row) for row in rows.iterator()):
        if ended in _ENDED_BY_NOBODY or not _is_over(case, today, moves=moves):
            continue
        judged += 1
        late += case.decided_at is None
        kept += case.decided_at is not None and _day_of(case.decided_at) <= case.day
    return Promises(judged, kept, late)


def _is_over(case: _Promised, today: date, *, moves: bool) -> bool:
    if case.state not in OPEN:
        return True
    stands = moves and case.state == CaseState.AWAITING_CITIZEN and _day_of(case.since) <= case.day
    return case.day < today and not stands


def _day_of(at: datetime) -> date:
    return clock.local_date(at, NETWORK_ZONE.key)


def _with_endings(cases: Iterator[_Promised]) -> Iterator[tuple[_Promised, str]]:
    """Each case with its state, or what it ended as where it is closed."""
    while batch := list(islice(cases, BATCH)):
        parts = _parts_of(case.pk for case in batch if case.state == CaseState.CLOSED)
        for case in batch:
            yield case, _ending(tuple(parts[case.pk])) if case.pk in parts else case.state


def _parts_of(cases: Iterable[UUID]) -> dict[UUID, list[tuple[str, bool]]]:
    found = Stage.objects.visible_to(Actor.system()).filter(case__in=list(cases))
    parts: dict[UUID, list[tuple[str, bool]]] = defaultdict(list)
    for case, state, is_required in found.values_list("case_id", "state", "is_required"):
        parts[case].append((state, is_required))
    return parts


@cache
def _ending(parts: _Parts) -> CaseState:
    return state_of(Stage(state=state, is_required=is_required) for state, is_required in parts)


def estimates(filters: Filters) -> Estimates:
    """Compare the running time of every case decided in the period with what its receipt told."""
    rows = filters.cases_decided().values_list("running_seconds", "half_days", "most_days")
    told = [(ran, half, most) for ran, half, most in rows.iterator() if ran is not None and half is not None]
    told_most = [(ran, most) for ran, _half, most in told if most is not None]
    return Estimates(
        cases=len(told),
        within_half=sum(ran <= half * DAY for ran, half, _most in told),
        told_most=len(told_most),
        within_most=sum(ran <= most * DAY for ran, most in told_most),
    )
