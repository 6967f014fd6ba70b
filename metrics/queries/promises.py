"""
Were the days promised kept, and did the estimates told come true? Counted from the cases themselves, also
from those that are late and still open.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
)

from crm.models import Case, CaseState, Stage, StageState
from crm.terms import DAY
from metrics.queries.filters import NETWORK_ZONE, Filters

# The day that each indicator judges by.
DAYS = {"promises-kept": "promised_on", "receipts-kept": "receipt_promised_on"}
_REQUIRED = Stage.objects.filter(case=OuterRef("pk"), is_required=True)


def _part(state: StageState) -> Exists:
    return Exists(_REQUIRED.filter(state=state))


# Of a closed case its stages say how it ended, in the order of `crm.models.state_of`.
_ENDED_WITHOUT_AGENCY = ~Q(_part(StageState.DENIED)) & (
    Q(_part(StageState.WITHDRAWN)) | Q(_part(StageState.LAPSED)) & ~Q(_part(StageState.REFERRED))
)
# Withdrawn and lapsed cases were nobody's promise to keep.
_NOBODYS = Q(state__in=[CaseState.WITHDRAWN, CaseState.LAPSED]) | (
    Q(state=CaseState.CLOSED) & _ENDED_WITHOUT_AGENCY
)


PROMISE_SUMS = {
    "judged": Count("pk"),
    "kept": Count("pk", filter=Q(in_time=True)),
    "late": Count("pk", filter=Q(decided_at__isnull=True)),
}
ESTIMATE_SUMS = {
    "cases": Count("pk"),
    "within_half": Count("pk", filter=Q(in_half=True)),
    "told_most": Count("most_days"),
    "within_most": Count("pk", filter=Q(in_most=True)),
}


class NetworkDay(Func):
    """The date of an instant in the network's zone."""

    template = f"(%(expressions)s AT TIME ZONE '{NETWORK_ZONE.key}')::date"
    output_field: Any = DateField()


class NetworkToday(Func):
    """The network's date by the database's clock, read once by each query."""

    template = f"(SELECT (clock_now() AT TIME ZONE '{NETWORK_ZONE.key}')::date)"
    output_field: Any = DateField()


@dataclass(frozen=True)
class Promises:
    """Cases whose promised day is over: how many were decided by it, and how many are open still."""

    judged: int
    kept: int
    late: int

    @property
    def share(self) -> float | None:
        """Per cent kept; None where no case was judged."""
        return 100 * self.kept / self.judged if self.judged else None


@dataclass(frozen=True)
class Estimates:
    """
    Decided cases whose receipt told an estimate, and how many of them took no longer than it told for half of
    such cases; likewise for nine in ten (`told_most`: those that were told it).
    """

    cases: int
    within_half: int
    told_most: int
    within_most: int

    @property
    def half_share(self) -> float | None:
        """Per cent within the time told for half: about 50 where estimates are true."""
        return 100 * self.within_half / self.cases if self.cases else None

    @property
    def most_share(self) -> float | None:
        """Per cent within the time told for nine in ten: about 90 where estimates are true."""
        return 100 * self.within_most / self.told_most if self.told_most else None


def judged_cases(filters: Filters, day: str) -> QuerySet[Case]:
    """
    Cases promised for a day of the period that is over, each with whether it was decided `in_time`: at the latest
    on that day.

    A day is over once it has passed, or its case is decided. The promise that stands now (`promised_on`) is
    not over while the clock stands: it moves when the citizen answers. The receipt's day does not move.

    :param day: `promised_on` or `receipt_promised_on`
    """
    passed = Q(**{f"{day}__lt": NetworkToday()})
    found = filters.cases_promised(day).filter(~_NOBODYS)
    if day == "promised_on":
        found = found.annotate(since=NetworkDay("state_since"))
        passed &= ~Q(state=CaseState.AWAITING_CITIZEN, since__lte=F(day))
    kept = Q(decided_at__isnull=False, decided_day__lte=F(day))
    return (
        found.filter(Q(decided_at__isnull=False) | passed)
        .annotate(decided_day=NetworkDay("decided_at"))
        .annotate(in_time=ExpressionWrapper(kept, BooleanField()))
    )


def promise_counts(filters: Filters, day: str) -> Promises:
    """
    Count the cases promised for a day of the period, and the promises kept; one query.

    :param day: `promised_on` or `receipt_promised_on`
    """
    return Promises(**judged_cases(filters, day).aggregate(**PROMISE_SUMS))


def estimated_cases(filters: Filters) -> QuerySet[Case]:
    """
    Cases decided in the period that an agency decided and whose receipt told an estimate, each with whether its
    running time was `in_half` and `in_most` of it; `in_most` is None where nothing was told for nine in ten.
    """
    in_half, in_most = (Q(running_seconds__lte=F(told) * DAY) for told in ("half_days", "most_days"))
    return (
        filters.cases_decided()
        .filter(running_seconds__isnull=False, half_days__isnull=False)
        .annotate(
            in_half=ExpressionWrapper(in_half, BooleanField()),
            in_most=ExpressionWrapper(in_most, BooleanField()),
        )
    )


def estimate_counts(filters: Filters) -> Estimates:
    """Count how true the estimates were that cases decided in the period had been told; one query."""
    return Estimates(**estimated_cases(filters).aggregate(**ESTIMATE_SUMS))
