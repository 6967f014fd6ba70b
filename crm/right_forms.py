"""What an officer writes about a case of a right over one's data."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms import Act, long_text
from crm.queries.erasures import records_in_words
from crm.queries.rights import person_of


class Extension(Act):
    reason = long_text(
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
    reason = long_text(_("Why are they blocked?"), _("Write why they are blocked."), longest=300)


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
