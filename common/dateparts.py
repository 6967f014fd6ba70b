"""A date asked as three small boxes: people type a date they know faster than they find it in a calendar."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _


class DateParts(forms.MultiWidget):
    """Three text boxes; `{% field %}` draws each with its own label inside one fieldset."""

    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {
            "day": forms.TextInput({"inputmode": "numeric", "class": "width-2", "maxlength": 2}),
            "month": forms.TextInput({"inputmode": "numeric", "class": "width-2", "maxlength": 2}),
            "year": forms.TextInput({"inputmode": "numeric", "class": "width-4", "maxlength": 4}),
        }
        super().__init__(boxes, attrs)

    def decompress(self, value: date | None) -> list[int | None]:
        return [value.day, value.month, value.year] if value else [None, None, None]

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_0" if id_ else ""


class WrittenDate(forms.MultiValueField):
    """A date from three boxes; a date that does not exist is answered in words, and what was typed stays."""

    widget = DateParts
    default_error_messages: ClassVar[dict[str, Any]] = {
        "incomplete": _("Write the day, the month and the year, for example 27 3 1990."),
        "no_such_date": _("That date does not exist. Check the day and the month."),
        "short_year": _("Write the year with its four figures, for example 1990."),
    }

    def __init__(self, **kwargs: Any) -> None:
        incomplete = {"invalid": self.default_error_messages["incomplete"]}
        parts = (
            forms.IntegerField(min_value=1, max_value=31, error_messages=incomplete),
            forms.IntegerField(min_value=1, max_value=12, error_messages=incomplete),
            forms.IntegerField(min_value=1850, max_value=2200, error_messages=incomplete),
        )
        super().__init__(fields=parts, require_all_fields=True, **kwargs)

    def clean(self, value: Any) -> date | None:
        given = [str(part or "").strip() for part in value] if isinstance(value, list | tuple) else []
        if any(given) and (wrong := _what_is_wrong(given)):
            raise forms.ValidationError(self.error_messages[wrong], code=wrong)
        found: date | None = super().clean(value)
        return found

    def compress(self, data_list: list[int]) -> date | None:
        if not data_list:
            return None
        day, month, year = data_list
        return date(year, month, day)


def _what_is_wrong(parts: list[str]) -> str:
    """Return the name of the message for what can not be a date, or nothing."""
    if not all(part.isascii() and part.isdigit() for part in parts):
        return "incomplete"
    day, month, year = parts
    if len(year) != 4:
        return "short_year"
    try:
        date(int(year), int(month[:9]), int(day[:9]))
    except ValueError:
        return "no_such_date"
    return "" if 1850 <= int(year) <= 2200 else "no_such_date"
