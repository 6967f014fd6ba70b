"""Business days: Monday to Friday but for holidays, with one-off exceptions (Ley 19.880, art. 25: Saturdays, Sundays and holidays do not count)."""

import time
from datetime import date, timedelta

from territory.models import Holiday

KEPT_SECONDS = 60.0
_known: tuple[float, dict[date, bool]] | None = None


def _exceptions() -> dict[date, bool]:
    """Return `day → is a business day` for every listed day; kept for a minute, for every filing asks."""
    global _known
    if _known is None or time.monotonic() - _known[0] > KEPT_SECONDS:
        _known = (time.monotonic(), dict(Holiday.objects.values_list("day", "is_business_day")))
    return _known[1]


def forget() -> None:
    """Read the table again at the next question (after an exception was entered; between tests)."""
    global _known
    _known = None


def is_business_day(day: date) -> bool:
    """Whether legal terms count this day."""
    exception = _exceptions().get(day)
    return exception if exception is not None else day.isoweekday() <= 5


def is_rest_day(day: date) -> bool:
    """Whether people rest: Sundays and holidays; a Saturday is no business day, and yet an ordinary one."""
    return day.isoweekday() == 7 or _exceptions().get(day) is False


def next_business_day(day: date) -> date:
    """Return `day`, or the first business day after it: a filing on a non-business day counts from there."""
    while not is_business_day(day):
        day += timedelta(days=1)
    return day


def add_business_days(day: date, count: int) -> date:
    """Return the day `count` business days after `day`, which itself does not count (Ley 19.880, art. 25)."""
    day = next_business_day(day)
    while count > 0:
        day += timedelta(days=1)
        if is_business_day(day):
            count -= 1
    return day
