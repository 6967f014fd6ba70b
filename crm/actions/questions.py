"""What an agency asks of the citizen in a case, and what they answer; the stage's clock stands meanwhile."""

from collections.abc import Collection

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import DomainError
from crm import permissions
from crm.actions.levels import require_level
from crm.actions.mandates import hold_mandates, require_voice
from crm.actions.paper_requests import request_papers
from crm.actions.transitions import Transition, move_stage
from crm.models import Case, Interaction, MandateAct, Message, MessageKind, Stage, StageState
from crm.queries.questions import open_questions, questions_whose_papers_came
from crm.terms import NETWORK_ZONE, due_on, end_stop, last_day
from crm.texts import written
from territory.queries.calendar import add_business_days

LEAST_DAYS, ANSWER_DAYS, MOST_DAYS = 5, 10, 60  # business days a citizen is given to answer


@transaction.atomic
def ask_citizen(
    stage: Stage,
    *,
    by: Actor,
    question: str,
    papers: Collection[str] = (),
    other_paper: str = "",
    days: int = ANSWER_DAYS,
    revision: int | None = None,
) -> Stage:
    """
    Ask the citizen for something; the stage's clock stops until the answer.

    :param papers: codes of the sheet's requirements of which a paper is needed
    :param other_paper: one more paper, in words
    :param days: business days to answer in, 5 to 60 (Ley 19.880, art. 31: never fewer than five)
    :raises NotAllowed: `by` is no officer of the agency
    :raises IllegalMove: the stage is not under review
    :raises DomainError: nothing was asked, a paper that the procedure does not know, or too few or too many days are given
    """
    if not LEAST_DAYS <= days <= MOST_DAYS:
        wrong = _("Give the citizen 5 to 60 business days to answer.")
        raise DomainError(wrong, days=wrong)
    question = written(question, "question", _("Write what the citizen should send or answer."))

    def ask(change: Transition, stage: Stage) -> None:
        change.move(stage, StageState.AWAITING_CITIZEN)
        message = Message.objects.create(
            case=change.case,
            stage=stage,
            kind=MessageKind.QUESTION,
            text=question,
            author_id=by.user_id,
            answer_by=add_business_days(clock.local_date(change.at, NETWORK_ZONE), days),
            answer_days=days,
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

    :param question: which one they read, when several are open; the oldest otherwise
    :raises NotAllowed: `by` neither holds the key nor has the case before them
    :raises LevelTooLow: the sheet asks to be surer of who answers on this channel
    :raises MandateRefused: somebody speaks for another, by a mandate that does not allow it
    :raises DomainError: nothing is being asked, or nothing was written
    """
    text = written(text, "text", _("Write your answer to the agency."))
    case = Case.objects.lock(case.pk)
    hold_mandates(by)  # the level rests on them: revoked at this moment, the refusal is of the mandate
    require_level(case, "answer", by=by, interaction=interaction)
    asked = open_questions(case)
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
    return _take_answer(question, question.stage, by=by, interaction=interaction, text=text)


def answer_with_papers(case: Case, *, by: Actor, interaction: Interaction | None, is_agencys: bool) -> None:
    """
    Let the papers that came answer each question that asked for papers of which none is missing any more; a step of putting one into a
    locked case, of whoever may. Nobody is told that they did not answer who sent what they were asked for.

    :param is_agencys: an agency put it there by itself: that answers what it asked, and nothing that another one did
    """
    for question in questions_whose_papers_came(case):
        if question.stage is not None and (not is_agencys or permissions.can_decide(by, question.stage)):
            with translation.override(case.language):
                text = gettext("The papers that were asked for are in the case.")
            _take_answer(question, question.stage, by=by, interaction=interaction, text=text)


def _take_answer(
    question: Message, stage: Stage, *, by: Actor, interaction: Interaction | None, text: str
) -> Stage:
    def answer(change: Transition, stage: Stage) -> None:
        end_stop(stage, change.at)
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
        due = due_on(stage)
        if due is not None and stage.due_on is not None and due > stage.due_on:
            stage.due_on = due
            # Where that day is over too, it is as late as it was, and its chief knows.
            if due >= clock.local_date(change.at, NETWORK_ZONE):
                stage.late_at = None
        change.data["message"] = str(message.pk)

    return move_stage(
        stage,
        StageState.IN_REVIEW,
        by=by,
        start={StageState.AWAITING_CITIZEN},
        allowed=lambda actor, stage: True,  # asked before, under the same lock
        event="case.answered",
        interaction=interaction,
        step=answer,
    )


@transaction.atomic
def lapse_stage(stage: Stage, *, by: Actor, reason: str, revision: int | None = None) -> Stage:
    """
    End an agency's part because the citizen did not answer in time (Ley 19.880, arts. 31 and 43); never by itself, always by an officer.

    :raises NotAllowed: `by` is no officer of the agency
    :raises IllegalMove: the stage does not wait for the citizen
    :raises DomainError: the day to answer by is not over yet; no reason was given
    """
    reason = written(reason, "reason", _("Write the reason the citizen will read."))

    def lapse(change: Transition, stage: Stage) -> None:
        today = clock.local_date(change.at, NETWORK_ZONE)
        open_question = open_questions(change.case).filter(stage=stage).latest("at")
        last = last_day(open_question)
        if last is None or last >= today:
            raise DomainError(
                _("The citizen still has time to answer; this can be done once that day is over.")
            )
        change.move(stage, StageState.LAPSED, reason=reason)

    return move_stage(
        stage,
        StageState.LAPSED,
        by=by,
        start={StageState.AWAITING_CITIZEN},
        refusal=_("Only officers of the agency can end its part."),
        event="case.lapsed",
        revision=revision,
        step=lapse,
    )
