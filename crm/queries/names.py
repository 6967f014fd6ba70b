"""
Names however they are typed: looked up by keys of the database's own (`name_keys`: words, and pairs of words), never by comparing names.

A mistyped word is mended on the vocabulary of names, by what it has in common with a known one: all letters but one, its sound, its
beginning. Then names with all words as typed are looked up, then with one word mended, then with several: of three words and more only
where few were found before.

Each look-up is bounded, whatever many people are called: first it is done in a hundredth part of all names (the part to which a name of
just these words belongs); only where that is not enough, and so not many can be so called, in all of them. Names of four words and more are
looked up in all at once: not many can be called by any four.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, pairwise, product
from typing import Any
from uuid import UUID

from django.db import connection

from crm import names

FETCHED = 40  # names that are ranked
ENOUGH = 3  # names with all but one word as typed: then no second word is thought mistyped
FEW_HAVE = 4  # so many words are had by so few people that all names are looked up at once
MENDED = 16  # words that a mistyped one may stand for
MENDED_TOGETHER = 6  # … when several words of a name are mistyped

_KNOWN = """
SELECT typed.word, (SELECT string_agg(known.word, ' ') FROM (
    (SELECT k.word FROM crm_nameword k WHERE name_variants(k.word) && name_variants(typed.word) LIMIT 100)
    UNION
    (SELECT k.word FROM crm_nameword k WHERE k.word >= typed.word AND k.word < typed.word || chr(1114111) AND length(typed.word) > 2
     ORDER BY k.word LIMIT 40)
) AS known), name_part(name_words(%s))
FROM unnest(name_words(%s)) WITH ORDINALITY AS typed (word, place) WHERE typed.place <= 6 ORDER BY typed.place
"""
_LIKE = """
SELECT k.word FROM crm_nameword k WHERE k.word %% %s ORDER BY similarity(k.word, %s) DESC, k.word LIMIT 6
"""
# All look-ups of a kind are planned at once, and as if all they find were wanted (OFFSET 0): so the index is used, however common the words
# are thought to be. They are done one after the other, and read only as far as they are wanted.
_FOUND = """
SELECT found.* FROM (VALUES {wanted} OFFSET 0) AS wanted ({groups}), LATERAL
    (SELECT id, merged_into_id, name FROM crm_person WHERE {where} OFFSET 0) AS found
