"""One question, one or a few Django form fields, each with an error that says what to do."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from catalog.questionnaires.question import Question
from catalog.questionnaires.rules import PATTERNS
from common import phone, run
from common.dateparts import WrittenDate
from common.whole_numbers import WholeNumber, WholePesos
from territory.queries.communes import commune_choices


class RunField(forms.CharField):
    """A RUN in any usual form; gives the canonical one."""

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if not typed:
            return ""
        canonical = run.normalise(typed)
        if canonical is None:
            raise forms.ValidationError(
                _("Check the RUN: write it as on the card, with its last digit, like 12.345.678-5.")
            )
        return canonical


class PhoneField(forms.CharField):
    """A phone number as people write it; gives E.164."""

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if not typed:
            return ""
        number = phone.normalise(typed)
        if number is None:
            raise forms.ValidationError(_("Write the phone number with all its digits, like 9 8765 4321."))
        return number


class AnsweredDate(WrittenDate):
    """A date typed in three boxes, before or after today where the question says so."""

    def __init__(self, *, past: bool = False, future: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.past, self.future = past, future

    def clean(self, value: Any) -> date | None:
        typed = super().clean(value)
        today = timezone.localdate()  # a courtesy check of what was typed, not a business date
        if typed and self.past and typed > today:
            raise forms.ValidationError(_("This date must be in the past."))
        if typed and self.future and typed < today:
            raise forms.ValidationError(_("This date must be in the future."))
        return typed


class CommuneSelect(forms.Select):
    """A list of communes, drawn without a template for each of them: with 346 that would take longer than all the rest of a form."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = _options(str(_("Choose a commune")), tuple(commune_choices()))
        chosen = format_html('<option value="{}">', value or "")
        attributes = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        drawn = options.replace(chosen, f"{chosen[:-1]} selected>", 1)
        return format_html("<select{}>{}</select>", attributes, SafeString(drawn))

    def use_required_attribute(self, initial: Any) -> bool:
        return (
            not self.is_hidden
        )  # its first choice is blank, as the framework would find out by making them all


@lru_cache(maxsize=8)
def _options(blank: str, communes: tuple[tuple[str, str], ...]) -> SafeString:
    return format_html_join("", '<option value="{}">{}</option>', [("", blank), *communes])


def _communes() -> list[tuple[str, Any]]:
    return [("", _("Choose a commune")), *commune_choices()]


class CommuneField(forms.ChoiceField):
    """One of the 346 communes, sorted as people expect; gives its code."""

    widget = CommuneSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=_communes, **kwargs)

    def valid_value(self, value: str) -> bool:
        """Look the code up: going through 346 labels takes longer than all the rest of a form."""
        return any(code == value for code, _name in commune_choices())


def _required(question: Question, default: Any) -> dict[str, Any]:
    return {"required": question.required, "error_messages": {"required": question.error or default}}


# What each pattern of `rules.PATTERNS` asks for.
_PATTERN_SENTENCES = {
    "digits": _("Write only digits, without dots or spaces."),
    "letters_digits": _("Write only letters and digits, without spaces or signs."),
}
_TOO_LONG = _("Write at most %(limit_value)d characters: there are %(show_value)d.")
_TOO_SHORT = _("Write at least %(limit_value)d characters: there are %(show_value)d.")


def _text(question: Question) -> dict[str, forms.Field]:
    row = question.row
    widget = (
        forms.Textarea({"rows": 6})
        if question.kind == "long_text"
        else forms.TextInput({"autocomplete": "off"})
    )
    field = forms.CharField(
        min_length=row.get("min_length"),
        max_length=row.get("max_length") or (2000 if question.kind == "long_text" else 200),
        widget=widget,
        **_required(question, _("Write your answer.")),
    )
    field.error_messages |= {"min_length": _TOO_SHORT, "max_length": _TOO_LONG}
    if pattern := row.get("pattern"):
        field.validators.append(RegexValidator(PATTERNS[pattern], _PATTERN_SENTENCES[pattern]))
        if pattern == "digits":
            field.widget.attrs["inputmode"] = "numeric"
    return {"": field}


def _choice(question: Question) -> dict[str, forms.Field]:
    kind = forms.MultipleChoiceField if question.kind == "choices" else forms.ChoiceField
    widget = forms.CheckboxSelectMultiple if question.kind == "choices" else forms.RadioSelect
    missing = _("Choose one or more answers.") if question.kind == "choices" else _("Choose one answer.")
    return {"": kind(choices=question.options, widget=widget, **_required(question, missing))}


