"""What is written of a mandate: how far it goes, and why it ends."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.forms import Act
from crm.models import MandateAct, MandateKind
from crm.queries.mandates import representatives_without
from crm.queries.rights import person_of


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
