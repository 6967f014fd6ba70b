"""What an agency asks of the citizen in a case, and what they answer; the stage's clock stands meanwhile."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import DomainError
from crm.actions.interactions import NETWORK_ZONE
from crm.actions.levels import require_level
from crm.actions.mandates import require_voice
from crm.actions.paper_requests import request_papers
from crm.actions.transitions import Transition, due, move_stage
from crm.models import Case, Interaction, MandateAct, Message, MessageKind, Stage, StageState
from crm.texts import written


@transaction.atomic
def ask_citizen(
    stage: Stage,
    *,
    by: Actor,
    question: str,
    papers: Collection[str] = (),
    other_paper: str = "",
    revision: int | None = None,
) -> Stage:
    """
    Ask the citizen for something; the stage's clock stops until the answer.

    :param papers: codes of the sheet's requirements of which a paper is needed
    :param other_paper: one more paper, in words
    :raises NotAllowed: `by` is no officer of the agency
    :raises IllegalMove: the stage is not under review
    :raises DomainError: nothing was asked, or a paper that the procedure does not know
    """
    question = written(question, "question", _("Write what the citizen should send or answer."))

    def ask(change: Transition, stage: Stage) -> None:
        change.move(stage, StageState.AWAITING_CITIZEN)
        message = Message.objects.create(
            case=change.case,
            stage=stage,
            kind=MessageKind.QUESTION,
            text=question,
            author_id=by.user_id,
            at=change.at,
        )
        request_papers(change.case, question=message, papers=papers, words=other_paper, at=change.at)
        change.data["message"] = str(message.pk)

    return move_stage(
        stage,
        StageState.AWAITING_CITIZEN,
        by=by,
        start={StageState.IN_REVIEW},
        refusal=_("Only officers of the agency can ask the citizen."),
        event="case.asked",
        revision=revision,
        step=ask,
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
    text = written(text, "text", _("Write your answer to the agency."))
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

    def answer(change: Transition, stage: Stage) -> None:
        change.move(stage, StageState.IN_REVIEW)
        message = Message.objects.create(
            case=change.case,
            stage=stage,
            kind=MessageKind.ANSWER,
            text=text,
            author_id=by.user_id,
            interaction=interaction,
            answers=question,
            at=change.at,
        )
        _extend(change, stage)
        change.data["message"] = str(message.pk)

    return move_stage(
        question.stage,
        StageState.IN_REVIEW,
        by=by,
        start={StageState.AWAITING_CITIZEN},
        allowed=lambda actor, stage: True,  # asked above, under the same lock
        event="case.answered",
        interaction=interaction,
        step=answer,
    )


def _extend(change: Transition, stage: Stage) -> None:
    """
    Move the due day by the business days that the clock stood still, counted from all of the stage's stops.
    """
    if stage.due_on is None:
        return
    submitted = clock.local_date(change.case.submitted_at or change.at, NETWORK_ZONE)
    stopped = timedelta(seconds=stage.stopped_seconds)
    stage.due_on = max(stage.due_on, due(stage, submitted + timedelta(days=stopped.days)))
