"""The list of pages for search engines."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from catalog.models import Bundle, LifeEvent, SearchEntry, Theme

MOST = 20_000  # procedures; a sitemap holds at most 50,000 addresses


@login_not_required
@require_safe
def show_sitemap(request: HttpRequest) -> HttpResponse:
    """List every published page in every language."""
    slugs = list(
        SearchEntry.objects.filter(language="es").order_by("slug").values_list("slug", flat=True)[:MOST]
    )
    life_events = list(LifeEvent.objects.order_by("code").values_list("code", flat=True))
    bundles = list(Bundle.objects.published().order_by("code").values_list("code", flat=True))
    themes = list(Theme.objects.order_by("code").values_list("code", flat=True))
    addresses = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            addresses += [
                reverse(f"portal:{name}")
                for name in ("home", "all", "places", "about", "accessibility", "privacy")
            ]
            addresses += [reverse("portal:life-event", args=[code]) for code in life_events]
            addresses += [reverse("portal:bundle", args=[code]) for code in bundles]
            addresses += [reverse("portal:theme", args=[code]) for code in themes]
            addresses += [reverse("portal:procedure", args=[slug]) for slug in slugs]
    site = settings.SITE_URL.rstrip("/")
    response = render(
        request,
        "portal/sitemap.xml",
        {"addresses": [site + one for one in addresses]},
        content_type="application/xml",
    )
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
