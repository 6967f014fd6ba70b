"""Many cases taken at once: each in a transaction of its own, each with its own answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from common.errors import DomainError
from crm.actions.stages import take_stage
from crm.models import Case, Stage
from crm.models.stage import UNDER_WAY
from crm.queries.teams import holder_of

MOST = 100  # at once


class Taken(StrEnum):
    """What became of one of them."""

    TAKEN = "taken"
    YOURS = "yours"  # already
    GONE = "gone"  # somebody took it meanwhile, or was given it
    PROGRAM = "program"  # the agency's own program reviews it
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
    Take many of an agency's stages for review. What somebody else took meanwhile, or was given, stays theirs while they work there, and what
    the agency's program reviews stays with it; one refusal stops no other.

    Not one transaction, on purpose: what was taken is taken, whatever becomes of the rest.

    :param stage_ids: at most a hundred; the others are left alone
    """
    return [_take_one(pk, by=by) for pk in dict.fromkeys(stage_ids[:MOST])]


def _take_one(stage_id: UUID, *, by: Actor) -> TakeResult:
    own = Stage.objects.of_agencies(by).select_related("agency")
    stage = own.filter(pk=stage_id).first() if by.is_staff else None
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
    if stage.state not in UNDER_WAY:
        return Taken.OVER
    holder = holder_of(stage)
    if holder is not None and holder.pk != by.user_id:
        return Taken.GONE
    has_left = holder is None and stage.assigned_to_id is not None
    if stage.is_received or has_left:
        take_stage(stage, by=by)
        return Taken.TAKEN
    return Taken.YOURS if holder else Taken.PROGRAM
