"""What every template may ask."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url


def site(request: HttpRequest) -> dict[str, Any]:
    """Return whether this is the demo, the live address, and this page's address in the other languages."""
    return {"demo": settings.DEMO, "live_url": settings.LIVE_URL, "page_languages": _other_languages(request)}


def _other_languages(request: HttpRequest) -> list[tuple[str, str, str]]:
    """The page's address in each language, through the page that remembers the choice."""
    path = request.get_full_path() if request.method == "GET" else request.path
    return [
        (code, str(name), f"/idioma/{code}/?{urlencode({'next': translate_url(path, code)})}")
        for code, name in settings.LANGUAGES
    ]
