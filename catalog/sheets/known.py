"""Which parts a sheet has: what goes by another name is read by nobody, and a misspelt name would lose what stands under it."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext

from catalog import shape
from catalog.sheets.codes import HOUSE_LEVELS, LANGUAGES, NOT_OF_THE_TEXT, SECTIONS

# The form and the rules of who may get it know their own.
_WHOLE = {*(name.rstrip("!") for name in shape.SHAPE), *NOT_OF_THE_TEXT, "eligibility"}
_ACTS = tuple(HOUSE_LEVELS["web"])
_NAMED = {  # of mappings whose shape lets any name stand
    "sections": SECTIONS,
    "keywords": LANGUAGES,
    "synonyms": LANGUAGES,
    "levels": tuple(HOUSE_LEVELS),
    **{f"levels.{channel}": _ACTS for channel in HOUSE_LEVELS},
}


def unknown_parts(data: dict[str, Any], before: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (place, sentence) for each part of a sheet, whose shape is right, that nobody reads; one that stood there before may stay."""
    stood = {_anywhere(place) for place, _sentence in _unknown(before, shape.SHAPE, "")}
    return [
        (place, sentence)
        for place, sentence in _unknown(data, shape.SHAPE, "")
        if _anywhere(place) not in stood
    ]


def _anywhere(place: str) -> str:
    """The same place in any row."""
    return re.sub(r"\[[0-9]+\]", "[]", place)


def _unknown(value: Any, wanted: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(wanted, shape.Rows):
        for index, row in enumerate(value if isinstance(value, list) else []):
            yield from _unknown(row, wanted.inner, f"{place}[{index}]")
    elif isinstance(value, dict) and wanted is not None:
        known = _names(wanted, place)
        for name, inner in value.items():
            there = f"{place}.{name}" if place else name
            if known is not None and name not in known:
                yield there, _is_none(name, known)
            else:
                yield from _unknown(inner, _wanted_of(wanted, name), there)


def _names(wanted: Any, place: str) -> Iterable[str] | None:
    """Return what may stand in a mapping; None: anything."""
    if wanted is shape.SHAPE:
        return _WHOLE
    if wanted is shape.PAIR:
        return LANGUAGES
    if isinstance(wanted, dict):
        return [name.rstrip("!") for name in wanted]
    return _NAMED.get(place)


def _wanted_of(wanted: Any, name: str) -> Any:
    if isinstance(wanted, dict):
        return wanted.get(name) or wanted.get(f"{name}!")
    return wanted.inner if isinstance(wanted, shape.Each) else None


def _is_none(name: str, known: Iterable[str]) -> str:
    if near := get_close_matches(name, known, n=1):
        return gettext("is none of the parts known here; is “%(near)s” meant?") % {"near": near[0]}
    return gettext("is none of the parts known here")
