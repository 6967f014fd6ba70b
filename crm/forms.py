"""What an officer writes about a case."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common import channels
from crm.models import DocumentState, MandateAct, MandateKind, StageState

LONGEST = 5000
TOO_LONG = _("This is longer than 5,000 letters. Shorten it, please.")


def _text(label: Any, missing: Any = "", *, help_text: Any = "", longest: int = LONGEST) -> forms.CharField:
    widget = forms.Textarea({"rows": 4, "autofocus": True})
    errors = {"required": missing, "max_length": TOO_LONG}
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=longest,
        required=bool(missing),
        widget=widget,
        error_messages=errors,
    )


class Act(forms.Form):
    """
    What every act on a case carries: which revision the officer was looking at, and which agency's part is
    meant.
    """

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    stage = forms.UUIDField(required=False, widget=forms.HiddenInput)


class Question(Act):
    question = _text(
        _("What should the citizen send or answer?"),
        _("Write what the citizen should send or answer."),
        help_text=_("The citizen reads this. The clock stands still until the answer."),
    )


class Grant(Act):
    reason = _text(_("Words to the citizen"), help_text=_("The citizen reads this beside the decision."))


class Deny(Act):
    reason = _text(
        _("Why is it denied?"),
        _("Write the reason the citizen will read."),
        help_text=_(
            "The citizen reads this: name the requirement that is not met, and what they may do now."
        ),
    )


class Refer(Act):
    reason = _text(
        _("Where is it sent, and why?"),
        _("Write the reason the citizen will read."),
        help_text=_("The citizen reads this: name the agency that will go on."),
    )


class Note(Act):
    text = _text(_("Internal note"), _("Write the note."), help_text=_("Only staff read this."))


class Reopen(Act):
    reason = _text(
        _("Why is the case opened again?"),
        _("Write why the case is opened again."),
        help_text=_("Kept as an internal note."),
    )


class Judgement(Act):
    """Whether a paper is accepted."""

    state = forms.ChoiceField(
        choices=[(state.value, state.label) for state in (DocumentState.ACCEPTED, DocumentState.REJECTED)],
        error_messages={
            "required": _("Choose whether the paper is accepted."),
            "invalid_choice": _("Choose whether the paper is accepted."),
        },
    )
    reason = forms.CharField(
        label=_("Why can it not be accepted?"),
        help_text=_("The citizen reads this."),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"max_length": _("This is longer than 2,000 letters. Shorten it, please.")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (
            cleaned.get("state") == DocumentState.REJECTED
            and not cleaned.get("reason")
            and "reason" not in self.errors
        ):
            self.add_error("reason", _("Write why the paper can not be accepted."))
        return cleaned


class NewMandate(forms.Form):
    """A mandate as its document says; which two it is between is offered by the screen."""

    roles = forms.ChoiceField(
        label=_("Who acts for whom?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose who acts for whom."),
            "invalid_choice": _("Choose who acts for whom."),
        },
    )
    kind = forms.ChoiceField(
        label=_("By what?"),
        choices=[("", _("Choose…")), *MandateKind.choices],
        error_messages={
            "required": _("Choose by what they act."),
            "invalid_choice": _("Choose by what they act."),
        },
    )
    acts = forms.MultipleChoiceField(
        label=_("What does it allow?"),
        choices=MandateAct.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose what it allows."),
            "invalid_choice": _("Choose what it allows."),
        },
    )
    procedures = forms.MultipleChoiceField(
        label=_("Only for"),
        help_text=_("None ticked: in every procedure."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose among the procedures shown.")},
    )
    ends_on = forms.DateField(
        label=_("Until"),
        help_text=_("Its last day. Leave it blank if the document names none."),
        required=False,
        widget=forms.DateInput({"type": "date", "class": "width-10"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the last day, for example 2027-03-31.")},
    )
    evidence = forms.CharField(
        label=_("What did you see?"),
        help_text=_("The document: who signed it, where and when."),
        max_length=300,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={
            "required": _("Write which document you saw: who signed it, where and when."),
            "max_length": _("This is longer than 300 letters. Shorten it, please."),
        },
    )
    file = forms.FileField(
        label=_("The scanned document"),
        help_text=_("PDF, JPG or PNG, up to 10 MB."),
        required=False,
        error_messages={"empty": _("This file is empty. Choose it again.")},
    )

    def __init__(
        self, *args: Any, roles: list[tuple[str, str]], procedures: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["roles"].choices = roles
        fields["procedures"].choices = procedures
        if not procedures:
            del self.fields["procedures"]


class Revocation(forms.Form):
    """Why a mandate ends."""

    reason = forms.CharField(
        label=_("Why does the mandate end?"),
        help_text=_("Both can read it."),
        max_length=300,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={
            "required": _("Write why the mandate ends: both can read it."),
            "max_length": _("This is longer than 300 letters. Shorten it, please."),
        },
    )


class WorkFilter(forms.Form):
    """What an agency's list is narrowed to; a wrong value narrows nothing."""

    folio = forms.CharField(
        label=_("Folio"),
        required=False,
        max_length=40,
        widget=forms.TextInput(
            {
                "type": "search",
                "data-key": "/",
                "autocomplete": "off",
                "placeholder": _("Folio"),
                "class": "width-10",
            }
        ),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All that is open")),
            ("late", _("Late")),
            *[
                (state.value, state.label)
                for state in (
                    StageState.RECEIVED,
                    StageState.IN_REVIEW,
                    StageState.AWAITING_CITIZEN,
                    StageState.WAITING,
                )
            ],
            ("decided", _("Decided, not closed")),
        ],
    )
    procedure = forms.ChoiceField(label=_("Procedure"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)

    def __init__(self, *args: Any, procedures: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["procedure"].choices = [("", _("All procedures")), *procedures]
        fields["channel"].choices = [
            ("", _("All channels")),
            *[(one.code, one.label) for one in channels.known()],
        ]
