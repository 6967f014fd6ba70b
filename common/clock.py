"""
The one source of time: the database's clock.

`now()` and every SQL default call the SQL function `clock_now()`, which is `clock_timestamp()` unless the session setting
`ventanilla.now` is set; only tests and the demo seed may set it (`frozen`). An action reads the clock once, after it holds its lock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import DateTimeField, Func

_standing: ContextVar[datetime | None] = ContextVar(
    "standing", default=None
)  # what the database tells while the clock is frozen


class ClockNow(Func):
    """`clock_now()` as an expression, for `db_default` and queries."""

    function = "clock_now"
    output_field: Any = DateTimeField()


class ClockOnce(Func):
    """
    `clock_now()` told once for a whole statement, for conditions that are asked of many rows: of itself the database looks at the clock anew
    for each, which takes longer than comparing it.
    """

    template = "(SELECT clock_now())"
    output_field: Any = DateTimeField()


def now() -> datetime:
    """Return the database's time as an aware datetime in UTC."""
    if (standing := _standing.get()) is not None:
        return standing
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_now()")
        value: datetime = cursor.fetchone()[0]
    return value


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """
    Let the database tell `at` on this connection; tests and the demo seed only.

    :raises RuntimeError: outside tests and the demo
    """
    if not (settings.TESTING or settings.DEMO):
        raise RuntimeError("Only tests and the demo seed may set the clock.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('ventanilla.now', true)")
        before = cursor.fetchone()[0] or ""
    token = _standing.set(at.astimezone(UTC))
    try:
        move(at)
        yield
    finally:
        _standing.reset(token)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('ventanilla.now', %s, false)", [before])


def move(at: datetime) -> None:
    """
    Let a frozen clock tell another time; it is set back when `frozen` ends.

    :raises RuntimeError: the clock is not frozen
    """
    if _standing.get() is None:
        raise RuntimeError("Only a frozen clock can be moved.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('ventanilla.now', %s, false)", [at.isoformat()])
    _standing.set(at.astimezone(UTC))


def local_date(at: datetime, time_zone: str) -> date:
    """Return the calendar date of `at` in a place's own time zone (Chile has four)."""
    return at.astimezone(ZoneInfo(time_zone)).date()
