"""What administrators write about deliveries to agencies."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from crm.events import TOLD_TO_AGENCIES
from events.registry import kind_of

_ADDRESS = {
    "required": _(
        "Write an https address by name, without a password in it. See that nothing in the name is mistyped."
    ),
    "invalid": _(
        "Write an https address by name, without a password in it. See that nothing in the name is mistyped."
    ),
    "max_length": _("Write at most 300 letters."),
}


def _address(label: Any, help_text: Any, *, required: bool) -> forms.CharField:
    widget = forms.TextInput(
        {"class": "width-30", "inputmode": "url", "spellcheck": "false", "autocomplete": "off"}
    )
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=300,
        required=required,
        widget=widget,
        error_messages=_ADDRESS,
    )


class Subscription(forms.Form):
    """Where an agency's system is told, and of what."""

    url = _address(
        _("Address that takes the messages"), _("Each message is sent there by POST, signed."), required=True
    )
    reconcile_url = _address(
        _("Address of its list"),
        _("Every night its list of folios is compared with ours. Blank: it is not."),
        required=False,
    )
    kinds = forms.MultipleChoiceField(
        label=_("What it is told"),
        help_text=_(
            "None ticked: all of it. Where its list is compared, what moves the state of a case is told besides."
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )
    is_active = forms.BooleanField(label=_("It is told"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["kinds"].choices = [(code, kind_of(code).staff_label) for code in TOLD_TO_AGENCIES]


class NewSubscription(Subscription):
    """Which agency's system, besides."""

    agency = forms.ModelChoiceField(
        Agency.objects.none(),
        label=_("Agency"),
        empty_label=_("Choose …"),
        to_field_name="code",
        error_messages={
            "required": _("Choose the agency whose system is told."),
            "invalid_choice": _("Choose one of the list."),
        },
    )
    field_order = ("agency", "url", "reconcile_url", "kinds", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["agency"].queryset = Agency.objects.filter(subscription=None).by_name()
