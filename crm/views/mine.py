"""What is mine: the stages assigned to me and the tasks I owe, and nothing else."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.models import Role
from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common import clock
from crm import actions
from crm.models import Stage
from crm.panels.work import mine_lines
from crm.queries.mine import covered_by, my_page
from crm.queries.work import agency_names
from crm.views.work import live_topics


@room_required("agency")
def show_work(request: ActorRequest) -> HttpResponse:
    """Show an officer's own work, by the day due."""
    return _render_mine(request)


@room_required("tasks")
def show_my_tasks(request: ActorRequest) -> HttpResponse:
    """Show what anybody else on the staff owes."""
    return _render_mine(request)


def _render_mine(request: ActorRequest) -> HttpResponse:
    covered = covered_by(request.actor)
    page = my_page(request.actor, covered, place=request.GET.get("place", ""))
    shown = [row.case_id for row in page.rows if isinstance(row, Stage) or row.case_id]
    actions.log_access("list", by=request.actor, shown=shown)
    context = {
        "lines": mine_lines(page, actor=request.actor, covered=covered),
        "page": page,
        "pages": page.links(request.GET),
        "agencies": agency_names(request.actor),
        "covered": covered,
        "is_officer": request.actor.has_role(Role.OFFICER),
        "since": clock.now(),
        **live_topics(request),
    }
    return render(request, "crm/mine.html", context)
