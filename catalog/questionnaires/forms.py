"""Real Django forms from questions: one question a page for citizens, all at once for staff."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext

from catalog.questionnaires.conditions import NOTHING
from catalog.questionnaires.lists import boxes_of, entry_parts, missing, too_few, too_many
from catalog.questionnaires.members import identified, member_id
from catalog.questionnaires.question import Question
from common import phone, run
from common.ids import new_id
from territory.queries.communes import commune_names
from territory.queries.official import official_communes


@dataclass(frozen=True)
class Section:
    """A question as it is drawn: its boxes, whether its page's heading stands above it, and the file given before."""

    question: Question
    boxes: list[BoundField]
    heading: str
    file_given: str


class QuestionForm(forms.Form):
    """
    A form of one or several questions.

    After `is_valid()`, `answers()` gives JSON values by question key; files are given apart by `uploads()`, and the one entry
    that a form adds to the list of a question by `new_member()`.
    """

    def __init__(
        self,
        questions: list[Question],
        *,
        answers: dict[str, Any] | None = None,
        data: Any = None,
        files: Any = None,
        auto_id: str = "id_%s",
    ) -> None:
        self.questions = questions
        self.given = answers or {}
        self._page = str(new_id())
        super().__init__(data=data, files=files, initial=self._initial(), auto_id=auto_id)
        for question in questions:
            for suffix, field in boxes_of(question).items():
                self._add(question, suffix, field)

    def _add(self, question: Question, suffix: str, field: forms.Field) -> None:
        if question.kind != "declaration" and not suffix:
            field.label = question.label
            field.help_text = question.hint
        if question.kind == "file" and self.given.get(question.key):
            field.required = False  # the file given before stays unless another is chosen
        self.fields[f"{question.key}__{suffix}" if suffix else question.key] = field

    def _initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {}
        for question in self.questions:
            value = self.given.get(question.key)
            if question.is_list or question.kind == "file" or value is None:
                continue
            if question.kind == "yes_no":
                initial[question.key] = "yes" if value else "no"
            elif question.kind == "run":
                initial[question.key] = run.pretty(str(value))
            elif question.kind == "date":
                initial[question.key] = _day(value)
            elif isinstance(value, dict):
                initial |= {f"{question.key}__{part}": inner for part, inner in value.items()}
            else:
                initial[question.key] = value
        return initial

    @property
    def is_multipart_form(self) -> bool:
        return self.is_multipart()

    @property
    def sections(self) -> list[Section]:
        """The questions with their boxes, as a page draws them."""
        boxes: dict[str, list[BoundField]] = {question.key: [] for question in self.questions}
        for name in self.fields:
            boxes[name.partition("__")[0]].append(self[name])
        before = ""
        drawn = []
        for question in self.questions:
            given = self.given.get(question.key) if question.kind == "file" else None
            heading = question.page if question.page != before else ""
            name = str(given.get("name", "")) if isinstance(given, dict) else ""
            drawn.append(Section(question, boxes[question.key], heading, name))
            before = question.page
        return drawn

    def is_blank(self, question: Question) -> bool:
        """Whether nothing at all was typed or chosen for a question, so that leaving it loses nothing."""
        names = [name for name in self.fields if name.partition("__")[0] == question.key]
        typed = [self[name].data for name in names if not self[name].is_hidden]
        return not any(any(value) if isinstance(value, list) else value for value in typed)

    def has_fault(self, question: Question) -> bool:
        """Whether something is wrong with what was typed for a question."""
        return any(name.partition("__")[0] == question.key for name in self.errors)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for question in self.questions:
            if question.is_list:
                self._clean_entry(question, cleaned)
            elif question.kind == "address":
                self._clean_address(question, cleaned)
            if question.row.get("error_rule"):
                self._say_in_own_words(question)
        return cleaned

    def _say_in_own_words(self, question: Question) -> None:
        """Put the editor's sentence in the place of ours where the answer breaks a rule."""
        for name, errors in list(self.errors.items()):
            if name.partition("__")[0] == question.key:
                said = question.said(forms.ValidationError(errors.as_data()))
                self.errors[name] = self.error_class([said])

    def _clean_entry(self, question: Question, cleaned: dict[str, Any]) -> None:
        names = {part: f"{question.key}__{part}" for part in entry_parts(question)}
        parts = {part: cleaned.get(name) for part, name in names.items()}
        for inner in question.fields:
            for error in self.errors.get(names[inner.key], self.error_class()).as_data()[:1]:
                self.errors[names[inner.key]] = self.error_class([inner.said(error)])
        entries = identified(self.given.get(question.key))
        is_begun = any(value not in (None, "") for value in parts.values())
        if is_begun or any(name in self.errors for name in names.values()):
            self._say_missing(question, parts)
            if len(entries) >= question.max_items and not self._is_among(entries, question, cleaned):
                self.add_error(question.first_box, too_many(question))
        elif len(entries) < question.min_items and (question.required or entries):
            self.add_error(question.first_box, too_few(question))

    def _clean_address(self, question: Question, cleaned: dict[str, Any]) -> None:
        parts = {part: cleaned.get(f"{question.key}__{part}") for part in ("street", "commune")}
        if any(parts.values()):
            self._say_missing(question, parts)

    def _say_missing(self, question: Question, parts: dict[str, Any]) -> None:
        for part, sentence in missing(question, parts, by_hand=True).items():
            name = f"{question.key}__{part}"
            if name not in self.errors:
                self.add_error(name, sentence)

    def answers(self) -> dict[str, Any]:
        """Return the JSON values; keys of files are left out (see `uploads`)."""
        return {question.key: self._value(question) for question in self.questions if question.kind != "file"}

    def good(self) -> dict[str, Any]:
        """Return the JSON values of those questions with which nothing is wrong."""
        bad = {question.key for question in self.questions if self.has_fault(question)}
        return {key: value for key, value in self.answers().items() if key not in bad}

    def uploads(self) -> dict[str, Any]:
        """Return the files chosen, by question key."""
        return {
            question.key: self.cleaned_data[question.key]
            for question in self.questions
            if question.kind == "file" and self.cleaned_data.get(question.key)
        }

    def _value(self, question: Question) -> Any:
        if question.is_list:
            return self._members(question)
        parts = {
            name.removeprefix(question.key + "__"): _plain(value)
            for name, value in self.cleaned_data.items()
            if name.startswith(question.key + "__")
        }
        if parts:
            return parts if any(value not in NOTHING for value in parts.values()) else None
        value = self.cleaned_data.get(question.key)
        if question.kind == "yes_no":
            return {"yes": True, "no": False}.get(str(value))
        return _plain(value)

    def new_member(self, question: Question) -> dict[str, Any] | None:
        """Return the entry that the boxes of a list describe, with an id of its own; None when they are blank."""
        return self._member(question, self.cleaned_data)

    def _member(self, question: Question, cleaned: dict[str, Any]) -> dict[str, Any] | None:
        prefix = question.key + "__"
        parts = {
            name.removeprefix(prefix): _plain(value)
            for name, value in cleaned.items()
            if name.startswith(prefix)
        }
        page = parts.pop("page", "") or self._page
        is_begun = any(value not in (None, "") for value in parts.values())
        return {**parts, "id": member_id(page, parts)} if is_begun else None

    def _is_among(self, members: list[dict[str, Any]], question: Question, cleaned: dict[str, Any]) -> bool:
        new = self._member(question, cleaned)
        return new is not None and new["id"] in {one["id"] for one in members}

    def _members(self, question: Question) -> list[dict[str, Any]]:
        members, new = identified(self.given.get(question.key)), self.new_member(question)
        return members if new is None or new["id"] in {one["id"] for one in members} else [*members, new]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _day(value: Any) -> date | None:
    """The day of a stored date, also of one that was kept as it came; none where it is none."""
    try:
        return date(*map(int, str(value).split("-")))
    except (TypeError, ValueError, OverflowError):
        return None


