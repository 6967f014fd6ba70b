"""The thread: a case drawn as one line of what happened, through whichever channel, and what is promised."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise as Lazy

Words = str | Lazy


@dataclass(frozen=True)
class ThreadPoint:
    """One thing that happened; `present` is where the case stands now; only staff see `who` and `detail`."""

    at: datetime
    title: Words
    channel: str = "system"
    text: Words = ""
    who: Words = ""
    href: str = ""
    detail: Words = ""
    notes: tuple[Words, ...] = ()  # what became of the messages that told of it
    present: bool = False
    tone: str = ""  # "you", "granted" or "refused" where the point has such a meaning


@dataclass(frozen=True)
class Promise:
    """What comes next and by when; without a date only the words are drawn."""

    date: date | None
    text: Words = ""


def as_point(value: object) -> ThreadPoint:
    """Return `value` as a point: one already, a mapping, or any object with attributes of the same names."""
    if isinstance(value, ThreadPoint):
        return value
    names = [field.name for field in fields(ThreadPoint)]
    if isinstance(value, Mapping):
        found: dict[str, Any] = {name: value[name] for name in names if name in value}
    else:
        found = {name: getattr(value, name) for name in names if hasattr(value, name)}
    return ThreadPoint(**found)
