"""What every template may ask."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, translate_url


def site(request: HttpRequest) -> dict[str, Any]:
    """Return whether this is the demo, the live address, and this page's address in the other languages."""
    path = request.get_full_path() if request.method == "GET" else request.path
    try:
        languages = [(code, name, translate_url(path, code)) for code, name in settings.LANGUAGES]
    except NoReverseMatch:  # pragma: no cover - translate_url answers for any path it can not resolve
        languages = []
    return {"demo": settings.DEMO, "live_url": settings.LIVE_URL, "page_languages": languages}
