"""Who may do what on the line (state belongs to the models)."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Role
from common.errors import NotAllowed

CONSOLE_ROLES = (Role.AGENT, Role.SUPERVISOR)


def can_answer_calls(actor: Actor) -> bool:
    """Agents and supervisors."""
    return actor.has_role(*CONSOLE_ROLES)


def can_watch_line(actor: Actor) -> bool:
    """Supervisors of the line: those whose post is not bound to one office."""
    return any(post.role == Role.SUPERVISOR and post.office_id is None for post in actor.posts)


def user_of(actor: Actor) -> UUID:
    """
    Return who sits at the telephone.

    :raises NotAllowed: the actor is nobody who signs in
    """
    if actor.user_id is None:
        raise NotAllowed(_("Sign in first."))
    return actor.user_id
