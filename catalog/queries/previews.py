"""A version as an editor looks it over: its sheet in words, its form as a list."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog import costs
from catalog.models import ProcedureVersion
from catalog.questionnaires.conditions import conditions_of, wanted_values
from catalog.questionnaires.forms import named
from catalog.questionnaires.question import Question, Questionnaire
from catalog.sheets import ChannelGuide, Sheet

KIND_NAMES: dict[str, str | Promise] = {
    "text": _("A line of text"),
    "long_text": _("A longer text"),
    "choice": _("One of several"),
    "choices": _("Any of several"),
    "yes_no": _("Yes or no"),
    "date": _("A date"),
    "number": _("A number"),
    "money": _("An amount in pesos"),
    "run": _("A RUN or RUT"),
    "commune": _("A commune"),
    "address": _("An address"),
    "phone": _("A phone number"),
    "email": _("An e-mail address"),
    "file": _("A file"),
    "declaration": _("A declaration"),
    "people": _("People of the household"),
    "group": _("A list of several things"),
    "name": _("A name"),
}


GLYPHS = {
    "online": "web",
    "office": "office",
    "phone": "phone",
    "mobile": "mobile",
    "mail": "mail",
    "consulate": "pin",
}


def cost_rows(sheet: Sheet) -> list[dict[str, str]]:
    """Return the costs of a sheet in words."""
    return [
        {"amount": costs.written(one.amount, one.currency), "condition": one.condition} for one in sheet.costs
    ]


def ways(sheet: Sheet) -> list[tuple[ChannelGuide, str]]:
    """Return the ways to do it, each with its glyph."""
    return [(way, GLYPHS.get(way.code, "system")) for way in sheet.channels]


@dataclass(frozen=True)
class QuestionRow:
    """A question, and when it is asked."""

    key: str
    label: str
    kind_name: str | Promise
    options: list[tuple[str, str]]
    statement: str
    required: bool
    page: str
    condition: str  # empty: always asked

    @property
    def is_everywhere(self) -> bool:
        """Whether every application asks it, whatever the sheet's form."""
        return self.key.startswith("applicant_")


def question_rows(version: ProcedureVersion) -> list[QuestionRow]:
    """Return the questions of a version's form in the page's language, those about the applicant first."""
    questionnaire = Questionnaire(version.content)
    return [
        QuestionRow(
            key=one.key,
            label=one.label,
            kind_name=KIND_NAMES.get(one.kind, one.kind),
            options=one.options,
            statement=one.statement,
            required=one.required,
            page=one.page,
            condition=condition_words(one, questionnaire),
        )
        for one in questionnaire.questions
    ]


def condition_words(question: Question, questionnaire: Questionnaire) -> str:
    """Return when a question is asked, in words; empty for one that always is."""
    words = [_condition(one, questionnaire) for one in conditions_of(question.row)]
    return (
        gettext(", and ").join([words[0], *(word[:1].lower() + word[1:] for word in words[1:])])
        if words
        else ""
    )


def _condition(condition: dict[str, Any], questionnaire: Questionnaire) -> str:
    about = questionnaire.get(condition["question"])
    answers = [named(about, one) if about else str(one) for one in wanted_values(condition)]
    said = {"question": about.label if about else condition["question"], "answer": " / ".join(answers)}
    if "is_not" in condition:
        return gettext("When “%(question)s” is not %(answer)s") % said
    return gettext("When “%(question)s” is %(answer)s") % said
