"""
Are we keeping our promise right now? The line's figures of today and of the last hour, each computed from
the calls themselves.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from callcentre.models import Call
from common import clock

PROMISE_SECONDS = 60
PROMISE_SHARE = 80
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Figures:
    """A stretch of the line's day. Shares and waits are None where there was no call to compute them from."""

    calls: int
    answered: int
    abandoned: int
    missed: int
    within: int
    counted: int
    median_wait: int | None
    p90_wait: int | None

    @property
    def share(self) -> int | None:
        """
        The share of the counted calls that were answered in time, in per cent, rounded down: a promise is
        not rounded up.
        """
        return self.within * 100 // self.counted if self.counted else None

    @property
    def is_kept(self) -> bool:
        return self.share is None or self.share >= PROMISE_SHARE


@dataclass(frozen=True)
class LineNow:
    """The supervisor's screen."""

    now: datetime
    waiting: list[Call]
    longest_since: datetime | None
    hour: Figures
    today: Figures


# A call counts for the promise when it was answered, or when it waited (or is waiting) longer than
# promised; whoever hung up earlier gave us no chance, and whoever rang outside the hours (missed) was
# promised nothing.
_FIGURES = """
SELECT count(*),
       count(*) FILTER (WHERE i.attended_at IS NOT NULL),
       count(*) FILTER (WHERE i.ending = 'abandoned'),
       count(*) FILTER (WHERE i.ending = 'missed'),
       count(*) FILTER (WHERE i.attended_at IS NOT NULL AND i.waited_seconds <= %(promise)s),
       count(*) FILTER (WHERE i.attended_at IS NOT NULL
                           OR i.ending = 'abandoned' AND i.waited_seconds > %(promise)s
                           OR i.ended_at IS NULL
                              AND %(now)s - i.started_at > make_interval(secs => %(promise)s)),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY i.waited_seconds) FILTER (WHERE i.attended_at IS NOT NULL),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY i.waited_seconds) FILTER (WHERE i.attended_at IS NOT NULL)
FROM crm_interaction i
WHERE i.channel = 'phone' AND i.business_date >= %(day)s AND i.started_at >= %(since)s
"""


def line_now(time_zone: str = "America/Santiago") -> LineNow:
    """Return what happens on the line now, and how the last hour and the day have gone."""
    now = clock.now()
    today = clock.local_date(now, time_zone)
    waiting = list(Call.objects.waiting().select_related("option").order_by("started_at")[:100])
    return LineNow(
        now=now,
        waiting=waiting,
        longest_since=waiting[0].started_at if waiting else None,
        hour=_figures(clock.local_date(now - HOUR, time_zone), now - HOUR, now),
        today=_figures(today, now - timedelta(days=2), now),
    )


def _figures(day: date, since: datetime, now: datetime) -> Figures:
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"promise": PROMISE_SECONDS, "day": day, "since": since, "now": now})
        row: tuple[Any, ...] = cursor.fetchone()
    *counts, median, p90 = row
    calls, answered, abandoned, missed, within, counted = (int(count) for count in counts)
    return Figures(calls, answered, abandoned, missed, within, counted, _seconds(median), _seconds(p90))


def _seconds(value: float | None) -> int | None:
    return None if value is None else round(value)
