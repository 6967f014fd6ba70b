"""One question of a form as boxes on a screen: what every question has, what its kind has, on which page and when it is asked."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from catalog.forms import answers, rows
from catalog.questionnaires.conditions import COMPARED, MAX_CONDITIONS, conditions_of
from catalog.questionnaires.question import Question
from catalog.questionnaires.rules import (
    LARGEST,
    LISTS,
    MAX_ITEMS,
    MAX_LENGTHS,
    PREFILLS,
    SETTINGS,
)
from common.whole_numbers import WholeNumber

PAIRS = ("question", "hint", "statement", "item", "error", "error_rule")
LIMITS = ("minimum", "maximum", "min_length", "max_length", "pattern")
NEW_PAGE = "new"
HOWS = [("is", _("is exactly")), ("in", _("is one of these")), ("is_not", _("is answered, but not with"))]
WHENS = [("", _("Any date")), ("past", _("In the past")), ("future", _("In the future"))]
PATTERN_NAMES = [
    ("", _("Anything")),
    ("digits", _("Only digits")),
    ("letters_digits", _("Only letters and digits")),
]
SMALLEST, LARGEST_AMOUNT = _("Smallest amount"), _("Largest amount")
FEWEST, MOST = _("Fewest characters"), _("Most characters")
PREFILL_NAMES = {
    "name": _("Name"),
    "run": _("RUN"),
    "email": _("E-mail"),
    "phone": _("Telephone"),
    "commune": _("Commune of the home"),
    "address": _("Address"),
    "birth_date": _("Date of birth"),
}


def whole(label: Any, low: int, high: int) -> WholeNumber:
    """A line for a number between two limits, or nothing."""
    return WholeNumber(
        label=label,
        required=False,
        min_value=low,
        max_value=high,
        widget=forms.TextInput({"class": "width-10", "inputmode": "numeric", "autocomplete": "off"}),
    )


def made_of() -> forms.ChoiceField:
    """Of which letters a text may be."""
    return forms.ChoiceField(label=_("Made of"), choices=PATTERN_NAMES, required=False)


def which_dates() -> forms.ChoiceField:
    """Which dates may be written."""
    return forms.ChoiceField(label=_("Which dates"), choices=WHENS, required=False)


def when_of(row: dict[str, Any]) -> str:
    """Return which dates a question takes."""
    return next((when for when in ("past", "future") if row.get(when)), "")


class Line(forms.Form):
    """One question of a form, without the fields of a group's rows."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    number = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.CharField(widget=forms.HiddenInput, required=False)
    question_es = rows.short(
        _("Question, in Spanish"),
        required=True,
        limit=500,
        error_messages={"required": _("Write the question in Spanish.")},
    )
    question_en = rows.short(_("Question, in English"), limit=500)
    hint_es = rows.short(_("Hint, in Spanish"), limit=1000)
    hint_en = rows.short(_("Hint, in English"), limit=1000)
    required = forms.BooleanField(label=_("It must be answered"), required=False, initial=True)
    key = rows.short(
        _("Key"),
        limit=60,
        help_text=_("The name under which programs read the answer. Left blank, it comes from the question."),
    )
    error_es = rows.short(_("What to say when it is not answered, in Spanish"), limit=500)
    error_en = rows.short(_("What to say when it is not answered, in English"), limit=500)

    def __init__(
        self,
        kind: str,
        *,
        earlier: list[dict[str, Any]],
        pages: list[dict[str, str]],
        requirements: list[dict[str, Any]],
        slots: int,
        data: Any = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.type, self.earlier, self.slots = kind, earlier, slots
        self.pages = {page["es"]: page for page in pages}
        self.fields |= self._of_kind(kind, requirements)
        if kind not in LISTS:
            self._add_page()
        for number in range(1, slots + 1):
            self._add_condition(number)

    def _of_kind(self, kind: str, requirements: list[dict[str, Any]]) -> dict[str, forms.Field]:
        """Return what only questions of this kind have."""
        settings = SETTINGS[kind]
        found: dict[str, forms.Field] = {}
        if "options" in settings:
            found["options"] = answers.Options()
        if "statement" in settings:
            missing = _("Write the statement in Spanish.")
            found["statement_es"] = rows.short(
                _("Statement, in Spanish"), required=True, limit=2000, error_messages={"required": missing}
            )
            found["statement_en"] = rows.short(_("Statement, in English"), limit=2000)
        if "minimum" in settings:
            least = 0 if kind == "money" else -LARGEST
            found["minimum"] = whole(SMALLEST, least, LARGEST)
            found["maximum"] = whole(LARGEST_AMOUNT, least, LARGEST)
        if "max_length" in settings:
            found["min_length"] = whole(FEWEST, 1, MAX_LENGTHS[kind])
            found["max_length"] = whole(MOST, 1, MAX_LENGTHS[kind])
        if "pattern" in settings:
            found["pattern"] = made_of()
        if "past" in settings:
            found["when"] = which_dates()
        if "requirement" in settings:
            codes = [(one["code"], one["label"].get("es", one["code"])) for one in requirements]
            found["requirement"] = forms.ChoiceField(
                label=_("Requirement it answers"),
                choices=[("", _("None of the sheet")), *codes],
                required=False,
            )
        if "max_items" in settings:
            if "min_items" in settings:
                found["item_es"] = rows.short(_("What one of them is called, in Spanish"), limit=200)
                found["item_en"] = rows.short(_("What one of them is called, in English"), limit=200)
                found["min_items"] = whole(_("At least how many"), 0, MAX_ITEMS)
            found["max_items"] = whole(_("At most how many"), 1, MAX_ITEMS)
        if "relations" in settings:
            found["relations"] = forms.MultipleChoiceField(
                label=_("Who of the household can be added"),
                help_text=_("None ticked: all of them."),
                choices=Question({}).relations,
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        if kind not in LISTS | {"file", "declaration", "choice", "choices", "yes_no"}:
            found["error_rule_es"] = rows.short(
                _("What to say when the answer breaks a rule, in Spanish"), limit=500
            )
            found["error_rule_en"] = rows.short(
                _("What to say when the answer breaks a rule, in English"), limit=500
            )
        names = [(name, label) for name, label in PREFILL_NAMES.items() if PREFILLS[name] == kind]
        if names:
            found["prefill"] = forms.ChoiceField(
                label=_("Offered filled in with"), choices=[("", _("Nothing")), *names], required=False
            )
        return found

    def _add_page(self) -> None:
        known = [(f"page:{heading}", heading) for heading in self.pages]
        own, new = ("", _("A page of its own")), (NEW_PAGE, _("A new page, with this heading:"))
        self.fields["page"] = forms.ChoiceField(
            label=_("Asked on"),
            choices=[own, *known, new],
            required=False,
            help_text=_("Questions of one page follow one another, and are asked together."),
        )
        self.fields["page_es"] = rows.short(_("Heading of the new page, in Spanish"), limit=200)
        self.fields["page_en"] = rows.short(_("Heading of the new page, in English"), limit=200)

    def _add_condition(self, number: int) -> None:
        about = [(row["key"], Question(row).label) for row in self.earlier if row["type"] in COMPARED]
        self.fields[f"if_{number}_question"] = forms.ChoiceField(
            label=_("Only if the answer to"),
            choices=[("", _("(it is always asked)")), *about],
            required=False,
            error_messages={"invalid_choice": _("Choose a question that comes before this one.")},
        )
        self.fields[f"if_{number}_how"] = forms.ChoiceField(
            label=_("In which way"), choices=HOWS, required=False
        )
        self.fields[f"if_{number}_values"] = forms.CharField(
            label=_("Answer; of several, one on each line"),
            max_length=5000,
            required=False,
            error_messages={"max_length": rows.TOO_LONG},
            widget=forms.Textarea({"rows": 2}),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("page") == NEW_PAGE and not data.get("page_es"):
            self.add_error("page_es", _("Write the heading of the new page in Spanish."))
        for number in range(1, self.slots + 1):
            about, typed = data.get(f"if_{number}_question"), data.get(f"if_{number}_values")
            if bool(about) != bool(typed) and f"if_{number}_question" not in self.errors:
                missing = f"if_{number}_values" if about else f"if_{number}_question"
                self.add_error(missing, _("Choose the question and write the answer, or leave both out."))
            elif data.get(f"if_{number}_how") != "in" and len(answers.lines_of(typed or "")) > 1:
                self.add_error(
                    f"if_{number}_values", _("Write one answer, or choose “is one of these” for several.")
                )
        return data

    @property
    def conditions(self) -> list[list[BoundField]]:
        """The boxes of each condition."""
        return [
            [self[f"if_{number}_{part}"] for part in ("question", "how", "values")]
            for number in range(1, self.slots + 1)
        ]

    @property
    def own(self) -> list[BoundField]:
        """The boxes that only questions of this kind have."""
        common = {*self.base_fields, "page", "page_es", "page_en", "error_rule_es", "error_rule_en"}
        return [self[name] for name in self.fields if name not in common and not name.startswith("if_")]

    def content(self, before: dict[str, Any]) -> dict[str, Any]:
        """Return the question as the form holds it, but its key and the fields of its rows; `before` is what stood there."""
        data = self.cleaned_data
        row: dict[str, Any] = {"type": self.type}
        for name in PAIRS:
            if found := rows.pair(data, name):
                row[name] = found
        if not data["required"] or "required" in before:
            row["required"] = data["required"]
        for name in (*LIMITS, "options", "requirement", "min_items", "max_items", "prefill"):
            if data.get(name) not in (None, ""):
                row[name] = data[name]
        if data.get("when"):
            row[data["when"]] = True
        if relations := data.get("relations"):
            kept = before.get("relations") or []
            row["relations"] = kept if set(kept) == set(relations) else relations
        if page := self._page():
            row["page"] = page
        if conditions := self._conditions():
            row["show_if"] = conditions[0] if len(conditions) == 1 else conditions
        return row

    def _page(self) -> dict[str, str]:
        chosen = self.cleaned_data.get("page") or ""
        if chosen == NEW_PAGE:
            return rows.pair(self.cleaned_data, "page")
        return self.pages.get(chosen.removeprefix("page:"), {}) if chosen else {}

    def _conditions(self) -> list[dict[str, Any]]:
        data = self.cleaned_data
        by_key = {row["key"]: row for row in self.earlier}
        found = []
        for number in range(1, self.slots + 1):
            if about := by_key.get(data.get(f"if_{number}_question") or ""):
                how = data.get(f"if_{number}_how") or "is"
                named = answers.read(about, data[f"if_{number}_values"])
                found.append({"question": about["key"], how: named if how == "in" else named[0]})
        return found


def initial_of(row: dict[str, Any], earlier: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a question as its boxes show it; `earlier` are the questions that its conditions may ask."""
    if not row:
        return {}
    plain = ("key", *LIMITS, "requirement", "relations")
    initial = {
        **rows.spread(row, *PAIRS),
        **{name: row[name] for name in (*plain, "min_items", "max_items", "prefill") if name in row},
        "required": row.get("required", True),
        "options": answers.written_options(row.get("options") or []),
        "when": when_of(row),
        "page": f"page:{row['page']['es']}" if row.get("page") else "",
    }
    by_key = {one["key"]: one for one in earlier}
    for number, condition in enumerate(conditions_of(row)[:MAX_CONDITIONS], start=1):
        initial[f"if_{number}_question"] = condition["question"]
        initial[f"if_{number}_how"] = next(how for how, _label in HOWS if how in condition)
        initial[f"if_{number}_values"] = answers.written(by_key.get(condition["question"]), condition)
    return initial
