"""What an officer writes about a case."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import channels
from common.dateparts import WrittenDate
from crm.actions.questions import ANSWER_DAYS, LEAST_DAYS, MOST_DAYS
from crm.models import DocumentState, MandateAct, MandateKind, StageState
from crm.queries.erasures import records_in_words
from crm.queries.mandates import representatives_without
from crm.queries.rights import person_of
from crm.queries.work import WorkFilter as Narrowing
from crm.queries.work import officers_of

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

    def __init__(self, *args: Any, case: Any = None, **kwargs: Any) -> None:
        self.case = case
        super().__init__(*args, **kwargs)


class Question(Act):
    question = _text(
        _("What should the citizen send or answer?"),
        _("Write what the citizen should send or answer."),
        help_text=_("The citizen reads this. The clock stands still until the answer."),
    )
    days = forms.IntegerField(
        label=_("Business days to answer"),
        help_text=_("5 to 60. After them you may end your part; nothing ends by itself."),
        initial=ANSWER_DAYS,
        min_value=LEAST_DAYS,
        max_value=MOST_DAYS,
        widget=forms.NumberInput({"class": "width-5", "inputmode": "numeric"}),
        error_messages={
            "required": _("Give the citizen 5 to 60 business days to answer."),
            "invalid": _("Give the citizen 5 to 60 business days to answer."),
            "min_value": _("Give the citizen 5 to 60 business days to answer."),
            "max_value": _("Give the citizen 5 to 60 business days to answer."),
        },
    )
    papers = forms.MultipleChoiceField(
        label=_("Which papers do you need?"),
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
        rows = self.case.version.sheet.requirements if self.case is not None else []
        fields["papers"].choices = [(row.code, row.label) for row in rows if row.provided_by == "citizen"]
        if not fields["papers"].choices:
            del self.fields["papers"]


class CalendarDay(forms.Form):
    """One day that counts otherwise than the calendar says."""

    day = WrittenDate(label=_("Which day?"), error_messages={"required": _("Write the day.")})
    counts = forms.ChoiceField(
        label=_("From now on it is"),
        choices=[
            ("off", _("a day off: terms do not count it")),
            ("business", _("a business day: terms count it")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether terms count this day.")},
    )
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("The law or decree; people read it."),
        max_length=120,
        error_messages={
            "required": _("Write why: the law or decree."),
            "max_length": _("Write at most 120 letters."),
        },
    )


class Lapse(Act):
    reason = _text(
        _("Why does it end here?"),
        _("Write the reason the citizen will read."),
        help_text=_("The citizen reads this: what was asked, until when, and that they may apply again."),
    )


class Assign(Act):
    """To whom a chief gives an agency's part."""

    to = forms.ModelChoiceField(
        label=_("Who is to do it?"),
        queryset=User.objects.none(),
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


class GiveCode(Act):
    document_seen = forms.BooleanField(
        label=_("I have their identity card before me"),
        error_messages={"required": _("Ask for the identity card first: the code opens the case.")},
    )


class Letter(Act):
    text = _text(
        _("What do you write to the citizen?"),
        _("Write what the citizen should read."),
        help_text=_(
            "The citizen reads this in their case and may answer. The clock goes on; to wait for an answer, ask."
        ),
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


class ShownMandate(Act, NewMandate):
    """A mandate shown to the agency by whoever says that they act in a case; `roles` is their part in it."""

    def __init__(self, *args: Any, case: Any = None, **kwargs: Any) -> None:
        parts = representatives_without(case) if case else []
        whose = person_of(case) if case else None
        roles = [
            (
                str(part.pk),
                gettext("%(agent)s acts for %(grantor)s")
                % {"agent": part.person.name or "", "grantor": whose.name if whose else ""},
            )
            for part in parts
        ]
        version = case.version if case else None
        procedures = [(str(version.procedure_id), version.title)] if version else []
        super().__init__(*args, case=case, roles=roles, procedures=procedures, **kwargs)


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

    days = forms.IntegerField(
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


class Extension(Act):
    reason = _text(
        _("Why does it take longer?"),
        _("Write the reason the citizen will read."),
        help_text=_("The citizen reads this. The term is extended by 30 calendar days, once."),
    )


class Blocking(Act):
    """Until when, and why, a person's data are blocked."""

    until = forms.DateField(
        label=_("Until when?"),
        help_text=_("Leave it blank to block until somebody lifts it."),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Choose a day after today, at most a year from now.")},
    )
    reason = _text(_("Why are they blocked?"), _("Write why they are blocked."), longest=300)


class Erasure(Act):
    """The officer has read what goes and what stays, and looked at each record, where several stand as one person."""

    records = forms.MultipleChoiceField(
        label=_("Which of these records are of this person?"),
        help_text=_(
            "They were found to be one person, and all of them are erased. Tick each one you are sure of; "
            "if one is of somebody else, let a supervisor take that merge back first."
        ),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick every record that is of this person."),
            "invalid_choice": _("The records of this person changed meanwhile. Look at them again."),
        },
    )
    sure = forms.BooleanField(
        label=_("I have read what is erased and what stays; it can not be undone."),
        error_messages={"required": _("Tick that you have read what is erased and what stays.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = person_of(self.case) if self.case else None
        records = records_in_words(person) if person else {}
        fields: dict[str, Any] = self.fields
        fields["records"].choices = [(str(pk), words) for pk, words in records.items()]
        if len(records) < 2:
            del self.fields["records"]


class Correction(Act):
    """What is wrong, how it should read, and the paper that proves it."""

    key = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=[("name", _("Name")), ("birth_date", _("Date of birth")), ("commune", _("Commune"))],
        error_messages={"required": _("Choose what is wrong."), "invalid_choice": _("Choose what is wrong.")},
    )
    value = forms.CharField(
        label=_("How should it read?"),
        help_text=_("A date as year, month and day: 1950-12-31. A commune by its code of five figures."),
        max_length=250,
        error_messages={"required": _("Write how it should read.")},
    )
    evidence = forms.ChoiceField(
        label=_("Which paper proves it?"),
        error_messages={
            "required": _("Choose the paper of this case that proves it."),
            "invalid_choice": _("Choose the paper of this case that proves it."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        papers = (
            self.case.documents.filter(replaced_at__isnull=True, redacted_at__isnull=True)
            if self.case
            else []
        )
        fields: dict[str, Any] = self.fields
        fields["evidence"].choices = [(str(paper.pk), paper.name) for paper in papers]
