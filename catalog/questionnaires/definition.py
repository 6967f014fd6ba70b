"""
From a list of questions to JSON Schema 2020-12 plus a small interface schema (docs/forms.md).

`compiled()` refuses a form that contradicts itself, with the line that is wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext

from catalog.questionnaires import checks, rules
from catalog.questionnaires.conditions import (
    condition_faults,
    conditions_of,
    fulfilled,
    impossible,
    waits_in_vain,
    wanted_values,
)
from catalog.questionnaires.question import Question
from catalog.questionnaires.schema import property_of
from catalog.questionnaires.words import called

TYPES = list(rules.SETTINGS)
MAX_QUESTIONS = 200
DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True)
class Fault:
    """What is wrong in a line of a form: which line, which of its settings, and why."""

    index: int
    key: str
    setting: str
    sentence: str

    @property
    def place(self) -> str:
        return f"[{self.index}] {self.key}" if self.index >= 0 else ""


class FormInvalid(ValueError):
    """A form contradicts itself; `faults` says where, `problems` the same as (place, sentence)."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.place}: {fault.sentence}" for fault in faults))
        self.faults = faults

    @property
    def problems(self) -> list[tuple[str, str]]:
        return [(fault.place, fault.sentence) for fault in self.faults]


def compiled(rows: Any) -> dict[str, Any]:
    """
    Return `{"schema": JSON Schema, "ui": {"questions": […]}}`; an empty list gives an empty form.

    :raises FormInvalid: with every problem found
    """
    if not rows:
        return {}
    if not isinstance(rows, list) or len(rows) > MAX_QUESTIONS:
        sentence = gettext("must be a list of at most %(n)s questions") % {"n": MAX_QUESTIONS}
        raise FormInvalid([Fault(-1, "", "", sentence)])
    faults = [
        Fault(index, _key(rows[index]), setting, sentence)
        for index, (setting, sentence) in _faults_of_lines(rows)
    ]
    faults = faults or list(_faults_between(rows))
    if faults:
        raise FormInvalid(faults)
    return {"schema": _schema(rows), "ui": {"questions": rows}}


def _key(row: Any) -> str:
    return str(row.get("key", "?"))[:80] if isinstance(row, dict) else "?"


def _faults_of_lines(rows: list[Any]) -> Iterator[tuple[int, rules.Fault]]:
    """Yield what is wrong with each question, for itself and towards those before it."""
    every = {_key(row): row for row in rows if isinstance(row, dict)}
    earlier: list[dict[str, Any]] = []
    requirements: dict[str, str] = {}
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            yield index, ("", gettext("must be a mapping"))
            continue
        for fault in rules.question_faults(row):
            yield index, fault
        if clash := rules.clash_of(row, earlier):
            yield index, ("key", clash)
        if "show_if" in row and row["show_if"] not in (None, {}):
            for sentence in condition_faults(row, {_key(one): one for one in earlier}, every):
                yield index, ("show_if", sentence)
        if row.get("type") == "file":
            wanted = str(row.get("requirement") or row.get("key"))
            if wanted in requirements:
                what = {"question": requirements[wanted], "requirement": wanted}
                yield (
                    index,
                    ("requirement", gettext("“%(question)s” asks for “%(requirement)s” already") % what),
                )
            requirements.setdefault(wanted, called(row))
        earlier.append(row)


def _faults_between(rows: list[dict[str, Any]]) -> Iterator[Fault]:
    """Yield what contradicts itself across lines that are each right."""
    by_key = {row["key"]: row for row in rows}
    for index, row in enumerate(rows):
        for condition in conditions_of(row):
            if refused := _refused_values(condition, by_key[condition["question"]]):
                yield Fault(
                    index, row["key"], "show_if", waits_in_vain(refused, by_key[condition["question"]])
                )
        if key := impossible(row, by_key):
            sentence = gettext(
                "can never be asked: “%(question)s” would have to be answered in two ways at once"
            )
            yield Fault(index, row["key"], "show_if", sentence % {"question": called(by_key[key])})
    seen: dict[str, str] = {}
    for heading, lines in groupby(enumerate(rows), key=lambda line: (line[1].get("page") or {}).get("es")):
        if heading is None:
            continue
        for place, (index, row) in enumerate(lines):
            english = row["page"].get("en") or ""
            if place == 0 and heading in seen:
                sentence = gettext(
                    "the page “%(page)s” is interrupted: its questions must follow one another"
                )
                yield Fault(index, row["key"], "page", sentence % {"page": heading})
            elif english != seen.setdefault(heading, english):
                sentence = gettext(
                    "the page “%(page)s” is called otherwise in English in the question before"
                )
                yield Fault(index, row["key"], "page", sentence % {"page": heading})


def _refused_values(condition: dict[str, Any], about: dict[str, Any]) -> list[Any]:
    """Return the answers of a condition that the question's own rules refuse; what stands in a list was looked up in it."""
    if about["type"] not in {"text", "long_text", "date", "number", "money"}:
        return []
    # A day gone by is named in vain there, and closes nothing.
    if about["type"] == "date" and "is_not" in condition:
        return []
    asked = Question(about)
    return [value for value in wanted_values(condition) if checks.faults([asked], {asked.key: value})]


def _schema(rows: list[dict[str, Any]]) -> dict[str, Any]:
    by_key = {row["key"]: row for row in rows}
    needed = [row for row in rows if row.get("required", True)]
    schema: dict[str, Any] = {
        "$schema": DIALECT,
        "type": "object",
        "properties": {row["key"]: property_of(row) for row in rows},
        "required": [row["key"] for row in needed if not conditions_of(row)],
        "additionalProperties": True,
    }
    if conditional := [row for row in needed if conditions_of(row)]:
        schema["allOf"] = [
            {"if": _all_of(row, by_key), "then": {"required": [row["key"]]}} for row in conditional
        ]
    return schema


def _all_of(row: dict[str, Any], by_key: dict[str, dict[str, Any]]) -> dict[str, Any]:
    parts = [fulfilled(one, by_key[one["question"]]) for one in conditions_of(row)]
    return parts[0] if len(parts) == 1 else {"allOf": parts}
