"""Who may read: everybody, or holders of a key where the house asks for one; and how often."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from rest_framework.request import Request
from rest_framework.views import APIView

from catalog.actions.tokens import token_digest
from catalog.api.legacy.rendering import LegacyRefusal, answer, callback_of, refusal
from catalog.api.public import PublicThrottle
from catalog.models import ApiToken


def needs_token() -> bool:
    """Whether the house asks for a key (`CATALOGUE_API_OPEN=0`)."""
    return not getattr(settings, "CATALOGUE_API_OPEN", True)


def legacy_view(*, token: bool = True) -> Callable[[Callable[..., Any]], Callable[..., HttpResponse]]:
    """
    Turn a function that returns data into an address of both shapes; `plain` tells it which one it serves.

    :param token: whether a key is asked for where the house asks for keys
    """

    def make(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
        @csrf_exempt  # nothing is ever written here: another method is refused as such
        @login_not_required
        @require_safe
        @wraps(view)
        def address(request: HttpRequest, *args: Any, plain: bool = False, **kwargs: Any) -> HttpResponse:
            try:
                callback_of(request)
                _refuse_flood(request)
                if token:
                    _refuse_without_token(request, plain=plain)
                return answer(request, view(request, *args, plain=plain, **kwargs))
            except LegacyRefusal as error:
                return refusal(request, error, as_list=plain)

        return address

    return make


def _refuse_flood(request: HttpRequest) -> None:
    if not PublicThrottle().allow_request(Request(request), APIView()):
        raise LegacyRefusal(
            429, "Demasiadas solicitudes: intente de nuevo en un minuto", "Demasiadas solicitudes"
        )


def _refuse_without_token(request: HttpRequest, *, plain: bool) -> None:
    if not needs_token():
        return
    given = request.GET.get("access_token", "")
    if not given or not ApiToken.objects.valid().filter(digest=token_digest(given[:200])).exists():
        raise LegacyRefusal(403 if plain else 401, "access_token incorrecto", "Acceso no autorizado")
