"""Offices near a commune: how far, when open, how long the wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import get_language, gettext

from catalog.sheets import in_language
from common import clock
from crm.models import QueueState
from territory.models import Commune, MobileStop, Office, OpeningHours, Weekday
from territory.queries.hours import Opening, office_opening
from territory.queries.nearest import nearest_offices

FRESH = timedelta(minutes=10)  # an older figure of a queue is not told any more


@dataclass(frozen=True)
class Wait:
    """A queue a moment ago."""

    waiting: int
    seconds: int | None
    at: datetime


@dataclass(frozen=True)
class HoursLine:
    """Days that share the same hours."""

    days: str
    hours: str


@dataclass(frozen=True)
class StopLine:
    """When and where a mobile office stands."""

    when: str
    hours: str
    where: str
    office: str


@dataclass(frozen=True)
class Place:
    """An office as a citizen needs it."""

    office: Office
    kilometres: float
    opening: Opening
    hours: list[HoursLine]
    wait: Wait | None


def line_wait() -> Wait | None:
    """How long line 101 takes to answer now, or None when nobody knows."""
    return _fresh(QueueState.objects.filter(channel="phone", office__isnull=True).first(), clock.now())


def places_near(commune: Commune) -> list[Place]:
    """Return the nearest offices. A constant number of queries."""
    now = clock.now()
    near = nearest_offices(commune)
    states = {
        row.office_id: row
        for row in QueueState.objects.filter(office__in=[one.office for one in near], channel="office")
    }
    places = []
    for one in near:
        opening = office_opening(one.office, now)
        wait = _fresh(states.get(one.office.pk), now) if opening.is_open else None
        places.append(
            Place(one.office, one.kilometres, opening, _hours_lines(list(one.office.hours.all())), wait)
        )
    return places


def mobile_stops(commune: Commune) -> list[StopLine]:
    """When a mobile office comes to a commune."""
    stops = (
        MobileStop.objects.filter(commune=commune)
        .select_related("office")
        .order_by("week_of_month", "weekday", "opens")
    )
    return [
        StopLine(
            when=_monthly(stop.week_of_month, stop.weekday),
            hours=f"{stop.opens:%H:%M}–{stop.closes:%H:%M}",
            where=in_language(stop.place),
            office=stop.office.name,
        )
        for stop in stops[:20]
    ]


def _monthly(week: int, weekday: int) -> str:
    day = (
        str(Weekday(weekday).label).lower()
        if (get_language() or "es").startswith("es")
        else str(Weekday(weekday).label)
    )
    words = {
        1: gettext("the first %(day)s of the month"),
        2: gettext("the second %(day)s of the month"),
        3: gettext("the third %(day)s of the month"),
        4: gettext("the fourth %(day)s of the month"),
        5: gettext("the fifth %(day)s of the month, when there is one"),
    }
    return words[week] % {"day": day}


def _fresh(state: QueueState | None, now: datetime) -> Wait | None:
    if state is None or now - state.updated_at > FRESH:
        return None
    return Wait(state.waiting, state.estimated_seconds, state.updated_at)


def _hours_lines(rows: list[OpeningHours]) -> list[HoursLine]:
    """Join neighbouring days that have the same hours: Monday to Friday, 08:30–14:00."""
    by_day = {
        day: ", ".join(
            f"{row.opens:%H:%M}–{row.closes:%H:%M}"
            for row in sorted(rows, key=lambda r: r.opens)
            if row.weekday == day
        )
        for day in range(1, 8)
    }
    runs: list[list[int]] = []
    for day in range(1, 8):
        if not by_day[day]:
            continue
        if runs and runs[-1][-1] == day - 1 and by_day[runs[-1][-1]] == by_day[day]:
            runs[-1].append(day)
        else:
            runs.append([day])
    return [HoursLine(_days(run), by_day[run[0]]) for run in runs]


def _days(run: list[int]) -> str:
    first, last = str(Weekday(run[0]).label), str(Weekday(run[-1]).label)
    if len(run) == 1:
        return first
    return gettext("%(first)s to %(last)s") % {
        "first": first,
        "last": last.lower() if (get_language() or "es").startswith("es") else last,
    }
