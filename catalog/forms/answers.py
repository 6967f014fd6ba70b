"""Answers as an editor writes them in a box: the options of a question, and those that a condition waits for."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.bulk import lines
from catalog.queries.previews import KIND_NAMES
from catalog.questionnaires import drafting
from catalog.questionnaires.conditions import wanted_values
from catalog.questionnaires.forms import named
from catalog.questionnaires.question import Question
from common import phone, run, whole_numbers
from territory.queries.official import official_communes

YES, NO = ("sí", "si", "yes", "true", "verdadero"), ("no", "false", "falso")
_DAY = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")


class Options(forms.CharField):
    """The options of a question, one on each line: `value | in Spanish | in English`; the value may be left out."""

    def __init__(self, *, required: bool = True) -> None:
        super().__init__(
            label=_("Options, one on each line"),
            help_text=_(
                "Write value | Spanish | English, for example: lost | Lo perdí | I lost it. The value is what programs read. "
                "With Spanish alone, it is made from it."
            ),
            required=required,
            max_length=50_000,
            strip=True,
            widget=forms.Textarea({"rows": 6, "spellcheck": "false"}),
            error_messages={"required": _("Write the options, one on each line.")},
        )

    def clean(self, value: Any) -> Any:
        typed = str(super().clean(value)).replace("\r\n", "\n").split("\n")
        options: list[dict[str, Any]] = []
        for number, line in enumerate(typed, start=1):
            if line.strip():
                options.append(_option(line, number, {one["value"] for one in options}))
        return options


def _option(line: str, number: int, taken: set[str]) -> dict[str, Any]:
    [parts] = lines.read(line)
    value, spanish, english = {1: ["", *parts, ""], 2: [*parts, ""]}.get(len(parts), parts[:3])
    if len(parts) > 3 or not spanish:
        raise forms.ValidationError(
            _("Line %(number)s: write value | Spanish | English.") % {"number": number}
        )
    label = {"es": spanish, **({"en": english} if english else {})}
    return {"value": value or drafting.key_from(spanish, taken), "label": label}


def written_options(options: list[dict[str, Any]]) -> str:
    """Return options as they are written in the box; a bar within one stands after a backslash."""
    return lines.written(
        [one["value"], one["label"].get("es", ""), one["label"].get("en", "")] for one in options
    )


def kind_choices(kinds: Iterable[str]) -> list[tuple[str, Any]]:
    """Return kinds of questions with their names."""
    return [(kind, KIND_NAMES[kind]) for kind in kinds]


def written(about: dict[str, Any] | None, condition: dict[str, Any]) -> str:
    """Return the answers that a condition names, one on each line, so that `read` finds the same again."""
    values = wanted_values(condition)
    if about is None or about["type"] in {"choice", "choices"}:  # labels may stand twice, values do not
        return "\n".join(map(str, values))
    return "\n".join(named(Question(about), one) for one in values)


def lines_of(typed: str) -> list[str]:
    """Return the lines that say something."""
    return [line.strip() for line in typed.splitlines() if line.strip()]


def read(about: dict[str, Any], typed: str) -> list[Any]:
    """Return the answers written in a box, as they are stored; what can be none is left as it was written, to be refused by its rule."""
    return [_read(about, line) for line in lines_of(typed)] or [""]


def _read(about: dict[str, Any], line: str) -> Any:
    found: Any = None
    match about["type"]:
        case "choice" | "choices":
            found = _option_read(about["options"], line)
        case "yes_no":
            word = line.casefold()
            found = True if word in YES else False if word in NO else None
        case "number":
            found = whole_numbers.read(line)
        case "money":
            found = whole_numbers.read_pesos(line)
        case "date":
            found = _day_read(line)
        case "run":
            found = run.normalise(line)
        case "phone":
            found = phone.normalise(line)
        case "commune":
            found = _commune_read(line)
    return line if found is None else found


def _option_read(options: list[dict[str, Any]], line: str) -> str | None:
    """Return the option of this value, or else the first of this value or label in small letters or capitals."""
    values = [str(one["value"]) for one in options]
    if line in values:
        return line
    plain = line.casefold()
    labels = [(text, one["value"]) for one in options for text in one["label"].values()]
    spoken = [*((value, value) for value in values), *labels]
    return next((value for words, value in spoken if words.strip().casefold() == plain), None)


def _day_read(line: str) -> str | None:
    """Return the day of `3-2-2026`, `03/02/2026` or, as it is stored, `2026-02-03`."""
    if found := _YEAR_FIRST.fullmatch(line):
        year, month, day = found.groups()
    elif found := _DAY.fullmatch(line):
        day, month, year = found.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _commune_read(line: str) -> str | None:
    names = {_plain(name): code for code, name in official_communes().items()}
    return names.get(_plain(line))


def _plain(words: str) -> str:
    letters = unicodedata.normalize("NFD", " ".join(words.split()).casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def possible(about: dict[str, Any]) -> list[str]:
    """Return what a condition may wait for, as it may be written; nothing where it could be anything."""
    if about["type"] in {"choice", "choices"}:
        return [f"{label} ({value})" for value, label in Question(about).options]
    ways: dict[str, list[str]] = {
        "yes_no": [gettext("Yes"), gettext("No")],
        "date": [gettext("a day, like 3-2-2026")],
        "number": [gettext("a whole number, like 1500 or 1.500")],
        "money": [gettext("whole pesos, like 450000 or $450.000")],
        "run": [gettext("a RUN or RUT, like 12.345.678-5")],
        "commune": [gettext("the name of a commune")],
        "phone": [gettext("a phone number, like 9 8765 4321")],
        "email": [gettext("an e-mail address, like nombre@ejemplo.cl")],
    }
    return ways.get(about["type"], [])
