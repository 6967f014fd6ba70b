"""What is typed at reception and at the desk."""

import re
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from catalog.models import ProcedureVersion
from common import phone as phones
from common import run as runs
from crm import folios
from crm.models import EnquiryOutcome
from crm.models.person import PersonKind
from offices.priorities import priorities

WRONG_RUN = _("This RUN is not right. Look at the number on the card, with the digit after the dash.")
_FOLIO = re.compile(r"20\d\d[-–\s]?\d{7}[-–\s]?[\dXx]")  # as people write one, whatever its check digit


class Run(forms.CharField):
    """A RUN as people write it; its canonical form once checked."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("RUN"),
            max_length=20,
            widget=forms.TextInput({"class": "width-10", "autocomplete": "off", "inputmode": "text"}),
            **kwargs,
        )

    def clean(self, value: Any) -> str | None:
        text = super().clean(value)
        if not text:
            return None
        canonical = runs.normalise(text)
        if canonical is None:
            raise forms.ValidationError(WRONG_RUN, code="run")
        return canonical


class Arrival(forms.Form):
    """Somebody stands at reception: what for, who (if they say), whether they have priority."""

    q = forms.CharField(
        label=_("What do they come for?"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"type": "search", "autocomplete": "off", "data-key": "/"}),
    )
    priority = forms.ChoiceField(label=_("Priority"), required=False)
    run = Run(required=False, help_text=_("Only if they want to say it, for example 12.345.678-5."))
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"class": "width-20", "autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        initial="es",
        widget=forms.Select({"class": "width-10"}),
    )
    note = forms.CharField(
        label=_("Note for the desk"),
        required=False,
        max_length=200,
        help_text=_("For example: hears poorly, comes with a stroller."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = priorities().values()
        field: Any = self.fields["priority"]
        field.choices = [
            ("", _("None: in order of arrival")),
            *[(one.code, f"{one.label} ({one.hint})") for one in reasons],
        ]
        self.chosen = self._chosen()

    def renew_key(self) -> None:
        """Let the next press of the button be another request, with everything typed kept."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["key"] = str(uuid4())
        self.data = data

    def _chosen(self) -> list[ProcedureVersion]:
        """The procedures ticked so far, as far as they are published; anything else posted is ignored."""
        given = (
            self.data.getlist("matters") if hasattr(self.data, "getlist") else self.data.get("matters", [])
        )
        ids = []
        for one in list(given)[:20]:
            try:
                ids.append(UUID(str(one)))
            except ValueError:
                continue
        found = ProcedureVersion.objects.published().select_related("procedure").in_bulk(ids) if ids else {}
        return [found[one] for one in dict.fromkeys(ids) if one in found]


class PersonSearch(forms.Form):
    """Who is it?"""

    text = forms.CharField(
        label=_("RUN, name or phone"),
        max_length=120,
        error_messages={"required": _("Write a RUN, a name or a phone.")},
        widget=forms.TextInput({"autocomplete": "off", "data-key": "p"}),
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if runs.is_misread(text):
            raise forms.ValidationError(_("Check the RUN: its last digit does not belong to it."))
        if _FOLIO.fullmatch(text.strip()) and folios.normalise(text) is None:
            raise forms.ValidationError(_("Check the folio: its last digit does not belong to it."))
        return text

    @property
    def names_somebody(self) -> bool:
        """Whether what was looked for, a RUN or a name, is enough to enter a person with."""
        text = self.cleaned_data.get("text", "")
        return runs.normalise(text) is not None or any(letter.isalpha() for letter in text)


class NewPerson(forms.Form):
    """Somebody we do not know yet."""

    name = forms.CharField(
        label=_("Name and surnames"),
        max_length=200,
        error_messages={"required": _("Write the person's name.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    run = Run(required=False, help_text=_("Leave it blank if they have none."))
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=30,
        widget=forms.TextInput({"class": "width-10", "autocomplete": "off"}),
    )
    document_seen = forms.BooleanField(label=_("I saw their identity card"), required=False)

    def clean_phone(self) -> str:
        text = self.cleaned_data["phone"]
        number = phones.normalise(text) if text else ""
        if number is None:
            raise forms.ValidationError(
                _("This phone number is not right. For example 9 8765 4321."), code="phone"
            )
        return number


class NewRepresented(forms.Form):
    """Somebody we do not know yet, for whom whoever is here speaks."""

    name = forms.CharField(
        label=_("Name and surnames, or the organisation's name"),
        max_length=200,
        error_messages={"required": _("Write the name of whoever they speak for.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    run = Run(required=False, help_text=_("Leave it blank if they have none."))
    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=PersonKind.choices,
        widget=forms.Select({"class": "width-10"}),
        error_messages={
            "required": _("Choose whether it is a person or an organisation."),
            "invalid_choice": _("Choose whether it is a person or an organisation."),
        },
    )


class BringCase(forms.Form):
    """A case the citizen names by its folio."""

    folio = forms.CharField(
        label=_("Folio"),
        max_length=30,
        error_messages={"required": _("Write the folio, for example 2026-0000123-7.")},
        widget=forms.TextInput({"class": "width-10", "autocomplete": "off", "data-key": "c"}),
    )
    reason = forms.CharField(
        label=_("Why you need it"),
        required=False,
        max_length=300,
        help_text=_("Only when the case is of somebody else; the citizen can read it."),
    )

    def clean_folio(self) -> str:
        folio = folios.normalise(self.cleaned_data["folio"])
        if folio is None:
            raise forms.ValidationError(
                _("This is no folio: a figure is missing or wrong. Read it again."), code="folio"
            )
        return folio


class Outcome(forms.Form):
    """How a matter came out."""

    outcome = forms.ChoiceField(
        label=_("How did it come out?"),
        choices=[(value, label) for value, label in EnquiryOutcome.choices if value],
        error_messages={
            "required": _("Choose how it came out."),
            "invalid_choice": _("Choose how it came out."),
        },
    )


class Paper(forms.Form):
    """A paper the citizen brought."""

    requirement = forms.ChoiceField(
        label=_("What is it for?"), error_messages={"invalid_choice": _("Choose what this paper is for.")}
    )
    file = forms.FileField(
        label=_("The scanned paper"),
        help_text=_("PDF, JPG or PNG, up to 10 MB."),
        error_messages={
            "required": _("Choose the file."),
            "empty": _("This file is empty. Choose it again."),
        },
    )

    def __init__(self, requirements: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        field: Any = self.fields["requirement"]
        field.choices = requirements or [("other", _("Other paper"))]


class Answer(forms.Form):
    """What the citizen answers to the agency."""

    question = forms.UUIDField(required=False, widget=forms.HiddenInput)  # the one that was read
    text = forms.CharField(
        label=_("The citizen's answer"),
        max_length=5000,
        widget=forms.Textarea,
        error_messages={"required": _("Write the answer to the agency.")},
    )


class Letter(forms.Form):
    """What the citizen wants an agency to read, of their own accord."""

    text = forms.CharField(
        label=_("What the citizen wants the agency to read"),
        max_length=5000,
        widget=forms.Textarea,
        error_messages={"required": _("Write what the agency should read.")},
    )
