"""What every template may ask."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url

from common.languages import typed_on


def site(request: HttpRequest) -> dict[str, Any]:
    """Return whether this is the demo, the live address, and this page in the other languages, with what was typed on it."""
    return {
        "demo": settings.DEMO,
        "live_url": settings.LIVE_URL,
        "page_languages": _other_languages(request),
        "page_typed": typed_on(request),
    }


def _other_languages(request: HttpRequest) -> list[tuple[str, str, str, str]]:
    """Each language's code and name, the page that remembers the choice and goes on to this one, and this page itself."""
    path = request.get_full_path() if request.method == "GET" else request.path
    return [
        (
            code,
            str(name),
            f"/idioma/{code}/?{urlencode({'next': translate_url(path, code)})}",
            translate_url(request.get_full_path(), code),
        )
        for code, name in settings.LANGUAGES
    ]
