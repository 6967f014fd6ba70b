"""
Everything that changes the state of a filed case. One function, `_move`, performs every transition of a
stage and of its case:
lock → permission → clock → model method → save → event, in one transaction.
"""

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock, wording
from common.errors import DomainError, IllegalMove, StaleVersion, require
from crm import permissions
from crm.actions.interactions import NETWORK_ZONE
from crm.actions.levels import require_level
from crm.actions.mandates import require_voice
from crm.models import (
    Case,
    CaseState,
    Interaction,
    MandateAct,
    Message,
    MessageKind,
    Stage,
    StageState,
    state_of,
)
from crm.models.stage import DECIDED as DECIDED_STAGES
from crm.models.stage import OPEN as OPEN_STAGES
from crm.queries.rights import right_of, unmet
from crm.terms import due_after
from events.record import record
from territory.queries.calendar import add_business_days

COMPLAINT_DAYS = 30  # business days to complain of a denied right over one's data
MAX_TEXT = 5000  # letters of one question, reason, answer or note
REVIEWED = frozenset({StageState.IN_REVIEW})
ENDED = DECIDED_STAGES | {StageState.WITHDRAWN}
ANSWER_DAYS = 10  # business days a citizen is given to answer where the agency says nothing else
DECISIONS = {
    StageState.GRANTED: "case.granted",
    StageState.DENIED: "case.denied",
    StageState.REFERRED: "case.referred",
}
OUTCOMES = {
    CaseState.GRANTED: "case.granted",
    CaseState.DENIED: "case.denied",
    CaseState.REFERRED: "case.referred",
    CaseState.LAPSED: "case.lapsed",
    CaseState.WITHDRAWN: "case.withdrawn",
}


def _move(
    stage: Stage,
    to: StageState,
    *,
    by: Actor,
    start: Collection[StageState],
    allowed: Callable[[Actor, Stage], bool],
    refusal: str | Promise,
    event: str,
    reason: str = "",
    revision: int | None = None,
    interaction: Interaction | None = None,
    prepare: Callable[[Case, Stage, datetime], dict[str, Any]] | None = None,
) -> Stage:
    """
    Move one stage, and its case with it.

    :param start: the states this act begins from; the table of a stage's life allows other acts the same move
    :param prepare: what else the same transaction writes; returns the event's data
    :raises NotAllowed, IllegalMove, StaleVersion:
    """
    case = Case.objects.lock(stage.case_id)
    stages = Stage.objects.lock_all(case.pk)
    stage = next(row for row in stages if row.pk == stage.pk)
    require(allowed(by, stage), refusal)
    _require_fresh(case, revision)
    if stage.state not in start:
        raise IllegalMove(StageState(stage.state), to)
    now = clock.now()
    stage.move_to(to, at=now, reason=reason)
    data = {
        "stage": str(stage.pk),
        "agency": stage.agency.code,
        **(prepare(case, stage, now) if prepare else {}),
    }
    stage.save()
    if event == "case.reopened":
        _begin_again(stages, stage, now)
    _settle_others(stages, stage, now)
    before = CaseState(case.state)
    after = _settle_case(case, stages, now)
    channel = interaction.channel if interaction else "agency"
    if event in DECISIONS.values() and OUTCOMES.get(after) != event:
        event = "case.stage_decided"  # the case itself goes on: another agency has not decided yet
    data |= {"from": before.value, "to": after.value}
    record(event, case, by=by, at=now, interaction=interaction, channel=channel, **data)
    return stage


def _require_fresh(case: Case, revision: int | None) -> None:
    if revision is not None and revision != case.revision:
        raise StaleVersion(
            _("Somebody changed this case meanwhile. Look at it again before you go on; your text is kept.")
        )


def _written(text: str, field: str, missing: str | Promise) -> str:
    """Return a text a person wrote, tidied; refuse an empty or an endless one at its field."""
    text = text.strip()
    if not text:
        raise DomainError(missing, **{field: missing})
    if len(text) > MAX_TEXT:
        long = _("This is longer than 5,000 letters. Shorten it, please.")
        raise DomainError(long, **{field: long})
    return text


