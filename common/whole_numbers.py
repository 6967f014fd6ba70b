"""
Whole numbers as people in Chile write them: `2000` or `2.000`.

The framework takes `2.000` for two and some decimals that are nought. Here a dot parts thousands or is refused: a number must not be wrong
a thousand times.
"""

import re
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_DIGITS = 15  # what JSON and every database column of ours hold exactly
_WRITTEN = re.compile(r"-?(?:[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)")
_PESOS = re.compile(r"(?:\$\s*)?(-?(?:[0-9]+|[1-9][0-9]{0,2}(?:([.\s])[0-9]{3})(?:\2[0-9]{3})*))")


def read(text: str) -> int | None:
    """Return the number that was written, None where it is none or could be another."""
    found = _WRITTEN.fullmatch(_plainly(text))
    return _number(found[0]) if found else None


def read_pesos(text: str) -> int | None:
    """Return the pesos that were written, as `450000`, `450.000`, `$ 450.000` or `450 000`; None where they are none."""
    found = _PESOS.fullmatch(_plainly(text))
    return _number(found[1]) if found else None


def _plainly(text: str) -> str:
    return text.strip().replace("−", "-")


def _number(written: str) -> int | None:
    digits = re.sub(r"[.\s]", "", written)
    return int(digits) if len(digits.removeprefix("-")) <= MOST_DIGITS else None


class WholeNumber(forms.IntegerField):
    """A box for a whole number, with or without dots between its thousands."""

    widget = forms.TextInput  # a box of the browser's own for numbers would take a dot for a comma
    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": _("Write a whole number, like 1500 or 1.500."),
    }

    def to_python(self, value: Any) -> int | None:
        """Read what was written; a number that a program sent is taken as it is."""
        if value in self.empty_values:
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        number = self.read(str(value)) if isinstance(value, str | int) else None
        if number is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return number

    def read(self, text: str) -> int | None:
        return read(text)


class WholePesos(WholeNumber):
    """A box for an amount in pesos, with or without its sign."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": _("Write the amount in whole pesos, like 450000 or $450.000."),
    }

    def read(self, text: str) -> int | None:
        return read_pesos(text)
