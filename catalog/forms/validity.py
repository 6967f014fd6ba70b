"""How long what one gets is valid, on the editing screen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.sheets.validity import MOST, UNIT_LABELS
from common.whole_numbers import WholeNumber

PREFIX = "valid"


class Validity(forms.Form):
    """A number and what it counts, or that nothing is counted. A screen that was posted without it leaves it as it is."""

    count = WholeNumber(
        label=_("Valid for, from the day it is issued"),
        required=False,
        min_value=1,
        widget=forms.TextInput({"class": "width-4", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": _("Write a whole number, only digits."),
            "min_value": _("Write a number from 1 on, or leave it blank."),
        },
    )
    unit = forms.ChoiceField(
        label=_("Counted in"), choices=[("", _("Not stated")), *UNIT_LABELS.items()], required=False
    )

    def __init__(self, content: dict[str, Any], *, data: Any = None) -> None:
        self.before = content.get("valid_for")
        self.was_posted = data is not None and f"{PREFIX}-unit" in data
        initial = {name: (self.before or {}).get(name) for name in ("count", "unit")}
        super().__init__(data if self.was_posted else None, initial=initial, prefix=PREFIX)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "count" in self.errors or "unit" in self.errors:
            return data
        count, unit = data.get("count"), data.get("unit")
        if count and not unit:
            self.add_error("unit", _("Choose what the number counts: days, months or years."))
        elif count and unit not in MOST:
            self.add_error("count", _("Leave the number blank: here nothing is counted."))
        elif unit in MOST and not count:
            self.add_error("count", _("Write how many, or choose “Not stated”."))
        elif count and unit and count > MOST[unit]:
            told = _("Write at most %(most)d: nothing is valid for longer than that.")
            self.add_error("count", told % {"most": MOST[unit]})
        return data

    def content(self) -> dict[str, Any] | None:
        """Return it as the sheet holds it, None where it says nothing."""
        if not self.was_posted:
            return self.before
        count, unit = self.cleaned_data["count"], self.cleaned_data["unit"]
        if not unit:
            return None
        return {"unit": unit, "count": count} if count else {"unit": unit}
