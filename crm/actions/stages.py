"""An agency's part of a case: taken, decided, opened again."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock, wording
from common.errors import DomainError, IllegalMove, require
from crm import permissions
from crm.actions.transitions import Transition, move_stage, require_fresh
from crm.models import Case, CaseState, Message, MessageKind, Stage, StageState
from crm.models.stage import ENDED
from crm.queries.parts import begun_again, keeps_closed
from crm.queries.rights import right_of, unmet
from crm.terms import NETWORK_ZONE, begin_term
from crm.texts import written
from events.record import record
from territory.queries.calendar import add_business_days

COMPLAINT_DAYS = 30  # business days to complain of a denied right over one's data
REVIEWED = frozenset({StageState.IN_REVIEW})
DECISIONS = {
    StageState.GRANTED: "case.granted",
    StageState.DENIED: "case.denied",
    StageState.REFERRED: "case.referred",
}


@transaction.atomic
def take_stage(stage: Stage, *, by: Actor, revision: int | None = None) -> Stage:
    """
    An officer takes their agency's part of a case and begins its review; taking it from a colleague moves
    only the name. A program of the agency takes only what nobody has taken.

    :raises NotAllowed: `by` is no officer of the agency
    :raises IllegalMove: it waits for an earlier agency, or is decided; for a program, somebody reviews it
    :raises StaleVersion: somebody else took or changed it first
    """
    case = Case.objects.lock(stage.case_id)
    present = Stage.objects.select_related("agency").get(pk=stage.pk)
    if present.state in {StageState.IN_REVIEW, StageState.AWAITING_CITIZEN}:
        return _take_over(case, present, by=by, revision=revision)

    def assign(change: Transition, stage: Stage) -> None:
        change.move(stage, StageState.IN_REVIEW)
        if by.user_id is None:  # a program has no name to put there; whom the chief named keeps the part
            return
        if stage.assigned_to_id:  # by the chief; whoever gives the part back gives it back to them
            change.data["was_with"] = str(stage.assigned_to_id)
        stage.assigned_to_id = by.user_id

    return move_stage(
        stage,
        StageState.IN_REVIEW,
        by=by,
        start={StageState.RECEIVED},
        refusal=_("Only officers of the agency can take this case."),
        event="case.taken",
        revision=revision,
        step=assign,
    )


def _take_over(case: Case, stage: Stage, *, by: Actor, revision: int | None) -> Stage:
    require(permissions.can_decide(by, stage), _("Only officers of the agency can take this case."))
    if by.user_id is not None and stage.assigned_to_id == by.user_id:
        return stage
    require_fresh(case, revision)
    if by.user_id is None:  # a program: there is no name to move, and it takes nothing from an officer
        raise IllegalMove(StageState(stage.state), StageState.IN_REVIEW)
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
        reason = written(reason, "reason", _("Write the reason the citizen will read."))

    def decide(change: Transition, stage: Stage) -> None:
        change.move(stage, to, reason=reason.strip())
        if to == StageState.GRANTED and (missing := unmet(change.case)):
            raise DomainError(missing)
        if to == StageState.DENIED and right_of(change.case):
            stage.decision_reason = f"{stage.decision_reason}\n\n{_complaint(change)}"

    return move_stage(
        stage,
        to,
        by=by,
        start=REVIEWED,
        refusal=_("Only officers of the agency can decide its part of a case."),
        event=event,
        revision=revision,
        step=decide,
    )


def _complaint(change: Transition) -> str:
    """What a denial of a right must say, in the citizen's language (Ley 19.628 as amended by Ley 21.719)."""
    with translation.override(change.case.language):
        last = add_business_days(clock.local_date(change.at, NETWORK_ZONE), COMPLAINT_DAYS)
        return gettext(
            "If you do not agree, you may complain to the Personal Data Protection Agency within %(days)d business days, until %(day)s."
        ) % {"days": COMPLAINT_DAYS, "day": wording.day(last)}


@transaction.atomic
def reopen_stage(stage: Stage, *, by: Actor, reason: str, revision: int | None = None) -> Stage:
    """
    Open an agency's part again within a closed case: same folio, a new promise, counted.

    Parts that the case's end had cut short (moot, withdrawn) begin again too.

    :raises NotAllowed: `by` is no officer of the agency
    :raises IllegalMove: the case is not closed
    :raises DomainError: no reason was given; this part was not what ended the case, or an earlier one has to be decided before it; the
        answers were erased
    """
    reason = written(reason, "reason", _("Write why the case is opened again."))

    def renew(change: Transition, stage: Stage) -> None:
        case, today = change.case, clock.local_date(change.at, NETWORK_ZONE)
        if refusal := keeps_closed(case, stage, change.stages):
            raise DomainError(refusal)
        change.move(stage, StageState.IN_REVIEW)
        begin_term(stage, today)
        stage.assigned_to_id = by.user_id
        for other in change.stages:
            if other.pk != stage.pk and (to := begun_again(other, stage)) != other.state:
                change.move(other, to)
        case.reopened_count += 1
        Message.objects.create(
            case=case, stage=stage, kind=MessageKind.NOTE, text=reason, author_id=by.user_id, at=change.at
        )
        change.data["reopened"] = case.reopened_count

    return move_stage(
        stage,
        StageState.IN_REVIEW,
        by=by,
        start=ENDED,
        case_start={CaseState.CLOSED},
        refusal=_("Only officers of the agency can open its part again."),
        event="case.reopened",
        revision=revision,
        step=renew,
    )
