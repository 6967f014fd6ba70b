"""
Names however they are typed: looked up by keys of the database's own (`name_keys`: words, and pairs of words), never by comparing names.

A mistyped word is mended on the vocabulary of names, by what it has in common with a known one: all letters but one, its sound, its
beginning. Then names with all words as typed are looked up, then with one word mended, then with several; each look-up is bounded.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product
from typing import Any
from uuid import UUID

from django.db import connection

from crm import names

FETCHED = 40  # names of one look-up that are ranked
MENDED = 16  # words that a mistyped one may stand for
MENDED_TOGETHER = 6  # … when several words of a name are mistyped

_KNOWN = """
SELECT typed.word, known.word
FROM unnest(name_words(%s)) WITH ORDINALITY AS typed (word, place) LEFT JOIN LATERAL (
    (SELECT k.word FROM crm_nameword k WHERE name_variants(k.word) && name_variants(typed.word) LIMIT 100)
    UNION
    (SELECT k.word FROM crm_nameword k WHERE k.word >= typed.word AND k.word < typed.word || chr(1114111) AND length(typed.word) > 2
     ORDER BY k.word LIMIT 40)
) AS known ON true
WHERE typed.place <= 6 ORDER BY typed.place
"""
_LIKE = """
SELECT k.word FROM crm_nameword k WHERE k.word %% %s ORDER BY similarity(k.word, %s) DESC, k.word LIMIT 6
"""
_NAMED = "(SELECT id, merged_into_id, name FROM crm_person WHERE {where} LIMIT %s)"
Mended = dict[str, list[str]]  # for each typed word, those it may stand for, the likeliest first


@dataclass(frozen=True)
class Named:
    """A name that was found, and the record that stands for its person."""

    survivor: UUID
    name: str


@dataclass(frozen=True)
class LookUp:
    """What a name must have: every one of some keys, and of each of some groups of keys any one."""

    every: Sequence[str] = ()
    any_of: Sequence[Sequence[str]] = ()

    def sql(self) -> tuple[str, list[Any]]:
        parts = ["name_keys(name) @> %s::text[]"] * bool(self.every) + [
            "name_keys(name) && %s::text[]"
        ] * len(self.any_of)
        values = [list(self.every)] * bool(self.every) + [list(group) for group in self.any_of]
        return _NAMED.format(where=" AND ".join(parts)), [*values, FETCHED]


def people_named(text: str) -> list[Named]:
    """Return names that have every word of a text, or one that may be meant by it, the best first; records merged since included."""
    mended = _mend(text)
    look_ups = list(_look_ups(mended))
    if not look_ups:
        return []
    statements, values = zip(*(one.sql() for one in look_ups), strict=True)
    sql = f"SELECT * FROM ({' UNION ALL '.join(statements)}) AS found LIMIT %s"  # noqa: S608  # statements of ours
    with connection.cursor() as cursor:
        cursor.execute(sql, [*(value for some in values for value in some), FETCHED])
        rows = {row[0]: row for row in cursor.fetchall()}
    typed = [*mended]
    ranked = sorted(rows.values(), key=lambda row: (*_rank(typed, text, row[2]), row[2], str(row[0])))
    return [Named(merged_into or pk, name) for pk, merged_into, name in ranked]


def _mend(text: str) -> Mended:
    """The words of a text, each with the known words it may stand for."""
    found: dict[str, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [text])
        for typed, known in cursor.fetchall():
            found[typed] += [known] if known else []
        for typed, known in found.items():
            if not known:
                cursor.execute(_LIKE, [typed, typed])
                found[typed] = [row[0] for row in cursor.fetchall()]
    return {
        typed: sorted(known, key=lambda one: _likeness(typed, one))[:MENDED] for typed, known in found.items()
    }


def _likeness(typed: str, known: str) -> tuple[Any, ...]:
    """The likelier what was meant, the smaller: as it stands, a letter off, a beginning, more letters off."""
    return _cost(typed, known), typed[:1] != known[:1], abs(len(typed) - len(known)), known


def _cost(typed: str, word: str) -> int:
    if typed == word:
        return 0
    off = names.distance(typed, word)
    return min(off, 2) if off < 2 or not word.startswith(typed) else 2


def _look_ups(mended: Mended) -> Iterator[LookUp]:
    """The look-ups, the likeliest first: as it is typed; one word mended; several."""
    if not mended or not all(mended.values()):
        return
    typed = list(mended)
    as_typed = {word for word in typed if word in mended[word]}
    if len(typed) == 1:
        yield from _look_ups_of_one(typed[0], mended[typed[0]])
        return
    if len(as_typed) == len(typed):
        if len(typed) == 2:
            yield LookUp([f"={_pair(*typed)}"])
        yield LookUp([_pair(*two) for two in combinations(typed, 2)])
    for word in typed:
        others = [one for one in typed if one != word]
        if as_typed.issuperset(others):
            instead = [one for one in mended[word] if one != word]
            groups = [[_pair(other, one) for one in instead if one != other] for other in others]
            if all(groups):
                yield LookUp([_pair(*two) for two in combinations(others, 2)], groups)
    few = {word: mended[word][:MENDED_TOGETHER] for word in typed}
    groups = [
        [_pair(*two) for two in product(few[one], few[other]) if two[0] != two[1]]
        for one, other in pairwise(typed)
    ]
    if all(groups):
        yield LookUp(any_of=groups)


def _look_ups_of_one(word: str, known: Sequence[str]) -> Iterator[LookUp]:
    if word in known:
        yield LookUp([f"={word}"])
        yield LookUp([word])
    if instead := [one for one in known if one != word]:
        yield LookUp(any_of=[instead])


def _pair(one: str, other: str) -> str:
    return f"{min(one, other)} {max(one, other)}"


def _rank(typed: Sequence[str], text: str, name: str) -> tuple[int, int, int]:
    """The better a name answers the words, the smaller: letters that differ, then accents that do, then words nobody typed."""
    words = names.words_of(name)
    letters = sum(min(names.distance(word, one) for one in words) for word in typed) if words else 99
    written = set(name.lower().replace(",", " ").split())
    return letters, sum(word not in written for word in text.lower().split()), abs(len(words) - len(typed))
