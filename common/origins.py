"""Where a request comes from: one answer for every limit in the house, and for whatever reads the address by itself."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def address_of(request: HttpRequest) -> str:
    """Return where a request comes from, for limits only: behind our proxy what the proxy saw, and nowhere else what is claimed."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return str(forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", ""))


class ComesFrom:
    """Let `REMOTE_ADDR` tell the same, for libraries that limit by it (sign-in) and doors that read it themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META["REMOTE_ADDR"] = address_of(request)
        return self.get_response(request)
