"""The first page, and the search."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog import actions as catalog
from catalog.models import LifeEvent
from catalog.queries.bundles import offered_bundles
from catalog.queries.published import most_wanted
from catalog.queries.search import SearchResults, search
from portal.cache import published_page
from portal.visitors import language_of, visitor_of

MOST = 300  # characters of a question that are looked at
BUNDLES = 6  # that the first page names; the others stand at their life events


@published_page
def show_home(request: HttpRequest) -> HttpResponse:
    """Show one sentence and a search field, life events, and what is asked for most."""
    context = {
        "wanted": most_wanted(language_of(request)),
        "life_events": LifeEvent.objects.order_by("position", "code"),
        "bundles": offered_bundles()[:BUNDLES],
    }
    return render(request, "portal/home.html", context)


@login_not_required
@require_safe
def show_search(request: HttpRequest) -> HttpResponse:
    """Show what was found for a citizen's own words, or where to ask when nothing was."""
    language = language_of(request)
    query = " ".join(request.GET.get("q", "").split())[:MOST]
    results = search(query, language=language) if query else SearchResults([], "")
    context = {"query": query, "results": results}
    if query:
        catalog.log_search(
            query, by=visitor_of(request), language=language, channel="web", results=len(results.entries)
        )
    if not results.entries:
        context |= {
            "wanted": most_wanted(language),
            "life_events": LifeEvent.objects.order_by("position", "code"),
        }
    return render(request, "portal/search.html", context)
