"""
What needs no sign-in: the waiting room's display and the ticket on one's phone. Neither shows anything of a
person.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.requests import ActorRequest
from common import clock, links
from common.errors import DomainError
from crm import keys
from offices import actions
from offices.models import Display, PeriodKind, Ticket
from offices.queries.queue import calls
from offices.queries.waits import wait_now, wait_of
from offices.views.place import today_of

MOVES: dict[str, Callable[..., Ticket]] = {"come": actions.say_on_the_way, "leave": actions.abandon_ticket}


@login_not_required
def show_display(request: ActorRequest, token: str) -> HttpResponse:
    """Show the numbers called, each with its desk: readable at ten metres, spoken, live."""
    display = get_object_or_404(Display.objects.select_related("office__commune"), token=token)
    office = display.office
    day = today_of(office)
    called = calls(office, day, limit=4)
    context = {
        "office": office,
        "calls": called,
        "wait": wait_now(office, day),
        "now": clock.now(),
        "zone": office.commune.time_zone,
    }
    return render(request, "offices/display.html", context)


@login_not_required
def show_turn(request: ActorRequest, token: str) -> HttpResponse:
    """Show where a ticket stands: how many before it, how long, which desk calls."""
    ticket = get_object_or_404(Ticket.objects.select_related("office__commune", "desk", "visit"), token=token)
    return render(request, "offices/turn.html", _context(ticket))


def _context(ticket: Ticket) -> dict[str, Any]:
    walking = (
        ticket.is_called and ticket.periods.filter(kind=PeriodKind.WALKING, ended_at__isnull=True).exists()
    )
    survey = links.url("survey", keys.survey_token(ticket.visit.interaction_id)) if ticket.is_finished else ""
    return {
        "ticket": ticket,
        "office": ticket.office,
        "wait": wait_of(ticket) if ticket.is_waiting else None,
        "walking": walking,
        "survey_url": survey,
        "now": clock.now(),
    }


@require_POST
@login_not_required
def move_turn(request: ActorRequest, token: str, move: str) -> HttpResponse:
    """“I am coming” or “I am leaving”: whoever holds the ticket says so."""
    ticket = get_object_or_404(Ticket, token=token)
    try:
        MOVES[move](ticket, by=request.actor)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("offices-public:ticket", token)