"""
_LIKELY = "WITH likely AS MATERIALIZED ({likely} LIMIT %s) SELECT * FROM likely"
_LESS_LIKELY = " UNION ALL ({found} WHERE (SELECT count(DISTINCT id) FROM likely) < %s) LIMIT %s"
Row = tuple[UUID, UUID | None, str]
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
    is_last: bool = False  # not begun where those before found enough

    def within(self, part: str) -> "LookUp":
        """The same among the names of one part."""
        return replace(
            self,
            every=[key + part for key in self.every],
            any_of=[[key + part for key in group] for group in self.any_of],
        )


def _array(keys: Sequence[str]) -> str:
    """Keys as PostgreSQL writes an array: they are letters, digits and blanks, and adapting hundreds one by one takes milliseconds."""
    return '{"' + '","'.join(keys) + '"}' if keys else "{}"


def people_named(text: str) -> list[Named]:
    """Return names that have every word of a text, or one that may be meant by it, the best first; records merged since included."""
    mended, part = _mend(text)
    look_ups = [
        one
        for look_up in _look_ups(mended)
        for one in (
            (look_up,) if _is_whole(look_up) or len(mended) >= FEW_HAVE else (look_up.within(part), look_up)
        )
    ]
    if not look_ups:
        return []
    rows = {row[0]: row for row in _first_of(look_ups)}
    ranked = _ranked(mended, text.lower().split(), rows.values())
    return [Named(merged_into or pk, name) for pk, merged_into, name in ranked]


def _first_of(look_ups: Sequence[LookUp]) -> list[Row]:
    """What the look-ups find, the first of them first; the later ones are not begun when that is enough."""
    likely = [one for one in look_ups if not one.is_last] or look_ups
    last = [one for one in look_ups if one not in likely]
    found, values = _found(likely)
    sql = _LIKELY.format(likely=found)
    values += [FETCHED]
    if last:
        found, its = _found(last)
        sql += _LESS_LIKELY.format(found=found)
        values += [*its, ENOUGH, FETCHED]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[Row] = cursor.fetchall()
        return rows


def _found(look_ups: Sequence[LookUp]) -> tuple[str, list[str | int]]:
    """What asks for several look-ups, and its values; one of fewer groups than another has one twice."""
    most = max(len(one.any_of) for one in look_ups)
    groups = ["every", *(f"any_{number}" for number in range(most))]
    where = [f"name_keys(name) {'&&' if number else '@>'} {one}" for number, one in enumerate(groups)]
    wanted = f"({', '.join(['%s::text[]'] * len(groups))})"
    sql = _FOUND.format(
        wanted=", ".join([wanted] * len(look_ups)), groups=", ".join(groups), where=" AND ".join(where)
    )
    values = [
        _array(keys)
        for one in look_ups
        for keys in [one.every, *one.any_of, *[one.every[:1] or one.any_of[0]] * (most - len(one.any_of))]
    ]
    return sql, [*values]


def _is_whole(look_up: LookUp) -> bool:
    return bool(look_up.every) and look_up.every[0].startswith("=")


def _mend(text: str) -> tuple[Mended, str]:
    """The words of a text, each with the known words it may stand for; and the part to which a name of just these words belongs."""
    found: Mended = {}
    part = ""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [text, text])
        for typed, known, part in cursor.fetchall():  # noqa: B007  # the same in every row
            found[typed] = (known or "").split()
        for typed in [typed for typed, known in found.items() if not known]:
            cursor.execute(_LIKE, [typed, typed])
            found[typed] = [row[0] for row in cursor.fetchall()]
    mended = {
        typed: sorted(known, key=lambda one: _likeness(typed, one))[:MENDED] for typed, known in found.items()
    }
    return mended, part


def _likeness(typed: str, known: str) -> tuple[Any, ...]:
    """The likelier what was meant, the smaller: as it stands, a letter off, a beginning or more letters off."""
    off = abs(len(typed) - len(known)) <= 1 and names.distance(typed, known)
    return min(off, 2) if off is not False else 2, typed[:1] != known[:1], abs(len(typed) - len(known)), known


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
        yield LookUp(any_of=groups, is_last=len(typed) > 2)


def _look_ups_of_one(word: str, known: Sequence[str]) -> Iterator[LookUp]:
    if word in known:
        yield LookUp([f"={word}"])
        yield LookUp([word])
    if instead := [one for one in known if one != word]:
        yield LookUp(any_of=[instead])


def _pair(one: str, other: str) -> str:
    return f"{min(one, other)} {max(one, other)}"


def _ranked(mended: Mended, written: Sequence[str], rows: Iterable[Row]) -> list[Row]:
    """Names in the order of how well they answer: letters that differ, then accents that do, then words nobody typed."""
    nearness = cache(names.distance)  # the same few words stand in most of these names

    def apart(word: str, its: Sequence[str]) -> int:
        """How many letters a word is from the nearest of a name's: seldom more than from the one that was looked for."""
        least = 99
        for one in sorted(its, key=mended[word].__contains__, reverse=True):
            if abs(len(word) - len(one)) < least > 1:
                least = min(least, nearness(word, one))
        return least

    def rank(row: Row) -> tuple[int, int, int, str, str]:
        pk, _merged_into, name = row
        words, its = names.words_of(name), name.lower().replace(",", " ").split()
        letters = sum(apart(word, words) for word in mended if word not in words)
        return letters, sum(word not in its for word in written), abs(len(words) - len(mended)), name, str(pk)

    return sorted(rows, key=rank)
