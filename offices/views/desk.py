"""The desk: sit down, call, and what is done with the ticket in hand."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common import clock
from common.errors import DomainError, NotAllowed
from common.pages import render_page
from offices import actions, permissions
from offices.models import AT_DESK, Desk, PeriodKind, Ticket
from offices.priorities import label_of
from offices.queries import old_pages
from offices.queries.queue import desk_rows, held_rows, waiting_rows
from offices.queries.waits import wait_now
from offices.views.place import office_of, offices_of, today_of

# What a clerk does with a ticket by one key; each is an action that refuses in words.
MOVES: dict[str, Callable[..., Ticket]] = {
    "recall": actions.recall_ticket,
    "start": actions.start_serving,
    "no-show": actions.mark_no_show,
    "put-back": actions.put_back,
    "hold": actions.hold_ticket,
    "resume": actions.resume_ticket,
}
TO_VISIT = {"start", "resume"}


@room_required("desk")
def show_desk(request: ActorRequest) -> HttpResponse:
    """Show the desks to choose from, the queue before the desk, or whom it has called."""
    desk = Desk.objects.open().filter(clerk=request.actor.user_id).select_related("office__commune").first()
    office = desk.office if desk else office_of(request)
    ticket = _in_hand(desk) if desk else None
    if ticket and ticket.is_serving and not request.htmx:
        return redirect("offices:visit", ticket.visit_id)
    day = today_of(office)
    context: dict[str, Any] = {
        "office": office,
        "supervises": permissions.can_supervise(request.actor, office),
        "desk_words": gettext("Desk %(desk)s") % {"desk": desk} if desk else "",
        "offices": offices_of(request),
        "desk": desk,
        "desks": [] if desk else desk_rows(office),
        "ticket": ticket,
        "matters": _titles(ticket),
        "priority": label_of(ticket.visit.priority) if ticket else "",
        "on_the_way": ticket is not None
        and ticket.periods.filter(kind=PeriodKind.WALKING, ended_at__isnull=True).exists(),
        "held": held_rows(office, request.actor.user_id),
        "rows": waiting_rows(office, day),
        "wait": wait_now(office, day),
        "now": clock.now(),
        "key": uuid4(),
    }
    return render_page(request, "offices/desk.html", context, fragment="queue")


def _in_hand(desk: Desk) -> Ticket | None:
    tickets = desk.tickets.filter(state__in=AT_DESK)
    return (
        tickets.select_related("visit__interaction__person")
        .prefetch_related("visit__matters__version")
        .first()
    )


def _titles(ticket: Ticket | None) -> list[str]:
    return [matter.version.title for matter in ticket.visit.matters.all() if matter.version] if ticket else []


@require_POST
@room_required("desk")
def open_desk(request: ActorRequest) -> HttpResponse:
    """Sit down at a desk."""
    number = request.POST.get("number", "")
    try:
        actions.open_desk(
            office_of(request),
            by=request.actor,
            number=int(number) if number.isdecimal() and len(number) < 4 else 0,
        )
    except NotAllowed:
        raise
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("offices:desk")


@require_POST
@room_required("desk")
def close_desk(request: ActorRequest, desk_id: UUID) -> HttpResponse:
    """Get up, or close the desk of a colleague who forgot to."""
    desk = get_object_or_404(Desk.objects.visible_to(request.actor), pk=desk_id)
    try:
        actions.close_desk(desk, by=request.actor)
        messages.success(request, gettext("Desk %(desk)s is closed.") % {"desk": desk})
    except NotAllowed:
        raise
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("offices:today" if "today" in request.POST else "offices:desk")


@require_POST
@room_required("desk")
def call_next(request: ActorRequest, desk_id: UUID) -> HttpResponse:
    """Call whoever is next; the same request sent twice calls one person; a desk closed meanwhile is told of."""
    desk = get_object_or_404(Desk.objects.visible_to(request.actor), pk=desk_id)
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        key = None
    try:
        if actions.call_next(desk, by=request.actor, key=key) is None:
            messages.info(request, gettext("Nobody is waiting."))
    except NotAllowed:
        if not old_pages.sat_at(desk, request.actor):
            raise
        desk.refresh_from_db()
        messages.error(request, old_pages.desk_now(desk, request.actor))
    return redirect("offices:desk")


@require_POST
@room_required("desk")
def move_ticket(request: ActorRequest, ticket_id: UUID, move: str) -> HttpResponse:
    """Do one of `MOVES` with a ticket; from a page grown old, say how the ticket stands now."""
    ticket = get_object_or_404(Ticket.objects.visible_to(request.actor), pk=ticket_id)
    try:
        ticket = MOVES[move](ticket, by=request.actor)
    except NotAllowed:
        ticket.refresh_from_db()
        if not old_pages.was_called_by(ticket, request.actor):
            raise NotAllowed(old_pages.ticket_now(ticket)) from None
        messages.error(request, old_pages.ticket_now(ticket))
        return redirect("offices:desk")
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("offices:desk")
    if move in TO_VISIT:
        return redirect("offices:visit", ticket.visit_id)
    return redirect("offices:today" if "today" in request.POST else "offices:desk")
