"""What agents fill in. Errors say what to do; nothing typed is lost."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from callcentre.models import AgentStateKind, NoMatter, PauseReason
from callcentre.queries.knowledge import Question
from common import run
from crm import folios
from crm.models import EnquiryOutcome

_FOLIO = re.compile(r"20\d\d[-–\s]?\d{7}[-–\s]?[\dXx]")  # as people write one, whatever its check digit


class FindCaller(forms.Form):
    """Find somebody by what the caller says."""

    text = forms.CharField(
        label=_("RUN, number, name or folio"),
        max_length=120,
        error_messages={
            "required": _("Write the RUN, the number, the name or the folio that the caller says.")
        },
        widget=forms.TextInput(
            {"autocomplete": "off", "data-key": "w", "data-key-label": _("Say who is calling")}
        ),
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if run.is_misread(text):
            raise forms.ValidationError(_("Check the RUN: its last digit does not belong to it."))
        if _FOLIO.fullmatch(text.strip()) and folios.normalise(text) is None:
            raise forms.ValidationError(_("Check the folio: its last digit does not belong to it."))
        return text


class FindRepresented(FindCaller):
    """Find whom the caller speaks for."""

    text = forms.CharField(
        label=_("RUN or name of whom the caller speaks for"),
        max_length=120,
        error_messages={"required": _("Write the RUN or the name of whom the caller speaks for.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class NewCaller(forms.Form):
    """Enter somebody nobody was found for."""

    name = forms.CharField(
        label=_("Full name, as the caller says it"),
        max_length=250,
        error_messages={"required": _("Write the name the caller says.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    run = forms.CharField(
        label=_("RUN"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"autocomplete": "off", "class": "width-10"}),
    )

    def clean_run(self) -> str | None:
        typed = self.cleaned_data["run"]
        if not typed:
            return None
        if (canonical := run.normalise(typed)) is None:
            raise forms.ValidationError(
                _("This RUN can not be right. Ask for it again, with its last figure or K.")
            )
        return canonical


class KnowledgeAnswers(forms.Form):
    """The answers to the two questions; what is right is not on the page."""

    def __init__(self, questions: list[Question], data: Any = None) -> None:
        super().__init__(data)
        for question in questions:
            missing = {"required": _("Write or choose what the caller answers.")}
            if question.options:
                choices = [("", "—"), *question.options]
                self.fields[question.key] = forms.ChoiceField(
                    label=question.text, choices=choices, error_messages=missing
                )
            else:
                box = forms.TextInput({"autocomplete": "off"})
                self.fields[question.key] = forms.CharField(
                    label=question.text, max_length=100, error_messages=missing, widget=box
                )


class BringCase(forms.Form):
    """Bring a case into the call by its folio."""

    folio = forms.CharField(
        label=_("Folio"),
        max_length=40,
        error_messages={"required": _("Write the folio, for example 2026-0000123-7.")},
        widget=forms.TextInput({"autocomplete": "off", "class": "width-10"}),
    )
    reason = forms.CharField(
        label=_("Why you need it, when it is not of the person calling"),
        help_text=_("The citizen can read this."),
        required=False,
        max_length=300,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def clean_folio(self) -> str:
        if (folio := folios.normalise(self.cleaned_data["folio"])) is None:
            raise forms.ValidationError(
                _("This folio can not be right. Ask for it again: twelve figures, the last may be an X.")
            )
        return folio


class SearchCatalogue(forms.Form):
    """What the caller asks about."""

    q = forms.CharField(
        label=_("What does the caller ask about?"),
        max_length=200,
        error_messages={"required": _("Write some of the caller's words.")},
        widget=forms.TextInput({"type": "search", "data-key": "/", "autocomplete": "off"}),
    )


class Outcome(forms.Form):
    """How a matter came out."""

    outcome = forms.ChoiceField(
        label=_("How it came out"),
        choices=[("", _("Choose…")), *[(one.value, one.label) for one in EnquiryOutcome if one.value]],
        error_messages={"required": _("Choose how it came out.")},
    )


class Note(forms.Form):
    """A note on the call."""

    text = forms.CharField(
        label=_("Note for colleagues"),
        max_length=2000,
        error_messages={"required": _("Write the note.")},
        widget=forms.Textarea({"rows": 3}),
    )


class Answer(forms.Form):
    """The caller's answer to an agency."""

    question = forms.UUIDField(required=False, widget=forms.HiddenInput)  # the one that was read
    text = forms.CharField(
        label=_("The caller's answer, in their words"),
        max_length=5000,
        error_messages={"required": _("Write what the caller answers.")},
        widget=forms.Textarea({"rows": 5}),
    )


class Letter(forms.Form):
    """What the caller wants an agency to read, of their own accord."""

    text = forms.CharField(
        label=_("What the caller wants the agency to read"),
        max_length=5000,
        error_messages={"required": _("Write what the agency should read.")},
        widget=forms.Textarea({"rows": 3}),
    )


class Finish(forms.Form):
    """The end of a wrap-up."""

    no_matter = forms.ChoiceField(
        label=_("Why there was nothing to note"),
        required=False,
        choices=[("", _("Choose…")), *NoMatter.choices],
    )
    next_state = forms.ChoiceField(
        required=False,
        choices=[(AgentStateKind.AVAILABLE, ""), (AgentStateKind.PAUSE, ""), (AgentStateKind.AWAY, "")],
    )


class State(forms.Form):
    """What an agent does now."""

    state = forms.CharField(max_length=9)
    reason = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        choices=[("", _("No reason given")), *PauseReason.choices],
        widget=forms.Select({"class": "width-10"}),
    )
