"""Who may do what on the line (state belongs to the models)."""

from accounts.actors import Actor
from accounts.models import Role

CONSOLE_ROLES = (Role.AGENT, Role.SUPERVISOR)


def can_answer_calls(actor: Actor) -> bool:
    """Agents and supervisors."""
    return actor.has_role(*CONSOLE_ROLES)


def can_watch_line(actor: Actor) -> bool:
    """Supervisors of the line: those whose post is not bound to one office."""
    return any(post.role == Role.SUPERVISOR and post.office_id is None for post in actor.posts)
