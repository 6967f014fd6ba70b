"""Pages that stand still."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from catalog.caching import HOUSE, PARTNERS
from catalog.queries.partners import partners
from common import clock
from crm.queries.retention import active_rules
from portal.cache import published_page
from portal.queries.rights import rights_procedures


@published_page
def show_about(request: HttpRequest) -> HttpResponse:
    """Say what Ventanilla is and where it is found."""
    return _still(render(request, "portal/about.html"))


@published_page
def show_accessibility(request: HttpRequest) -> HttpResponse:
    """Show the accessibility statement."""
    return _still(render(request, "portal/accessibility.html"))


@published_page
def show_partners(request: HttpRequest) -> HttpResponse:
    """List the agencies that take part, since when, how far along, and what may be done where."""
    today = clock.local_date(clock.now(), settings.TIME_ZONE)
    response = render(request, "portal/partners.html", {"partners": partners(on=today), "day": today})
    response.scope = PARTNERS  # type: ignore[attr-defined]
    return response


def _still(response: HttpResponse) -> HttpResponse:
    response.scope = HOUSE  # type: ignore[attr-defined]  # it speaks of no procedure
    return response


@published_page
def show_privacy(request: HttpRequest) -> HttpResponse:
    """Say what is kept about people, why, and for how long."""
    return render(request, "portal/privacy.html", {"rules": active_rules(), "rights": rights_procedures()})
