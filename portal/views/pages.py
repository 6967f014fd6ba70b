"""Pages that stand still."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.cache import published_page


@published_page
def show_about(request: HttpRequest) -> HttpResponse:
    """Say what Ventanilla is and where it is found."""
    return render(request, "portal/about.html")


@published_page
def show_accessibility(request: HttpRequest) -> HttpResponse:
    """Show the accessibility statement."""
    return render(request, "portal/accessibility.html")


@published_page
def show_privacy(request: HttpRequest) -> HttpResponse:
    """Say what is kept about people, why, and for how long."""
    return render(request, "portal/privacy.html")
