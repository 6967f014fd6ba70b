"""
The terms of the law: business days (Ley 19.880, art. 25), or every day of the calendar where a law says so (Ley 19.628, art. 11).
"""

from datetime import date, timedelta

from crm.models import Stage, StageState
from territory.queries.calendar import add_business_days, is_business_day

NETWORK_ZONE = "America/Santiago"  # whose days the terms of cases are counted in
DEFAULT_TERM = 20  # business days where a sheet states no term (Ley 19.880, art. 24: twenty days to decide)
EXTENSION = timedelta(days=30)  # once, in a case of a right over one's data (Ley 19.628, art. 11)
DAY = 86_400


def due_after(day: date, *, business_days: int | None, calendar_days: int | None) -> date:
    """Return the last day of a term that begins after `day`; twenty business days where none is stated."""
    if calendar_days is not None:
        return day + timedelta(days=calendar_days)
    return add_business_days(day, DEFAULT_TERM if business_days is None else business_days)


def begin_term(stage: Stage, day: date) -> None:
    """
    Let a stage's term count from after `day`, as a new one that was never late, in memory; of one that still waits for an earlier agency,
    only say when it would be due so.
    """
    stage.counts_from = None if stage.state == StageState.WAITING else day
    stage.stopped_seconds = 0
    stage.late_at = stage.extended_at = None
    stage.due_on = due_after(
        day, business_days=stage.term_business_days, calendar_days=stage.term_calendar_days
    )


def due_on(stage: Stage) -> date | None:
    """
    Return when a received stage is due: its term, counted from the day it was received, later by the whole days that its clock stood,
    and by its extension. None while it waits for an earlier agency.
    """
    if stage.counts_from is None:
        return None
    began = stage.counts_from + timedelta(days=stage.stopped_seconds // DAY)
    day = due_after(began, business_days=stage.term_business_days, calendar_days=stage.term_calendar_days)
    return day + EXTENSION if stage.extended_at else day


def project(stages: list[Stage], today: date) -> None:
    """Say when those that wait for an earlier agency are due, if each begins on the day the one before it is due; in memory."""
    for stage in sorted(stages, key=lambda one: one.order):
        if stage.state == StageState.WAITING:
            earlier = [one.due_on for one in stages if one.order < stage.order and one.is_open and one.due_on]
            begin_term(stage, max([today, *earlier]))


def effective_on(sent_on: date, days: int) -> date:
    """Return the `days`-th business day after the day on which something was sent, which itself does not count."""
    day = sent_on
    while days > 0:
        day += timedelta(days=1)
        days -= is_business_day(day)
    return day
