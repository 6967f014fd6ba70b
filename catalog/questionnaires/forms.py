"""Real Django forms from questions: one question a page for citizens, all at once for staff."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.questionnaires.fields import BUILDERS
from catalog.questionnaires.members import identified, member_id
from catalog.questionnaires.question import Question
from common import phone, run
from common.ids import new_id
from territory.queries.communes import commune_names


class QuestionForm(forms.Form):
    """
    A form of one or several questions.

    After `is_valid()`, `answers()` gives JSON values by question key; files are given apart by `uploads()`, and the one person
    that a form adds to the list of a `people` question by `new_member()`.
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
            for suffix, field in BUILDERS[question.kind](question).items():
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
            if question.kind in {"file", "people"} or value is None:
                continue
            if question.kind == "yes_no":
                initial[question.key] = "yes" if value else "no"
            elif question.kind == "run":
                initial[question.key] = run.pretty(value)
            elif question.kind == "date":
                initial[question.key] = date.fromisoformat(value)
            elif isinstance(value, dict):
                initial |= {f"{question.key}__{part}": inner for part, inner in value.items()}
            else:
                initial[question.key] = value
        return initial

    @property
    def is_multipart_form(self) -> bool:
        return self.is_multipart()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for question in self.questions:
            if question.kind == "people":
                self._clean_member(question, cleaned)
        return cleaned

    def _clean_member(self, question: Question, cleaned: dict[str, Any]) -> None:
        parts = {
            part: cleaned.get(f"{question.key}__{part}")
            for part in ("given", "surnames", "run", "birth_date", "relation")
        }
        members = identified(self.given.get(question.key))
        if any(parts.values()):
            needed = {
                "given": _("Write the given names."),
                "surnames": _("Write the surnames."),
                "birth_date": _("Write the date of birth."),
                "relation": _("Choose the relation."),
            }
            for part, sentence in needed.items():
                name = f"{question.key}__{part}"
                if not parts[part] and name not in self.errors:
                    self.add_error(name, sentence)
            if len(members) >= question.max_items and not self._is_among(members, question, cleaned):
                self.add_error(
                    f"{question.key}__given",
                    gettext("No more than %(n)s people can be added here.") % {"n": question.max_items},
                )
        elif question.required and not members:
            self.add_error(f"{question.key}__given", question.error or _("Add at least one person."))

    def answers(self) -> dict[str, Any]:
        """Return the JSON values; keys of files are left out (see `uploads`)."""
        return {question.key: self._value(question) for question in self.questions if question.kind != "file"}

    def uploads(self) -> dict[str, Any]:
        """Return the files chosen, by question key."""
        return {
            question.key: self.cleaned_data[question.key]
            for question in self.questions
            if question.kind == "file" and self.cleaned_data.get(question.key)
        }

    def _value(self, question: Question) -> Any:
        if question.kind == "people":
            return self._members(question)
        parts = {
            name.removeprefix(question.key + "__"): _plain(value)
            for name, value in self.cleaned_data.items()
            if name.startswith(question.key + "__")
        }
        if parts:
            return parts
        value = self.cleaned_data.get(question.key)
        if question.kind == "yes_no":
            return {"yes": True, "no": False}.get(str(value))
        return _plain(value)

    def new_member(self, question: Question) -> dict[str, Any] | None:
        """Return the person that the boxes of a `people` question describe, with an id of their own; None when they are blank."""
        return self._member(question, self.cleaned_data)

    def _member(self, question: Question, cleaned: dict[str, Any]) -> dict[str, Any] | None:
        prefix = question.key + "__"
        parts = {
            name.removeprefix(prefix): _plain(value)
            for name, value in cleaned.items()
            if name.startswith(prefix)
        }
        page = parts.pop("page", "") or self._page
        return {**parts, "id": member_id(page, parts)} if parts.get("given") else None

    def _is_among(self, members: list[dict[str, Any]], question: Question, cleaned: dict[str, Any]) -> bool:
        new = self._member(question, cleaned)
        return new is not None and new["id"] in {one["id"] for one in members}

    def _members(self, question: Question) -> list[dict[str, Any]]:
        members, new = identified(self.given.get(question.key)), self.new_member(question)
        return members if new is None or new["id"] in {one["id"] for one in members} else [*members, new]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def shown(question: Question, value: Any, communes: dict[str, str] | None = None) -> str:
    """Return an answer as a person reads it: on “check your answers”, on the case, on paper."""
    if value in (None, "", [], {}):
        return gettext("Not answered")
    names = communes or {}
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
            return date.fromisoformat(value).strftime("%d-%m-%Y")
        case "run":
            return run.pretty(value)
        case "phone":
            return phone.pretty(value)
        case "money":
            return f"${int(value):,}".replace(",", ".")
        case "commune":
            return names.get(value) or commune_names([value]).get(value, value)
        case "address":
            code = value.get("commune", "")
            return f"{value.get('street', '')}, {names.get(code) or commune_names([code]).get(code, code)}"
        case "name":
            return f"{value.get('given', '')} {value.get('surnames', '')}".strip()
        case "file":
            return str(value.get("name", ""))
        case "people":
            relations = dict(question.relations)
            return "; ".join(
                f"{one['given']} {one['surnames']} ({relations.get(one.get('relation', ''), '')})"
                for one in value
            )
    return str(value)


def faults(questions: list[Question], answers: dict[str, Any]) -> dict[str, str]:
    """
    Check stored answers as a whole: return the first fault of each question that applies, by key.

    Used before submitting, whatever channel the answers came through: the stored values pass the same fields again.
    """
    wrong: dict[str, str] = {}
    typed: dict[str, Any] = {}
    checked = []
    for question in questions:
        value = answers.get(question.key)
        if value in (None, "", [], {}):
            if question.required:
                wrong[question.key] = question.error or gettext("This question still needs an answer.")
        elif question.kind == "people":
            if not isinstance(value, list) or len(value) > question.max_items:
                wrong[question.key] = gettext("No more than %(n)s people can be added here.") % {
                    "n": question.max_items
                }
        elif question.kind != "file":
            checked.append(question)
            typed |= _as_typed(question, value)
    for question in checked:
        for suffix, field in BUILDERS[question.kind](question).items():
            name = f"{question.key}__{suffix}" if suffix else question.key
            try:
                field.clean(field.widget.value_from_datadict(typed, {}, name))
            except forms.ValidationError as error:
                wrong.setdefault(question.key, error.messages[0])
    return wrong


def _as_typed(question: Question, value: Any) -> dict[str, Any]:
    if question.kind == "yes_no":
        return {question.key: "yes" if value else "no"}
    if question.kind == "declaration":
        return {question.key: "on"} if value else {}
    if question.kind == "date":
        year, month, day = str(value).split("-")
        return {f"{question.key}_day": day, f"{question.key}_month": month, f"{question.key}_year": year}
    if isinstance(value, dict):
        return {f"{question.key}__{part}": inner for part, inner in value.items()}
    return {question.key: value}
