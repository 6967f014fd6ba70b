"""
Names as they are written in Chile, compared letter by letter. What a name is found by is the database's business (`name_keys`).

The order is given names, then two surnames, the father's first; "Surnames, given names" is understood too. Many give one surname alone.
"""

import re
import unicodedata
from dataclasses import dataclass

_PARTS = re.compile(r"[\W_]+")
PARTICLES = frozenset({"de", "del", "la", "las", "los", "el", "y", "da", "do", "dos", "van", "von"})


@dataclass(frozen=True)
class WrittenName:
    """A name in plain letters, without particles."""

    given: tuple[str, ...]
    surnames: tuple[str, ...]


def plain(text: str) -> str:
    """Return a text in lower case without any accent, ñ as n: as the database's `plain()` does."""
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def words_of(text: str) -> list[str]:
    """Return the words that tell people apart, in the order in which they stand."""
    found = [word for word in _PARTS.split(plain(text)) if word]
    return [word for word in found if len(word) > 1 and word not in PARTICLES] or found


def share_a_word(one: str, other: str) -> bool:
    """Whether two names have a word in common that tells people apart."""
    return not set(words_of(one)).isdisjoint(words_of(other))


def read(name: str) -> WrittenName:
    """Tell given names from surnames: the last two words, the last one of two or three, or what stands before a comma."""
    before, comma, after = name.partition(",")
    if comma:
        return WrittenName(tuple(words_of(after)), tuple(words_of(before)))
    words = tuple(words_of(name))
    cut = len(words) - (2 if len(words) > 2 else 1 if len(words) == 2 else 0)
    return WrittenName(words[:cut], words[cut:])


def overlap(its: set[str], others: set[str]) -> float:
    """Return how much of the shorter of two names is in the other, from 0 to 1, by their runs."""
    shorter = min(len(its), len(others))
    return len(its & others) / shorter if shorter else 0.0


def runs_of(name: str) -> set[str]:
    """Return the runs of three letters in a name's words, where words begin and end too."""
    padded = [f"  {word} " for word in words_of(name)]
    return {word[at : at + 3] for word in padded for at in range(len(word) - 2)}


def distance(one: str, other: str) -> int:
    """Return how many letters were lost, added, mistaken or swapped with a neighbour (Damerau-Levenshtein, no letter touched twice)."""
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    if not (one and other) or len(one) == len(other) == 1:
        return max(len(one), len(other))
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        here = [row]
        for column, its in enumerate(other, start=1):
            best = min(above[column] + 1, here[-1] + 1, above[column - 1] + (letter != its))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == its:
                best = min(best, before[column - 2] + 1)
            here.append(best)
        before, above = above, here
    return above[-1]
