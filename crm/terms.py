"""
The terms of the law: business days (Ley 19.880, art. 25), or every day of the calendar where a law says so (Ley 19.628, art. 11).
"""

from datetime import date, datetime, timedelta

from common import clock
from crm.models import Message, Stage, StageState
from territory.queries.calendar import add_business_days, is_business_day, next_business_day

NETWORK_ZONE = "America/Santiago"  # whose days the terms of cases are counted in
DEFAULT_TERM = 20  # business days where a sheet states no term (Ley 19.880, art. 24: twenty days to decide)
DAY = 86_400
REVIEW_DAYS = 5  # business days to ask that a decision be reviewed (Ley 19.880, art. 59)
EXTENSION = timedelta(days=30)  # once, in a case of a right over one's data (Ley 19.628, art. 11)


def due_after(day: date, *, business_days: int | None, calendar_days: int | None) -> date:
    """
    Return the last day of a term that begins after `day`, or after the first business day that follows it; twenty business days where none
    is stated. Where every day counts, the last one is a business day all the same (Ley 19.880, art. 25).
    """
    if calendar_days is not None:
        return next_business_day(next_business_day(day) + timedelta(days=calendar_days))
    return add_business_days(day, DEFAULT_TERM if business_days is None else business_days)


def begin_term(stage: Stage, day: date) -> None:
    """
    Let a stage's term count from after `day`, as a new one that was never late, in memory; of one that still waits for an earlier agency,
    only say when it would be due so.
    """
    stage.counts_from = None if stage.state == StageState.WAITING else day
    stage.stopped_seconds = stage.stopped_days = 0
    stage.late_at = stage.extended_at = None
    stage.due_on = due_after(
        day, business_days=stage.term_business_days, calendar_days=stage.term_calendar_days
    )


def due_on(stage: Stage) -> date | None:
    """
    Return when a received stage is due: its term, counted from the day it was received, longer by the days that its clock stood, and by
    its extension. None while it waits for an earlier agency.
    """
    if stage.counts_from is None:
        return None
    stood, business, calendar = stage.stopped_days, stage.term_business_days, stage.term_calendar_days
    if calendar is not None:
        day = due_after(stage.counts_from, business_days=None, calendar_days=calendar + stood)
    else:
        term = DEFAULT_TERM if business is None else business
        day = due_after(stage.counts_from, business_days=term + stood, calendar_days=None)
    return extended(day) if stage.extended_at else day


def extended(day: date) -> date:
    """Return the last day of a term that was to end on a day and is extended."""
    return next_business_day(day + EXTENSION)


def end_stop(stage: Stage, at: datetime) -> None:
    """
    Count the days for which a stage's clock stood until now, in memory, before it moves on: of the days after the question, up to that of
    the answer, those that its term counts. A weekend between them takes nothing from anybody, and gives nothing: what is received in it
    counts from the business day after.
    """
    if stage.stopped_at is None or stage.counts_from is None:
        return
    asked, answered = (clock.local_date(one, NETWORK_ZONE) for one in (stage.stopped_at, at))
    counts_all = stage.term_calendar_days is not None
    since = max(asked, next_business_day(stage.counts_from))
    days = [since + timedelta(days=number) for number in range(1, (answered - since).days + 1)]
    stage.stopped_days += sum(counts_all or is_business_day(day) for day in days)


def last_day(question: Message) -> date | None:
    """
    Return the last day to answer a question as the calendar stands now: never earlier than what the citizen was told. None: no end.
    """
    if question.answer_by is None or question.answer_days is None:
        return question.answer_by
    asked_on = clock.local_date(question.at, NETWORK_ZONE)
    return max(question.answer_by, add_business_days(asked_on, question.answer_days))


def project(stages: list[Stage], today: date) -> None:
    """Say when those that wait for an earlier agency are due, if each begins on the day the one before it is due; in memory."""
    for stage in sorted(stages, key=lambda one: one.order):
        if stage.state == StageState.WAITING:
            earlier = [one.due_on for one in stages if one.order < stage.order and one.is_open and one.due_on]
            begin_term(stage, max([today, *earlier]))


def review_until(told_on: date) -> date:
    """Return the last day to ask that a decision be reviewed, which takes effect on a day."""
    return add_business_days(told_on, REVIEW_DAYS)


def effective_on(sent_on: date, days: int) -> date:
    """Return the `days`-th business day after the day on which something was sent, which itself does not count."""
    day = sent_on
    while days > 0:
        day += timedelta(days=1)
        days -= is_business_day(day)
    return day
