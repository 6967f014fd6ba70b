"""
The one function through which a filed case and its stages change their state:
lock → permission → clock → model method → save → event, in one transaction.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock, errors
from common.errors import IllegalMove, StaleVersion
from common.rows import Changed, write
from crm import permissions
from crm.actions.escalations import lapsing_key, late_key
from crm.actions.owed_work import end_task_of
from crm.models import Case, CaseState, Interaction, Stage, StageState, state_of
from crm.models.case import NEXT, clock_stands_since
from crm.models.stage import OPEN as OPEN_STAGES
from crm.models.stage import UNDER_WAY
from crm.queries.locked import locked_case_and_stages
from crm.terms import NETWORK_ZONE, begin_term, project
from events.record import record

CHANGED_MEANWHILE = _(
    "Somebody changed this case meanwhile. Look at it again before you go on; your text is kept."
)
FAILED = frozenset({StageState.REFERRED, StageState.LAPSED, StageState.WITHDRAWN})
OPEN_TAKEN = OPEN_STAGES - {StageState.WAITING, StageState.RECEIVED}
# What an act may change of a case; its answers, which may be long, are neither read nor written again.
CASE_FIELDS = (
    "state",
    "state_since",
    "decided_at",
    "closed_at",
    "promised_on",
    "stopped_seconds",
    "running_seconds",
    "reopened_count",
    "revision",
)
# What it may change of a stage; the rest says which part of which case it is, or is kept by the database.
STAGE_FIELDS = (
    "state",
    "state_since",
    "counts_from",
    "due_on",
    "late_at",
    "extended_at",
    "stopped_at",
    "stopped_seconds",
    "stopped_days",
    "assigned_to",
    "decided_at",
    "decision_reason",
)
# What is told of a case when it comes to its end by one of its stages.
OUTCOMES = {
    CaseState.GRANTED: "case.granted",
    CaseState.DENIED: "case.denied",
    CaseState.REFERRED: "case.referred",
    CaseState.LAPSED: "case.lapsed",
    CaseState.WITHDRAWN: "case.withdrawn",
}


@dataclass
class Transition:
    """A case and its stages, locked, while an act moves them; `data` goes into the event."""

    case: Case
    stages: list[Stage]
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)
    moved: list[list[str]] = field(default_factory=list)  # stage, state before, state after
    closes: bool = False  # the case ends with this, whatever became of its stages

    def move(self, stage: Stage, to: StageState, *, reason: str = "") -> None:
        """Move one of the stages, in memory."""
        before = stage.state
        stage.move_to(to, at=self.at, reason=reason)
        self.moved.append([str(stage.pk), str(before), to.value])


@transaction.atomic(savepoint=False)  # a step of an action, which has a transaction of its own
def transition(
    case_id: UUID,
    *,
    by: Actor,
    event: str,
    require: Callable[[Case, list[Stage]], None],
    step: Callable[[Transition], None],
    revision: int | None = None,
    interaction: Interaction | None = None,
) -> Transition:
    """
    Move a filed case by one act.

    :param event: what is told of it; of an agency's decision with which the case goes on, `case.stage_decided` is
    :param require: refuses whoever may not do this; given the case and its stages, locked
    :param step: moves stages and writes what else belongs to the act; only then the other stages and the case follow
    :raises NotAllowed, IllegalMove, StaleVersion, DomainError: as `require` and `step` say; nothing is changed then
    """
    case, stages, now = locked_case_and_stages(case_id)
    terms = {stage.pk: stage.due_on for stage in stages}
    late = {stage.pk for stage in stages if stage.late_at is not None}
    asked = {stage.pk for stage in stages if stage.is_awaiting_citizen}
    require(case, stages)
    require_fresh(case, revision)
    change = Transition(case, stages, now)
    stood_since = clock_stands_since(stages)
    step(change)
    _settle_stages(change)
    _settle_terms(change)
    if stood_since is not None and clock_stands_since(stages) != stood_since:
        case.stopped_seconds += int((now - stood_since).total_seconds())
    before, after = _settle_case(change)
    moved = {row[0] for row in change.moved}
    changed = [stage for stage in stages if str(stage.pk) in moved or stage.due_on != terms[stage.pk]]
    write(Changed(case, CASE_FIELDS), *(Changed(stage, STAGE_FIELDS) for stage in changed))
    for stage in stages:
        if stage.pk in late and (stage.late_at is None or stage.state not in UNDER_WAY):
            end_task_of(late_key(stage), by=by, outcome=str(StageState(stage.state).label))
        if stage.pk in asked and not stage.is_awaiting_citizen:
            end_task_of(lapsing_key(stage), by=by, outcome=str(StageState(stage.state).label))
    record(
        _told(event, after),
        case,
        by=by,
        at=change.at,
        interaction=interaction,
        channel=interaction.channel if interaction else "agency",
        **change.data,
        moved=change.moved,
        **{"from": before.value, "to": after.value},
    )
    return change


def move_stage(
    stage: Stage,
    to: StageState,
    *,
    by: Actor,
    start: Collection[StageState],
    event: str,
    step: Callable[[Transition, Stage], None],
    case_start: Collection[CaseState] | None = None,
    allowed: Callable[[Actor, Stage], bool] = permissions.can_decide,
    refusal: str | Promise = "",
    revision: int | None = None,
    interaction: Interaction | None = None,
) -> Stage:
    """
    Move one stage, and its case with it (`transition`).

    :param start: the states this act begins from; the table of a stage's life allows other acts the same move
    :param case_start: likewise of the case; None leaves it to the stage
    :raises NotAllowed: `refusal`
    :raises IllegalMove, StaleVersion, DomainError:
    """

    def own(stages: list[Stage]) -> Stage:
        return next(row for row in stages if row.pk == stage.pk)

    def require(case: Case, stages: list[Stage]) -> None:
        errors.require(allowed(by, own(stages)), refusal)

    def move(change: Transition) -> None:
        present = own(change.stages)
        if case_start is not None and change.case.state not in case_start:
            raise IllegalMove(CaseState(change.case.state), CaseState.IN_REVIEW)
        if present.state not in start:
            raise IllegalMove(StageState(present.state), to)
        change.data |= {"stage": str(present.pk), "agency": present.agency.code}
        step(change, present)

    change = transition(
        stage.case_id,
        by=by,
        event=event,
        require=require,
        step=move,
        revision=revision,
        interaction=interaction,
    )
    return own(change.stages)


def require_fresh(case: Case, revision: int | None) -> None:
    """
    Refuse to go on where somebody changed the case since it was looked at.

    :param revision: the one that was looked at; None asks nothing
    :raises StaleVersion:
    """
    if revision is not None and revision != case.revision:
        raise StaleVersion(CHANGED_MEANWHILE)


def _told(event: str, after: CaseState) -> str:
    if event in OUTCOMES.values() and after in OUTCOMES:
        return OUTCOMES[after]
    return "case.stage_decided" if event in OUTCOMES.values() else event


def _settle_stages(change: Transition) -> None:
    """A required denial makes the open stages moot; a decided step lets the next in the sequence begin."""
    moved = {row[0] for row in change.moved}
    denied = [stage for stage in change.stages if stage.state == StageState.DENIED and stage.is_required]
    if any(str(stage.pk) in moved for stage in denied):
        for other in change.stages:
            if other.state in OPEN_STAGES:
                change.move(other, StageState.MOOT)
        return
    waiting = [stage for stage in change.stages if stage.state == StageState.WAITING]
    running = [stage for stage in change.stages if stage.state in OPEN_STAGES - {StageState.WAITING}]
    if not waiting or running:
        return
    # A step that was needed and not granted is the end of the sequence; the citizen is not kept waiting for what can not come.
    if any(stage.is_required and stage.state in FAILED for stage in change.stages):
        for stage in waiting:
            change.move(stage, StageState.MOOT)
        return
    next_order = min(stage.order for stage in waiting)
    for stage in waiting:
        if stage.order == next_order:
            change.move(stage, StageState.RECEIVED)


def _settle_terms(change: Transition) -> None:
    """
    A stage's term begins when its agency receives it; one that an officer gave back was received before, and its term goes on. Those that
    still wait are due as things stand now.
    """
    today = clock.local_date(change.at, NETWORK_ZONE)
    received = {
        stage
        for stage, before, after in change.moved
        if after == StageState.RECEIVED and before not in OPEN_TAKEN
    }
    for stage in change.stages:
        if str(stage.pk) in received:
            begin_term(stage, today)
    project(change.stages, today)


def _settle_case(change: Transition) -> tuple[CaseState, CaseState]:
    """Bring the case to the state that its stages say, in memory; return its states before and after."""
    case = change.case
    before = CaseState(case.state)
    if change.closes:
        case.move_to(CaseState.CLOSED, at=change.at)
    elif (after := state_of(change.stages)) != before:
        if after not in NEXT[before]:
            case.move_to(CaseState.IN_REVIEW, at=change.at)
        case.move_to(after, at=change.at)
    case.promised_on = max(
        (stage.due_on for stage in change.stages if stage.is_required and stage.is_open and stage.due_on),
        default=case.promised_on,
    )
    case.revision += 1
    return before, CaseState(case.state)
