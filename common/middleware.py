"""Headers every answer carries, and words for the one refusal that Django gives without any."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.translation import gettext

from common.problems import is_for_machines, problem

POLICY = "camera=(), geolocation=(self), microphone=(), payment=(), usb=()"


class SecurityHeaders:
    """Say what a browser may do, and that nothing personal is to be stored by shared caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        response.headers.setdefault(
            "Strict-Transport-Security", "max-age=63072000; includeSubDomains; preload"
        )
        if not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "private, no-store"
        return response


class WrongMethod:
    """Say in words that an address only takes in what is sent to it (405); `Allow` still names what it takes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refused = self.get_response(request)
        if not isinstance(refused, HttpResponseNotAllowed) or refused.content:
            return refused
        if is_for_machines(request):
            answer: HttpResponse = problem(
                405, "method-not-allowed", gettext("This address does not take this method.")
            )
        else:
            answer = render(request, "405.html", {"in_staff": "/staff/" in request.path_info}, status=405)
        answer.headers["Allow"] = refused.headers["Allow"]
        return answer
