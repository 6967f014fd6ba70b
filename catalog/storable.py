"""What of a sheet can be kept at all, whatever it says: asked before anything else, of whatever a file holds."""

import math
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.utils.translation import gettext

DEEPEST = 20  # levels of a sheet, its form included
LONGEST_NAME, MOST_CHARACTERS = 200, 4_000_000  # of a part; of all that a sheet says
MOST_FAULTS = 50  # told at once
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

Fault = tuple[str, str]


def unstorable(data: dict[str, Any]) -> list[Fault]:
    """Return what no database keeps, what nests without end, and what is longer than a sheet can be, each with its place."""
    found = list(islice(_faults(data, (), 1), MOST_FAULTS))
    if not found and _length(data) > MOST_CHARACTERS:
        said = gettext("the sheet is longer than %(most)s characters altogether")
        return [("", said % {"most": MOST_CHARACTERS})]
    return found


def _faults(value: Any, steps: tuple[str | int, ...], depth: int) -> Iterator[Fault]:
    """Walk a sheet; a place is put into words only where something is wrong, for there may be millions of them."""
    if depth > DEEPEST:
        yield _place(steps), gettext("nests deeper than a sheet can")
    elif isinstance(value, dict):
        for key, inner in value.items():
            if wrong := _name_fault(str(key)):
                yield _place(steps), wrong
            else:
                yield from _faults(inner, (*steps, str(key)), depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _faults(inner, (*steps, index), depth + 1)
    elif isinstance(value, str) and (found := _UNSTORABLE.search(value)):
        nul = gettext("holds a character that can not be kept (NUL): leave it out")
        half = gettext("holds one half of a character that is written in two: write it anew, or leave it out")
        yield _place(steps), nul if found[0] == "\0" else half
    elif isinstance(value, float) and not math.isfinite(value):
        yield _place(steps), gettext("must be a number")


def _name_fault(name: str) -> str:
    if len(name) > LONGEST_NAME:
        return gettext("has a name of more than %(most)s characters") % {"most": LONGEST_NAME}
    return gettext("has a name with a character that can not be kept") if _UNSTORABLE.search(name) else ""


def _length(value: Any) -> int:
    """Return how long it is with its names; a number or a mark is one character."""
    if isinstance(value, dict):
        return sum(len(str(key)) + _length(inner) for key, inner in value.items())
    if isinstance(value, list):
        return sum(map(_length, value))
    return len(value) if isinstance(value, str) else 1


def _place(steps: tuple[str | int, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
