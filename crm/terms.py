"""The terms of the law: business days (Ley 19.880, art. 25), or every day of the calendar where a law says so (Ley 19.628, art. 11)."""

from datetime import date, timedelta

from territory.queries.calendar import add_business_days, is_business_day

DEFAULT_TERM = 20  # business days where a sheet states no term (Ley 19.880, art. 24: twenty days to decide)


def due_after(day: date, *, business_days: int | None, calendar_days: int | None) -> date:
    """Return the last day of a term that begins after `day`; twenty business days where none is stated."""
    if calendar_days is not None:
        return day + timedelta(days=calendar_days)
    return add_business_days(day, DEFAULT_TERM if business_days is None else business_days)


def effective_on(sent_on: date, days: int) -> date:
    """Return the `days`-th business day after the day on which something was sent, which itself does not count."""
    day = sent_on
    while days > 0:
        day += timedelta(days=1)
        days -= is_business_day(day)
    return day
