"""The kinds of event and who listens to them."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise

Listener = Callable[[list[UUID]], None]


@dataclass(frozen=True)
class Kind:
    """
    A kind of event: its sentence for the citizen (empty: not shown to them) and for staff; `passive_label` is what the citizen reads
    where somebody else did it for them.
    """

    code: str
    staff_label: str | Promise
    citizen_label: str | Promise = ""
    passive_label: str | Promise = ""


@dataclass
class Effect:
    """What a listener does for its events, under the name with which it notes each as done (`events.once`)."""

    name: str
    listener: Listener
    codes: tuple[str, ...]


_kinds: dict[str, Kind] = {}
_listeners: dict[str, list[Listener]] = {}
_effects: list[Effect] = []


def register(*kinds: Kind) -> None:
    """Make kinds known; called from an app's `events` module, imported in `AppConfig.ready()`."""
    _kinds.update({kind.code: kind for kind in kinds})


def kind_of(code: str) -> Kind:
    """Return a registered kind; an event of an unknown kind is a programmer's error, found when it is recorded."""
    return _kinds[code]


def known_kinds() -> dict[str, Kind]:
    """Return all kinds by code."""
    return dict(_kinds)


def on(*codes: str, effect: str = "") -> Callable[[Listener], Listener]:
    """
    Subscribe a listener: it is given a batch of event ids, at least once and in order per subject, and starts a task with them.

    :param effect: the name with which its action notes each event as done (`events.once`), in the transaction of the effect; whatever a
        broker loses on the way is found by it and handed over again. Empty where nothing is lost but a screen's hint.
    """

    def subscribe(listener: Listener) -> Listener:
        for code in codes:
            _listeners.setdefault(code, []).append(listener)
        if effect:
            _effects.append(Effect(effect, listener, codes))
        return listener

    return subscribe


def effects() -> list[Effect]:
    """Return every effect that is noted."""
    return list(_effects)


def listeners_of(code: str) -> list[Listener]:
    """Return the listeners of a kind."""
    return _listeners.get(code, [])
