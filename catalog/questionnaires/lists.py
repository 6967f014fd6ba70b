"""
Questions whose answer is a list: the people of a household, or the rows of a group of fields. One entry is asked at a time; each has
an id of its own (`members`).
"""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from catalog.questionnaires.fields import BUILDERS, AnsweredDate, RunField
from catalog.questionnaires.question import Question
from common.ids import new_id

# Of somebody entered by hand all of these are asked; a program may leave out what it was not told, but the names.
_OF_A_PERSON: dict[str, str | Promise] = {
    "given": _("Write the given names."),
    "surnames": _("Write the surnames."),
    "birth_date": _("Write the date of birth."),
    "relation": _("Choose the relation."),
}


def boxes_of(question: Question) -> dict[str, forms.Field]:
    """Return the form fields of a question by suffix; of a list, those for one entry more."""
    if not question.is_list:
        return BUILDERS[question.kind](question)
    boxes = _person(question) if question.kind == "people" else _row(question)
    # New in every page, so that the same page sent twice adds nothing twice.
    page = forms.CharField(widget=forms.HiddenInput, initial=lambda: str(new_id()), required=False)
    return {**boxes, "page": page}


def _person(question: Question) -> dict[str, forms.Field]:
    relations = [("", _("Choose")), *question.relations]
    return {
        "given": forms.CharField(label=_("Given names"), max_length=120, required=False),
        "surnames": forms.CharField(label=_("Surnames"), max_length=120, required=False),
        "run": RunField(label=_("RUN, if the person has one"), max_length=20, required=False),
        "birth_date": AnsweredDate(label=_("Date of birth"), past=True, required=False),
        "relation": forms.ChoiceField(label=_("Relation to you"), choices=relations, required=False),
    }


def _row(question: Question) -> dict[str, forms.Field]:
    """A blank row is no row, so that no box of it is required: `missing` says what a row that was begun still lacks."""
    boxes: dict[str, forms.Field] = {}
    for inner in question.fields:
        field = BUILDERS[inner.kind](inner)[""]
        if inner.kind == "choice":  # unlike a button, what is chosen in a list can be taken back
            field = forms.ChoiceField(choices=[("", _("Choose")), *inner.options])
        mark = "" if inner.required else f" {gettext('(optional)')}"
        field.label, field.help_text, field.required = f"{inner.label}{mark}", inner.hint, False
        boxes[inner.key] = field
    return boxes


def entry_parts(question: Question) -> list[str]:
    """Return what an entry of a list is made of."""
    if question.kind == "group":
        return [inner.key for inner in question.fields]
    return ["given", "surnames", "run", "birth_date", "relation"]


def missing(question: Question, parts: dict[str, Any], *, by_hand: bool = False) -> dict[str, str]:
    """
    Return what an entry of a list, or an address, that was begun still lacks, each with a sentence.

    :param by_hand: of a person, more is asked then
    """
    needed: dict[str, Any] = {}
    if question.kind == "people":
        needed = _OF_A_PERSON if by_hand else {part: _OF_A_PERSON[part] for part in ("given", "surnames")}
    elif question.kind == "group":
        needed = {
            inner.key: BUILDERS[inner.kind](inner)[""].error_messages["required"]
            for inner in question.fields
            if inner.required
        }
    elif question.kind == "address":
        needed = {part: box.error_messages["required"] for part, box in boxes_of(question).items()}
    return {part: str(said) for part, said in needed.items() if parts.get(part) in (None, "")}


def too_many(question: Question) -> str:
    """Say that a list takes no more entries."""
    if question.kind == "people":
        return gettext("No more than %(n)s people can be added here.") % {"n": question.max_items}
    return gettext("No more than %(n)s can be added here.") % {"n": question.max_items}


def too_few(question: Question) -> str:
    """Say how many entries a list still needs."""
    if question.kind == "people":
        return question.error or gettext("Add at least one person.")
    least = question.min_items
    return question.error or ngettext("Add at least %(n)s.", "Add at least %(n)s.", least) % {"n": least}
