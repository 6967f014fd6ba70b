"""Work that is late, and who is to do it: a chief of the agency's officers is told, and gives it to somebody."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from common import clock
from common.errors import DomainError, IllegalMove, require
from crm import permissions
from crm.actions.transitions import require_fresh
from crm.models import Case, Stage, StageState
from crm.models.stage import RUNNING
from crm.models.task import posts_of_team
from crm.terms import NETWORK_ZONE
from events.record import record


@transaction.atomic
def note_late(stage: Stage, *, by: Actor) -> Stage:
    """
    Tell the agency's chief, and the citizen, that a part's term is over; once for a term.

    A part that was decided, stopped or extended meanwhile is left as it is.

    :raises NotAllowed: `by` is not the system
    """
    require(by.is_system, _("This is noted by the calendar."))
    case = Case.objects.lock(stage.case_id)
    stage = Stage.objects.select_for_update(of=("self",)).select_related("agency").get(pk=stage.pk)
    now = clock.now()
    is_late = stage.state in RUNNING and stage.due_on and stage.due_on < clock.local_date(now, NETWORK_ZONE)
    if not is_late or stage.late_at is not None:
        return stage
    stage.late_at = now
    stage.save(update_fields=["late_at"])
    record(
        "case.late",
        case,
        by=by,
        at=now,
        stage=str(stage.pk),
        agency=stage.agency.code,
        due_on=str(stage.due_on),
    )
    return stage


@transaction.atomic
def assign_stage(stage: Stage, *, by: Actor, to: User, revision: int | None = None) -> Stage:
    """
    Give an agency's part to one of its officers; one that nobody had taken yet stays received until they take it.

    :raises NotAllowed: `by` is no chief of the agency's officers, nor stands in for one
    :raises IllegalMove: the part is decided
    :raises DomainError: `to` is no officer of the agency
    :raises StaleVersion: somebody changed the case meanwhile
    """
    case = Case.objects.lock(stage.case_id)
    stage = Stage.objects.select_for_update(of=("self",)).select_related("agency").get(pk=stage.pk)
    require(permissions.can_assign(by, stage), _("Only a chief of the agency's officers gives out work."))
    require_fresh(case, revision)
    if not stage.is_open:
        raise IllegalMove(StageState(stage.state), StageState.IN_REVIEW)
    if not posts_of_team(agency=stage.agency).filter(user=to).exists():
        wrong = _("Choose one of the agency's officers.")
        raise DomainError(wrong, to=wrong)
    if stage.assigned_to_id == to.pk:
        return stage
    now = clock.now()
    stage.assigned_to = to
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
        officer=str(to.pk),
    )
    return stage
