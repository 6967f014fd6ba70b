"""The console between calls: what rings, what I do now, what was missed."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from callcentre import actions, forms
from callcentre.models import Call
from callcentre.queries.missed import PAGE, missed_calls
from callcentre.queries.ringing import Phone, phone_of
from common import clock
from common.errors import DomainError, NotAllowed
from common.pages import render_page

SALT = "callcentre.missed"


@room_required("console")
@require_safe
def show_console(request: ActorRequest) -> HttpResponse:
    """Show the console; an agent with a call before them is taken to it."""
    phone = phone_of(request.actor)
    if phone.present:
        return redirect("callcentre:contact", phone.present.pk)
    _note_shown(request, phone)
    context = {
        "phone": phone,
        "now": clock.now(),
        "form": forms.State(),
        "missed": missed_calls(limit=6),
    }
    return render_page(request, "callcentre/console.html", context)


@room_required("console")
@require_safe
def show_ringing(request: ActorRequest) -> HttpResponse:
    """
    Show what rings at this agent's phone; 204 while nothing has changed, so that nothing moves under their
    hands.
    """
    at, is_over = request.GET.get("at", "")[:36], request.GET.get("over") == "1"
    phone = phone_of(request.actor, at=at, is_over=is_over)
    if phone.signature == request.GET.get("seen"):
        return HttpResponse(status=204)
    if not phone.at and phone.present:
        response = HttpResponse(status=204)
        response.headers["HX-Redirect"] = reverse("callcentre:contact", args=[phone.present.pk])
        return response
    _note_shown(request, phone)
    return render_page(request, "callcentre/_ringing.html", {"phone": phone, "now": clock.now()})


@room_required("console")
@require_POST
def take_call(request: ActorRequest, ref: UUID) -> HttpResponse:
    """The agent speaks with the caller, though the exchange has not said so."""
    call = get_object_or_404(Call.objects.filter(rings__user=request.actor.user_id), pk=ref)
    try:
        call = actions.take_call(call, by=request.actor)
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("callcentre:console")
    return redirect("callcentre:contact", call.interaction_id)


@room_required("console")
@require_POST
def change_state(request: ActorRequest) -> HttpResponse:
    """Available, on a break, away."""
    form = forms.State(request.POST)
    state, reason = (
        request.POST.get("state", "")[:9],
        request.POST.get("reason", "") if form.is_valid() else "",
    )
    try:
        row = actions.take_up_state(by=request.actor, state=state, reason=reason)
        messages.success(request, _("You are now: %(state)s.") % {"state": row.get_state_display()})
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("callcentre:console")


@room_required("console")
@require_safe
def show_missed(request: ActorRequest) -> HttpResponse:
    """List the calls nobody answered, the latest first."""
    rows = missed_calls(_cursor(request.GET.get("before", "")), limit=PAGE + 1)
    page = rows[:PAGE]
    sealed = (
        signing.dumps([page[-1].at.isoformat(), str(page[-1].call.pk)], salt=SALT) if len(rows) > PAGE else ""
    )
    context = {
        "missed": page,
        "next": f"?before={sealed}" if sealed else "",
        "phone": phone_of(request.actor),
        "now": clock.now(),
    }
    return render_page(request, "callcentre/missed.html", context)


def _cursor(sealed: str) -> tuple[datetime, UUID] | None:
    try:
        at, ref = signing.loads(sealed, salt=SALT) if sealed else (None, None)
    except signing.BadSignature:
        return None
    return (datetime.fromisoformat(at), UUID(ref)) if at else None


def _note_shown(request: ActorRequest, phone: Phone) -> None:
    for ringing in phone.ringing:
        if ringing.ring.shown_at is None:
            actions.note_shown(
                ringing.ring, by=request.actor, people=[one.id for one in ringing.candidates.people]
            )
