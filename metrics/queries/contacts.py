"""Contacts, waits and service times."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Aggregate, Count, F, IntegerField, Sum
from django.db.models.functions import Coalesce, TruncMonth, TruncWeek

from metrics.queries.filters import Filters

COUNTS = (
    "contacts",
    "served",
    "abandoned",
    "no_show",
    "missed",
    "attended",
    "enquiries",
    "resolved",
    "invitations",
    "surveys",
)


class Percentile(Aggregate):
    """
    The observed value below which `share` of the rows lie (not interpolated: it is somebody's real wait).
    """

    function = "percentile_disc"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field: Any = IntegerField()

    def __init__(self, expression: Any, share: float, **extra: Any) -> None:
        super().__init__(expression, share=f"{float(share):g}", **extra)


@dataclass(frozen=True)
class Contacts:
    """Sums of the roll-up over some filters."""

    contacts: int
    served: int
    abandoned: int
    no_show: int
    missed: int
    attended: int
    enquiries: int
    resolved: int
    invitations: int
    surveys: int

    @property
    def left(self) -> int:
        """Contacts that ended without being served."""
        return self.abandoned + self.no_show + self.missed


@dataclass(frozen=True)
class Spread:
    """Seconds: the median, and the 90th percentile beside it; None when nobody was measured."""

    n: int
    median: int | None
    high: int | None


def contact_counts(filters: Filters) -> Contacts:
    """Count contacts and matters from the roll-up."""
    found = filters.roll_ups().aggregate(**{name: Coalesce(Sum(name), 0) for name in COUNTS})
    return Contacts(**found)


def contacts_by_channel(filters: Filters) -> dict[str, int]:
    """Count contacts by channel."""
    rows = filters.roll_ups().values("channel").annotate(n=Sum("contacts")).order_by("-n", "channel")
    return {row["channel"]: row["n"] for row in rows if row["n"]}


def waits(filters: Filters) -> Spread:
    """The waits of those who were attended, from the contacts themselves."""
    return _spread(filters.contacts().filter(attended_at__isnull=False), "waited_seconds")


def service_times(filters: Filters) -> Spread:
    """How long attending took, from the contacts themselves."""
    return _spread(filters.contacts().filter(served_seconds__isnull=False), "served_seconds")


def _spread(rows: Any, field: str) -> Spread:
    return Spread(**rows.aggregate(n=Count("pk"), median=Percentile(field, 0.5), high=Percentile(field, 0.9)))


def waits_by(filters: Filters, key: str) -> dict[Any, Spread]:
    """Waits by a field of the contact (`channel`, `office__name`, `main_agency` …)."""
    rows = (
        filters.contacts(with_matter=key.startswith("main_"))
        .filter(attended_at__isnull=False)
        .values(key)
        .annotate(
            n=Count("pk"), median=Percentile("waited_seconds", 0.5), high=Percentile("waited_seconds", 0.9)
        )
        .order_by(key)
    )
    return {row[key]: Spread(row["n"], row["median"], row["high"]) for row in rows}


def contacts_over_time(filters: Filters) -> tuple[list[date], dict[str, list[int]]]:
    """Contacts by channel in each day, week or month of the period, whichever gives a readable line."""
    step = "day" if filters.days <= 31 else "week" if filters.days <= 190 else "month"
    trunc: Any = {
        "day": F("business_date"),
        "week": TruncWeek("business_date"),
        "month": TruncMonth("business_date"),
    }[step]
    rows = list(
        filters.roll_ups()
        .annotate(step=trunc)
        .values("step", "channel")
        .annotate(n=Sum("contacts"))
        .order_by("step")
    )
    steps = list(_steps(filters, step))
    place = {one: i for i, one in enumerate(steps)}
    series: dict[str, list[int]] = {}
    for row in rows:
        series.setdefault(row["channel"], [0] * len(steps))[place[row["step"]]] += row["n"]
    return steps, dict(sorted(series.items(), key=lambda item: -sum(item[1])))


def _steps(filters: Filters, step: str) -> Any:
    day = filters.start
    if step == "week":
        day -= timedelta(days=day.weekday())
    elif step == "month":
        day = day.replace(day=1)
    while day <= filters.end:
        yield day
        day = (
            (day + timedelta(days=32)).replace(day=1)
            if step == "month"
            else day + timedelta(days=7 if step == "week" else 1)
        )
