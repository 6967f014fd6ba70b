"""
What is known of an applicant, offered as answers to questions that say so (`prefill`): shown with its source, used only with consent, and
marked where it stands.
"""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog.questionnaires.checks import faults
from catalog.questionnaires.forms import shown
from catalog.questionnaires.question import Question
from crm import actions
from crm.models import Case
from crm.models.case import FROM_KNOWN
from crm.queries.known import facts_for, said_here
from crm.queries.together import Application


@dataclass(frozen=True)
class Offer:
    """An answer that could be filled in, as it is read, and from where it comes."""

    question: Question
    value: Any
    words: str
    source: str


class UseKnown(forms.Form):
    """What of it is to be used; staff say that the person agreed."""

    prefix = "known"
    used = forms.MultipleChoiceField(
        label=_("Use it as the answer to"), required=False, widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(
        label=_("They said that we may use it"),
        error_messages={"required": _("Ask them first, and tick this when they say yes.")},
    )

    def __init__(self, offers: list[Offer], data: Any = None, *, in_person: bool = False) -> None:
        super().__init__(data)
        used: Any = self.fields["used"]
        used.choices = [
            (one.question.key, f"{one.question.label} {one.words} ({one.source})") for one in offers
        ]
        if not in_person:
            del self.fields["agreed"]


def offers_for(application: Application) -> list[Offer]:
    """Return what could be filled in now: for questions that apply and have no answer yet."""
    answers, form = application.answers, application.form
    if not any(question.row.get("prefill") for question in form.questions):
        return []
    wanted = [
        question
        for question in form.asked(answers)
        if question.row.get("prefill") and answers.get(question.key) in (None, "")
    ]
    facts = facts_for(application.lead) if wanted else {}
    offers = [(question, facts.get(question.row["prefill"])) for question in wanted]
    return [
        Offer(question, fact.value, shown(question, fact.value), fact.source)
        for question, fact in offers
        if fact is not None and not faults([question], {question.key: fact.value})
    ]


def is_decided(application: Application) -> bool:
    """Whether the person said already what of it may be used."""
    return FROM_KNOWN in application.answers


def use_known(application: Application, *, by: Actor, keys: list[str]) -> None:
    """
    Fill in what the person let us use; no answer they gave meanwhile is changed.

    :raises NotAllowed: `by` neither holds the key nor attends the contact it was begun in
    :raises DomainError: it was filed already
    """
    used = {one.question.key: one.value for one in offers_for(application) if one.question.key in keys}
    actions.fill_together(
        application, by=by, answers={**used, FROM_KNOWN: {**known_in(application.answers), **used}}
    )


def mended(application: Application, given: dict[str, Any]) -> dict[str, Any]:
    """
    Return the answers that were filled in from what the person said here of themselves and says otherwise now, as they say it now: they let
    us use it. What they changed, or a question does not take, stays.

    :param given: what is about to be kept
    """
    answers = application.answers
    used, before, now = known_in(answers), said_here(answers), said_here({**answers, **given})
    renewed = {}
    for question in application.form.questions if used else ():
        key, part = question.key, str(question.row.get("prefill"))
        if key in given or not is_from_known(answers, key) or not {part} <= before.keys() & now.keys():
            continue
        old, new = before[part].value, now[part].value
        if answers[key] == old != new and not faults([question], {key: new}):
            renewed[key] = new
    return {**renewed, FROM_KNOWN: {**used, **renewed}} if renewed else {}


def known_in(answers: dict[str, Any]) -> dict[str, Any]:
    """Return what was filled in from what is known, by question key."""
    used = answers.get(FROM_KNOWN)
    return used if isinstance(used, dict) else {}


def is_from_known(answers: dict[str, Any], key: str) -> bool:
    """Whether an answer still is what was filled in."""
    used = known_in(answers)
    return key in used and answers.get(key) == used[key]


def use_known_in_person(case: Case, *, by: Actor, keys: list[str]) -> None:
    """Fill in what the person before us let us use, as `use_known` says."""
    use_known(Application((case,)), by=by, keys=keys)


def offered_to_staff(case: Case, data: Any = None) -> UseKnown | None:
    """Return the form by which staff use what is known, with the person's word; nothing where nothing is offered."""
    offers = [] if not case.is_draft else offers_for(Application((case,)))
    return UseKnown(offers, data, in_person=True) if offers else None
