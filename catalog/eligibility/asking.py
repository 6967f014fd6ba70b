"""The questions that rules need, and the form that asks them; an answer left blank is not known."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.eligibility.facts import ABROAD, FACTS, Fact, Kind, facts_of
from catalog.eligibility.judging import Known, open_codes
from catalog.eligibility.words import listed
from common.whole_numbers import WholeNumber
from territory.queries.official import official_communes, official_regions

NONE = "none"  # ticked by whoever is in no situation of those asked
NOT_SAID = _("I do not know")
COMMUNE_DIGITS = 5


@dataclass(frozen=True)
class Question:
    """A fact to ask for; of situations and places only what `codes` name matters."""

    fact: Fact
    codes: frozenset[str]

    @property
    def label(self) -> str:
        """What is asked, in the active language."""
        if self.fact.kind != Kind.PLACE:
            return str(self.fact.question)
        return (
            gettext("In which commune do you live?")
            if self.asks_commune
            else gettext("In which region do you live?")
        )

    @property
    def in_full(self) -> str:
        """The same where it stands alone: with the situations it is about."""
        if self.fact.kind != Kind.SEVERAL:
            return self.label
        return gettext("Which applies: %(situations)s?") % {"situations": listed(self.fact, self.codes)}

    @property
    def asks_commune(self) -> bool:
        return any(len(code) == COMMUNE_DIGITS for code in self.codes)


def questions(rules: dict[str, Any], known: Known | None = None) -> list[Question]:
    """Return the questions whose answers can still change that of the rules, in the order of the facts."""
    found = open_codes(rules, known or {})
    return [Question(fact, frozenset(found[code])) for code, fact in FACTS.items() if code in found]


def questions_about(applicant: str, *, without: Collection[str] = ()) -> list[Question]:
    """Return every question that can be asked of this kind of applicant, but for the facts that are known."""
    return [
        Question(fact, frozenset(fact.names))
        for code, fact in facts_of(applicant).items()
        if code not in without
    ]


class FactsForm(forms.Form):
    """Questions as fields, none of them required; `known()` says what was answered. Its answers are kept nowhere."""

    def __init__(self, asked: list[Question], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.asked = asked
        for question in asked:
            self.fields[question.fact.code] = _field(question)

    def clean_situation(self) -> list[str]:
        ticked: list[str] = self.cleaned_data["situation"]
        if NONE in ticked and len(ticked) > 1:
            raise forms.ValidationError(_("Tick what applies to you, or “None of these”, not both."))
        return ticked

    def known(self) -> dict[str, Any]:
        """Return what was answered; only once the form is valid."""
        return {
            question.fact.code: value
            for question in self.asked
            if (value := self._value(question)) is not None
        }

    def _value(self, question: Question) -> Any:
        typed = self.cleaned_data.get(question.fact.code)
        if typed in (None, "", []):
            return None
        if question.fact.kind == Kind.SEVERAL:
            return {code: code in typed for code in question.fact.names if code in question.codes}
        if question.fact.kind == Kind.YES_NO:
            return typed == "yes"
        return int(typed) if question.fact.kind == Kind.NUMBER else typed


def _field(question: Question) -> forms.Field:
    fact = question.fact
    said: dict[str, Any] = {"label": question.label, "help_text": fact.hint, "required": False}
    if fact.kind == Kind.SEVERAL:
        situations = [
            (code, capfirst(str(name))) for code, name in fact.names.items() if code in question.codes
        ]
        choices = [*situations, (NONE, _("None of these"))]
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **said)
    if fact.kind == Kind.NUMBER and not fact.steps:
        return _number(fact, said)
    return forms.ChoiceField(choices=[("", NOT_SAID), *_choices(question)], **said)


def _choices(question: Question) -> list[tuple[str, Any]]:
    fact = question.fact
    match fact.kind:
        case Kind.NUMBER:
            return [(str(one), _bracket(fact, one)) for one in fact.steps]
        case Kind.YES_NO:
            return [("yes", _("Yes")), ("no", _("No"))]
        case Kind.PLACE:
            places = official_communes() if question.asks_commune else official_regions()
            return [*places.items(), (ABROAD, _("Outside Chile"))]
    return [(code, capfirst(str(name))) for code, name in fact.names.items()]


def _bracket(fact: Fact, step: int) -> str:
    low = 0 if step == fact.steps[0] else fact.below(step) + 1
    return gettext("%(low)d to %(high)d %%") % {"low": low, "high": step}


def _number(fact: Fact, said: dict[str, Any]) -> WholeNumber:
    outside = gettext("Write a number from %(low)d to %(high)d.") % {"low": fact.low, "high": fact.high}
    return WholeNumber(
        min_value=fact.low,
        max_value=fact.high,
        widget=forms.TextInput({"class": "width-4", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": _("Write a whole number, only digits."),
            "min_value": outside,
            "max_value": outside,
        },
        **said,
    )
