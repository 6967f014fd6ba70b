"""The screen on which one question of a form is edited: to a form with it in its place, and back."""

import re
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.forms import answers, line, rows
from catalog.forms.line import PAIRS, Line, initial_of
from catalog.questionnaires import definition, drafting
from catalog.questionnaires.conditions import COMPARED, MAX_CONDITIONS
from catalog.questionnaires.question import Question
from catalog.questionnaires.rules import IN_LISTS, LARGEST, MAX_FIELDS, MAX_LENGTHS, SETTINGS
from catalog.questionnaires.words import called
from common.errors import DomainError

# Where on the screen what is wrong with a setting is said.
_FIELD_OF = {
    **{name: f"{name}_es" for name in PAIRS},
    "show_if": "if_1_question",
    "page": "page",
    "past": "when",
    "future": "when",
}
# What a field of a group's rows may be limited to, by the names of its boxes; and what is said of it besides what it asks.
LIMITS = (*line.LIMITS, "when")
WORDS = ("hint", "error", "error_rule")
_NAMED = re.compile(r"`(\w+)`")


class Field(rows.Row):
    """One field of the rows of a group."""

    KEY_FIELDS = ("label_es", "label_en")
    NUMBERED = _("Field %(number)s")
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    label_es = rows.short(_("Field, in Spanish"), limit=200)
    label_en = rows.short(_("Field, in English"), limit=200)
    kind = forms.ChoiceField(label=_("Kind of answer"), choices=lambda: answers.kind_choices(IN_LISTS))
    required = forms.BooleanField(label=_("It must be filled in"), required=False, initial=True)
    options = answers.Options(required=False)
    minimum = line.whole(line.SMALLEST, -LARGEST, LARGEST)
    maximum = line.whole(line.LARGEST_AMOUNT, -LARGEST, LARGEST)
    min_length = line.whole(line.FEWEST, 1, MAX_LENGTHS["text"])
    max_length = line.whole(line.MOST, 1, MAX_LENGTHS["text"])
    pattern = line.made_of()
    when = line.which_dates()
    hint_es = rows.short(_("Hint, in Spanish"), limit=1000)
    hint_en = rows.short(_("Hint, in English"), limit=1000)
    error_es = rows.short(_("What to say when it is not answered, in Spanish"), limit=500)
    error_en = rows.short(_("What to say when it is not answered, in English"), limit=500)
    error_rule_es = rows.short(_("What to say when the answer breaks a rule, in Spanish"), limit=500)
    error_rule_en = rows.short(_("What to say when the answer breaks a rule, in English"), limit=500)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._needs("label_es", _("Write what the field asks in Spanish."))
        for name in LIMITS:
            if data.get(name) not in (None, "") and name not in _limits_of(data.get("kind", "")):
                self.add_error(name, _("An answer of this kind has no such limit: leave it blank."))
        return data

    @property
    def limits(self) -> list[BoundField]:
        """The boxes of what an answer may be."""
        return [self[name] for name in LIMITS]

    @property
    def has_wrong_limit(self) -> bool:
        return any(name in self.errors for name in LIMITS)

    @property
    def words(self) -> list[BoundField]:
        """The boxes of what is said of the field besides what it asks, Spanish and English side by side."""
        return [self[f"{name}_{language}"] for name in WORDS for language in ("es", "en")]

    @property
    def has_wrong_words(self) -> bool:
        return any(bound.errors for bound in self.words)

    def content(self) -> dict[str, Any]:
        """Return the field as the form holds it."""
        data = self.cleaned_data
        row = {"key": data["key"], "type": data["kind"], "question": rows.pair(data, "label")}
        if not data["required"]:
            row["required"] = False
        if data["kind"] == "choice":
            row["options"] = data["options"]
        row |= {name: data[name] for name in LIMITS[:-1] if data.get(name) not in (None, "")}
        if data.get("when"):
            row[data["when"]] = True
        return row | {name: found for name in WORDS if (found := rows.pair(data, name))}

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
            **{name: row[name] for name in LIMITS if name in row},
            "when": line.when_of(row),
            **rows.spread(row, *WORDS),
        }


