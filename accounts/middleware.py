"""Who acts in this request."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.functional import SimpleLazyObject

from accounts import held, interrupted
from accounts.actors import Actor
from accounts.models import User


def hold_case(request: HttpRequest, case_id: UUID) -> None:
    """
    Remember, for this session, that the key of a case was shown; the session gets a new id, as at any rise
    of rights.
    """
    request.session.cycle_key()
    held.hold(request.session, case_id)
    request.actor = actor_of(request)  # type: ignore[attr-defined]


def actor_of(request: HttpRequest) -> Actor:
    """Build the actor of a request from its session."""
    user: Any = request.user
    if isinstance(user, User) or getattr(user, "is_authenticated", False):
        return Actor.staff(user)
    return Actor.visitor(held.held_in(request.session))


class CurrentActor:
    """Set `request.actor`, lazily: a page that never asks costs no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request))  # type: ignore[attr-defined]
        return self.get_response(request)


class SignInRequired(LoginRequiredMiddleware):
    """
    Every page asks for a sign-in unless it says otherwise (`login_not_required`).

    A form that comes without a session is kept in the sign-in page (`accounts.interrupted`). A script's request
    is answered 401 alone: what was typed stays where it is, under a sentence that says so.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=401)
        if instead := getattr(view_func, "instead", ""):
            return redirect_to_login(resolve_url(instead), resolve_url(self.get_login_url(view_func)))
        if request.method == "POST":
            return interrupted.ask_to_sign_in(request)
        return super().handle_no_permission(request, view_func)
