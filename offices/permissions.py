"""Who may do what in an office (state belongs to the models). A post at another office opens nothing here."""

from accounts.actors import Actor
from accounts.models import Role
from offices.models import OFFICE_ROLES, Desk, Ticket
from territory.models import Office


def _works_at(actor: Actor, office_id: int, *roles: Role) -> bool:
    return actor.is_system or office_id in actor.office_ids(*roles)


def works_at_an_office(actor: Actor) -> bool:
    """Hosts, clerks and supervisors with a post at some office; the line's supervisors have none."""
    return bool(actor.office_ids(*OFFICE_ROLES))


def serves_at_an_office(actor: Actor) -> bool:
    """Clerks and supervisors with a post at some office."""
    return bool(actor.office_ids(Role.CLERK, Role.SUPERVISOR))


def can_receive(actor: Actor, office: Office) -> bool:
    """Hosts, clerks and the supervisor of this very office."""
    return _works_at(actor, office.pk, *OFFICE_ROLES)


def can_serve(actor: Actor, office: Office) -> bool:
    """Clerks and the supervisor of this very office sit at its desks."""
    return _works_at(actor, office.pk, Role.CLERK, Role.SUPERVISOR)


def sits_at(actor: Actor, desk: Desk) -> bool:
    """The clerk of this very desk, while they serve at its office."""
    return actor.is_system or (
        desk.clerk_id == actor.user_id and _works_at(actor, desk.office_id, Role.CLERK, Role.SUPERVISOR)
    )


def can_supervise(actor: Actor, office: Office) -> bool:
    """The supervisor of this very office."""
    return _works_at(actor, office.pk, Role.SUPERVISOR)


def has_in_hand(actor: Actor, ticket: Ticket) -> bool:
    """The clerk who called this ticket."""
    return actor.is_system or (ticket.clerk_id is not None and ticket.clerk_id == actor.user_id)


def can_put_back(actor: Actor, ticket: Ticket) -> bool:
    """The clerk who called it, or the office's supervisor for a colleague who is gone."""
    return has_in_hand(actor, ticket) or can_supervise(actor, ticket.office)
