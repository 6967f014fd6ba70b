"""The part of the editing screen on who decides: a row for each agency's stage."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.forms import rows
from catalog.queries.agencies import agency_named
from catalog.shape import MOST_STAGES
from catalog.sheets import in_language
from common.whole_numbers import WholeNumber

PREFIX = "stage"
# The field at which a fault of a part of a stage is told.
FIELDS = {
    "agency": "agency",
    "order": "order",
    "required": "required",
    "term_business_days": "term",
    "term_calendar_days": "term",
    "addressed_by": "addressed_by",
}


class Stage(rows.Row):
    """An agency's part in deciding."""

    KEY_FIELDS = ("agency", "term", "addressed_by")
    NUMBERED = _("Agency %(number)s")
    agency = rows.short(
        _("Agency that decides"),
        limit=200,
        help_text=_("Its short name, like SRCEI. The list holds all that are known here."),
        size="width-20",
    )
    order = forms.IntegerField(
        label=_("Turn"),
        help_text=_("Those with the same number decide at the same time; 2 waits for 1."),
        required=False,
        min_value=0,
        max_value=100,
        initial=1,
        widget=forms.TextInput({"class": "width-4", "inputmode": "numeric", "autocomplete": "off"}),
    )
    required = forms.BooleanField(label=_("Nothing is granted without it"), required=False, initial=True)
    term = WholeNumber(
        label=_("Its term in days"),
        required=False,
        min_value=0,
        max_value=2000,
        widget=forms.TextInput({"class": "width-4", "inputmode": "numeric", "autocomplete": "off"}),
    )
    unit = rows.unit_of_days()
    addressed_by = forms.ChoiceField(
        label=_("To whom the applicant addresses it"),
        help_text=_("Where an answer of the form names the agency, it decides instead of the one above."),
        required=False,
    )

    def __init__(self, *args: Any, questions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].widget.attrs["list"] = "agencies"
        present = str(self.initial.get("addressed_by") or "")
        choices = [("", gettext("Always the agency above")), *questions]
        if present not in dict(choices):  # it stands in the sheet: it can be taken away
            choices.append((present, gettext("%(code)s (not in the form)") % {"code": present}))
        self.fields["addressed_by"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def clean_agency(self) -> str:
        """Return the code of the agency that was named; one that stood there may stay."""
        typed = str(self.cleaned_data["agency"])
        if not typed or typed == self.initial.get("agency"):
            return typed
        code = agency_named(typed)
        if not code:
            raise forms.ValidationError(
                _("There is no agency “%(name)s” here. Write its short name, as it stands in the list."),
                params={"name": typed[:60]},
            )
        return code

    def clean(self) -> dict[str, Any]:
        self._needs("agency", _("Write which agency decides."))
        return super().clean() or {}

    def content(self) -> dict[str, Any]:
        """Return the row as the sheet holds it; what the screen does not show of it stays."""
        data = self.cleaned_data
        kept = {key: value for key, value in (self.initial.get("row") or {}).items() if key not in FIELDS}
        return {
            **kept,
            "agency": data["agency"],
            "order": 1 if data["order"] is None else data["order"],
            "required": data["required"],
            **rows.days_of(data["term"], data["unit"], "term_"),
            **({"addressed_by": data["addressed_by"]} if data["addressed_by"] else {}),
        }

    @staticmethod
    def initial_of(row: dict[str, Any]) -> dict[str, Any]:
        order, required = row.get("order"), row.get("required")
        return {
            **rows.spread_days(row, "term", "unit", "term_"),
            "row": row,
            "agency": row["agency"],
            "order": 1 if order is None else order,
            "required": True if required is None else required,
            "addressed_by": row.get("addressed_by") or "",
        }


Stages = rows.rows_of(Stage, MOST_STAGES)


def stages_of(content: dict[str, Any], *, data: Any = None) -> rows.RowsPart:
    """Return the rows of who decides."""
    return rows.RowsPart(
        "stages", Stages, content, prefix=PREFIX, fields=FIELDS, data=data, questions=_choices_asked(content)
    )


def _choices_asked(content: dict[str, Any]) -> list[tuple[str, str]]:
    """The questions of the form whose answer can name an agency: those with choices."""
    asked = ((content.get("form") or {}).get("ui") or {}).get("questions") or []
    return [(row["key"], in_language(row.get("question"))) for row in asked if row.get("type") == "choice"]
