"""The telephone exchange's door: `POST /api/telephony/<token>/`, a form or JSON."""

import hmac
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from accounts.actors import Actor
from callcentre import actions, telephony
from common.limits import allow
from common.problems import problem

A_MINUTE = timedelta(minutes=1)
GUESSES = 30
EVENTS = 6000


@csrf_exempt
@login_not_required
@override("en")  # whoever sets an exchange up reads one language
def receive_event(request: HttpRequest, token: str) -> HttpResponse:
    """Take in one event; 200 with the call's state, or a problem document saying what is wrong with it."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if not _is_known(token):
        if not allow("telephony-guess", address, times=GUESSES, within=A_MINUTE):
            return _too_many()
        return problem(403, "not-allowed", "This token opens nothing.")
    if request.method != "POST":
        response = problem(405, "method-not-allowed", "Send events by POST.")
        response.headers["Allow"] = "POST"
        return response
    if not allow("telephony", address, times=EVENTS, within=A_MINUTE):
        return _too_many()
    try:
        told = telephony.read(request.META.get("CONTENT_TYPE", ""), request.body)
    except telephony.EventUnreadable as error:
        return problem(error.status, error.code, str(error))
    except (RequestDataTooBig, RawPostDataException):
        return problem(413, "too-large", "An event has at most 32 kB.")
    call = actions.receive_event(told, by=Actor.system())
    return JsonResponse({"callId": call.call_id, "state": call.state})


def _is_known(token: str) -> bool:
    """Compare in constant time; without a token of our own nobody is let in."""
    known = settings.TELEPHONY_TOKEN
    return bool(known) and hmac.compare_digest(token.encode(), known.encode())


def _too_many() -> HttpResponse:
    response = problem(
        429, "too-many-requests", "Please send fewer events, and try this one again in a minute."
    )
    response.headers["Retry-After"] = "60"
    return response
