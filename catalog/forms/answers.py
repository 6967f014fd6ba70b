"""Answers as an editor writes them in a box: the options of a question, and those that a condition waits for."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.queries.previews import KIND_NAMES
from catalog.questionnaires import drafting
from catalog.questionnaires.conditions import wanted_values
from catalog.questionnaires.question import Question

YES, NO = ("sí", "si", "yes", "true", "verdadero"), ("no", "false", "falso")


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
        lines = [line.strip() for line in str(super().clean(value)).splitlines()]
        options: list[dict[str, Any]] = []
        for number, line in enumerate(lines, start=1):
            if line:
                options.append(_option(line, number, {one["value"] for one in options}))
        return options


def _option(line: str, number: int, taken: set[str]) -> dict[str, Any]:
    parts = [part.strip() for part in line.split("|")]
    value, spanish, english = {1: ["", *parts, ""], 2: [*parts, ""]}.get(len(parts), parts[:3])
    if len(parts) > 3 or not spanish:
        raise forms.ValidationError(
            _("Line %(number)s: write value | Spanish | English.") % {"number": number}
        )
    label = {"es": spanish, **({"en": english} if english else {})}
    return {"value": value or drafting.key_from(spanish, taken), "label": label}


def written_options(options: list[dict[str, Any]]) -> str:
    """Return options as they are written in the box."""
    lines = [[one["value"], one["label"].get("es", ""), one["label"].get("en", "")] for one in options]
    return "\n".join(" | ".join(line if line[2] else line[:2]) for line in lines)


def kind_choices(kinds: Iterable[str]) -> list[tuple[str, Any]]:
    """Return kinds of questions with their names."""
    return [(kind, KIND_NAMES[kind]) for kind in kinds]


def written(condition: dict[str, Any]) -> str:
    """Return the answers that a condition names, one on each line."""
    yes_no = {True: gettext("Yes"), False: gettext("No")}
    return "\n".join(str(yes_no[one] if isinstance(one, bool) else one) for one in wanted_values(condition))


def read(about: dict[str, Any], typed: str) -> list[Any]:
    """Return the answers written in a box, as they are stored; what can be none is left as it was written, to be refused by its rule."""
    lines = [line.strip() for line in typed.splitlines()]
    return [_read(about, line) for line in lines if line] or [""]


def _read(about: dict[str, Any], line: str) -> Any:
    plain = line.casefold()
    match about["type"]:
        case "choice" | "choices":
            for option in about["options"]:
                if plain in {
                    option["value"].casefold(),
                    *(text.casefold() for text in option["label"].values()),
                }:
                    return option["value"]
        case "yes_no":
            return True if plain in YES else False if plain in NO else line
        case "number" | "money":
            digits = line.replace("$", "").replace(".", "").replace(" ", "")
            is_number = digits.isascii() and digits.removeprefix("-").isdigit() and len(digits) < 16
            return int(digits) if is_number else line
        case "date":
            day, _separator, rest = line.replace("/", "-").partition("-")
            month, _separator, year = rest.partition("-")
            try:
                return date(int(year[:4]), int(month[:2]), int(day[:2])).isoformat()
            except ValueError:
                return line
    return line


def possible(about: dict[str, Any]) -> list[str]:
    """Return what a condition may wait for, as it may be written; nothing where it could be anything."""
    if about["type"] == "yes_no":
        return [gettext("Yes"), gettext("No")]
    return [f"{label} ({value})" for value, label in Question(about).options]
