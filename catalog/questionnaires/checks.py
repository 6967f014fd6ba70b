"""Stored answers, checked as a whole: the values pass the same fields again, whatever channel or program they came through."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext

from catalog.questionnaires.conditions import NOTHING
from catalog.questionnaires.lists import boxes_of, entry_fault, is_number, too_few, too_many
from catalog.questionnaires.question import Question

# What a stored answer is, in JSON; of the other kinds, a text.
_SHAPES: dict[str, tuple[type, ...]] = {
    "yes_no": (bool,),
    "declaration": (bool,),
    "choices": (list,),
    "address": (dict,),
    "name": (dict,),
    "number": (int, str),
    "money": (int, str),
}


def faults(questions: list[Question], answers: dict[str, Any]) -> dict[str, str]:
    """
    Check stored answers as a whole: return the first fault of each question that applies, by key.

    Used before submitting. Whether a file is there is for whoever keeps papers to say.
    """
    found = {question.key: _fault(question, answers.get(question.key)) for question in questions}
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
    if question.is_list and isinstance(value, list):  # one that is too short yet is drawn to be added to
        return len(value) <= question.max_items and not any(entry_fault(question, one) for one in value)
    return not _fault(question, value)


def _fault(question: Question, value: Any) -> str:
    if value in NOTHING:
        return (
            (question.error or gettext("This question still needs an answer.")) if question.required else ""
        )
    if question.is_list:
        return _list_fault(question, value)
    return "" if question.kind == "file" else _field_fault(question, value)


def _list_fault(question: Question, value: Any) -> str:
    if not isinstance(value, list):
        return gettext("This answer is not of the kind that is asked here.")
    if len(value) > question.max_items:
        return too_many(question)
    if len(value) < question.min_items:
        return too_few(question)
    return next(filter(None, (entry_fault(question, entry) for entry in value)), "")


def _field_fault(question: Question, value: Any) -> str:
    shape = _SHAPES.get(question.kind, (str,))
    if not isinstance(value, shape) or (isinstance(value, bool) and bool not in shape):
        return gettext("This answer is not of the kind that is asked here.")
    typed = _as_typed(question, value)
    for suffix, field in _boxes(question).items():
        name = f"{question.key}__{suffix}" if suffix else question.key
        try:
            field.clean(field.widget.value_from_datadict(typed, {}, name))
        except forms.ValidationError as error:
            return question.said(error)
    if question.kind in {"number", "money"} and not is_number(value):
        return gettext("This answer is not of the kind that is asked here.")
    return ""


def _boxes(question: Question) -> dict[str, forms.Field]:
    """The fields that check an answer, made once for each language: making one takes longer than all it is asked after."""
    language = get_language() or ""
    if language not in question.checking:
        question.checking[language] = boxes_of(question)
    return question.checking[language]


def _as_typed(question: Question, value: Any) -> dict[str, Any]:
    if question.kind == "yes_no":
        return {question.key: "yes" if value else "no"}
    if question.kind == "declaration":
        return {question.key: "on"} if value else {}
    if question.kind == "date":
        year, month, day = [*str(value).split("-"), "", ""][:3]
        return {f"{question.key}_day": day, f"{question.key}_month": month, f"{question.key}_year": year}
    if isinstance(value, dict):
        return {f"{question.key}__{part}": inner for part, inner in value.items()}
    return {question.key: value}
