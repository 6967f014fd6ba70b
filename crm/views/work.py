"""The agency's two lists: what is mine, and what is my agency's."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware

from accounts.models import Role
from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common import clock
from crm import actions, folios, forms
from crm.models import Case
from crm.panels.work import work_lines
from crm.queries.merges import merges_of_agencies
from crm.queries.work import (
    MOST_NEWS,
    WorkFilter,
    agency_names,
    agency_work,
    arrived_since,
    my_work,
    procedures_at_work,
    work_page,
)


@room_required("agency")
def show_work(request: ActorRequest) -> HttpResponse:
    """Show what is assigned to me, and nothing else."""
    return _render_list(request, my_work(request.actor), {"mine": True, "form": None})


@room_required("agency")
def show_agency_work(request: ActorRequest) -> HttpResponse:
    """Show my agency's open work; a whole folio goes straight to its case."""
    form = forms.WorkFilter(request.GET, procedures=procedures_at_work(request.actor))
    form.is_valid()
    good = form.cleaned_data
    folio = folios.normalise(good.get("folio", ""))
    if folio and Case.objects.visible_to(request.actor).filter(folio=folio).exists():
        return redirect("crm:case", folio)
    narrowed = WorkFilter(good.get("state", ""), good.get("procedure", ""), good.get("channel", ""))
    context = {
        "mine": False,
        "form": form,
        "not_found": good.get("folio", ""),
        "is_narrowed": narrowed != WorkFilter(),
    }
    return _render_list(request, agency_work(request.actor, narrowed), context)


@room_required("agency")
def show_merges(request: ActorRequest) -> HttpResponse:
    """Tell the agency which records of people in its cases were found to be one person, or two again."""
    merges = merges_of_agencies(request.actor)
    actions.log_access(
        "list", by=request.actor, shown=[pk for one in merges for pk in (one.survivor_id, one.merged_id)]
    )
    return render(request, "crm/merges.html", {"merges": merges, "agencies": agency_names(request.actor)})


@room_required("agency")
def show_news(request: ActorRequest) -> HttpResponse:
    """Say how much arrived since a list was drawn; the list itself never changes under the hands."""
    since = _moment(request.GET.get("since", ""))
    count = arrived_since(request.actor, since) if since else 0
    context = {"count": count, "most": MOST_NEWS, "since": since or clock.now(), **_live(request)}
    return render(request, "crm/_news.html", context)


def _render_list(request: ActorRequest, stages: Any, context: dict[str, Any]) -> HttpResponse:
    page = work_page(stages, place=request.GET.get("place", ""))
    actions.log_access("list", by=request.actor, shown=[stage.case_id for stage in page.rows])
    context |= {
        "lines": work_lines(page, actor=request.actor),
        "page": page,
        "pages": page.links(request.GET),
        "agencies": agency_names(request.actor),
        "since": clock.now(),
        **_live(request),
    }
    return render(request, "crm/work.html", context)


def _live(request: ActorRequest) -> dict[str, Any]:
    topics = [f"agency:{agency}" for agency in request.actor.agency_ids(Role.OFFICER)]
    return {"topics": " ".join(topics), "triggers": ", ".join(f"live:{topic} from:body" for topic in topics)}


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and is_aware(moment) else None
