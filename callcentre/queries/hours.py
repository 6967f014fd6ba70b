"""Hours on the wall of a time zone: is it open, when does that change, and how is the week said in words?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from callcentre.models.line import DAY
from territory.models import Weekday

Stretch = tuple[int, int, int]  # weekday, opens, closes
ALWAYS = frozenset((day.value, 0, DAY) for day in Weekday)
LOOK_AHEAD = 16  # days: the longest stretch without a business day is shorter


@dataclass(frozen=True)
class Opening:
    """Whether something answers at an instant, and when that changes (None: never, or nothing is known)."""

    is_open: bool
    changes_at: datetime | None
    is_always: bool = False


def opening(hours: Iterable[Stretch], time_zone: str, at: datetime, days_off: set[date]) -> Opening:
    """
    Answer for stretches on the wall of a time zone. Days off have none, except for what answers day and
    night.
    """
    week = frozenset(hours)
    if week >= ALWAYS:
        return Opening(is_open=True, changes_at=None, is_always=True)
    zone = ZoneInfo(time_zone)
    today = at.astimezone(zone).date()
    for begins, ends in _joined(week, today - timedelta(days=1), zone, days_off):
        if begins <= at < ends:
            return Opening(is_open=True, changes_at=ends)
        if begins > at:
            return Opening(is_open=False, changes_at=begins)
    return Opening(is_open=False, changes_at=None)


def _joined(
    week: frozenset[Stretch], first: date, zone: ZoneInfo, days_off: set[date]
) -> list[tuple[datetime, datetime]]:
    """
    Return the stretches of the coming days as instants, those that touch made one (22:00–24:00 and
    00:00–06:00).
    """
    spans: list[tuple[datetime, datetime]] = []
    for ahead in range(LOOK_AHEAD):
        day = first + timedelta(days=ahead)
        if day in days_off:
            continue
        for _weekday, opens, closes in sorted(row for row in week if row[0] == day.isoweekday()):
            begins, ends = _instant(day, opens, zone), _instant(day, closes, zone)
            if spans and spans[-1][1] >= begins:
                spans[-1] = (spans[-1][0], max(ends, spans[-1][1]))
            else:
                spans.append((begins, ends))
    return spans


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(
        day + timedelta(days=minutes // DAY), time(minutes % DAY // 60, minutes % 60), zone
    )


def week_in_words(hours: Iterable[Stretch]) -> list[tuple[str, str]]:
    """
    Return (days, hours) rows, for example `Monday to Thursday`, `08:00 to 20:00`; day and night in one row.
    """
    week = frozenset(hours)
    if week >= ALWAYS:
        return [(gettext("Every day"), gettext("day and night"))]
    days = [(day, _day_in_words(week, day.value)) for day in Weekday]
    rows = []
    for words, same in groupby(days, key=lambda row: row[1]):
        if words:
            together = [day for day, _ in same]
            rows.append((_span(together), words))
    return rows


def _day_in_words(week: frozenset[Stretch], weekday: int) -> str:
    stretches = sorted((opens, closes) for day, opens, closes in week if day == weekday)
    return ", ".join(
        gettext("%(opens)s to %(closes)s") % {"opens": _clock(a), "closes": _clock(b)} for a, b in stretches
    )


def _span(days: list[Weekday]) -> str:
    first, last = str(days[0].label), str(days[-1].label)
    if len(days) == 1:
        return first
    return gettext("%(first)s to %(last)s") % {"first": first, "last": last}


def _clock(minutes: int) -> str:
    return "24:00" if minutes == DAY else f"{minutes // 60:02d}:{minutes % 60:02d}"
