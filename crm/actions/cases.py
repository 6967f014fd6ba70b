"""A case as a whole: withdrawn by the citizen, closed by an agency."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common.errors import IllegalMove, require
from crm import permissions
from crm.actions.levels import require_level
from crm.actions.mandates import require_voice
from crm.actions.transitions import Transition, transition
from crm.models import Case, CaseState, Interaction, MandateAct, Stage, StageState


@transaction.atomic
def withdraw_case(case: Case, *, by: Actor, interaction: Interaction) -> Case:
    """
    Withdraw an open case at the citizen's wish; what an agency granted of it stays granted.

    :raises NotAllowed: `by` neither holds the key nor has the case before them
    :raises LevelTooLow: the sheet asks to be surer of who withdraws on this channel
    :raises MandateRefused: somebody speaks for another, by a mandate that does not allow it
    :raises IllegalMove: the case is decided
    """

    def require_open(case: Case, stages: list[Stage]) -> None:
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

    def withdraw(change: Transition) -> None:
        for stage in change.stages:
            if stage.is_open:
                change.move(stage, StageState.WITHDRAWN)

    return transition(
        case.pk, by=by, event="case.withdrawn", require=require_open, step=withdraw, interaction=interaction
    ).case


@transaction.atomic
def close_case(case: Case, *, by: Actor, revision: int | None = None) -> Case:
    """
    Close a decided case.

    :raises NotAllowed: `by` is no officer of an agency that decided it
    :raises IllegalMove: it is still open
    """

    def require_decider(case: Case, stages: list[Stage]) -> None:
        require(
            by.is_system or permissions.can_note(by, case), _("Only officers of the agency can close a case.")
        )

    def close(change: Transition) -> None:
        change.closes = True

    return transition(
        case.pk, by=by, event="case.closed", require=require_decider, step=close, revision=revision
    ).case
