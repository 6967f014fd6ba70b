"""The screen on which one question of a form is edited: to a form with it in its place, and back."""

from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.forms import answers, rows
from catalog.forms.line import PAIRS, Line, initial_of
from catalog.questionnaires import definition, drafting
from catalog.questionnaires.conditions import COMPARED, conditions_of
from catalog.questionnaires.question import Question
from catalog.questionnaires.rules import IN_LISTS, MAX_FIELDS
from common import questions
from common.errors import DomainError

# Where on the screen what is wrong with a setting is said.
_FIELD_OF = {
    **{name: f"{name}_es" for name in PAIRS},
    "show_if": "if_1_question",
    "page": "page",
    "past": "when",
    "future": "when",
}


class Field(rows.Row):
    """One field of the rows of a group."""

    KEY_FIELDS = ("label_es", "label_en")
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    label_es = rows.short(_("Field, in Spanish"), limit=200)
    label_en = rows.short(_("Field, in English"), limit=200)
    kind = forms.ChoiceField(label=_("Kind of answer"), choices=lambda: answers.kind_choices(IN_LISTS))
    required = forms.BooleanField(label=_("It must be answered"), required=False, initial=True)
    options = answers.Options(required=False)

    def clean(self) -> dict[str, Any]:
        self._needs("label_es", _("Write what the field asks in Spanish."))
        return super().clean() or {}

    def content(self) -> dict[str, Any]:
        """Return the field as the form holds it."""
        data = self.cleaned_data
        row = {"key": data["key"], "type": data["kind"], "question": rows.pair(data, "label")}
        if not data["required"]:
            row["required"] = False
        if data["kind"] == "choice":
            row["options"] = data["options"]
        return row

    @staticmethod
    def initial_of(row: dict[str, Any]) -> dict[str, Any]:
        label = row.get("question") or {}
        return {
            "key": row["key"],
            "label_es": label.get("es", ""),
            "label_en": label.get("en", ""),
            "kind": row["type"],
            "required": row.get("required", True),
            "options": answers.written_options(row.get("options") or []),
        }


Fields = rows.rows_of(Field, MAX_FIELDS)


class QuestionForms:
    """All the forms of the screen as one: `is_valid()`, `rows()`, and what to draw."""

    def __init__(
        self,
        content: dict[str, Any],
        *,
        kind: str,
        revision: int,
        number: int,
        key: str = "",
        after: str = "",
        data: Any = None,
    ) -> None:
        self.content, self.kind, self.key, self.after = content, kind, key, after
        self.before = drafting.rows_of(content)
        self.row = drafting.row_of(self.before, key) or {}
        keys = [row["key"] for row in self.before]
        place = keys.index(key) if key in keys else (keys.index(after) + 1 if after in keys else len(keys))
        self.line = Line(
            kind,
            earlier=self.before[:place],
            pages=drafting.pages_of(self.before),
            requirements=content.get("requirements") or [],
            slots=max(2, len(conditions_of(self.row))) if self.before[:place] else 0,
            data=data,
            initial={**initial_of(self.row), "revision": revision, "number": number, "kind": kind},
        )
        kept = [Field.initial_of(one) for one in self.row.get("fields") or []]
        self.fields = Fields(data, initial=kept, prefix="field") if kind == "group" else None

    @property
    def all_forms(self) -> list[forms.Form]:
        return [self.line, *(self.fields.forms if self.fields else [])]

    def quiet(self) -> "QuestionForms":
        """Show what was typed without judging it yet."""
        if self.fields is not None:
            self.fields.__dict__.update(
                _errors=[{} for _form in self.fields.forms], _non_form_errors=self.fields.error_class()
            )
        for form in self.all_forms:
            form.__dict__.update(_errors=ErrorDict(), cleaned_data={})
        return self

    def is_valid(self) -> bool:
        """Whether what was typed can be saved: each box for itself, then the whole form with this question in it."""
        judged = [form.is_valid() for form in self.all_forms]
        if self.fields is not None and not self.fields.is_valid():
            judged.append(False)
            for sentence in self.fields.non_form_errors():
                self.line.add_error(None, sentence)
        return all(judged) and self._fits()

    def _fits(self) -> bool:
        rows_now = self.rows()
        key = self._row["key"]
        if self.row and key != self.key:
            try:
                drafting.refuse_if_named(self.content, self.key)
            except DomainError as error:
                self.line.add_error("key", str(error))
        try:
            definition.compiled(rows_now)
        except definition.FormInvalid as error:
            for fault in error.faults:
                self._say(fault, own=fault.index == rows_now.index(self._row))
        return not self.line.errors

    def _say(self, fault: definition.Fault, *, own: bool) -> None:
        """Say a fault at its box; one of another question with the line in which it stands."""
        sentence = fault.sentence[:1].upper() + fault.sentence[1:].rstrip(".") + "."
        if own:
            name = _FIELD_OF.get(fault.setting, fault.setting)
            self.line.add_error(name if name in self.line.fields else None, sentence)
        else:
            line = {"number": fault.index + 1, "key": fault.key, "fault": sentence}
            self.line.add_error(None, gettext("Question %(number)s (%(key)s): %(fault)s") % line)

    def rows(self) -> list[dict[str, Any]]:
        """Return the whole form with this question as it was typed."""
        row = self.line.content(self.row)
        taken = {one["key"] for one in self.before} - {self.key}
        typed = self.line.cleaned_data["key"].strip()
        row["key"] = typed or drafting.key_from(row["question"]["es"], taken)
        if self.fields is not None:
            row["fields"] = self._fields()
        self._row = row
        return drafting.placed(self.before, row, instead_of=self.key, after=self.after)

    def _fields(self) -> list[dict[str, Any]]:
        """Return the fields of the rows, each with a key of its own; a kept one keeps what the screen does not show."""
        kept = {one["key"]: one for one in self.row.get("fields") or []}
        taken: set[str] = {"id", "page"}
        found = []
        for row in self.fields.contents() if self.fields else []:
            before = kept.get(row["key"], {})
            if before.get("type") == row["type"]:
                hidden = {"key", "type", "question", "required", "options"}
                row = {**{name: value for name, value in before.items() if name not in hidden}, **row}
            key = row["key"] or drafting.key_from(row["question"]["es"], taken)[:36]
            row["key"] = drafting.free_key(key, taken)
            taken.add(row["key"])
            found.append(row)
        return found

    @property
    def saved_key(self) -> str:
        """The key under which the question stands, once `rows()` was asked for."""
        return str(self._row["key"])

    @property
    def revision(self) -> int:
        """The revision the editor was looking at."""
        return int(self.line.cleaned_data["revision"])

    def refuse(self, error: Exception) -> None:
        """Show a refusal above the form."""
        self.line.add_error(None, str(error))

    @property
    def problems(self) -> list[dict[str, str]]:
        """What stops the question from being saved, with the boxes' ids; empty before it was judged."""
        lines: list[dict[str, str]] = []
        for form in self.all_forms:
            if not form.is_bound or not form.errors:
                continue
            lines += [{"text": str(error), "id": ""} for error in form.non_field_errors()]
            lines += [
                {"text": f"{bound.label}: {error}", "id": questions.first_id(bound)}
                for bound in form
                for error in bound.errors
            ]
        return lines

    @property
    def compared(self) -> list[tuple[str, list[str]]]:
        """The questions that a condition can ask, each with the answers it may wait for."""
        return [
            (Question(row).label, answers.possible(row))
            for row in self.line.earlier
            if row["type"] in COMPARED
        ]
