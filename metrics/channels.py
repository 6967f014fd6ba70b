"""The channels as the figures name them, also where the app that serves one is not installed."""

from django.utils.translation import gettext

from common import channels

FOUR = ("web", "office", "mobile", "phone")


def channel_label(code: str) -> str:
    """The channel's name for people."""
    own = {
        "web": gettext("Web"),
        "office": gettext("Offices"),
        "mobile": gettext("Mobile offices"),
        "phone": gettext("Line 101"),
    }
    return own.get(code) or str(channels.get(code).label)


def known_codes() -> list[str]:
    """The four channels of the network, and any other that an app has registered."""
    return [*FOUR, *(one.code for one in channels.known() if one.code not in FOUR)]
