"""A question and the whole questionnaire of a version, read in the active language."""

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Field
from django.utils.translation import gettext

from catalog.questionnaires.conditions import conditions_of, holds
from catalog.questionnaires.rules import LISTS, RELATIONS
from catalog.questionnaires.words import spoken


@dataclass(frozen=True)
class Question:
    """One thing asked: `row` is its line in the definition."""

    row: dict[str, Any]

    @property
    def key(self) -> str:
        return str(self.row["key"])

    @property
    def kind(self) -> str:
        return str(self.row["type"])

    @property
    def label(self) -> str:
        return spoken(self.row["question"])

    @property
    def hint(self) -> str:
        return spoken(self.row.get("hint"))

    @property
    def error(self) -> str:
        return spoken(self.row.get("error"))

    def said(self, error: ValidationError) -> str:
        """Return what to say of an answer that was refused: the editor's own words, where it breaks a rule and they wrote some."""
        is_missing = all(one.code == "required" for one in error.error_list)
        return (not is_missing and spoken(self.row.get("error_rule"))) or error.messages[0]

    @cached_property
    def checking(self) -> dict[str, dict[str, Field]]:
        """The fields that stored answers are checked with, by language; they are asked, never changed."""
        return {}

    @property
    def statement(self) -> str:
        return spoken(self.row.get("statement"))

    @property
    def required(self) -> bool:
        return bool(self.row.get("required", True))

    @property
    def requirement(self) -> str:
        """The requirement of the sheet that a file answers; its own key when it names none."""
        return str(self.row.get("requirement") or self.key)

    @property
    def options(self) -> list[tuple[str, str]]:
        return [(option["value"], spoken(option["label"])) for option in self.row.get("options", [])]

    @property
    def relations(self) -> list[tuple[str, str]]:
        words = {
            "child": gettext("Son or daughter"),
            "spouse": gettext("Spouse or partner"),
            "parent": gettext("Mother or father"),
            "other": gettext("Other"),
        }
        return [(code, words.get(code, code)) for code in self.row.get("relations") or RELATIONS]

    @property
    def is_list(self) -> bool:
        """Whether its answer is a list whose entries are added and taken off one by one."""
        return self.kind in LISTS

    @property
    def is_several(self) -> bool:
        """Whether its answer takes several boxes, so that the question stands above them."""
        return self.kind in {"name", "address", "declaration", *LISTS}

    @property
    def fields(self) -> "list[Question]":
        """What each row of a group asks."""
        return [Question(row) for row in self.row.get("fields") or []]

    @property
    def item(self) -> str:
        """What one row of a group is called."""
        return spoken(self.row.get("item"))

    @property
    def max_items(self) -> int:
        return int(self.row.get("max_items") or 12)

    @property
    def min_items(self) -> int:
        """How many entries a list must have once it has any."""
        return int(self.row.get("min_items") or 1)

    @property
    def first_box(self) -> str:
        """The name of the first box of a list's entry: where what is wrong with the list is said."""
        return f"{self.key}__{self.fields[0].key if self.kind == 'group' else 'given'}"

    @property
    def page(self) -> str:
        """The heading of the page on which it is asked with others; empty: on a page of its own."""
        return spoken(self.row.get("page"))

    @property
    def page_key(self) -> tuple[bool, str]:
        """What questions that follow one another on one page have in common."""
        heading = (self.row.get("page") or {}).get("es")
        return (True, heading) if heading else (False, self.key)

    def is_asked(self, answers: dict[str, Any]) -> bool:
        """Whether the question's conditions hold for the answers given so far."""
        return all(holds(one, answers.get(one["question"])) for one in conditions_of(self.row))

    def is_open(self, answers: dict[str, Any]) -> bool:
        """Whether it still waits for its answer; a blank answer to an optional question is one, a list begun and too short is none."""
        if self.key not in answers:
            return True
        entries = answers[self.key]
        return self.is_list and isinstance(entries, list) and 0 < len(entries) < self.min_items


def _pair(es: str, en: str) -> dict[str, str]:
    return {"es": es, "en": en}