def _limits_of(kind: str) -> frozenset[str]:
    """Return the boxes that count for fields of a kind."""
    settings = SETTINGS.get(kind, frozenset())
    return settings | {"when"} if "past" in settings else settings


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
            slots=MAX_CONDITIONS if self.before[:place] else 0,
            data=data,
            initial={
                **initial_of(self.row, self.before[:place]),
                "revision": revision,
                "number": number,
                "kind": kind,
            },
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
                self._say(fault, rows_now[fault.index] if fault.index >= 0 else self._row)
        return not any(form.errors for form in self.all_forms)

    def _say(self, fault: definition.Fault, row: dict[str, Any]) -> None:
        """Say a fault at its box, settings by what their boxes are called; one of another question with the line in which it stands."""
        said = _NAMED.sub(self._label, fault.sentence).rstrip(".")
        sentence = said[:1].upper() + said[1:] + "."
        if row is not self._row:
            where = {"number": fault.index + 1, "question": called(row), "fault": sentence}
            self.line.add_error(None, gettext("Question %(number)s, “%(question)s”: %(fault)s") % where)
            return
        form, name = self._box_of(fault.setting)
        is_there = name in form.fields and not form[name].is_hidden
        form.add_error(name if is_there else None, sentence)

    def _box_of(self, setting: str) -> tuple[forms.Form, str]:
        """Return the form and the name of the box in which a setting stands."""
        form: forms.Form = self.line
        part, _dot, rest = setting.partition(".")
        number, _dot, inner = rest.partition(".")
        if self.fields is not None and part == "fields" and number:
            used = [one for one in self.fields.forms if not one.is_blank]
            form, setting = used[int(number) - 1], inner
            if setting == "question":
                return form, "label_es"
        return form, _FIELD_OF.get(setting, setting)

    def _label(self, named: re.Match[str]) -> str:
        """Return what the box of a setting is called; what stood there where it has none."""
        boxes = {**Field.base_fields, **self.line.fields}
        name = next((one for one in (named[1], f"{named[1]}_es") if one in boxes), "")
        return f"“{boxes[name].label}”" if name else named[0]

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
        """Return the fields of the rows, each with a key of its own."""
        taken: set[str] = {"id", "page"}
        found = []
        for row in self.fields.contents() if self.fields else []:
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
        return rows.problems_of(self.all_forms)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was typed into boxes that this kind does not have: it waits unseen, should the first kind be chosen again."""
        others = {name for kind in SETTINGS for name in _boxes_of(kind)} - set(self.line.fields)
        return [
            (name, value)
            for name, values in self.line.data.lists()  # type: ignore[attr-defined]  # what was posted
            for value in values
            if name in others or (self.fields is None and name.startswith("field-"))
        ]

    @property
    def compared(self) -> list[tuple[str, list[str]]]:
        """The questions that a condition can ask, each with the answers it may wait for."""
        return [
            (Question(row).label, answers.possible(row))
            for row in self.line.earlier
            if row["type"] in COMPARED
        ]


def _boxes_of(kind: str) -> list[str]:
    return list(Line(kind, earlier=[], pages=[], requirements=[], slots=0).fields)


def under_another_kind(data: Any) -> Any:
    """Return what was posted as a question of the kind now chosen; one that becomes a list has a first field to write."""
    changed = data.copy()
    if data.get("to_kind") in SETTINGS:
        changed["kind"] = data["to_kind"]
    if changed.get("kind") == "group" and "field-TOTAL_FORMS" not in changed:
        changed.update({"field-TOTAL_FORMS": "1", "field-INITIAL_FORMS": "0", "field-0-required": "on"})
    return changed
