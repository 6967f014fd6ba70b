"""Who may do what with the figures and the parameters."""

from accounts.actors import Actor
from accounts.models import Role
from metrics.models import ParameterSet


def can_count(actor: Actor) -> bool:
    """Roll-ups are Ventanilla's own work."""
    return actor.is_system


def can_edit_parameters(actor: Actor) -> bool:
    """Analysts and administrators propose values."""
    return actor.is_staff and actor.has_role(Role.ANALYST, Role.ADMINISTRATOR)


def can_approve(actor: Actor, parameter_set: ParameterSet) -> bool:
    """An analyst or administrator who neither began this version nor changed a value of it."""
    if not can_edit_parameters(actor) or parameter_set.created_by_id == actor.user_id:
        return False
    return not parameter_set.changes.filter(by=actor.user_id).exists()


def office_scope(actor: Actor) -> tuple[int, ...] | None:
    """
    The offices whose rows an actor may count; None: all.

    A supervisor of an office sees its figures; analysts, administrators and the line's supervisors see
    everybody's. Rows shown are never of a person: no name, number or address is selected.
    """
    if actor.has_role(Role.ANALYST, Role.ADMINISTRATOR):
        return None
    offices = [post.office_id for post in actor.posts if post.role == Role.SUPERVISOR]
    return None if None in offices else tuple(sorted(one for one in offices if one is not None))
