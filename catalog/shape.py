"""The shape of a sheet: of which kind each part must be, before anybody asks what it says."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog import text
from catalog.storable import MOST_FAULTS, Fault, unstorable

# As many as the editors' screen holds: what it can not hold would be lost there.
MOST_REQUIREMENTS, MOST_ROWS, MOST_WORDS = 25, 15, 40
MOST_VARIANTS, MOST_COMMUNES = 30, 346
MOST_LISTED = 100
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,19}")  # of a procedure
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,149}")
_COMMUNE = re.compile(r"[0-9]{5}")
_TOPIC = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class Kind:
    """What a single value must be; where it stands in no list it may also be left out."""

    fits: Callable[[Any], bool]
    sentence: str | Promise


@dataclass(frozen=True)
class Each:
    """A mapping whose keys may be any, at most so many, with one kind of value."""

    inner: Any
    most: int = MOST_LISTED


@dataclass(frozen=True)
class Rows:
    """A list of at most so many, with one kind of row; or, where it `may_be_one`, that row alone."""

    inner: Any
    most: int = MOST_LISTED
    may_be_one: bool = False


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10**12


def _is_whole(most: int, least: int = 0) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_pair(value: Any) -> bool:
    if isinstance(value, dict):
        return all(words is None or isinstance(words, str) for words in value.values())
    return isinstance(value, str)


TEXT = Kind(lambda value: isinstance(value, str), _("must be a text"))
SHORT = Kind(
    lambda value: isinstance(value, str) and len(value) <= 500, _("must be a text of at most 500 characters")
)
WORD = Kind(
    lambda value: isinstance(value, str | int) and not isinstance(value, bool) and len(str(value)) <= 200,
    _("must be a word or a few, at most 200 characters"),
)
ANSWER = Kind(
    lambda value: isinstance(value, str | int | float) and len(str(value)) <= 500,
    _("must be an answer: a text, a number, or true or false"),
)
PAIR = Kind(_is_pair, _("must be a text in Spanish and one in English"))
NUMBER = Kind(_is_number, _("must be a number"))
DAYS = Kind(_is_whole(2000), _("must be a number of days, up to 2000"))
MINUTES = Kind(_is_whole(2000), _("must be a number of minutes, up to 2000"))
AGE = Kind(_is_whole(3650, 1), _("must be a number of days, from 1 to 3650"))
LEVEL = Kind(_is_whole(600), _("must be a level from 0 to 600"))
ORDER = Kind(_is_whole(100), _("must be a whole number, up to 100"))
SIZE = Kind(_is_whole(10**9, -(10**9)), _("must be a whole number"))
YES_NO = Kind(lambda value: isinstance(value, bool), _("must be true or false"))
DAY = Kind(
    lambda value: hasattr(value, "isoformat") or (isinstance(value, str) and len(value) <= 40),
    _("must be a day, like 2026-11-24"),
)
ADDRESS = Kind(lambda value: value == "" or text.is_address(value), _("must be an http(s) address"))
TOPIC = Kind(
    lambda value: isinstance(value, str) and bool(_TOPIC.fullmatch(value)),
    _("must be a code of lower case letters, numbers and dashes"),
)
COMMUNE = Kind(
    lambda value: isinstance(value, str) and bool(_COMMUNE.fullmatch(value)),
    _("must be a commune's code: five digits, in quotes"),
)
PROCEDURE = Kind(
    lambda value: isinstance(value, str) and bool(CODE.fullmatch(value)),
    _("must be a procedure's number, in quotes where it is of digits"),
)

MOST_OPTIONS, MOST_FIELDS, MOST_CONDITIONS = 500, 20, 20  # before the form says how many it takes
# "key!" must be there; keys that are not named may hold anything.
_FIELD: dict[str, Any] = {
    "key!": TEXT,
    "type!": TEXT,
    "question!": PAIR,
    "hint": PAIR,
    "error": PAIR,
    "statement": PAIR,
    "required": YES_NO,
    "requirement": TEXT,
    "past": YES_NO,
    "future": YES_NO,
    "minimum": SIZE,
    "maximum": SIZE,
    "max_length": SIZE,
    "max_items": ORDER,
    "relations": Rows(WORD),
    "options": Rows({"value!": TEXT, "label!": PAIR}, MOST_OPTIONS),
}
_CONDITION = {"question": WORD, "is": ANSWER, "is_not": ANSWER, "in": Rows(ANSWER, MOST_OPTIONS)}
_QUESTION = {
    **_FIELD,
    "page": PAIR,
    "fields": Rows(_FIELD, MOST_FIELDS),
    "show_if": Rows(_CONDITION, MOST_CONDITIONS, may_be_one=True),
}
_REQUIREMENTS = Rows(
    {
        "code!": TEXT,
        "label!": PAIR,
        "note": PAIR,
        "provided_by": TEXT,
        "required": YES_NO,
        "upload": YES_NO,
        "valid_days": AGE,
        "document_type": TEXT,
    },
    MOST_REQUIREMENTS,
)
_COSTS = Rows({"amount!": NUMBER, "currency": SHORT, "condition": PAIR}, MOST_ROWS)
_TERM = {"business_days": DAYS, "calendar_days": DAYS, "text": PAIR}
SHAPE: dict[str, Any] = {
    "title!": PAIR,
    "summary!": PAIR,
    "applicant": TEXT,
    "completeness": TEXT,
    "voice": TEXT,
    "right": TEXT,
    "anonymous": YES_NO,
    "keywords": Each(Rows(WORD, MOST_WORDS)),
    "synonyms": Each(Rows(WORD, MOST_WORDS)),
    "related": Rows(PROCEDURE, 12),
    "audience": Rows(TOPIC, MOST_WORDS),
    "life_events": Rows(TOPIC, MOST_WORDS),
    "themes": Rows(TOPIC, MOST_WORDS),
    "sections": Each(PAIR),
    "valid_for": {"unit!": TEXT, "count": SIZE},
    "requirements": _REQUIREMENTS,
    "costs": _COSTS,
    "term": _TERM,
    "legal_basis": Rows({"title!": PAIR, "url": SHORT}, MOST_ROWS),
    "channels": Each({"mode": TEXT, "text": PAIR, "url": SHORT, "minutes": MINUTES}),
    "variants": Rows(
        {
            "communes": Rows(COMMUNE, MOST_COMMUNES),
            "agency": SHORT,
            "text": PAIR,
            "costs": _COSTS,
            "requirements": _REQUIREMENTS,
            "term": _TERM,
            "url": SHORT,
        },
        MOST_VARIANTS,
    ),
    "stages": Rows(
        {
            "agency!": TEXT,
            "order": ORDER,
            "required": YES_NO,
            "term_business_days": DAYS,
            "term_calendar_days": DAYS,
            "addressed_by": TEXT,
        }
    ),
    "levels": Each(Each(LEVEL)),
    "sources": Rows({"url": ADDRESS, "read_on": DAY, "facts": TEXT}),
    "questions_for_agency": Rows(PAIR),
}


def faults(data: Any) -> list[Fault]:
    """Return what makes a sheet unreadable, each with its place; nothing else of it can be judged before."""
    if not isinstance(data, dict):
        return [("", gettext("the sheet must be a mapping"))]
    found = unstorable(data)
    if found:
        return found
    form = data.get("form")
    rows = (form.get("ui") or {}).get("questions") if isinstance(form, dict) and _is_compiled(form) else form
    read = chain(_faults(data, SHAPE, ""), _faults(rows, Rows(_QUESTION, 200), "form"))
    return list(islice(read, MOST_FAULTS))


def without_nulls(value: Any) -> Any:
    """Return what a sheet that can be read says: null is the same as left out."""
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_nulls(inner) for inner in value]
    return value


def _is_compiled(form: dict[str, Any]) -> bool:
    return isinstance(form.get("ui") or {}, dict)


def _faults(value: Any, wanted: Any, place: str) -> Iterator[Fault]:
    if value is None:
        return
    if isinstance(wanted, Kind):
        if not wanted.fits(value):
            yield place, str(wanted.sentence)
    elif isinstance(wanted, Rows):
        yield from _row_faults(value, wanted, place)
    elif not isinstance(value, dict):
        yield place, gettext("must be a mapping")
    elif isinstance(wanted, Each):
        if len(value) > wanted.most:
            yield place, gettext("must have at most %(most)s parts") % {"most": wanted.most}
            return
        for key, inner in value.items():
            yield from _faults(inner, wanted.inner, f"{place}.{key}")
    else:
        for name, inner in wanted.items():
            key = name.rstrip("!")
            there = f"{place}.{key}" if place else key
            if name.endswith("!") and value.get(key) is None:
                yield there, gettext("must be there")
            yield from _faults(value.get(key), inner, there)


def _row_faults(value: Any, wanted: Rows, place: str) -> Iterator[Fault]:
    if value in ("", {}):
        return
    if wanted.may_be_one and isinstance(value, dict):
        yield from _faults(value, wanted.inner, place)
    elif not isinstance(value, list):
        yield place, gettext("must be a list")
    elif len(value) > wanted.most:
        yield place, gettext("must be at most %(most)s rows") % {"most": wanted.most}
    else:
        for index, row in enumerate(value):
            if row is None:
                yield f"{place}[{index}]", gettext("must not be empty")
            yield from _faults(row, wanted.inner, f"{place}[{index}]")
