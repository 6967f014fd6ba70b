"""What changed of one text, word by word; of several lines or rows, those alone that changed."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.sheets import LANGUAGES

LANGUAGE_NAMES = {"es": _("Spanish"), "en": _("English")}
MOST_WORK = 30_000  # in squared pairs for each word of both texts: some ten milliseconds
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SENTENCE = re.compile(r".*?[.!?…;:]+\s+|.+", re.DOTALL)
_TOKEN = re.compile(r"\s+|\$?\d+(?:[.,]\d+)*|\w+|[^\w\s]")

Place = tuple[str, str]  # where a text stands, and in which language; in none where it has none


@dataclass(frozen=True)
class Piece:
    """A stretch of text: `same`, `gone` or `new`."""

    kind: str
    text: str


@dataclass(frozen=True)
class Difference:
    """One text that changed: where it stands, in which language, and its pieces."""

    place: str | Promise
    language: str
    pieces: list[Piece]

    @property
    def language_name(self) -> str | Promise:
        return LANGUAGE_NAMES.get(self.language, "")


def word_pieces(before: str, after: str) -> list[Piece]:
    """
    Return `after` with what it took away from `before` and what it added marked: word by word, or by lines and sentences first where long
    texts have so much in common that comparing all their words would take long.
    """
    if not before or not after:
        return [Piece(kind, text) for kind, text in (("gone", before), ("new", after)) if text]
    return list(_pieces(before, after, (_LINE, _SENTENCE)))


def _pieces(before: str, after: str, coarser: tuple[re.Pattern[str], ...]) -> Iterator[Piece]:
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if (by_word := _opcodes(old, new)) is not None:
        for tag, a, b, c, d in by_word:
            yield from _piece(tag, "".join(old[a:b]), "".join(new[c:d]))
        return
    for number, cut in enumerate(coarser, 1):
        old, new = cut.findall(before), cut.findall(after)
        if (len(old) > 1 or len(new) > 1) and (found := _opcodes(old, new)) is not None:
            for tag, a, b, c, d in found:
                was, now = "".join(old[a:b]), "".join(new[c:d])
                if tag == "replace":
                    yield from _pieces(was, now, coarser[number:])
                else:
                    yield from _piece(tag, was, now)
            return
    yield from _piece("replace", before, after)


def _piece(tag: str, was: str, now: str) -> Iterator[Piece]:
    if tag == "equal":
        yield Piece("same", now)
        return
    if was:
        yield Piece("gone", was)
    if now:
        yield Piece("new", now)


def _opcodes(old: list[str], new: list[str]) -> Sequence[tuple[str, int, int, int, int]] | None:
    """Compare two sequences; None where that would take long: it grows with the square of the pairs of equal items."""
    counted = Counter(new)
    pairs = sum(count * counted[one] for one, count in Counter(old).items() if not one.isspace())
    if pairs * pairs > MOST_WORK * (len(old) + len(new)):
        return None
    return SequenceMatcher(str.isspace, old, new, autojunk=False).get_opcodes()


def line_pieces(before: list[tuple[str, str]], after: list[tuple[str, str]]) -> list[Piece]:
    """Return the lines of a list, each a code with its words, that changed; a mark in the place of those that did not."""
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old, new = dict(before[a:b]), dict(after[c:d])
        lines = [word_pieces(_line(code, old), _line(code, new)) for code in dict.fromkeys([*new, *old])]
        for line in [[Piece("same", "…")]] if tag == "equal" else lines:
            pieces += [Piece("same", "\n")] if pieces else []
            pieces += line
    return pieces


def _line(code: str, lines: dict[str, str]) -> str:
    return f"{code}: {lines[code]}" if code in lines else ""


def fact_pieces(before: list[str], after: list[str]) -> list[Piece]:
    """Return short facts in one line, each of them whole: the same, gone or new."""
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        kinds = {"same": before[a:b]} if tag == "equal" else {"gone": before[a:b], "new": after[c:d]}
        for kind, facts in kinds.items():
            pieces += [Piece("same", " · ")] if pieces and facts else []
            pieces += [Piece(kind, " · ".join(facts))] if facts else []
    return pieces


def text_differences(before: dict[Place, str], after: dict[Place, str]) -> list[Difference]:
    """Return every text that differs, in the order in which they are read."""
    places = dict.fromkeys([*after, *before])
    found = [(place, before.get(place, ""), after.get(place, "")) for place in places]
    return [Difference(*place, word_pieces(old, new)) for place, old, new in found if old != new]


def fact_differences(before: dict[str, list[str]], after: dict[str, list[str]]) -> list[Difference]:
    """Return the places of which other facts are told."""
    found = [
        (place, before.get(place, []), after.get(place, [])) for place in dict.fromkeys([*after, *before])
    ]
    return [Difference(place, "", fact_pieces(old, new)) for place, old, new in found if old != new]


def row_differences(
    place: str, before: list[dict[str, str]], after: list[dict[str, str]]
) -> Iterator[Difference]:
    """Yield the rows of a list that differ, each with its text by language; one that stands elsewhere now is gone and new."""
    old, new = ([tuple(row.items()) for row in rows] for rows in (before, after))
    none: dict[str, str] = {}
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        pairs = zip_longest(before[a:b], after[c:d], fillvalue=none) if tag != "equal" else ()
        for pair in pairs:
            was, row = ({(place, language): text for language, text in one.items()} for one in pair)
            yield from text_differences(was, row)


def both_languages(place: Any, pair: Any) -> Iterator[tuple[Place, str]]:
    """Yield a text of a sheet in each language."""
    pair = pair if isinstance(pair, dict) else {"es": str(pair or "")}
    for language in LANGUAGES:
        yield (str(place), language), _settled(str(pair.get(language) or ""))


def _settled(words: str) -> str:
    """Return a text as it is drawn: how its lines end, and what space surrounds it, is no difference."""
    return words.replace("\r\n", "\n").strip()
