"""Procedures by life event, theme and agency."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.models import Agency
from catalog.models import LifeEvent, SearchEntry, Theme
from catalog.queries.bundles import offered_bundles
from catalog.queries.published import by_life_event, by_theme
from portal.cache import published_page
from portal.queries.listings import agencies_with_procedures, listing, procedures_by_title, whole_catalogue
from portal.visitors import language_of

WHOLE = 200  # procedures that fit on one page of under 100 kB


@published_page
def show_life_event(request: HttpRequest, code: str) -> HttpResponse:
    """Show the procedures of something that happens in a life."""
    topic = get_object_or_404(LifeEvent, code=code)
    found = listing(by_life_event(code, language_of(request)), request.GET.get("after", ""))
    is_first = "after" not in request.GET
    context = {"topic": topic, "listing": found, "bundles": offered_bundles(code) if is_first else []}
    return render(request, "portal/topic.html", context)


@published_page
def show_theme(request: HttpRequest, code: str) -> HttpResponse:
    """Show the procedures of a field of public service."""
    topic = get_object_or_404(Theme, code=code)
    found = listing(by_theme(code, language_of(request)), request.GET.get("after", ""))
    return render(request, "portal/topic.html", {"topic": topic, "listing": found})


@published_page
def show_all(request: HttpRequest) -> HttpResponse:
    """Show agencies with all their procedures from A to Z; only with how many when the catalogue is large."""
    language = language_of(request)
    is_small = SearchEntry.objects.filter(language=language)[: WHOLE + 1].count() <= WHOLE
    context = {
        "themes": Theme.objects.order_by("position", "code"),
        "grouped": whole_catalogue(language) if is_small else [],
        "agencies": [] if is_small else agencies_with_procedures(language),
    }
    return render(request, "portal/all.html", context)


@published_page
def show_agency(request: HttpRequest, code: str) -> HttpResponse:
    """Show one agency's procedures from A to Z."""
    agency = get_object_or_404(Agency, code=code)
    found = procedures_by_title(language_of(request), agency, request.GET.get("after", ""))
    return render(request, "portal/agency.html", {"agency": agency, "listing": found})
