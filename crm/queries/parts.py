"""The parts of a case: on which of their own somebody works, and what opens a closed case again."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.models import Case, CaseState, Stage, StageState, state_of
from crm.models.case import OPEN
from crm.models.stage import ENDED, RUNNING, UNDER_WAY

NOT_ITS_TURN = _(
    "An agency before yours had not decided its part. It has to open the case again; your part then follows in its turn."
)
ERASED = _("The answers of this case were erased when their term was over: a new application is needed.")
CHANGES_NOTHING = _("This part is not what ended the case: opening it again would change nothing.")


def begun_again(other: Stage, reopened: Stage) -> StageState:
    """
    Return the state of another part once one is opened again: where the end that is undone had cut it short, it waits for the reopened one or
    is received.
    """
    if other.state not in {StageState.MOOT, StageState.WITHDRAWN}:
        return StageState(other.state)
    return StageState.WAITING if other.order > reopened.order else StageState.RECEIVED


def keeps_closed(case: Case, part: Stage, stages: Iterable[Stage]) -> Promise | None:
    """
    Say why a closed case does not go on by opening this part of it again; None where it does.

    :param stages: all parts of the case, this one among them
    """
    if case.redacted_at is not None:
        return ERASED
    after = [
        Stage(
            order=one.order,
            is_required=one.is_required,
            state=StageState.IN_REVIEW if one.pk == part.pk else begun_again(one, part),
        )
        for one in stages
    ]
    if any(one.is_open and one.order < part.order for one in after):
        return NOT_ITS_TURN
    return None if state_of(after) in OPEN else CHANGES_NOTHING


def addressee(stages: Iterable[Stage]) -> Stage:
    """
    Return the part to which goes what a citizen writes without saying to whom: the first that is still open, or else the one whose refusal
    ended the case, of which they may ask a review.

    :param stages: all parts of the case, in their order
    """
    rows = list(stages)
    refused = [one for one in rows if one.state == StageState.DENIED]
    ended_by = [one for one in refused if one.is_required] or refused
    return next(iter([*(one for one in rows if one.is_open), *ended_by, *rows]))


def workable_parts(case: Case, own: list[Stage], stages: list[Stage]) -> list[Stage]:
    """
    Return those of their own parts on which somebody can do something, the one to be expected first: what runs, before what waits for the
    citizen. Of a closed case: what opens it again, and what was not granted before what was.
    """
    if case.state == CaseState.CLOSED:
        ended = [one for one in own if one.state in ENDED]
        opening = [one for one in ended if keeps_closed(case, one, stages) is None]
        return sorted(opening, key=lambda one: one.state == StageState.GRANTED)
    return sorted((one for one in own if one.state in UNDER_WAY), key=lambda one: one.state not in RUNNING)


def present_part(own: list[Stage], workable: list[Stage], wanted: UUID | None) -> Stage | None:
    """Return the part somebody works on: the one of their own that they named, the first workable one, the first one."""
    named = next((one for one in own if one.pk == wanted), None)
    return named or next(iter([*workable, *own]), None)
