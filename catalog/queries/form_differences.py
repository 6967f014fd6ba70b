"""What changed between the forms of two sheets, question by question: reviewers approve each of them."""

from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.queries.pieces import (
    Difference,
    Piece,
    Place,
    both_languages,
    fact_pieces,
    line_pieces,
    text_differences,
)
from catalog.queries.previews import KIND_NAMES, condition_words
from catalog.questionnaires.question import Question, Questionnaire
from catalog.sheets import LANGUAGES

# What is read of a question besides its own words, which are its place alone.
_TEXTS = {
    "hint": _("%(place)s: hint"),
    "statement": _("%(place)s: statement"),
    "item": _("%(place)s: what one of them is called"),
    "page": _("%(place)s: page"),
    "error": _("%(place)s: said when it is not answered"),
    "error_rule": _("%(place)s: said when the answer breaks a rule"),
}
_LIMITS = {
    "minimum": _("at least %(value)s"),
    "maximum": _("at most %(value)s"),
    "min_length": _("at least %(value)s characters"),
    "max_length": _("at most %(value)s characters"),
    "min_items": _("at least %(value)s of them"),
    "max_items": _("at most %(value)s of them"),
    "requirement": _("for the requirement “%(value)s”"),
    "prefill": _("offered filled in: %(value)s"),
}
_MARKS = {
    ("past", "True"): _("In the past"),
    ("future", "True"): _("In the future"),
    ("pattern", "digits"): _("Only digits"),
    ("pattern", "letters_digits"): _("Only letters and digits"),
}
_TOLD_ELSEWHERE = {"key", "type", "question", "required", "show_if", "relations", "options", "fields"}

Rows = dict[str, dict[str, Any]]  # questions, or the fields of one, by their keys


def form_differences(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """Return what differs between the forms of two sheets: questions by key, those that are gone last."""
    old, new = _questions(before), _questions(after)
    if old == new and list(old) == list(new):
        return []
    # A condition is put into the words of today on both sides: that another question is worded otherwise is told there.
    named = Questionnaire({"form": {"ui": {"questions": list({**old, **new}.values())}}})
    return list(_among(old, new, lambda key: gettext("Question “%(key)s”") % {"key": key}, named))


def _questions(content: dict[str, Any]) -> Rows:
    return _by_key(((content.get("form") or {}).get("ui") or {}).get("questions"))


def _by_key(rows: list[dict[str, Any]] | None) -> Rows:
    return {str(row["key"]): row for row in rows or []}


def _among(
    old: Rows, new: Rows, place_of: Callable[[str], str], named: Questionnaire
) -> Iterator[Difference]:
    moved = _moved(list(old), list(new))
    for key in dict.fromkeys([*new, *old]):
        was, row = old.get(key) or {}, new.get(key) or {}
        if was != row:
            yield from _of_one(place_of(key), was, row, named)
        if key in moved:
            yield Difference(place_of(key), "", moved[key])


def _of_one(
    place: str, was: dict[str, Any], row: dict[str, Any], named: Questionnaire
) -> Iterator[Difference]:
    """Yield what differs of one question, or field; an empty row is one that is not there."""
    yield from text_differences(dict(_texts(place, was)), dict(_texts(place, row)))
    old, new = _facts(was, named), _facts(row, named)
    if old != new:
        is_known = was and row and Question(was).label == Question(row).label
        yield Difference(place, "", [*_known_words(row, bool(is_known)), *fact_pieces(old, new)])
    for language in LANGUAGES:
        options = [_options(one, language) for one in (was, row)]
        if options[0] != options[1]:
            yield Difference(
                gettext("%(place)s: options") % {"place": place}, language, line_pieces(*options)
            )
    fields, fields_now = _by_key(was.get("fields")), _by_key(row.get("fields"))
    field_place = gettext("%(place)s, “%(key)s”")
    yield from _among(fields, fields_now, lambda key: field_place % {"place": place, "key": key}, named)


def _known_words(row: dict[str, Any], is_known: bool) -> list[Piece]:
    """The words of a question, above what changed of it, where they are not told to have changed themselves."""
    return [Piece("same", f"{Question(row).label}\n")] if is_known else []


def _texts(place: str, row: dict[str, Any]) -> Iterator[tuple[Place, str]]:
    yield from both_languages(place, row.get("question"))
    for name, words in _TEXTS.items():
        yield from both_languages(words % {"place": place}, row.get(name))


def _facts(row: dict[str, Any], named: Questionnaire) -> list[str]:
    """Return of which kind a question is, whether it must be answered, within which limits and when it is asked."""
    if not row:
        return []
    question = Question(row)
    facts = [
        KIND_NAMES.get(question.kind, question.kind),
        gettext("it must be answered") if question.required else gettext("it may be left blank"),
        *_limits(row),
        ", ".join(label for _code, label in question.relations) if row.get("relations") else "",
        condition_words(question, named),
    ]
    return [str(fact) for fact in facts if fact]


def _limits(row: dict[str, Any]) -> Iterator[str]:
    """Yield every other setting; one that nobody has put into words yet stands as it is written, so that none goes unseen."""
    for name in dict.fromkeys(
        [*_LIMITS, *sorted(row)]
    ):  # not in their order: the database has one of its own
        value = row.get(name)
        if name in _TOLD_ELSEWHERE or name in _TEXTS or value is None or value is False or value == "":
            continue
        told = _LIMITS[name] % {"value": value} if name in _LIMITS else f"{name}: {value}"
        yield str(_MARKS.get((name, str(value)), told))


def _options(row: dict[str, Any], language: str) -> list[tuple[str, str]]:
    """Return the options in a language; none in one in which no option has words."""
    found = [(str(one["value"]), _in(one.get("label"), language)) for one in row.get("options") or []]
    return found if any(words for _value, words in found) else []


def _in(pair: Any, language: str) -> str:
    return dict(both_languages("", pair))["", language]


def _moved(old: list[str], new: list[str]) -> dict[str, list[Piece]]:
    """Return, of what stands in both, what stands elsewhere now: after what it stood, and after what it stands."""
    both = {*old} & {*new}
    before, after = [key for key in old if key in both], [key for key in new if key in both]
    if before == after:
        return {}
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    stay = {key for block in blocks for key in before[block.a : block.a + block.size]}
    places = {key: (_after(key, old), _after(key, new)) for key in after if key not in stay}
    return {
        key: [Piece("gone", was), Piece("same", " "), Piece("new", now)]
        for key, (was, now) in places.items()
        if was != now
    }


def _after(key: str, keys: list[str]) -> str:
    place = keys.index(key)
    return gettext("after “%(key)s”") % {"key": keys[place - 1]} if place else gettext("the first")