def _settle_others(stages: list[Stage], moved: Stage, now: datetime) -> None:
    """A required denial makes the open stages moot; a decided step lets the next in the sequence begin."""
    if moved.state == StageState.DENIED and moved.is_required:
        for other in stages:
            if other.state in OPEN_STAGES:
                other.move_to(StageState.MOOT, at=now)
                other.save()
        return
    open_orders = [
        row.order for row in stages if row.state in OPEN_STAGES and row.state != StageState.WAITING
    ]
    waiting = [row for row in stages if row.state == StageState.WAITING]
    if waiting and not open_orders:
        next_order = min(row.order for row in waiting)
        for row in waiting:
            if row.order == next_order:
                row.move_to(StageState.RECEIVED, at=now)
                row.save()


def _settle_case(case: Case, stages: list[Stage], now: datetime) -> CaseState:
    after = state_of(stages)
    if after != case.state:
        if case.state == CaseState.SUBMITTED and after not in {CaseState.IN_REVIEW, CaseState.WITHDRAWN}:
            case.move_to(CaseState.IN_REVIEW, at=now)
        if case.state == CaseState.AWAITING_CITIZEN and after not in {
            CaseState.IN_REVIEW,
            CaseState.DENIED,
            CaseState.LAPSED,
            CaseState.WITHDRAWN,
        }:
            case.move_to(CaseState.IN_REVIEW, at=now)
        case.move_to(after, at=now)
    required_due = [row.due_on for row in stages if row.is_required and row.due_on]
    case.promised_on = max(required_due, default=case.promised_on)
    case.revision += 1
    case.save()
    return after


@transaction.atomic
def take_stage(stage: Stage, *, by: Actor, revision: int | None = None) -> Stage:
    """
    An officer takes their agency's part of a case and begins its review; taking it from a colleague moves
    only the name.

    :raises NotAllowed: `by` is no officer of the agency
    :raises IllegalMove: it waits for an earlier agency, or is decided
    :raises StaleVersion: somebody else took or changed it first
    """
    case = Case.objects.lock(stage.case_id)
    present = Stage.objects.select_related("agency").get(pk=stage.pk)
    if present.state in {StageState.IN_REVIEW, StageState.AWAITING_CITIZEN}:
        return _take_over(case, present, by=by, revision=revision)

    def assign(case: Case, stage: Stage, at: datetime) -> dict[str, Any]:
        stage.assigned_to_id = by.user_id
        return {}

    return _move(
        stage,
        StageState.IN_REVIEW,
        by=by,
        start={StageState.RECEIVED},
        allowed=permissions.can_decide,
        refusal=_("Only officers of the agency can take this case."),
        event="case.taken",
        revision=revision,
        prepare=assign,
    )


def _take_over(case: Case, stage: Stage, *, by: Actor, revision: int | None) -> Stage:
    require(permissions.can_decide(by, stage), _("Only officers of the agency can take this case."))
    if stage.assigned_to_id == by.user_id:
        return stage
    _require_fresh(case, revision)
    now = clock.now()
    stage.assigned_to_id = by.user_id
    stage.save(update_fields=["assigned_to"])
    case.revision += 1
    case.save(update_fields=["revision"])
    record(
        "case.reassigned",
        case,
        by=by,
        at=now,
        channel="agency",
        stage=str(stage.pk),
        agency=stage.agency.code,
    )
    return stage


@transaction.atomic
def ask_citizen(stage: Stage, *, by: Actor, question: str, revision: int | None = None) -> Stage:
    """
    Ask the citizen for something; the stage's clock stops until the answer.

    :raises NotAllowed: `by` is no officer of the agency
    :raises IllegalMove: the stage is not under review
    :raises DomainError: nothing was asked
    """
    question = _written(question, "question", _("Write what the citizen should send or answer."))

    def write(case: Case, stage: Stage, at: datetime) -> dict[str, Any]:
        message = Message.objects.create(
            case=case, stage=stage, kind=MessageKind.QUESTION, text=question, author_id=by.user_id, at=at
        )
        return {"message": str(message.pk)}

    return _move(
        stage,
        StageState.AWAITING_CITIZEN,
        by=by,
        start=REVIEWED,
        allowed=permissions.can_decide,
        refusal=_("Only officers of the agency can ask the citizen."),
        event="case.asked",
        revision=revision,
        prepare=write,
    )