ABOUT_PERSON: list[dict[str, Any]] = [
    {
        "key": "applicant_name",
        "type": "name",
        "question": _pair("¿Cómo se llama usted?", "What is your name?"),
        "hint": _pair("Como aparece en su cédula de identidad.", "As it appears on your identity card."),
    },
    {
        "key": "applicant_run",
        "type": "run",
        "required": False,
        "question": _pair("¿Cuál es su RUN?", "What is your RUN?"),
        "hint": _pair(
            "El número de su cédula, por ejemplo 12.345.678-5. Si no tiene, deje en blanco.",
            "The number on your identity card, for example 12.345.678-5. Leave it blank if you have none.",
        ),
    },
    {
        "key": "applicant_email",
        "type": "email",
        "required": False,
        "question": _pair("¿A qué correo le avisamos?", "Which e-mail may we write to?"),
        "hint": _pair(
            "Le avisaremos cada novedad. Si no usa correo, deje en blanco: igual puede seguir su caso con el folio.",
            "We will tell you of every change. If you have none, leave it blank: you can follow your case with its folio.",
        ),
    },
    {
        "key": "applicant_phone",
        "type": "phone",
        "required": False,
        "question": _pair("¿A qué teléfono le llamamos si hace falta?", "Which phone may we call if needed?"),
        "hint": _pair(
            "Por ejemplo 9 8765 4321. Puede dejarlo en blanco.",
            "For example 9 8765 4321. You may leave it blank.",
        ),
    },
    {
        "key": "applicant_commune",
        "type": "commune",
        "question": _pair("¿En qué comuna vive?", "In which commune do you live?"),
    },
]

ABOUT_ORGANISATION: list[dict[str, Any]] = [
    {
        "key": "applicant_organisation_name",
        "type": "text",
        "question": _pair(
            "¿Cómo se llama la organización o empresa?", "What is the organisation or company called?"
        ),
        "hint": _pair("La razón social.", "Its legal name."),
    },
    {
        "key": "applicant_organisation_rut",
        "type": "run",
        "question": _pair(
            "¿Cuál es el RUT de la organización o empresa?", "What is the RUT of the organisation or company?"
        ),
        "hint": _pair("Por ejemplo 76.123.456-0.", "For example 76.123.456-0."),
    },
]
# Where nobody must say who they are.
UNNAMED: dict[str, Any] = {
    "required": False,
    "hint": _pair("Déjelo en blanco si no quiere decirlo.", "Leave it blank if you would rather not say."),
}


class Questionnaire:
    """All questions of a version: those about the applicant, then the sheet's own."""

    def __init__(self, content: dict[str, Any]) -> None:
        applicant = content.get("applicant", "person")
        about = [*ABOUT_ORGANISATION, *ABOUT_PERSON] if applicant == "organisation" else ABOUT_PERSON
        if content.get("anonymous"):
            about = [row | UNNAMED if row["key"] == "applicant_name" else row for row in about]
        own = content.get("form", {}).get("ui", {}).get("questions", [])
        self.questions = [Question(row) for row in [*about, *own]]

    def asked(self, answers: dict[str, Any]) -> list[Question]:
        """The questions that apply, given the answers so far."""
        given: dict[str, Any] = {}
        result = []
        for question in self.questions:
            if question.is_asked(given):
                result.append(question)
                if question.key in answers:
                    given[question.key] = answers[question.key]
        return result

    def get(self, key: str) -> Question | None:
        """Return the question with this key."""
        return next((question for question in self.questions if question.key == key), None)

    def first_open(self, answers: dict[str, Any]) -> Question | None:
        """The first question that applies and has not been answered (a blank answer to an optional one counts)."""
        return next((question for question in self.asked(answers) if question.is_open(answers)), None)

    def pages(self, answers: dict[str, Any]) -> list[list[Question]]:
        """The questions that apply, page by page as they are asked."""
        return [list(page) for _key, page in groupby(self.asked(answers), key=lambda one: one.page_key)]
