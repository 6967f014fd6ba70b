"""When is a place open?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from territory.models import Office, OpeningHours


@dataclass(frozen=True)
class Opening:
    """Whether a place is open at an instant, and when that changes next (None: no hours are known)."""

    is_open: bool
    changes_at: datetime | None


def opening_at(hours: Iterable[OpeningHours], time_zone: str, at: datetime) -> Opening:
    """Answer for structured hours in `time_zone`, looking at most eight days ahead."""
    zone = ZoneInfo(time_zone)
    local = at.astimezone(zone)
    rows = list(hours)
    for ahead in range(9):
        day = local.date() + timedelta(days=ahead)
        for row in sorted((r for r in rows if r.weekday == day.isoweekday()), key=lambda r: r.opens):
            opens = datetime.combine(day, row.opens, zone)
            closes = datetime.combine(day, row.closes, zone)
            if opens <= local < closes:
                return Opening(is_open=True, changes_at=closes)
            if opens > local:
                return Opening(is_open=False, changes_at=opens)
    return Opening(is_open=False, changes_at=None)


def office_opening(office: Office, at: datetime) -> Opening:
    """Answer for an office; prefetch `hours` when asking for many."""
    return opening_at(office.hours.all(), office.commune.time_zone, at)
