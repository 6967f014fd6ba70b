"""What the staff frame shows on every page."""

from typing import Any

from django.http import HttpRequest

from accounts import rooms


def staff_frame(request: HttpRequest) -> dict[str, Any]:
    """Return the rooms this person may enter, lazily: citizen pages never evaluate it."""
    return {"rooms": lambda: rooms.links_for(request.actor, getattr(request, "room", None))}  # type: ignore[attr-defined]
