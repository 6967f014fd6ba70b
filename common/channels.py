"""The channels a contact can come through: each is registered by the app that serves it."""

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


def register(channel: Channel) -> None:
    """Make a channel known; called from `AppConfig.ready()`."""
    _channels[channel.code] = channel


def get(code: str) -> Channel:
    """Return the channel, or a plain one named by its code when its app is not installed."""
    return _channels.get(code) or Channel(code=code, label=code, glyph=code)


def known() -> list[Channel]:
    """Return every registered channel."""
    return list(_channels.values())
