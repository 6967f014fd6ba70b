"""A procedure's page, its checklist on paper."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from catalog.models import ProcedureVersion
from catalog.queries.impact import recent_change
from catalog.queries.published import published_version, related_to
from catalog.queries.retirements import Ending, ending_at
from catalog.sheets import Sheet
from crm.queries.durations import decision_time
from portal.addresses import absolute
from portal.cache import published_page
from portal.forms import PickVariant
from portal.queries.procedure_page import can_apply_online, facts_of, linked_data, said_cost, ways_of
from portal.queries.variants import elsewhere


class Ended(Http404):
    """The procedure of this name ended."""

    def __init__(self, ending: Ending) -> None:
        super().__init__()
        self.ending = ending


def public_version(slug: str) -> ProcedureVersion:
    """
    Return the version of a procedure that everybody sees now.

    :raises Http404: nothing is published under this name; `Ended` where something was, and ended
    """
    version = published_version(slug)
    if version is None:
        ending = ending_at(slug, (get_language() or "es")[:2])
        raise Ended(ending) if ending else Http404
    return version


def told_when_ended(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Have a page of a procedure that ended say so, why, and what to do instead."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Ended as ended:
            return render(request, "portal/ended.html", {"ending": ended.ending}, status=410)

    return shown


@published_page
@told_when_ended
def show_procedure(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what it is, for whom, what it costs and takes, what to bring, how to begin."""
    version = public_version(slug)
    sheet, where = _sheet_where(request, version)
    context = {
        **where,
        "version": version,
        "procedure": version.procedure,
        "sheet": sheet,
        "facts": facts_of(sheet),
        "ways": ways_of(sheet),
        "costs": [(said_cost(cost), cost.condition) for cost in sheet.costs],
        "time": decision_time(version.procedure_id),
        "can_apply": can_apply_online(version),
        "change": recent_change(version.procedure_id),
        "related": related_to(version, (get_language() or "es")[:2]),
        "linked_data": linked_data(version, absolute("portal:procedure", slug)),
    }
    response = render(request, "portal/procedure.html", context)
    response.about = str(version.procedure_id)  # type: ignore[attr-defined]  # its readings are counted, from memory too
    response.scope = response.about  # type: ignore[attr-defined]  # it is drawn anew when this procedure changes
    return response


@published_page
@told_when_ended
def show_checklist(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what to bring on one sheet of paper."""
    version = public_version(slug)
    sheet, where = _sheet_where(request, version)
    context = {**where, "version": version, "procedure": version.procedure, "sheet": sheet}
    response = render(request, "portal/checklist.html", context)
    response.scope = str(version.procedure_id)  # type: ignore[attr-defined]
    return response


def _sheet_where(request: HttpRequest, version: ProcedureVersion) -> tuple[Sheet, dict[str, Any]]:
    """Return the sheet as it is in the place that the address names, and what the page says of places."""
    sheet = version.sheet
    places = elsewhere(sheet, request.GET)
    if places is None:
        return sheet, {"places": None, "place_query": ""}
    form = PickVariant(places.communes, places.place, request.GET if "commune" in request.GET else None)
    chosen = places.chosen
    context = {"places": places, "place_query": places.query, "pick": form}
    return (sheet.where(chosen.variant) if chosen else sheet), context
