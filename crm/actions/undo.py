"""
Taking back one's own act, within ten minutes, while nothing else happened: taking a case, closing it, judging a paper, writing a note.

A decision is never among them: it takes effect when the citizen is told (Ley 19.880, art. 51), and telling begins at once. What was
decided wrongly is opened again.
"""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, require
from crm import permissions
from crm.actions.transitions import Transition, move_stage, require_fresh, transition
from crm.models import Case, CaseState, Document, Message, Stage, StageState
from crm.queries.undo import can_take_back, is_own_last, judged_by, judgements, last_event
from events.record import record

TOO_LATE = _(
    "This can not be taken back any more: more than ten minutes went by, or something else happened."
)


@transaction.atomic
def give_back_stage(stage: Stage, *, by: Actor, revision: int | None = None) -> Stage:
    """
    Give back a part just taken, for somebody else to take, or to whom the chief had given it.

    :raises NotAllowed: `by` is no officer of the agency
    :raises IllegalMove: it is not under review
    :raises DomainError: somebody else took it, too long ago, or something happened since
    """

    def give_back(change: Transition, stage: Stage) -> None:
        taken = last_event(change.case)
        _require(is_own_last(taken, "case.taken", by, change.at, stage=stage))
        _require(stage.assigned_to_id == by.user_id)
        change.move(stage, StageState.RECEIVED)
        before = taken.value("was_with") if taken else None
        stage.assigned_to_id = UUID(before) if before else None

    return move_stage(
        stage,
        StageState.RECEIVED,
        by=by,
        start={StageState.IN_REVIEW},
        refusal=_("Only officers of the agency can give this case back."),
        event="case.given_back",
        revision=revision,
        step=give_back,
    )


@transaction.atomic
def undo_closing(case: Case, *, by: Actor, revision: int | None = None) -> Case:
    """
    Undo the closing of a case: it is what it was decided to be, since then.

    :raises NotAllowed: `by` is no officer of an agency that decided it
    :raises DomainError: somebody else closed it, too long ago, or something happened since
    """

    def require_decider(case: Case, stages: list[Stage]) -> None:
        require(permissions.can_note(by, case), _("Only officers of the agency can undo its closing."))
        _require(case.state == CaseState.CLOSED)

    def undo(change: Transition) -> None:
        _require(is_own_last(last_event(change.case), "case.closed", by, change.at))

    return transition(
        case.pk, by=by, event="case.close_undone", require=require_decider, step=undo, revision=revision
    ).case


@transaction.atomic
def undo_judgement(document: Document, *, by: Actor, revision: int | None = None) -> Document:
    """
    Undo what was just decided about a paper: it is as it was before, whatever that was.

    :raises NotAllowed: `by` is no officer of an agency whose part of the case is under way: what it decided, it decided on this judgement
    :raises DomainError: somebody else judged it, too long ago, or the case is decided
    :raises StaleVersion: the case was changed since it was looked at
    """
    case = Case.objects.lock(document.case_id)
    document = Document.objects.select_for_update().get(pk=document.pk)
    require(permissions.can_note(by, case), _("Only officers of the agency judge papers."))
    require_fresh(case, revision)
    now = clock.now()
    _require(
        case.is_open
        and document.replaced_at is None
        and document.pk in judged_by(judgements(case, now), by, now)
    )
    require(permissions.can_judge(by, case), _("Only an agency whose turn it is judges papers."))
    document.be_as_before()
    document.save(update_fields=Document.JUDGED)
    case.revision += 1
    case.save(update_fields=["revision"])
    record(
        "document.judgement_undone",
        case,
        by=by,
        at=now,
        channel="agency",
        document=str(document.pk),
        requirement=document.requirement,
    )
    return document


@transaction.atomic
def withdraw_note(message: Message, *, by: Actor, revision: int | None = None) -> Message:
    """
    Take back a note of one's own: its words are kept for the audit and shown in no list any more.

    :raises DomainError: it is somebody else's, too old, or no note
    :raises StaleVersion: the case was changed since it was looked at
    """
    case = Case.objects.lock(message.case_id)
    message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    require(permissions.can_note(by, case), _("Only officers of the agency can write notes here."))
    require_fresh(case, revision)
    now = clock.now()
    _require(can_take_back(message, by, now))
    message.withdrawn_at = now
    message.save(update_fields=["withdrawn_at"])
    case.revision += 1
    case.save(update_fields=["revision"])
    record("case.note_withdrawn", case, by=by, at=now, channel="agency", note=str(message.pk))
    return message


def _require(possible: bool) -> None:
    if not possible:
        raise DomainError(TOO_LATE)