@transaction.atomic
def answer_agency(
    case: Case, *, by: Actor, interaction: Interaction, text: str, question: Message | None = None
) -> Stage:
    """
    Answer an agency's open question; its clock runs again, and the day promised moves by the days it stood
    still.

    :param question: which one, when several are open; the oldest otherwise
    :raises NotAllowed: `by` neither holds the key nor has the case before them
    :raises LevelTooLow: the sheet asks to be surer of who answers on this channel
    :raises MandateRefused: somebody speaks for another, by a mandate that does not allow it
    :raises DomainError: nothing is being asked, or nothing was written
    """
    text = _written(text, "text", _("Write your answer to the agency."))
    case = Case.objects.lock(case.pk)
    require_level(case, "answer", by=by, interaction=interaction)
    asked = case.messages.filter(
        kind=MessageKind.QUESTION, answered_by__isnull=True, stage__state=StageState.AWAITING_CITIZEN
    ).order_by("at")
    question = asked.filter(pk=question.pk).first() if question else asked.first()
    if question is None or question.stage is None:
        raise DomainError(_("Nobody is asking anything in this case now; your answer was already received."))

    require_voice(
        case,
        by=by,
        act=MandateAct.ANSWER,
        interaction=interaction,
        refusal=_("Only the citizen, or whoever attends them, can answer."),
    )

    def write(case: Case, stage: Stage, at: datetime) -> dict[str, Any]:
        message = Message.objects.create(
            case=case,
            stage=stage,
            kind=MessageKind.ANSWER,
            text=text,
            author_id=by.user_id,
            interaction=interaction,
            answers=question,
            at=at,
        )
        _extend(stage, at)
        return {"message": str(message.pk)}

    return _move(
        question.stage,
        StageState.IN_REVIEW,
        by=by,
        start={StageState.AWAITING_CITIZEN},
        allowed=lambda actor, stage: True,  # asked above
        refusal="",
        event="case.answered",
        interaction=interaction,
        prepare=write,
    )


def _extend(stage: Stage, at: datetime) -> None:
    """
    Move the due day by the business days that the clock stood still, counted from all of the stage's stops.
    """
    if stage.due_on is None:
        return
    submitted = clock.local_date(stage.case.submitted_at or at, NETWORK_ZONE)
    stopped = timedelta(seconds=stage.stopped_seconds)
    stage.due_on = max(stage.due_on, _due(stage, submitted + timedelta(days=stopped.days)))


def _due(stage: Stage, day: date) -> date:
    """The last day of a stage's term, counted from a day."""
    return due_after(day, business_days=stage.term_business_days, calendar_days=stage.term_calendar_days)


@transaction.atomic
def decide_stage(
    stage: Stage, *, by: Actor, decision: str, reason: str, revision: int | None = None
) -> Stage:
    """
    Grant, deny or refer an agency's part.

    :param decision: granted, denied or referred
    :raises NotAllowed: `by` is no officer of the agency
    :raises IllegalMove: the stage is not under review
    :raises DomainError: a denial or referral has no reason; what a case of a right asks for was not done
    """
    try:
        to = StageState(decision)
        event = DECISIONS[to]
    except (ValueError, KeyError):
        raise DomainError(_("Choose a decision."), decision=_("Choose a decision.")) from None
    if to != StageState.GRANTED or reason.strip():
        reason = _written(reason, "reason", _("Write the reason the citizen will read."))

    def check(case: Case, stage: Stage, at: datetime) -> dict[str, Any]:
        if to == StageState.GRANTED and (missing := unmet(case)):
            raise DomainError(missing)
        if to == StageState.DENIED and right_of(case):
            stage.decision_reason = f"{stage.decision_reason}\n\n{_complaint(case, at)}"
        return {}

    return _move(
        stage,
        to,
        by=by,
        start=REVIEWED,
        allowed=permissions.can_decide,
        refusal=_("Only officers of the agency can decide its part of a case."),
        event=event,
        reason=reason.strip(),
        revision=revision,
        prepare=check,
    )


def _complaint(case: Case, at: datetime) -> str:
    """What a denial of a right must say, in the citizen's language (Ley 19.628 as amended by Ley 21.719)."""
    with translation.override(case.language):
        last = add_business_days(clock.local_date(at, NETWORK_ZONE), COMPLAINT_DAYS)
        return gettext(
            "If you do not agree, you may complain to the Personal Data Protection Agency within %(days)d business days, until %(day)s."
        ) % {"days": COMPLAINT_DAYS, "day": wording.day(last)}


