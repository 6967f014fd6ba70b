"""Tasks: the team's list, one task on one screen, and what may be done with it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role
from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common import clock
from common.errors import shown_on
from crm import actions, folios, task_forms
from crm.actions.owed_work import CHANGED_MEANWHILE
from crm.models import Case, Difference, Task
from crm.models.task import PROMISED
from crm.panels.work import task_lines
from crm.queries.deliveries import sides_of, trouble_of
from crm.queries.mine import team_tasks, with_task_lines
from crm.queries.teams import members_of, teams_of
from crm.views.stale import revision_looked_at, say_it_changed

Given = dict[str, Any]


def _take(task: Task, request: ActorRequest, given: Given) -> object:
    return actions.take_task(task, by=request.actor, revision=given["revision"])


def _hand_over(task: Task, request: ActorRequest, given: Given) -> object:
    return actions.hand_over_task(task, by=request.actor, to=given["owner"], revision=given["revision"])


def _finish(task: Task, request: ActorRequest, given: Given) -> object:
    return actions.finish_task(task, by=request.actor, outcome=given["outcome"], revision=given["revision"])


def _cancel(task: Task, request: ActorRequest, given: Given) -> object:
    return actions.cancel_task(task, by=request.actor, reason=given["outcome"], revision=given["revision"])


def _resolve(task: Task, request: ActorRequest, given: Given) -> object:
    difference = get_object_or_404(Difference.objects.visible_to(request.actor), pk=task.difference_id)
    return actions.resolve_difference(
        difference, by=request.actor, resolution=given["resolution"], note=given["note"]
    )


ACTS: dict[str, tuple[type[task_forms.OnTask], Callable[[Task, ActorRequest, Given], object]]] = {
    "take": (task_forms.OnTask, _take),
    "hand-over": (task_forms.HandOver, _hand_over),
    "finish": (task_forms.Finish, _finish),
    "cancel": (task_forms.Cancel, _cancel),
    "resolve": (task_forms.Resolve, _resolve),
}


BY_HAND = ("finish", "hand-over", "cancel")


@room_required("tasks")
@require_safe
def show_team(request: ActorRequest) -> HttpResponse:
    """Show the open tasks of one's teams, by the day due."""
    page = team_tasks(request.actor, place=request.GET.get("place", ""))
    actions.log_access("list", by=request.actor, shown=[task.case_id for task in page.rows if task.case_id])
    context = {
        "lines": task_lines(page.rows, clock.now()),
        "pages": page.links(request.GET),
        "teams": teams_of(request.actor),
        "is_officer": request.actor.has_role(Role.OFFICER),
    }
    return render(request, "crm/tasks.html", context)


@room_required("tasks")
@require_http_methods(["GET", "HEAD", "POST"])
def open_task(request: ActorRequest) -> HttpResponse:
    """Open a task for one of one's teams."""
    initial = {"folio": request.GET.get("folio", "")[:40]}
    form = task_forms.NewTask(request.POST or None, teams=teams_of(request.actor), initial=initial)
    task = None
    if form.is_valid():
        with shown_on(form):
            task = _opened(request, form)
    if task is None:
        return render(request, "crm/task_new.html", {"form": form}, status=422 if form.errors else 200)
    messages.success(request, _("The task is open."))
    return redirect("tasks:task", task.pk)


def _opened(request: ActorRequest, form: task_forms.NewTask) -> Task | None:
    given = form.cleaned_data
    folio = folios.normalise(given["folio"])
    case = Case.objects.visible_to(request.actor).filter(folio=folio).first() if folio else None
    if given["folio"] and case is None:
        form.add_error(
            "folio", _("You see no case with this folio. Check it: the last character proves the others.")
        )
        return None
    team, owner = form.teams[given["team"]], given["owner"]
    if owner is None and given["kind"] in PROMISED:  # whoever promises owes
        owner = members_of(team).filter(pk=request.actor.signed_in_id).first()
    return actions.open_task(
        given["what"],
        by=request.actor,
        kind=given["kind"],
        case=case,
        agency=team.agency,
        office=team.office,
        owner=owner,
        due_on=given["due_on"],
    )


@room_required("tasks")
@require_safe
def show_task(request: ActorRequest, task_id: UUID) -> HttpResponse:
    """Show one task, and what may be done with it."""
    return _render_task(request, _task(request, task_id))


@room_required("tasks")
@require_POST
def act_on_task(request: ActorRequest, task_id: UUID, name: str) -> HttpResponse:
    """Take a task, hand it over, finish it or cancel it; or resolve the difference it is about."""
    if name not in ACTS:
        raise Http404
    task = _task(request, task_id)
    kind, carry_out = ACTS[name]
    form = kind(request.POST, task=task)
    if form.is_valid():
        with shown_on(form):
            carry_out(task, request, form.cleaned_data)
    if form.errors:
        return _render_task(request, _task(request, task_id), refused=form, name=name, status=422)
    messages.success(request, _("It is noted."))
    return redirect("tasks:task", task.pk)


def _task(request: ActorRequest, task_id: UUID) -> Task:
    tasks = with_task_lines(Task.objects.visible_to(request.actor)).select_related(
        "case__version", "agency", "office", "owner", "created_by", "ended_by"
    )
    return get_object_or_404(tasks, pk=task_id)


def _render_task(
    request: ActorRequest,
    task: Task,
    *,
    refused: task_forms.OnTask | None = None,
    name: str = "",
    status: int = 200,
) -> HttpResponse:
    """
    The refused form keeps what was typed; where somebody changed the task since it was looked at it says so, and goes on under the present
    revision.
    """
    shown = {
        act: kind(task=task, initial={"revision": task.revision}, auto_id=f"{act}-%s")
        for act, (kind, _carry_out) in ACTS.items()
    }
    if refused is not None:
        if revision_looked_at(request) != str(task.revision):
            say_it_changed(refused, task.revision, CHANGED_MEANWHILE)
        refused.auto_id = f"{name}-%s"
        shown[name] = refused
    context = {
        "task": task,
        "line": task_lines([task], clock.now())[0],
        "take": shown["take"],
        "forms": [(act, shown[act]) for act in (("hand-over",) if task.difference_id else BY_HAND)],
        "resolve": shown["resolve"],
        "sides": sides_of(task, request.actor) if task.is_open else None,
        "refused": refused,
        "refused_name": name,
        "trouble": trouble_of(task) if task.is_open else "",
        "is_own": task.owner_id == request.actor.user_id,
        "sees_case": task.case is not None
        and Case.objects.visible_to(request.actor).filter(pk=task.case.pk).exists(),
    }
    return render(request, "crm/task.html", context, status=status)
