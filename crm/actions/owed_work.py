"""Tasks: opened by somebody of a team, or by the house itself; taken, handed over, finished, cancelled."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency, User
from catalog.models import ProcedureVersion
from common import clock
from common.errors import DomainError, IllegalMove, StaleVersion, require
from crm import permissions
from crm.models import Case, Task, TaskKind, TaskState
from crm.models.task import posts_of_team
from events.record import record
from territory.models import Office

CHANGED_MEANWHILE = _(
    "Somebody changed this task meanwhile. Look at it again before you go on; your text is kept."
)
LONGEST = 300  # letters of what is to be done, and of what came of it


@transaction.atomic
def open_task(
    what: str,
    *,
    by: Actor,
    kind: str = TaskKind.TODO,
    case: Case | None = None,
    agency: Agency | None = None,
    office: Office | None = None,
    owner: User | None = None,
    due_on: date | None = None,
    version: ProcedureVersion | None = None,
    key: str = "",
) -> Task:
    """
    Open a task for a team: an agency, an office, or line 101 where neither is named.

    :param version: the text of a procedure that it is about
    :param key: names what it is for, where the house itself opens it: while one with this key is open, it is returned as it is
    :raises NotAllowed: `by` is not of the team, or does not see the case
    :raises DomainError: nothing is said, the day is over, or the owner is not of the team
    """
    require(
        permissions.is_of_team(
            by, agency_id=agency.pk if agency else None, office_id=office.pk if office else None
        ),
        _("Only whoever is of a team opens tasks for it."),
    )
    require(not key or by.is_system, _("Only Ventanilla itself opens tasks with a key."))
    require(
        case is None or Case.objects.visible_to(by).filter(pk=case.pk).exists(),
        _("You do not see this case."),
    )
    what = _written(what, "what", _("Write what is to be done."))
    now = clock.now()
    if due_on is not None and due_on < clock.local_date(now, settings.TIME_ZONE) and not by.is_system:
        raise DomainError(
            _("This day is over. Choose another."), due_on=_("This day is over. Choose another.")
        )
    task = Task(
        kind=TaskKind(kind),
        what=what,
        case=case,
        agency=agency,
        office=office,
        owner=owner,
        created_by_id=by.user_id,
        created_at=now,
        due_on=due_on,
        version=version,
        key=key,
    )
    _require_of_team(task, owner)
    Task.objects.bulk_create([task], ignore_conflicts=bool(key))
    if key and (known := Task.objects.open().filter(key=key).exclude(pk=task.pk).first()):
        return known
    _tell("task.opened", task, by=by, at=now, why=task.kind)
    return Task.objects.get(pk=task.pk)


@transaction.atomic
def take_task(task: Task, *, by: Actor, revision: int | None = None) -> Task:
    """
    Make a task one's own; whose it already is, keeps it.

    :raises NotAllowed: `by` is not of its team
    :raises IllegalMove: it is over
    :raises StaleVersion: somebody else took or changed it first
    """
    task = _held(task, by=by)
    if task.is_open and task.owner_id == by.user_id:
        return task
    _require_fresh(task, revision)
    return _give(task, by.signed_in_id, by=by, kind="task.taken")


@transaction.atomic
def hand_over_task(task: Task, *, by: Actor, to: User, revision: int | None = None) -> Task:
    """
    Give a task to somebody else of its team.

    :raises NotAllowed: `by` is not of its team, nor owns it
    :raises DomainError: they are not of its team
    :raises IllegalMove: it is over
    :raises StaleVersion: somebody else changed it first
    """
    task = _held(task, by=by)
    _require_fresh(task, revision)
    _require_of_team(task, to)
    return _give(task, to.pk, by=by, kind="task.handed_over")


@transaction.atomic
def finish_task(task: Task, *, by: Actor, outcome: str, revision: int | None = None) -> Task:
    """
    Say that a task is done, and what came of it.

    :raises NotAllowed: `by` is not of its team, nor owns it, nor stands in for whoever does
    :raises IllegalMove: it is over
    :raises StaleVersion: somebody else changed it first
    :raises DomainError: nothing is said of what came of it, or it ends with what it is about
    """
    return _end(task, TaskState.DONE, outcome, _("Write what came of it."), by=by, revision=revision)


@transaction.atomic
def cancel_task(task: Task, *, by: Actor, reason: str, revision: int | None = None) -> Task:
    """
    Say that a task is not needed any more, and why.

    :raises NotAllowed: `by` is not of its team, nor owns it, nor stands in for whoever does
    :raises IllegalMove: it is over
    :raises StaleVersion: somebody else changed it first
    :raises DomainError: no reason is given, or it ends with what it is about
    """
    why = _("Write why it is not needed any more.")
    return _end(task, TaskState.CANCELLED, reason, why, by=by, revision=revision)


@transaction.atomic
def end_task_of(key: str, *, by: Actor, outcome: str) -> None:
    """
    End the open task that the house itself opened under a key, where there is one: what it was for is done.
    """
    task = Task.objects.open().filter(key=key).select_for_update(of=("self",)).first()
    if task is None:
        return
    now = clock.now()
    task.end(TaskState.DONE, at=now)
    task.outcome, task.ended_by_id = outcome[:LONGEST], by.user_id
    task.revision += 1
    task.save(update_fields=["state", "outcome", "ended_at", "ended_by", "revision"])
    _tell("task.done", task, by=by, at=now)


def _held(task: Task, *, by: Actor) -> Task:
    task = Task.objects.select_for_update(of=("self",)).select_related("agency", "office").get(pk=task.pk)
    require(permissions.can_work_on(by, task), _("Only whoever is of its team works on this task."))
    return task


def _give(task: Task, owner_id: Any, *, by: Actor, kind: str) -> Task:
    now = clock.now()
    if not task.is_open:
        raise IllegalMove(TaskState(task.state), TaskState.OPEN)
    task.owner_id = owner_id
    task.revision += 1
    task.save(update_fields=["owner", "revision"])
    _tell(kind, task, by=by, at=now)
    return task


def _end(
    task: Task, state: TaskState, words: str, missing: str | Promise, *, by: Actor, revision: int | None
) -> Task:
    task = _held(task, by=by)
    _require_fresh(task, revision)
    if task.difference_id:
        raise DomainError(_("This task ends once the difference is resolved: resolve it here."))
    now = clock.now()
    task.end(state, at=now)
    task.outcome = _written(words, "outcome", missing)
    task.ended_by_id = by.user_id
    task.revision += 1
    task.save(update_fields=["state", "outcome", "ended_at", "ended_by", "revision"])
    _tell(f"task.{state}", task, by=by, at=now)
    return task


def _written(text: str, field: str, missing: str | Promise) -> str:
    text = " ".join(text.split())
    if not text:
        raise DomainError(missing, **{field: missing})
    if len(text) > LONGEST:
        long = _("This is longer than 300 letters. Shorten it, please.")
        raise DomainError(long, **{field: long})
    return text


def _require_fresh(task: Task, revision: int | None) -> None:
    if revision is not None and revision != task.revision:
        raise StaleVersion(CHANGED_MEANWHILE)


def _require_of_team(task: Task, user: User | None) -> None:
    if user is None:
        return
    if not posts_of_team(agency=task.agency_id, office=task.office_id).filter(user=user).exists():
        wrong = _("Choose somebody of the task's team.")
        raise DomainError(wrong, owner=wrong)


def _tell(kind: str, task: Task, *, by: Actor, at: Any, **data: Any) -> None:
    record(
        kind,
        task,
        by=by,
        at=at,
        case=str(task.case_id) if task.case_id else None,
        owner=str(task.owner_id) if task.owner_id else None,
        **data,
    )
