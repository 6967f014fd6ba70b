"""What one question of a definition must be, whatever stands around it: each fault with the setting that is wrong."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from catalog.questionnaires.conditions import MAX_OPTIONS, option_values

# The setting that is wrong, and why. A field's is `fields.<number>.<setting>`. In the sentence a setting stands as `minimum`, so that
# a screen can say what its box is called instead.
Fault = tuple[str, str]

COMMON = frozenset({"key", "type", "question", "hint", "required", "error", "error_rule"})
PLACED = frozenset({"show_if", "page", "prefill"})  # of a question of its own, not of a field in a list
SETTINGS: dict[str, frozenset[str]] = {
    "text": frozenset({"min_length", "max_length", "pattern"}),
    "long_text": frozenset({"min_length", "max_length"}),
    "choice": frozenset({"options"}),
    "choices": frozenset({"options"}),
    "yes_no": frozenset(),
    "date": frozenset({"past", "future"}),
    "number": frozenset({"minimum", "maximum"}),
    "money": frozenset({"minimum", "maximum"}),
    "run": frozenset(),
    "commune": frozenset(),
    "address": frozenset(),
    "phone": frozenset(),
    "email": frozenset(),
    "file": frozenset({"requirement"}),
    "declaration": frozenset({"statement"}),
    "people": frozenset({"max_items", "relations"}),
    "group": frozenset({"fields", "item", "min_items", "max_items"}),
}
LISTS = frozenset({"people", "group"})
IN_LISTS = ("text", "choice", "date", "number", "money", "run", "commune", "phone", "email")
PATTERNS = {  # a closed list: what editors may ask of a text, as JSON Schema and Python both read it
    "digits": r"^[0-9]+$",
    "letters_digits": r"^[0-9A-Za-zÁÉÍÓÚÜÑáéíóúüñ]+$",
}
RELATIONS = ("child", "spouse", "parent", "other")
PREFILLS = {  # what may be offered filled in, and the kind of question it answers
    "name": "text",
    "run": "run",
    "email": "email",
    "phone": "phone",
    "commune": "commune",
    "address": "address",
    "birth_date": "date",
}
MAX_ITEMS, MAX_FIELDS = 30, 8
MAX_LENGTHS = {"text": 500, "long_text": 10_000}
LARGEST = 10**12
# What stands beside the answers, of the whole application; and what tells something of each answer, by its question.
BESIDE, BY_QUESTION = frozenset({"filled_in_by"}), "from_known"
# What buttons and hidden boxes of the pages are called: a question of that name would press them.
RESERVED = frozenset(
    {"add", "at", "back", "begin", "csrfmiddlewaretoken", "file", "from", "given", "keep", "leave"}
    | {*BESIDE, BY_QUESTION}
    | {"only_the_language", "press", "remove", "resume_key", "reuse", "save", "skip", "use_known"}
)


def question_faults(row: dict[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with a question as it stands."""
    key, kind = row.get("key"), row.get("type")
    if not isinstance(key, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", key) or "__" in key:
        yield "key", gettext("key must be snake_case and at most 60 characters")
    elif key.startswith("applicant_"):
        yield "key", gettext("key must not start with applicant_: those are asked of everybody")
    elif key in RESERVED:
        yield "key", gettext("key must not be “%(key)s”: a button of the pages is called so") % {"key": key}
    if not isinstance(kind, str) or kind not in SETTINGS:
        yield "type", gettext("type must be one of %(kinds)s") % {"kinds": ", ".join(SETTINGS)}
        return
    yield from _settings_faults(row, COMMON | PLACED | SETTINGS[kind])
    if row.get("prefill") is not None and PREFILLS.get(str(row["prefill"])) != kind:
        yield "prefill", gettext("prefill does not answer a question of this kind")
    elif row.get("prefill") == "birth_date" and row.get("future") is True:
        yield (
            "prefill",
            gettext("a date of birth is no future date: take `future` away, or what fills it in"),
        )
    if row.get("page") is not None:
        yield from pair_faults(row, "page")
        if kind in LISTS:
            yield "page", gettext("a list is asked on a page of its own, so it takes no page")


def _settings_faults(row: dict[str, Any], known: frozenset[str]) -> Iterator[Fault]:
    """Yield the faults of everything that a question shares with a field of a list."""
    for name in sorted(map(str, row.keys() - known)):
        yield name, gettext("“%(name)s” is no setting of a question of this kind") % {"name": name}
    yield from pair_faults(row, "question")
    for name in ("hint", "error", "error_rule", "statement", "item"):
        if row.get(name) not in (None, {}) or (name == "statement" and row["type"] == "declaration"):
            yield from pair_faults(row, name)
    for name in ("required", "past", "future"):
        if not isinstance(row.get(name, True), bool):
            yield name, gettext("%(name)s must be true or false") % {"name": f"`{name}`"}
    if row.get("past") is True and row.get("future") is True:
        yield "past", gettext("a date can not be past and future")
    if row["type"] in {"choice", "choices"}:
        yield from _option_faults(row)
    if row.get("pattern") is not None and str(row["pattern"]) not in PATTERNS:
        yield "pattern", gettext("pattern must be one of %(names)s") % {"names": ", ".join(PATTERNS)}
    requirement = row.get("requirement")
    if requirement is not None and not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,59}", str(requirement)):
        yield "requirement", gettext("requirement must be the code of one of the sheet")
    yield from _limit_faults(row)
    if row["type"] == "people" and not _are_relations(row.get("relations")):
        yield "relations", gettext("relations must be some of %(names)s") % {"names": ", ".join(RELATIONS)}
    if row["type"] == "group":
        yield from _field_faults(row.get("fields"))


