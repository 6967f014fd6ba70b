"""Tasks that something which happened calls for: nobody has to think of them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency, Membership, Role, User
from common import clock
from common.errors import require
from crm.actions.owed_work import open_task
from crm.models import Case, Difference, Stage, Task, TaskKind
from crm.models.stage import UNDER_WAY
from crm.models.task import HOUSE_WORDS
from crm.queries.teams import holder_of
from crm.queries.work import is_answer_overdue
from crm.terms import NETWORK_ZONE
from events.models import Event
from events.record import once


@transaction.atomic
def open_task_for(event_id: UUID, *, by: Actor) -> Task | None:
    """
    Open the task that an event calls for: work that is late, for the chief of its agency's officers; a citizen who did not answer in time,
    for whoever has the part; a difference between two lists, for the agency. A second time does nothing.

    :raises NotAllowed: `by` is not the system
    """
    require(by.is_system, _("Only Ventanilla itself opens tasks with a key."))
    event = Event.objects.get(pk=event_id)
    if not once(event_id, "crm.open_tasks"):
        return None
    with translation.override(settings.LANGUAGE_CODE):
        return _OPENED[event.kind](event, by)


def late_key(stage: Stage) -> str:
    """The key of the task about a part whose term is over."""
    return f"late:{stage.pk}"


def lapsing_key(stage: Stage) -> str:
    """The key of the task about a part that may be ended because the citizen did not answer."""
    return f"lapsing:{stage.pk}"


def difference_key(found: Difference) -> str:
    """The key of the task about a difference between two lists."""
    return f"difference:{found.pk}"


def comparison_key(agency: Agency) -> str:
    """The key of the task about an agency's list that can not be compared."""
    return f"comparison:{agency.pk}"


def _held(event: Event) -> tuple[Case, Stage]:
    """The case of an event, locked, so that nobody moves the part it tells of between the look at it and the task; and that part."""
    case = Case.objects.defer("answers").lock(event.subject_id)
    return case, case.stages.select_related("agency", "assigned_to", "case").get(pk=event.value("stage"))


def _late(event: Event, by: Actor) -> Task | None:
    case, stage = _held(event)
    if stage.state not in UNDER_WAY or stage.late_at is None:
        return None
    return open_task(
        str(HOUSE_WORDS["late"]),
        by=by,
        kind=TaskKind.OVERDUE,
        case=case,
        agency=stage.agency,
        owner=_chief_of(stage.agency_id),
        due_on=stage.due_on,
        key=late_key(stage),
    )


def _lapsing(event: Event, by: Actor) -> Task | None:
    case, stage = _held(event)
    if not stage.is_awaiting_citizen or not is_answer_overdue(stage):
        return None
    return open_task(
        str(HOUSE_WORDS["lapsing"]),
        by=by,
        kind=TaskKind.OVERDUE,
        case=case,
        agency=stage.agency,
        owner=holder_of(stage),
        due_on=clock.local_date(event.at, NETWORK_ZONE),
        key=lapsing_key(stage),
    )


def _different(event: Event, by: Actor) -> Task | None:
    found = (
        Difference.objects.select_for_update(of=("self",)).select_related("agency").get(pk=event.subject_id)
    )
    return None if found.resolution else open_difference_task(found, by=by)


def open_difference_task(found: Difference, *, by: Actor) -> Task:
    """Open the task about a locked difference that nobody resolved; while one is open, it is that."""
    case: Any = Case.objects.filter(pk=found.case_id).first() if found.case_id else None
    return open_task(
        str(HOUSE_WORDS["difference"]),
        by=by,
        kind=TaskKind.DIFFERENCE,
        case=case,
        agency=found.agency,
        key=difference_key(found),
    )


def open_comparison_task(agency: Agency, *, by: Actor) -> Task:
    """Open the task about an agency's list that can not be compared, for the chief; while one is open, it is that."""
    return open_task(
        str(HOUSE_WORDS["comparison"]),
        by=by,
        kind=TaskKind.DIFFERENCE,
        agency=agency,
        owner=_chief_of(agency.pk),
        key=comparison_key(agency),
    )


def _chief_of(agency_id: int) -> User | None:
    """Whoever is chief of an agency's officers now; of several, nobody: the first to see it takes it."""
    posts = Membership.objects.current().filter(agency=agency_id, role=Role.CHIEF, user__is_active=True)
    chiefs = list(User.objects.filter(pk__in=posts.values("user"))[:2])
    return chiefs[0] if len(chiefs) == 1 else None


_OPENED: dict[str, Callable[[Event, Actor], Task | None]] = {
    "case.late": _late,
    "case.lapsing": _lapsing,
    "difference.found": _different,
}
