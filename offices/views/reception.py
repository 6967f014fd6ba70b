"""Reception: one screen, from “what do you come for?” to a number in the hand."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from catalog.queries.published import most_wanted
from catalog.queries.search import search
from common import clock, links
from common.errors import DomainError, shown_on
from common.pages import render_page
from offices import actions, forms
from offices.codes import qr
from offices.models import Ticket
from offices.priorities import label_of
from offices.queries.queue import waiting_rows
from offices.queries.waits import wait_now, wait_of
from offices.views.place import office_of, offices_of, today_of
from territory.models import Office

FOUND = 8


@room_required("reception")
def show_reception(request: ActorRequest) -> HttpResponse:
    """Show the screen; a search keeps everything typed, a good form gives a ticket."""
    office = office_of(request)
    form = forms.Arrival(request.POST or None, initial={"key": uuid4(), "language": get_language() or "es"})
    if request.method == "POST" and "search" not in request.POST and form.is_valid():
        with shown_on(form):
            ticket = _take(request, office, form)
            return redirect("offices:ticket", ticket.pk)
    refused = request.method == "POST" and "search" not in request.POST
    fragment = "matters" if "search" in request.POST else None
    status = 422 if refused else 200
    return render_page(
        request, "offices/reception.html", _context(request, office, form), fragment=fragment, status=status
    )


def _take(request: ActorRequest, office: Office, form: forms.Arrival) -> Ticket:
    given = form.cleaned_data
    try:
        return actions.take_ticket(
            office,
            by=request.actor,
            versions=form.chosen,
            priority=given["priority"],
            language=given["language"],
            run=given["run"],
            name=given["name"],
            note=given["note"],
            key=given["key"],
        )
    except actions.FormUsed:
        form.renew_key()
        raise


def _context(request: ActorRequest, office: Office, form: forms.Arrival) -> dict[str, Any]:
    day = today_of(office)
    query = str(request.POST.get("q", ""))[:200].strip()
    language = (get_language() or "es")[:2]
    entries = (
        search(query, language=language, limit=FOUND).entries
        if query
        else list(most_wanted(language, limit=FOUND))
    )
    chosen = {version.pk for version in form.chosen}
    return {
        "office": office,
        "offices": offices_of(request),
        "form": form,
        "chosen": form.chosen,
        "found": [entry for entry in entries if entry.version_id not in chosen],
        "query": query,
        "rows": waiting_rows(office, day),
        "wait": wait_now(office, day),
        "now": clock.now(),
    }


@room_required("reception")
def show_queue(request: ActorRequest) -> HttpResponse:
    """Show who waits, for the live part of reception and for those without scripts."""
    office = office_of(request)
    day = today_of(office)
    context = {
        "office": office,
        "rows": waiting_rows(office, day),
        "wait": wait_now(office, day),
        "now": clock.now(),
    }
    return render(request, "offices/_queue.html" if request.htmx else "offices/queue.html", context)


@room_required("reception")
def show_ticket(request: ActorRequest, ticket_id: UUID) -> HttpResponse:
    """Show the ticket just given: number, how many before, how long, and the way to follow it on a phone."""
    return render(request, "offices/ticket.html", _ticket_context(request, ticket_id))


@room_required("reception")
def print_ticket(request: ActorRequest, ticket_id: UUID) -> HttpResponse:
    """Show the ticket as it is printed on 80 mm paper."""
    return render(request, "offices/ticket_print.html", _ticket_context(request, ticket_id))


def _ticket_context(request: ActorRequest, ticket_id: UUID) -> dict[str, Any]:
    tickets = Ticket.objects.visible_to(request.actor).select_related("visit", "office__commune")
    ticket = get_object_or_404(tickets, pk=ticket_id)
    address = request.build_absolute_uri(links.url("ticket", ticket.token))
    return {
        "ticket": ticket,
        "office": ticket.office,
        "wait": wait_of(ticket) if ticket.is_waiting else None,
        "priority": label_of(ticket.visit.priority),
        "matters": [m.version.title for m in ticket.visit.matters.select_related("version") if m.version],
        "address": address,
        "qr": qr(address),
    }


@require_POST
@room_required("reception")
def abandon_ticket(request: ActorRequest, ticket_id: UUID) -> HttpResponse:
    """Somebody told reception that they leave."""
    ticket = get_object_or_404(Ticket.objects.visible_to(request.actor), pk=ticket_id)
    try:
        actions.abandon_ticket(ticket, by=request.actor)
        messages.success(request, gettext("%(ticket)s has left the queue.") % {"ticket": ticket.name})
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("offices:reception")


@require_POST
@room_required("reception")
def open_display(request: ActorRequest) -> HttpResponse:
    """
    Go to the display of this office's waiting room; its address needs no sign-in and shows only numbers and
    desks.
    """
    display = actions.make_display(office_of(request), by=request.actor, renew="renew" in request.POST)
    return redirect(reverse("offices-public:display", args=[display.token]))