def pair_faults(row: dict[str, Any], name: str) -> Iterator[Fault]:
    """Yield what is wrong with a text in both languages: Spanish must stand, English may wait."""
    pair = row.get(name)
    if not isinstance(pair, dict) or not isinstance(pair.get("es"), str) or not pair["es"].strip():
        yield name, gettext("%(name)s must have a Spanish text") % {"name": f"`{name}`"}
    elif not isinstance(pair.get("en") or "", str) or set(pair) - {"es", "en"}:
        yield name, gettext("%(name)s has texts in es and en only") % {"name": f"`{name}`"}


def _option_faults(row: dict[str, Any]) -> Iterator[Fault]:
    options, values = row.get("options"), option_values(row)
    if not isinstance(options, list) or len(values) < 2 or len(values) != len(options):
        yield "options", gettext("options must be two or more, each with a value of its own")
        return
    if len(options) > MAX_OPTIONS:
        yield "options", gettext("options must be at most %(n)s") % {"n": MAX_OPTIONS}
        return
    if not all(isinstance(one, str) and 0 < len(one) <= 100 for one in values):
        yield "options", gettext("options need a value of 1 to 100 characters each")
        return
    if twice := sorted(one for one, times in Counter(values).items() if times > 1):
        yield "options", gettext("options have the value “%(value)s” twice") % {"value": ", ".join(twice)}
    for option in options:
        if any(pair_faults(option, "label")) or set(option) - {"value", "label"}:
            what = {"value": option["value"]}
            yield "options", gettext("option “%(value)s” must have a label with a Spanish text") % what


def _limit_faults(row: dict[str, Any]) -> Iterator[Fault]:
    most = MAX_LENGTHS.get(row["type"], MAX_ITEMS)
    bounds = {"minimum": (-LARGEST, LARGEST), "min_items": (0, MAX_ITEMS), "max_items": (1, MAX_ITEMS)}
    if row["type"] == "money":
        bounds["minimum"] = (0, LARGEST)
    bounds |= {"maximum": bounds["minimum"], "min_length": (1, most), "max_length": (1, most)}
    wrong = False
    for name, (low, high) in bounds.items():
        value = row.get(name)
        if value is not None and (
            not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high
        ):
            wrong = True
            what = {"name": f"`{name}`", "low": low, "high": high}
            yield name, gettext("%(name)s must be a whole number from %(low)s to %(high)s") % what
    defaults = {"max_length": {"text": 200, "long_text": 2000}.get(row["type"]), "max_items": 12}
    for least, largest in (("minimum", "maximum"), ("min_length", "max_length"), ("min_items", "max_items")):
        bottom, top = row.get(least), row.get(largest)
        top = defaults.get(largest) if top is None else top
        if not wrong and bottom is not None and top is not None and bottom > top:
            what = {"least": f"`{least}`", "largest": f"`{largest}`"}
            yield least, gettext("%(least)s is larger than %(largest)s") % what


def _are_relations(given: Any) -> bool:
    return given is None or (
        isinstance(given, list) and bool(given) and all(one in RELATIONS for one in given)
    )


def _field_faults(fields: Any) -> Iterator[Fault]:
    """Yield what is wrong with the fields of a group's rows."""
    if not isinstance(fields, list) or not 1 <= len(fields) <= MAX_FIELDS:
        yield "fields", gettext("a group must have one to %(n)s fields") % {"n": MAX_FIELDS}
        return
    seen: list[dict[str, Any]] = []
    for number, row in enumerate(fields, start=1):
        for setting, sentence in _faults_of_field(row, seen):
            told = gettext("field %(number)s: %(fault)s") % {"number": number, "fault": sentence}
            yield f"fields.{number}.{setting}", told
        seen += [row] if isinstance(row, dict) else []


def _faults_of_field(row: Any, earlier: list[dict[str, Any]]) -> Iterator[Fault]:
    if not isinstance(row, dict):
        yield "fields", gettext("must be a mapping")
        return
    key, kind = row.get("key"), row.get("type")
    if not isinstance(key, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", key) or "__" in key:
        yield "key", gettext("key must be snake_case and at most 40 characters")
    elif key in {"id", "page"}:
        yield "key", gettext("key must be another than id and page")
    elif clash := clash_of(row, earlier):
        yield "key", clash
    if kind not in IN_LISTS:
        yield "type", gettext("type must be one of %(kinds)s") % {"kinds": ", ".join(IN_LISTS)}
        return
    yield from _settings_faults(row, COMMON | SETTINGS[str(kind)])


def clash_of(row: dict[str, Any], others: list[dict[str, Any]]) -> str:
    """Say how a question's boxes would be taken for those of another; empty: they are not."""
    for other in others:
        if row.get("key") == other.get("key"):
            return gettext("key stands twice")
        if _boxes(row) & _boxes(other):
            return gettext("key is taken by a box of the date “%(key)s”") % {"key": other.get("key")}
    return ""


def _boxes(row: dict[str, Any]) -> set[str]:
    key = str(row.get("key"))
    return (
        {key, *(f"{key}_{part}" for part in ("day", "month", "year"))} if row.get("type") == "date" else {key}
    )
