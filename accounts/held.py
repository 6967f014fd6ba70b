"""
Cases whose key a browser has shown: kept in its session with a print of that key, so that a key that was renewed since closes them there.
"""

from collections.abc import Callable, Iterable, MutableMapping
from typing import Any
from uuid import UUID

HELD_CASES = "held_cases"  # session: the ids of those cases, each with the print of its key
MOST = 20

_prints: list[Callable[[Iterable[UUID]], dict[UUID, str]]] = []


def register(prints: Callable[[Iterable[UUID]], dict[UUID, str]]) -> None:
    """Say how the prints of the keys of several cases are read, as they are now."""
    _prints[:] = [prints]


def shown(*case_ids: UUID) -> dict[str, str]:
    """Return what a session keeps of cases whose keys were shown just now."""
    return {str(pk): found for pk, found in _prints[0](case_ids).items()}


def hold(session: MutableMapping[str, Any], case_id: UUID) -> None:
    """Keep one more case, the latest first; of very many the oldest is forgotten."""
    held = session.get(HELD_CASES) or {}
    rest = [one for one in held.items() if one[0] != str(case_id)]
    session[HELD_CASES] = dict([*shown(case_id).items(), *rest][:MOST])


def is_shown(session: MutableMapping[str, Any], case_id: UUID, key_print: str) -> bool:
    """Whether a session has shown the key of a case that has this print now."""
    held = session.get(HELD_CASES) or {}
    return isinstance(held, dict) and held.get(str(case_id)) == key_print


def held_in(session: MutableMapping[str, Any]) -> frozenset[UUID]:
    """Return the cases that a session may open now; one query where it has any."""
    held = session.get(HELD_CASES) or {}
    if not isinstance(held, dict):  # a session of before prints were kept: the key is asked for once more
        return frozenset()
    now = _prints[0]([UUID(one) for one in held]) if held else {}
    return frozenset(pk for pk, found in now.items() if held[str(pk)] == found)
