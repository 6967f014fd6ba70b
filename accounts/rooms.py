"""
The staff rooms: each is registered by the app that owns it and guarded as a whole by roles.

`room_required("desk")` on a view (or on every view of a URLconf through `guarded`) lets in only holders of the room's roles.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common.errors import NotAllowed


@dataclass(frozen=True)
class Room:
    """A part of the house for staff: `roles` may enter, if their post `opens` the door; `url_name` is that door."""

    code: str
    label: str | Promise
    glyph: str
    url_name: str
    roles: frozenset[str]
    position: int = 50
    opens: Callable[[Actor], bool] = lambda actor: True


_rooms: dict[str, Room] = {}


def register(room: Room) -> None:
    """Add a room; called from `AppConfig.ready()`."""
    _rooms[room.code] = room


def get(code: str) -> Room:
    """Return a registered room."""
    return _rooms[code]


def registered() -> list[Room]:
    """Return all rooms of the house."""
    return list(_rooms.values())


def rooms_of(actor: Actor) -> list[Room]:
    """Return the rooms an actor may enter, in their fixed order: every door shown opens."""
    opened = (room for room in registered() if actor.has_role(*room.roles) and room.opens(actor))
    return sorted(opened, key=lambda room: room.position)


def room_required(code: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let in only those whose role opens the room; others get a 403 with a sentence."""

    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor: Actor = request.actor  # type: ignore[attr-defined]
            if not actor.has_role(*_rooms[code].roles):
                raise NotAllowed(_("This room is for other staff. Ask your administrator if you need it."))
            request.room = code  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        guarded_view.room = code  # type: ignore[attr-defined]  # read by the house-rule test
        return guarded_view

    return guard


def links_for(actor: Actor, current: str | None) -> Iterable[dict[str, Any]]:
    """Return what the staff frame draws on the left."""
    return [
        {
            "url": reverse(room.url_name),
            "label": room.label,
            "glyph": room.glyph,
            "current": room.code == current,
        }
        for room in rooms_of(actor)
    ]
