"""The promises and estimates counted a second time: case by case in Python, each by its own stages."""

from collections import defaultdict
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.actors import Actor
from common import clock
from crm.models import Case, CaseState, Stage, state_of
from crm.terms import DAY
from metrics.queries.filters import NETWORK_ZONE, Filters
from metrics.queries.promises import Estimates, Promises

_ENDED_BY_NOBODY = {CaseState.WITHDRAWN, CaseState.LAPSED}
_READ = ("state", "state_since", "decided_at", "promised_on", "receipt_promised_on")


def promises(filters: Filters, day: str) -> Promises:
    """
    Judge the cases promised for a day of the period one by one.

    :param day: which promise: `promised_on` or `receipt_promised_on`
    """
    found, today = filters.cases_promised(day), _day_of(clock.now())
    stages = _stages_of_closed(found)
    judged = kept = late = 0
    for case in found.only(*_READ).iterator():
        ended = state_of(stages[case.pk]) if case.state == CaseState.CLOSED else case.state
        promised: date = getattr(case, day)
        if ended in _ENDED_BY_NOBODY or not _is_over(case, promised, day, today):
            continue
        judged += 1
        if case.decided_at is None:
            late += 1
        elif _day_of(case.decided_at) <= promised:
            kept += 1
    return Promises(judged, kept, late)


def _is_over(case: Case, promised: date, day: str, today: date) -> bool:
    if case.decided_at is not None:
        return True
    stood_in_time = case.is_awaiting_citizen and _day_of(case.state_since) <= promised
    return promised < today and not (day == "promised_on" and stood_in_time)


def _day_of(at: datetime) -> date:
    return clock.local_date(at, NETWORK_ZONE.key)


def _stages_of_closed(found: QuerySet[Case]) -> dict[UUID, list[Stage]]:
    closed = found.filter(state=CaseState.CLOSED)
    stages: dict[UUID, list[Stage]] = defaultdict(list)
    rows = Stage.objects.visible_to(Actor.system()).filter(case__in=closed)
    for stage in rows.only("case_id", "state", "is_required").iterator():
        stages[stage.case_id].append(stage)
    return stages


def estimates(filters: Filters) -> Estimates:
    """Compare the running time of every case decided in the period with what its receipt told."""
    rows = filters.cases_decided().values_list("running_seconds", "half_days", "most_days")
    told = [row for row in rows.iterator() if row[0] is not None and row[1] is not None]
    most = [(ran, days) for ran, _half, days in told if days is not None]
    return Estimates(
        cases=len(told),
        within_half=sum(ran <= half * DAY for ran, half, _most in told),
        told_most=len(most),
        within_most=sum(ran <= days * DAY for ran, days in most),
    )