@transaction.atomic
def reopen_stage(stage: Stage, *, by: Actor, reason: str, revision: int | None = None) -> Stage:
    """
    Open an agency's part again within a closed case: same folio, a new promise, counted.

    Parts that the case's end had cut short (moot, withdrawn) begin again too.

    :raises NotAllowed: `by` is no officer of the agency
    :raises IllegalMove: the case is not closed, or this part was not what ended it
    :raises DomainError: no reason was given
    """
    reason = _written(reason, "reason", _("Write why the case is opened again."))
    case = Case.objects.lock(stage.case_id)
    require(permissions.can_decide(by, stage), _("Only officers of the agency can open its part again."))
    if case.state != CaseState.CLOSED:
        raise IllegalMove(CaseState(case.state), CaseState.IN_REVIEW)
    if case.redacted_at is not None:
        raise DomainError(
            _("The answers of this case were erased when their term was over: a new application is needed.")
        )

    def renew(case: Case, stage: Stage, at: datetime) -> dict[str, Any]:
        today = clock.local_date(at, NETWORK_ZONE)
        stage.due_on = _due(stage, today)
        stage.assigned_to_id = by.user_id
        case.reopened_count += 1
        Message.objects.create(
            case=case, stage=stage, kind=MessageKind.NOTE, text=reason, author_id=by.user_id, at=at
        )
        return {"reopened": case.reopened_count}

    return _move(
        stage,
        StageState.IN_REVIEW,
        by=by,
        start=ENDED,
        allowed=permissions.can_decide,
        refusal=_("Only officers of the agency can open its part again."),
        event="case.reopened",
        revision=revision,
        prepare=renew,
    )


def _begin_again(stages: list[Stage], reopened: Stage, now: datetime) -> None:
    """
    The parts cut short by the end that is now undone: those after the reopened one wait for it, the others
    are received.
    """
    for other in stages:
        if other.state in {StageState.MOOT, StageState.WITHDRAWN}:
            other.move_to(StageState.WAITING if other.order > reopened.order else StageState.RECEIVED, at=now)
            other.due_on = _due(other, clock.local_date(now, NETWORK_ZONE))
            other.save()


@transaction.atomic
def withdraw_case(case: Case, *, by: Actor, interaction: Interaction) -> Case:
    """
    Withdraw an open case at the citizen's wish.

    :raises NotAllowed: `by` neither holds the key nor has the case before them
    :raises LevelTooLow: the sheet asks to be surer of who withdraws on this channel
    :raises MandateRefused: somebody speaks for another, by a mandate that does not allow it
    :raises IllegalMove: the case is decided
    """
    case = Case.objects.lock(case.pk)
    require_voice(
        case,
        by=by,
        act=MandateAct.SUBMIT,
        interaction=interaction,
        refusal=_("Only the citizen, or whoever attends them, can withdraw."),
    )
    require_level(case, "answer", by=by, interaction=interaction)
    if not case.is_open:
        raise IllegalMove(CaseState(case.state), CaseState.WITHDRAWN)
    stages = Stage.objects.lock_all(case.pk)
    now = clock.now()
    for stage in stages:
        if stage.is_open:
            stage.move_to(StageState.WITHDRAWN, at=now)
            stage.save()
    case.move_to(CaseState.WITHDRAWN, at=now)
    case.revision += 1
    case.save()
    record("case.withdrawn", case, by=by, at=now, interaction=interaction, channel=interaction.channel)
    return case


@transaction.atomic
def close_case(case: Case, *, by: Actor, revision: int | None = None) -> Case:
    """
    Close a decided case.

    :raises NotAllowed: `by` is no officer of an agency that decided it
    :raises IllegalMove: it is still open
    """
    case = Case.objects.lock(case.pk)
    require(
        by.is_system or permissions.can_note(by, case), _("Only officers of the agency can close a case.")
    )
    _require_fresh(case, revision)
    now = clock.now()
    case.move_to(CaseState.CLOSED, at=now)
    case.revision += 1
    case.save()
    record("case.closed", case, by=by, at=now, channel="agency")
    return case


@transaction.atomic
def note_case(
    case: Case, *, by: Actor, text: str, stage: Stage | None = None, revision: int | None = None
) -> Message:
    """
    Write an internal note; the citizen does not see it.

    :raises NotAllowed: `by` is no officer of an agency that decides the case
    """
    text = _written(text, "text", _("Write the note."))
    case = Case.objects.lock(case.pk)
    require(permissions.can_note(by, case), _("Only officers of the agency can write notes here."))
    _require_fresh(case, revision)
    now = clock.now()
    message = Message.objects.create(
        case=case, stage=stage, kind=MessageKind.NOTE, text=text, author_id=by.user_id, at=now
    )
    case.revision += 1
    case.save(update_fields=["revision"])
    record("case.note_added", case, by=by, at=now, channel="agency", message=str(message.pk))
    return message
