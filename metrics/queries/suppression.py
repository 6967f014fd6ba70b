"""
Small cells are not told; and where a published total would give a lone one away by subtraction, the next
smallest cell is not told either.
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

FEW = 5
_Key = TypeVar("_Key", bound=Hashable)


def suppressed(cells: Mapping[_Key, int], groups: Iterable[Iterable[_Key]]) -> set[_Key]:
    """
    Return the cells that are not published.

    Each group is bound by an addition of which everything is published: parts with their total. What is hidden
    in it must not follow from the rest, so neither a single cell, nor several that can only all be as small (or
    as large) as a hidden cell may be. Zeros stay: they tell of nobody.
    """
    hidden = {key for key, count in cells.items() if 0 < count < FEW}
    bound = [[key for key in dict.fromkeys(group) if cells.get(key)] for group in groups]
    again = True
    while again:
        again = False
        for group in bound:
            open_ = sorted((key for key in group if key not in hidden), key=lambda key: cells[key])
            if open_ and _gives_away([cells[key] for key in group if key in hidden]):
                hidden.add(open_[0])
                again = True
    return hidden


def _gives_away(counts: list[int]) -> bool:
    if not counts:
        return False
    alike = max(counts) < FEW and sum(counts) in (len(counts), len(counts) * (FEW - 1))
    return len(counts) == 1 or alike
