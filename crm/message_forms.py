"""What a citizen wishes to be told, and the house's rules for it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models.notification import WishChannel, WishScope


class Messages(forms.Form):
    """How and of what a person is told."""

    channel = forms.ChoiceField(
        label=_("How should we tell you?"),
        choices=WishChannel.choices,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of the ways.")},
    )
    scope = forms.ChoiceField(
        label=_("Of what?"),
        help_text=_("What asks something of you, and decisions, we tell you in any case: the law says so."),
        choices=WishScope.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what you wish to be told."),
            "invalid_choice": _("Choose what you wish to be told."),
        },
    )


class MessagesOf(Messages):
    """The same, as staff ask it."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["channel"].label = _("How do they wish to be told of their cases?")
        self.fields["scope"].help_text = _(
            "What asks something of them, and decisions, they are told in any case."
        )


def _time(label: object) -> forms.TimeField:
    return forms.TimeField(
        label=label,  # type: ignore[arg-type]
        widget=forms.TimeInput({"type": "time", "class": "width-10"}, format="%H:%M"),
        error_messages={
            "required": _("Write the hour, for example 21:00."),
            "invalid": _("Write the hour, for example 21:00."),
        },
    )


class Policy(forms.Form):
    """The rules for messages, and why they change."""

    quiet_from = _time(_("Text messages rest from"))
    quiet_until = _time(_("until"))
    rests_on_holidays = forms.BooleanField(label=_("They rest on Sundays and holidays"), required=False)
    domicile_is_active = forms.BooleanField(
        label=_("A decision sent to an electronic domicile takes effect by itself"), required=False
    )
    domicile_days = forms.IntegerField(
        label=_("On which business day after it was sent?"),
        help_text=_("The third, by article 46 of Ley 19.880."),
        min_value=1,
        max_value=30,
        widget=forms.TextInput({"class": "width-4", "inputmode": "numeric"}),
        error_messages={
            "required": _("Write a number of business days from 1 to 30."),
            "invalid": _("Write a number of business days from 1 to 30."),
            "min_value": _("Write a number of business days from 1 to 30."),
            "max_value": _("Write a number of business days from 1 to 30."),
        },
    )
    reason = forms.CharField(
        label=_("Why do they change?"),
        help_text=_("Kept with your name beside the change."),
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("Write why the rules change.")},
    )
