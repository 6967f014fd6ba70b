"""The agency's list: narrowed, kept under a name, and many of it taken at once."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common import clock
from common.errors import shown_on
from common.instants import instant
from crm import actions, folios, forms
from crm.actions.bulk import MOST
from crm.models import Case
from crm.panels.work import work_lines
from crm.queries.merges import merges_of_agencies
from crm.queries.neighbours import AGENCY_LIST
from crm.queries.saved_filters import query_of, saved_filters
from crm.queries.work import (
    MOST_NEWS,
    WorkFilter,
    agency_names,
    arrived_since,
    procedures_at_work,
    work_page,
)


@room_required("agency")
def show_agency_work(request: ActorRequest) -> HttpResponse:
    """Show my agency's open work; a whole folio goes straight to its case."""
    form = _narrowing(request)
    given = form.cleaned_data
    folio = folios.normalise(given.get("folio", ""))
    if folio and Case.objects.visible_to(request.actor).filter(folio=folio).exists():
        return redirect("crm:case", folio)
    return _render_list(request, form, not_found=given.get("folio", ""))


@room_required("agency")
@require_POST
def keep_filter(request: ActorRequest) -> HttpResponse:
    """Keep the present choice under a name, or let a kept one go."""
    form = _narrowing(request)
    back = f"{reverse('crm:agency-work')}?{query_of(form.narrowed)}"
    if request.POST.get("drop", "").isdecimal():
        actions.drop_filter(int(request.POST["drop"][:9]), by=request.actor)
        return redirect(back)
    keeping = forms.KeptChoice(request.POST)
    if keeping.is_valid() and not form.errors:
        with shown_on(keeping):
            actions.save_filter(form.narrowed, by=request.actor, name=keeping.cleaned_data["name"])
    if keeping.errors or form.errors:
        return _render_list(request, form, keeping=keeping, status=422)
    return redirect(back)


@room_required("agency")
@require_POST
def take_many(request: ActorRequest) -> HttpResponse:
    """Take every selected case; say of each what became of it."""
    chosen = [UUID(one) for one in request.POST.getlist("stage") if is_id(one)]
    results = actions.take_stages(chosen, by=request.actor)
    context = {"results": results, "most": MOST, "agencies": agency_names(request.actor)}
    return render(request, "crm/taken.html", context, status=200 if results else 422)


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
    since = instant(request.GET.get("since", ""))
    count = arrived_since(request.actor, since) if since else 0
    context = {"count": count, "most": MOST_NEWS, "since": since or clock.now(), **live_topics(request)}
    return render(request, "crm/_news.html", context)


def _narrowing(request: ActorRequest) -> forms.WorkFilter:
    wanted = request.GET.get("procedure", "")
    form = forms.WorkFilter(request.GET, procedures=procedures_at_work(request.actor, wanted=wanted))
    form.is_valid()
    return form


def _render_list(
    request: ActorRequest, form: forms.WorkFilter, *, status: int = 200, **more: Any
) -> HttpResponse:
    narrowed = form.narrowed
    page = work_page(request.actor, narrowed, place=request.GET.get("place", ""))
    actions.log_access("list", by=request.actor, shown=[stage.case_id for stage in page.rows])
    lines = work_lines(page, actor=request.actor, among=AGENCY_LIST, narrowed=narrowed)
    context = {
        "form": form,
        "keeping": forms.KeptChoice(),
        "kept": saved_filters(request.actor, narrowed),
        "query": query_of(narrowed),
        "is_narrowed": narrowed != WorkFilter(),
        "lines": lines,
        "can_take": any(line.can_be_taken for line in lines),
        "page": page,
        "pages": page.links(request.GET),
        "agencies": agency_names(request.actor),
        "since": clock.now(),
        **live_topics(request),
        **more,
    }
    return render(request, "crm/agency_work.html", context, status=status)


def live_topics(request: ActorRequest) -> dict[str, Any]:
    topics = [f"agency:{agency}" for agency in request.actor.agency_ids(Role.OFFICER)]
    return {"topics": " ".join(topics), "triggers": ", ".join(f"live:{topic} from:body" for topic in topics)}


def is_id(text: str) -> bool:
    """Whether a text from outside is one of our ids."""
    try:
        return bool(UUID(text))
    except ValueError:
        return False
