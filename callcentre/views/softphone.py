"""The demo's telephone: plays a caller, and posts the same events to the same address as an exchange does."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.actors import Actor
from accounts.models import User
from accounts.requests import ActorRequest
from accounts.rooms import room_required
from callcentre import actions, telephony
from callcentre.models import Call, CallState, MenuOption
from callcentre.queries.agents import agents, telephone_of
from callcentre.queries.line import NUMBER
from common import clock, phone
from common.ids import new_id


@room_required("softphone")
@require_safe
def show_softphone(request: ActorRequest) -> HttpResponse:
    """Show the caller's phone and the calls going on."""
    context = {
        "options": MenuOption.objects.filter(line__number=NUMBER).order_by("path"),
        "phones": [_phone(user) for user in agents().select_related("extension").order_by("name")],
        **_calls(),
    }
    return render(request, "callcentre/softphone.html", context)


@room_required("softphone")
@require_safe
def show_calls(request: ActorRequest) -> HttpResponse:
    """Show only the calls going on, for the page that looks again by itself."""
    return render(request, "callcentre/softphone.html#calls", _calls())


@room_required("softphone")
@require_POST
def send_event(request: ActorRequest) -> HttpResponse:
    """Without script: take in the event as if it had been posted to the exchange's door."""
    body = urlencode([(name, value) for name, values in request.POST.lists() for value in values])
    try:
        told = telephony.read("application/x-www-form-urlencoded", body.encode())
        actions.receive_event(told, by=Actor.system())
    except telephony.EventUnreadable as refusal:
        messages.error(request, str(refusal))
    return redirect("callcentre:softphone")


def _calls() -> dict[str, object]:
    live = Call.objects.incoming().exclude(state=CallState.ENDED).select_related("option", "agent")
    rows = [
        {
            "call": call,
            "number": phone.pretty(call.from_number or ""),
            "rings": [_phone(ring.user) for ring in call.rings.all()],
        }
        for call in live.prefetch_related("rings__user__extension").order_by("started_at")[:20]
    ]
    door = reverse("callcentre-api:telephony", args=[settings.TELEPHONY_TOKEN])
    return {"calls": rows, "now": clock.now(), "door": door, "new_call_id": f"demo-{new_id()}"}


def _phone(user: User) -> dict[str, str]:
    """An agent's telephone, by the name the exchange gives it."""
    return {"id": str(user.pk), "name": user.name, "number": telephone_of(user)}
