"""The calendar of legal terms: one-off days off or on, and the terms that move with them."""

from datetime import date
from uuid import UUID

import holidays
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, require
from crm import permissions
from crm.models import CalendarChange, Case, Stage
from crm.queries.notifications import policy, zone_of
from crm.queries.questions import open_questions
from crm.terms import NETWORK_ZONE, due_on, effective_on, last_day, project
from events.models import Event
from events.record import once, record
from territory.models import Holiday
from territory.queries.calendar import forget, is_business_day

MOST_REASON = 120  # letters: it is the day's name in the calendar


@transaction.atomic
def change_day(day: date, *, by: Actor, is_business: bool, reason: str) -> CalendarChange | None:
    """
    Make one day ahead a day off, or a business day; None where it is that already.

    :param reason: the day's name, or the decree: people read it
    :raises NotAllowed: `by` is no administrator
    :raises DomainError: the day is not ahead of us, or no reason was given
    """
    require(permissions.can_change_calendar(by), _("Only administrators change the calendar."))
    reason = reason.strip()
    if not reason:
        raise DomainError(_("Write why: the law or decree."), reason=_("Write why: the law or decree."))
    now = clock.now()
    if day <= clock.local_date(now, NETWORK_ZONE):
        past = _("Choose a day that lies ahead: what was counted stays counted.")
        raise DomainError(past, day=past)
    list(Holiday.objects.select_for_update().filter(day=day))  # colleagues wait for each other
    forget()
    if is_business_day(day) == is_business:
        return None
    listed = {"name": reason[:MOST_REASON], "is_business_day": is_business, "is_override": True}
    Holiday.objects.update_or_create(day=day, defaults=listed)
    forget()
    change = CalendarChange(
        day=day, is_business_day=is_business, reason=reason[:MOST_REASON], by_id=by.signed_in_id, at=now
    )
    change.save(force_insert=True)
    record("calendar.changed", change, by=by, at=now, day=str(day))
    return change


@transaction.atomic
def load_holidays(*, by: Actor) -> int:
    """
    List Chile's days off from three years back to three ahead; what is listed stays as it is, days entered by hand too. Return how many days
    are listed.

    :raises NotAllowed: `by` is not the system
    """
    require(by.is_system, _("This is done by the calendar."))
    year = clock.now().year
    days = holidays.country_holidays("CL", years=range(year - 3, year + 4), language="es")
    Holiday.objects.bulk_create(
        [Holiday(day=day, name=str(name)[:MOST_REASON]) for day, name in days.items()], ignore_conflicts=True
    )
    forget()
    return Holiday.objects.count()


@transaction.atomic
def move_terms(case_id: UUID, event_id: UUID, *, by: Actor) -> bool:
    """
    Count the terms of a case anew after the calendar changed, and the day on which a decision takes effect; once for an event. Return
    whether a day moved.

    :raises NotAllowed: `by` is not the system
    """
    require(by.is_system, _("This is done by the calendar."))
    case = Case.objects.lock(case_id)
    stages = Stage.objects.lock_all(case.pk)
    if not once(event_id, f"crm.move_terms:{case_id}"):
        return False
    now = clock.now()
    day = Event.objects.get(pk=event_id).value("day")
    put_off = _put_effects_off(case, date.fromisoformat(day))
    counted = case.is_open and _count_anew(case, stages, clock.local_date(now, NETWORK_ZONE))
    if not (counted or put_off):
        return False
    case.revision += 1
    case.save(update_fields=["promised_on", "revision"])
    record("case.due_moved", case, by=by, at=now, day=day)
    return True


def _count_anew(case: Case, stages: list[Stage], today: date) -> bool:
    """Count the terms of a case's open parts, its promise, and the days to answer; return whether one of them moved."""
    before = {stage.pk: stage.due_on for stage in stages}
    for stage in stages:
        if stage.is_open and stage.counts_from is not None:
            stage.due_on = due_on(stage)
    project(stages, today)
    moved = [stage for stage in stages if stage.due_on != before[stage.pk]]
    for stage in moved:
        stage.save(update_fields=["due_on"])
    days = [stage.due_on for stage in stages if stage.is_required and stage.is_open and stage.due_on]
    case.promised_on = max(days, default=case.promised_on)
    return _give_longer(case) or bool(moved)


def _put_effects_off(case: Case, day: date) -> bool:
    """Where a day off was put before the day on which a decision takes effect, it does so on the next; never sooner than was said."""
    days = policy().domicile_days
    later = [
        (sent, effect)
        for sent in case.notifications.filter(effective_on__gte=day, sent_at__isnull=False)
        if sent.sent_at
        and sent.effective_on
        and (effect := effective_on(clock.local_date(sent.sent_at, zone_of(case)), days)) > sent.effective_on
    ]
    for sent, effect in later:
        sent.effective_on = effect
        sent.save(update_fields=["effective_on"])
    return bool(later)


def _give_longer(case: Case) -> bool:
    """Where a day off was put before the last day to answer, the citizen has as many business days as they were told."""
    later = [
        (question, day)
        for question in open_questions(case)
        if (day := last_day(question)) != question.answer_by
    ]
    for question, day in later:
        question.answer_by = day
        question.save(update_fields=["answer_by"])
    return bool(later)
