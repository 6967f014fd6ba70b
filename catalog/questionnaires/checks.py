"""
Answers as they are stored, whoever sent them: each passes its question's own fields, and what those give is kept. What a question would not
give is refused with a sentence; nothing else is stored, and it is what the published JSON Schema says.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext

from catalog.questionnaires.conditions import NOTHING
from catalog.questionnaires.fields import AnsweredDate
from catalog.questionnaires.lists import boxes_of, entry_parts, missing, too_few, too_many
from catalog.questionnaires.question import Question, Questionnaire
from common.whole_numbers import WholeNumber

# What a value is in JSON, by the field that takes it; of every other, a text.
_SHAPES: tuple[tuple[type[forms.Field], tuple[type, ...]], ...] = (
    (WholeNumber, (int, str)),
    (forms.BooleanField, (bool,)),
    (forms.MultipleChoiceField, (list,)),
)


class Refused(ValueError):
    """A value is no answer to a question; says what to do."""


@dataclass(frozen=True)
class Judged:
    """
    What is asked, given the answers; those answers as they are stored, without what is not asked or was left blank; and the first fault of
    each that is missing or wrong, by key. A wrong one stands among them as it came.
    """

    asked: list[Question]
    answers: dict[str, Any]
    faults: dict[str, str]


def judged(form: Questionnaire, answers: dict[str, Any]) -> Judged:
    """
    Judge the answers to a whole form. Conditions are asked of answers as they are stored, so that nothing is asked or left out for how a
    program wrote one.

    Whether a file is there is for whoever keeps papers to say.
    """
    asked: list[Question] = []
    kept: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for question in form.questions:
        if not question.is_asked(kept):
            continue
        asked.append(question)
        value, fault = _judged(question, answers.get(question.key))
        if fault:
            wrong[question.key] = fault
        if value not in NOTHING:
            kept[question.key] = value
    return Judged(asked, kept, wrong)


def faults(questions: list[Question], answers: dict[str, Any]) -> dict[str, str]:
    """Return the first fault of the answers to these questions, by key."""
    found = {question.key: _judged(question, answers.get(question.key))[1] for question in questions}
    return {key: sentence for key, sentence in found.items() if sentence}


def sound(questions: list[Question], answers: dict[str, Any]) -> dict[str, Any]:
    """Return those answers that can be drawn again: blank, or of the right kind and within their rules."""
    given = {question.key: answers[question.key] for question in questions if question.key in answers}
    return {
        question.key: given[question.key]
        for question in questions
        if question.key in given and _is_sound(question, given[question.key])
    }


def _is_sound(question: Question, value: Any) -> bool:
    if value in NOTHING:
        return True
    if question.kind == "file":
        return isinstance(value, dict) and isinstance(value.get("name"), str)
    try:
        stored(question, value, is_whole=False)  # a list that is too short yet is drawn to be added to
    except (Refused, forms.ValidationError):
        return False
    return True


def _judged(question: Question, value: Any) -> tuple[Any, str]:
    """Return an answer as it is stored, and what is wrong with it."""
    try:
        kept = stored(question, value)
    except Refused as refusal:
        return value, str(refusal)
    except forms.ValidationError as error:
        return value, question.said(error)
    if kept in NOTHING and question.required:
        return kept, question.error or gettext("This question still needs an answer.")
    return kept, ""


def stored(question: Question, value: Any, *, is_whole: bool = True) -> Any:
    """
    Return an answer as it is stored; of one left blank, one of `NOTHING`.

    :param is_whole: whether a list must have as many entries as it needs
    :raises Refused: it is of another kind, or a list of too many or too few
    :raises ValidationError: it breaks a rule of the question
    """
    if value in NOTHING:
        return value
    if question.kind == "file":
        given = _of_kind(value, (dict,))
        return {part: _of_kind(given.get(part), (str,)) for part in ("document", "name")}
    if question.kind == "yes_no":
        return _of_kind(value, (bool,))
    if question.is_list:
        return _entries(question, _of_kind(value, (list,)), is_whole=is_whole)
    boxes = _boxes(question)
    return _cleaned(boxes[""], value) if "" in boxes else _parts(question, _of_kind(value, (dict,)))


def _parts(question: Question, value: dict[str, Any]) -> dict[str, Any]:
    found = {part: _cleaned(field, value.get(part)) for part, field in _boxes(question).items()}
    return _begun(question, found)


def _begun(question: Question, parts: dict[str, Any]) -> dict[str, Any]:
    """Leave out what was left blank of an answer of several boxes; an entry of a list, and an address that was begun, lack nothing."""
    given = {part: value for part, value in parts.items() if value not in NOTHING}
    if (given or question.is_list) and (lacking := missing(question, given)):
        raise Refused(next(iter(lacking.values())))
    return given


def _entries(question: Question, entries: list[Any], *, is_whole: bool) -> list[dict[str, Any]]:
    if len(entries) > question.max_items:
        raise Refused(too_many(question))
    if is_whole and len(entries) < question.min_items:
        raise Refused(too_few(question))
    return [_entry(question, _of_kind(entry, (dict,))) for entry in entries]


def _entry(question: Question, entry: dict[str, Any]) -> dict[str, Any]:
    boxes, inner = _boxes(question), {one.key: one for one in question.fields}
    found = {}
    for part in entry_parts(question):
        try:
            found[part] = _cleaned(boxes[part], entry.get(part))
        except forms.ValidationError as error:
            raise Refused(inner[part].said(error) if part in inner else error.messages[0]) from error
    named = {"id": entry["id"]} if isinstance(entry.get("id"), str) and entry["id"] else {}
    return _begun(question, found) | named


def _cleaned(field: forms.Field, value: Any) -> Any:
    """Return what a box gives for a value in JSON, in JSON."""
    if value not in NOTHING:
        _of_kind(value, next((shape for kind, shape in _SHAPES if isinstance(field, kind)), (str,)))
    found = field.clean(_as_typed(field, value))
    if isinstance(field, WholeNumber) and isinstance(value, str) and not _is_bare(value):
        raise Refused(_of_another_kind())
    if isinstance(field, forms.BooleanField):
        return found or None
    return found.isoformat() if isinstance(found, date) else found


def _as_typed(field: forms.Field, value: Any) -> Any:
    """Return a value in JSON as its field takes it from a page."""
    if isinstance(value, list):
        return list(dict.fromkeys(_of_kind(one, (str,)) for one in value))
    if isinstance(field, AnsweredDate) and value:
        parts = value.split("-")
        return parts[::-1] if len(parts) == 3 else [value, "", ""]
    return value


def _of_kind(value: Any, shape: tuple[type, ...]) -> Any:
    if not isinstance(value, shape) or (isinstance(value, bool) and bool not in shape):
        raise Refused(_of_another_kind())
    return value


def _of_another_kind() -> str:
    return gettext("This answer is not of the kind that is asked here.")


def _is_bare(text: str) -> bool:
    """Whether a program wrote a number plainly; the dots of people are read before anything is stored."""
    return re.fullmatch(r"-?[0-9]+", text) is not None


def _boxes(question: Question) -> dict[str, forms.Field]:
    """The fields that check an answer, made once for each language: making one takes longer than all it is asked after."""
    language = get_language() or ""
    if language not in question.checking:
        question.checking[language] = boxes_of(question)
    return question.checking[language]
