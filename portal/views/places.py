"""Where to go and how long the wait is: never cached, for it changes by the minute."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.queries.published import published_version
from portal.forms import PickCommune
from portal.queries.places import line_wait, mobile_stops, places_near


@login_not_required
@require_safe
def show_places(request: HttpRequest) -> HttpResponse:
    """Show the offices nearest to a commune: distance, hours, whether they are open, the wait."""
    form = PickCommune(request.GET if "commune" in request.GET else None)
    commune = form.cleaned_data["commune"] if form.is_bound and form.is_valid() else None
    slug = request.GET.get("procedure", "")
    context = {
        "form": form,
        "commune": commune,
        "version": published_version(slug) if slug else None,
        "places": places_near(commune) if commune else [],
        "stops": mobile_stops(commune) if commune else [],
    }
    return render(request, "portal/places.html", context)


@login_not_required
@require_safe
def show_waits(request: HttpRequest) -> HttpResponse:
    """Show how long line 101 takes to answer now; a procedure's page fetches the part of it that says so."""
    return render(request, "portal/waits.html", {"line": line_wait()})
