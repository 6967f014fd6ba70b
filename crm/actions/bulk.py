"""Many cases taken at once: each in a transaction of its own, each with its own answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from common.errors import DomainError
from crm.actions.stages import take_stage
from crm.models import Case, Stage, StageState

MOST = 100  # at once


class Taken(StrEnum):
    """What became of one of them."""

    TAKEN = "taken"
    YOURS = "yours"  # already
    GONE = "gone"  # somebody took it meanwhile, or was given it
    OVER = "over"  # it waits, or is decided
    FOREIGN = "foreign"  # not of their agency, or not there


@dataclass(frozen=True)
class TakeResult:
    """What became of one stage; the folio is empty where they may not see it."""

    stage_id: UUID
    result: Taken
    folio: str = ""
    title: str = ""
    with_whom: str = ""
    state: str = ""


def take_stages(stage_ids: Sequence[UUID], *, by: Actor) -> list[TakeResult]:
    """
    Take many of an agency's stages for review. What somebody else took meanwhile, or was given, stays theirs; one refusal stops no other.

    Not one transaction, on purpose: what was taken is taken, whatever becomes of the rest.

    :param stage_ids: at most a hundred; the others are left alone
    """
    return [_take_one(pk, by=by) for pk in dict.fromkeys(stage_ids[:MOST])]


def _take_one(stage_id: UUID, *, by: Actor) -> TakeResult:
    stage = Stage.objects.of_agencies(by).filter(pk=stage_id).first() if by.is_staff else None
    if stage is None:
        return TakeResult(stage_id, Taken.FOREIGN)
    try:
        with transaction.atomic():
            result = _take(stage, by=by)
    except DomainError:
        result = Taken.OVER
    stage = Stage.objects.select_related("case__version", "assigned_to").get(pk=stage_id)
    return TakeResult(
        stage_id,
        result,
        stage.case.folio or "",
        stage.case.version.title,
        stage.assigned_to.name if stage.assigned_to else "",
        str(stage.get_state_display()),
    )


def _take(stage: Stage, *, by: Actor) -> Taken:
    Case.objects.lock(stage.case_id)
    stage.refresh_from_db(fields=["state", "assigned_to"])
    is_anothers = stage.assigned_to_id not in {None, by.user_id}
    if stage.state == StageState.RECEIVED and not is_anothers:
        take_stage(stage, by=by)
        return Taken.TAKEN
    if not stage.is_open or stage.assigned_to_id is None:
        return Taken.OVER
    return Taken.GONE if is_anothers else Taken.YOURS
