"""What a clerk whose page has grown old is told: how the ticket or the desk that was theirs stands now."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import User
from events.models import Event
from offices.models import Desk, Ticket, TicketState


def was_called_by(ticket: Ticket, actor: Actor) -> bool:
    """Whether this clerk called the ticket before, whoever has it now."""
    return (
        Event.objects.about("ticket", ticket.pk).filter(kind="ticket.called", actor_id=actor.user_id).exists()
    )


def sat_at(desk: Desk, actor: Actor) -> bool:
    """Whether this clerk sat at the desk before, whoever sits there now."""
    return Event.objects.about("desk", desk.pk).filter(kind="desk.opened", actor_id=actor.user_id).exists()


def ticket_now(ticket: Ticket) -> str:
    """Return a sentence with the state of a ticket, and who has it in hand."""
    words = {"ticket": ticket.name, "clerk": ticket.clerk or "", "desk": ticket.desk or ""}
    match ticket.state:
        case TicketState.WAITING:
            return _("%(ticket)s is back in the queue.") % words
        case TicketState.CALLED:
            return _("%(ticket)s was called to desk %(desk)s by %(clerk)s.") % words
        case TicketState.SERVING:
            return _("%(ticket)s is with %(clerk)s at desk %(desk)s.") % words
        case TicketState.HELD:
            return _("%(ticket)s is fetching a paper and comes back to %(clerk)s.") % words
        case TicketState.NO_SHOW:
            return _("%(ticket)s did not come when %(clerk)s called.") % words
        case TicketState.FINISHED:
            return _("%(ticket)s was served by %(clerk)s.") % words
    return _("%(ticket)s has left.") % words


def desk_now(desk: Desk, actor: Actor) -> str:
    """Return a sentence with who sits at a desk now, or who closed it."""
    words: dict[str, Any] = {"desk": desk, "clerk": desk.clerk or ""}
    if desk.is_open:
        return _("%(clerk)s sits at desk %(desk)s now. Choose a desk before you call.") % words
    closed = Event.objects.about("desk", desk.pk).filter(kind="desk.closed").last()
    if closed and closed.actor_id and closed.actor_id != actor.user_id:
        words["clerk"] = User.objects.filter(pk=closed.actor_id).first() or ""
        return _("%(clerk)s closed desk %(desk)s. Choose a desk before you call.") % words
    return _("Desk %(desk)s is closed. Choose a desk before you call.") % words
