"""Who may watch which live topics: topics are names like `office:7`, `agent:<user id>`, `line`, `figures`."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from accounts.actors import Actor
from accounts.models import User

# Topics that tell nothing but “look again”; watched by screens nobody signs in to (waiting rooms, a ticket on
# a phone).
PUBLIC = ("office:", "ticket:")


def may_watch(session_key: str, topics: list[str]) -> bool:
    """Whether the holder of this session may watch all of these topics now."""
    private = [topic for topic in topics if not topic.startswith(PUBLIC)]
    if not private:
        return True
    actor = _actor(session_key)
    return actor is not None and actor.is_staff and all(_is_mine(actor, topic) for topic in private)


def _actor(session_key: str) -> Actor | None:
    """
    Whoever the session is of, by the same rule as on every page: ended sign-ins and changed passwords count
    at once.
    """
    if not session_key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    return Actor.staff(user) if isinstance(user, User) else None


def _is_mine(actor: Actor, topic: str) -> bool:
    kind, _, subject = topic.partition(":")
    if kind == "agent":
        return subject == str(actor.user_id)
    if kind == "agency":
        return subject.isdecimal() and int(subject) in actor.agency_ids("officer")
    return kind in {"line", "figures"}