def _yes_no(question: Question) -> dict[str, forms.Field]:
    choices = [("yes", _("Yes")), ("no", _("No"))]
    return {
        "": forms.ChoiceField(
            choices=choices, widget=forms.RadioSelect, **_required(question, _("Choose yes or no."))
        )
    }


def _date(question: Question) -> dict[str, forms.Field]:
    past, future = bool(question.row.get("past")), bool(question.row.get("future"))
    return {"": AnsweredDate(past=past, future=future, **_required(question, _("Write the date.")))}


def _number(question: Question) -> dict[str, forms.Field]:
    low, high = question.row.get("minimum"), question.row.get("maximum")
    field = WholeNumber(
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        **_required(question, _("Write a number.")),
    )
    if low is not None:
        field.validators.append(MinValueValidator(low, str(_("Write a number of %(limit_value)s or more."))))
    field.validators.append(
        MaxValueValidator(
            high if high is not None else 10**12, str(_("Write a number of %(limit_value)s or less."))
        )
    )
    return {"": field}


def _money(question: Question) -> dict[str, forms.Field]:
    low, high = question.row.get("minimum"), question.row.get("maximum")
    field = WholePesos(
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        **_required(question, _("Write the amount in pesos; 0 if there is none.")),
    )
    outside = str(_("This amount is outside what is accepted here. Check it, please."))
    field.validators.append(MinValueValidator(low if low is not None else 0, outside))
    if high is not None:
        field.validators.append(MaxValueValidator(high, outside))
    return {"": field}


def _run(question: Question) -> dict[str, forms.Field]:
    widget = forms.TextInput({"autocomplete": "off", "spellcheck": "false"})
    return {
        "": RunField(
            max_length=20, widget=widget, **_required(question, _("Write the RUN, like 12.345.678-5."))
        )
    }


def _commune(question: Question) -> dict[str, forms.Field]:
    return {"": CommuneField(**_required(question, _("Choose a commune.")))}


def _address(question: Question) -> dict[str, forms.Field]:
    return {
        "street": forms.CharField(
            label=_("Street, number and, if any, flat"),
            max_length=200,
            widget=forms.TextInput({"autocomplete": "street-address"}),
            **_required(question, _("Write the street and number.")),
        ),
        "commune": CommuneField(label=_("Commune"), **_required(question, _("Choose a commune."))),
    }


def _phone(question: Question) -> dict[str, forms.Field]:
    widget = forms.TextInput({"inputmode": "tel", "autocomplete": "tel"})
    return {"": PhoneField(max_length=40, widget=widget, **_required(question, _("Write a phone number.")))}


def _email(question: Question) -> dict[str, forms.Field]:
    widget = forms.EmailInput({"autocomplete": "email", "spellcheck": "false"})
    field = forms.EmailField(
        max_length=254, widget=widget, **_required(question, _("Write an e-mail address."))
    )
    field.error_messages["invalid"] = str(_("Write the e-mail address in full, like nombre@ejemplo.cl."))
    return {"": field}


def _file(question: Question) -> dict[str, forms.Field]:
    widget = forms.FileInput({"accept": ".pdf,.jpg,.jpeg,.png"})
    return {
        "": forms.FileField(
            widget=widget, max_length=200, **_required(question, _("Choose a file from your device."))
        )
    }


def _declaration(question: Question) -> dict[str, forms.Field]:
    field = forms.BooleanField(
        **_required(question, _("Tick the box to declare it; without it the application can not go on."))
    )
    field.label = question.statement
    return {"": field}


def _name(question: Question) -> dict[str, forms.Field]:
    return {
        "given": forms.CharField(
            label=_("Given names"),
            max_length=120,
            widget=forms.TextInput({"autocomplete": "given-name"}),
            **_required(question, _("Write the given names.")),
        ),
        "surnames": forms.CharField(
            label=_("Surnames"),
            max_length=120,
            widget=forms.TextInput({"autocomplete": "family-name"}),
            **_required(question, _("Write the surnames.")),
        ),
    }


BUILDERS: dict[str, Callable[[Question], dict[str, forms.Field]]] = {
    "text": _text,
    "long_text": _text,
    "choice": _choice,
    "choices": _choice,
    "yes_no": _yes_no,
    "date": _date,
    "number": _number,
    "money": _money,
    "run": _run,
    "commune": _commune,
    "address": _address,
    "phone": _phone,
    "email": _email,
    "file": _file,
    "declaration": _declaration,
    "name": _name,
}
