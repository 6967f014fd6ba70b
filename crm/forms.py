"""What an officer writes about a case."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import channels
from common.whole_numbers import WholeNumber
from crm.actions.questions import ANSWER_DAYS, LEAST_DAYS, MOST_DAYS
from crm.models import DocumentState, StageState
from crm.queries.work import WorkFilter as Narrowing
from crm.queries.work import officers_of

LONGEST = 5000
TOO_LONG = _("This is longer than 5,000 letters. Shorten it, please.")


def long_text(
    label: Any, missing: Any = "", *, help_text: Any = "", longest: int = LONGEST
) -> forms.CharField:
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

    def __init__(self, *args: Any, case: Any = None, **kwargs: Any) -> None:
        self.case = case
        super().__init__(*args, **kwargs)
        asked = [field for field in self.fields.values() if not field.widget.is_hidden]
        for field in asked[:1]:  # whoever opens the form by its key goes on in it
            field.widget.attrs.setdefault("autofocus", True)


class Question(Act):
    question = long_text(
        _("What should the citizen send or answer?"),
        _("Write what the citizen should send or answer."),
        help_text=_("The citizen reads this. The clock stands still until the answer."),
    )
    days = forms.IntegerField(
        label=_("Business days to answer"),
        help_text=_("5 to 60. After them you may end your part; nothing ends by itself."),
        required=False,  # nothing written: the usual number
        initial=ANSWER_DAYS,
        min_value=LEAST_DAYS,
        max_value=MOST_DAYS,
        widget=forms.NumberInput({"class": "width-5", "inputmode": "numeric"}),
        error_messages={
            "invalid": _("Give the citizen 5 to 60 business days to answer."),
            "min_value": _("Give the citizen 5 to 60 business days to answer."),
            "max_value": _("Give the citizen 5 to 60 business days to answer."),
        },
    )
    papers = forms.MultipleChoiceField(
        label=_("Which papers do you need?"),
        help_text=_("When the last of them comes, that is the answer, and the clock runs again."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose among the papers of this procedure.")},
    )
    other_paper = forms.CharField(
        label=_("Another paper, in words"),
        help_text=_("For example: the lease of the house, signed by both."),
        max_length=200,
        required=False,
        error_messages={"max_length": _("This is longer than 200 letters. Shorten it, please.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        rows = self.case.sheet.requirements if self.case is not None else []
        fields["papers"].choices = [(row.code, row.label) for row in rows if row.provided_by == "citizen"]
        if not fields["papers"].choices:
            del self.fields["papers"]


class Lapse(Act):
    reason = long_text(
        _("Why does it end here?"),
        _("Write the reason the citizen will read."),
        help_text=_("The citizen reads this: what was asked, until when, and that they may apply again."),
    )


class Assign(Act):
    """To whom a chief gives an agency's part."""

    to = forms.ModelChoiceField(
        label=_("Who is to do it?"),
        queryset=User.objects.none(),
        empty_label=_("Choose"),
        error_messages={
            "required": _("Choose one of the agency's officers."),
            "invalid_choice": _("Choose one of the agency's officers."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = officers_of(self.case)


class Grant(Act):
    reason = long_text(_("Words to the citizen"), help_text=_("The citizen reads this beside the decision."))


class Deny(Act):
    reason = long_text(
        _("Why is it denied?"),
        _("Write the reason the citizen will read."),
        help_text=_(
            "The citizen reads this: name the requirement that is not met, and what they may do now."
        ),
    )


class Refer(Act):
    reason = long_text(
        _("Where is it sent, and why?"),
        _("Write the reason the citizen will read."),
        help_text=_("The citizen reads this: name the agency that will go on."),
    )


class GiveCode(Act):
    document_seen = forms.BooleanField(
        label=_("I have their identity card before me"),
        error_messages={"required": _("Ask for the identity card first: the code opens the case.")},
    )


class Letter(Act):
    text = long_text(
        _("What do you write to the citizen?"),
        _("Write what the citizen should read."),
        help_text=_(
            "The citizen reads this in their case and may answer. The clock goes on; to wait for an answer, ask."
        ),
    )


class Paper(Act):
    """A paper of the agency's own, or one that reached it by another way."""

    file = forms.FileField(
        label=_("The paper"),
        help_text=_("PDF, JPG or PNG, up to 10 MB. The citizen reads it too."),
        error_messages={
            "required": _("Choose the file."),
            "empty": _("This file is empty. Choose it again."),
            "missing": _("Choose the file."),
        },
    )
    requirement = forms.ChoiceField(
        label=_("What is it?"),
        help_text=_("A resolution or a letter of the agency is another paper."),
        required=False,
        error_messages={"invalid_choice": _("Choose among the papers of this procedure.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        rows = self.case.sheet.requirements if self.case is not None else []
        fields["requirement"].choices = [
            ("", _("Another paper")),
            *[(row.code, row.label) for row in rows],
        ]


class Note(Act):
    text = long_text(_("Internal note"), _("Write the note."), help_text=_("Only staff read this."))


class Reopen(Act):
    reason = long_text(
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
    valid_until = forms.DateField(
        label=_("Good until"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the paper's last good day, for example 2027-03-31.")},
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


NOT_LISTED = _("The list is not narrowed by this: it is none of the choices. Choose one of them.")


class WorkFilter(forms.Form):
    """What an agency's list is narrowed to; a wrong value narrows nothing, and says so."""

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
        error_messages={"max_length": _("This is longer than a folio. Write the folio alone.")},
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All that is open")),
            ("late", _("Late")),
            ("unanswered", _("May be ended: no answer in time")),
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
        error_messages={"invalid_choice": NOT_LISTED},
    )
    procedure = forms.ChoiceField(
        label=_("Procedure"), required=False, error_messages={"invalid_choice": NOT_LISTED}
    )
    channel = forms.ChoiceField(
        label=_("Channel"), required=False, error_messages={"invalid_choice": NOT_LISTED}
    )

    def __init__(self, *args: Any, procedures: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["procedure"].choices = [("", _("All procedures")), *procedures]
        fields["channel"].choices = [
            ("", _("All channels")),
            *[(one.code, one.label) for one in channels.known()],
        ]

    @property
    def narrowed(self) -> Narrowing:
        """The choice, by codes; to be asked once the form was looked at."""
        given = self.cleaned_data
        return Narrowing(given.get("state", ""), given.get("procedure", ""), given.get("channel", ""))


class KeptChoice(forms.Form):
    """The name under which an officer keeps a choice of the list."""

    name = forms.CharField(
        label=_("Keep this choice as"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off", "class": "width-20"}),
        error_messages={
            "required": _("Write a name for this choice."),
            "max_length": _("Write at most 60 letters."),
        },
    )


class RuleChange(forms.Form):
    """After how many days a retention rule applies, or whether it does, and why that changes."""

    days = WholeNumber(
        label=_("After how many days"),
        min_value=1,
        max_value=36_525,
        widget=forms.TextInput({"class": "width-4", "inputmode": "numeric"}),
        error_messages={
            "required": _("Write a number of days from 1 to 36,525 (a hundred years)."),
            "invalid": _("Write a number of days from 1 to 36,525 (a hundred years)."),
            "min_value": _("Write a number of days from 1 to 36,525 (a hundred years)."),
            "max_value": _("Write a number of days from 1 to 36,525 (a hundred years)."),
        },
    )
    is_active = forms.BooleanField(label=_("The rule is applied every night"), required=False)
    reason = forms.CharField(
        label=_("Why does it change?"),
        help_text=_("Kept with your name beside the change."),
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("Write why the rule changes.")},
    )