def shown(question: Question, value: Any, communes: dict[str, str] | None = None) -> str:
    """
    Return an answer as a person reads it: on “check your answers”, on the case, on paper. What is no answer to the question, but was kept
    as it came, is shown as it stands.
    """
    if value in NOTHING or (question.kind == "declaration" and not value):
        return gettext("Not answered")
    try:
        return _in_words(question, value, communes or {})
    except (AttributeError, TypeError, ValueError):
        return str(value)


def _in_words(question: Question, value: Any, names: dict[str, str]) -> str:
    match question.kind:
        case "yes_no":
            return gettext("Yes") if value else gettext("No")
        case "declaration":
            return gettext("I declare it")
        case "choice":
            return dict(question.options).get(value, str(value))
        case "choices":
            return ", ".join(dict(question.options).get(one, str(one)) for one in value)
        case "date":
            day = _day(value)
            return day.strftime("%d-%m-%Y") if day else str(value)
        case "run":
            return run.pretty(value)
        case "phone":
            return phone.pretty(value)
        case "money":
            return f"${int(value):,}".replace(",", ".")
        case "commune":
            return names.get(value) or commune_names([value]).get(value, str(value))
        case "address":
            code = value.get("commune", "")
            commune = names.get(code) or commune_names([code]).get(code, code)
            return ", ".join(filter(None, [value.get("street"), commune])) or gettext("Not answered")
        case "name":
            return f"{value.get('given', '')} {value.get('surnames', '')}".strip()
        case "file":
            return str(value.get("name", ""))
        case "people" | "group":
            return "; ".join(entry_words(question, one) for one in value)
    return str(value)


def named(question: Question, value: Any) -> str:
    """Return one of the answers that a condition names, as a person reads it; what is no answer, as it stands."""
    if question.kind == "choices":
        return dict(question.options).get(value, str(value))
    return shown(question, value, official_communes())


def entry_words(question: Question, entry: dict[str, Any]) -> str:
    """Return an entry of a list as a person reads it."""
    if question.kind == "people":
        relation = dict(question.relations).get(entry.get("relation", ""), "")
        name = f"{entry.get('given', '')} {entry.get('surnames', '')}".strip()
        return f"{name} ({relation})" if relation else name
    words = [
        f"{inner.label}: {shown(inner, entry.get(inner.key))}"
        for inner in question.fields
        if entry.get(inner.key) not in NOTHING
    ]
    return ", ".join(words)
