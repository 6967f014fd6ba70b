"""The channels a contact can come through: each is registered by the app that serves it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Channel:
    """A way in: `code` is stored on interactions, `label` is read by people, `glyph` is drawn on the thread."""

    code: str
    label: str | Promise
    glyph: str
    staffed: bool = False  # somebody of ours serves it: waits, satisfaction by agent


_channels: dict[str, Channel] = {}
_origins: dict[str, Channel] = {}
_look_up: list[Callable[[str], Channel | None]] = []


def register(channel: Channel) -> None:
    """Make a channel known; called from `AppConfig.ready()`."""
    _channels[channel.code] = channel


def register_origin(origin: Channel) -> None:
    """Name where something is done that is no way in: events carry its code, and nobody comes through it."""
    _origins[origin.code] = origin


def look_up_with(find: Callable[[str], Channel | None]) -> None:
    """Say who knows the channels that are rows: those outside this house."""
    _look_up[:] = [find]


def get(code: str) -> Channel:
    """Return the channel, also one outside this house; a plain one named by its code when nobody knows it."""
    if known_here := _channels.get(code) or _origins.get(code):
        return known_here
    found = next((one for find in _look_up if (one := find(code))), None)
    return found or Channel(code=code, label=code, glyph="agency")


def known() -> list[Channel]:
    """Return every registered channel."""
    return list(_channels.values())
