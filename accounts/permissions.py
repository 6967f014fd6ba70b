"""Who may do what with sign-ins and posts."""

from accounts.actors import Actor
from accounts.models import Role, User
from accounts.queries.teams import people_under


def can_manage_people(actor: Actor) -> bool:
    """Administrators, and the system."""
    return actor.is_system or actor.has_role(Role.ADMINISTRATOR)


def can_disable(actor: Actor, user: User) -> bool:
    """Administrators, but never themselves: nobody locks themselves out."""
    return can_manage_people(actor) and actor.user_id != user.pk


def can_set_password(actor: Actor, user: User) -> bool:
    """Everybody their own."""
    return actor.is_system or actor.user_id == user.pk


def can_enter_absence(actor: Actor, user: User) -> bool:
    """Whoever works here, their own; supervisors, chiefs and administrators, of those they answer for."""
    if not actor.is_staff:
        return False
    return actor.user_id == user.pk or people_under(actor).filter(pk=user.pk).exists()
