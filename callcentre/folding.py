"""
Folding: from whatever was told of a call, in whatever order and however often, to what the call is.

A pure function of the stored events. The exchange sends no times, so an event's is that of its arrival; one
that came too late (an answer after the hang-up) is taken to have happened, at the latest moment it can have
happened.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from callcentre.models import CallEvent, CallState, Direction, EventType


@dataclass(frozen=True)
class Facts:
    """What a call's events amount to."""

    state: CallState
    direction: str
    number: str
    menu: str
    ringing: tuple[str, ...]
    answered_by: tuple[str, ...]
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    cause: str


def fold(events: Iterable[CallEvent]) -> Facts:
    """
    Return the call that at least one event tells of: over once hung up, connected once answered, ringing
    otherwise.
    """
    by_type = {event.type: event for event in events}
    told = sorted(by_type.values(), key=lambda event: list(EventType).index(EventType(event.type)))
    new, answer, hangup = (by_type.get(kind) for kind in EventType)
    ended_at = hangup.received_at if hangup else None
    answered_at = min(answer.received_at, ended_at or answer.received_at) if answer else None
    return Facts(
        state=CallState.ENDED if hangup else CallState.CONNECTED if answer else CallState.RINGING,
        direction=_first(told, "direction") or Direction.IN,
        number=_first(told, "number"),
        menu=_first(told, "menu"),
        ringing=tuple(new.payload.get("users", ())) if new else (),
        answered_by=tuple(answer.payload.get("users", ())) if answer else (),
        started_at=min(event.received_at for event in told),
        answered_at=answered_at,
        ended_at=ended_at,
        cause=str(hangup.payload.get("cause", "")) if hangup else "",
    )


def _first(events: list[CallEvent], name: str) -> str:
    """Return the first thing said under a name, in the order of a call's life and not of arrival."""
    return next((str(event.payload[name]) for event in events if event.payload.get(name)), "")
