"""The end of an office's day: whoever still waits has left, desks are closed."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import require
from crm import actions as crm
from offices.actions.desks import close_desk
from offices.actions.periods import move
from offices.models import AT_DESK, OVER, Desk, Ticket, TicketState
from offices.models.ticket import NEXT
from territory.models import Office

SILENCE = timedelta(
    minutes=10
)  # a called ticket that neither comes nor is called again goes back to the queue


@transaction.atomic
def end_ticket(ticket: Ticket, *, by: Actor) -> Ticket:
    """
    End what is left of a ticket when its day is over: left, if nobody served them; served, if somebody did and forgot to finish.

    :raises NotAllowed: only the system ends days
    """
    require(by.is_system, _("Days are ended by Ventanilla itself."))
    ticket = Ticket.objects.lock(ticket.pk)
    if ticket.is_over:
        return ticket
    served = TicketState.FINISHED in NEXT[TicketState(ticket.state)]
    to, event, ending = (
        (TicketState.FINISHED, "ticket.finished", "served")
        if served
        else (TicketState.ABANDONED, "ticket.abandoned", "abandoned")
    )
    move(ticket, to, by=by, at=clock.now(), event=event)
    crm.end_interaction(ticket.visit.interaction, by=by, ending=ending)
    return ticket


def end_day(office: Office, *, by: Actor, before: date) -> int:
    """
    End every ticket of the days of an office before `before`, each in a transaction of its own; return how many.

    Desks nobody is being served at are closed too.
    """
    left = (
        Ticket.objects.filter(office=office, business_date__lt=before)
        .exclude(state__in=OVER)
        .order_by("business_date", "turn_at")
    )
    ended = 0
    for ticket in left.iterator(chunk_size=200):
        end_ticket(ticket, by=by)
        ended += 1
    for desk in Desk.objects.open().filter(office=office).exclude(tickets__state__in=AT_DESK):
        if clock.local_date(desk.opened_at or clock.now(), office.commune.time_zone) < before:
            close_desk(desk, by=by)
    return ended
