"""The end of an office's day: whoever still waits has left."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import require
from crm import actions as crm
from offices.actions.periods import move
from offices.models import Ticket, TicketState
from offices.models.ticket import NEXT
from offices.queries import locked

SILENCE = timedelta(
    minutes=10
)  # a called ticket that neither comes nor is called again goes back to the queue


@transaction.atomic
def end_ticket(ticket: Ticket, *, by: Actor) -> Ticket:
    """
    End what is left of a ticket when its day is over: left, if nobody served them; served, if somebody did
    and forgot to finish.

    :raises NotAllowed: only the system ends days
    """
    require(by.is_system, _("Days are ended by Ventanilla itself."))
    ticket = locked.ticket(ticket.pk)
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
