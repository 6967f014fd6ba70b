"""From which server a catalogue is read, and how often."""

from django import forms
from django.utils.translation import gettext_lazy as _

from integrations.chileatiende.envelopes import SHAPES

SHAPE_LABELS = {
    "auto": _("Whichever it has"),
    "legacy": _("The one of 2012 to 2018"),
    "list": _("The one whose items are a plain list"),
}


class Source(forms.Form):
    """How a server is read."""

    shape = forms.ChoiceField(
        label=_("Shape of its answers"), choices=[(code, SHAPE_LABELS[code]) for code in SHAPES]
    )
    every_hours = forms.IntegerField(
        label=_("Every how many hours"),
        min_value=1,
        max_value=720,
        initial=24,
        widget=forms.TextInput({"class": "width-4", "inputmode": "numeric"}),
        error_messages={
            "required": _("Write a number of hours, from 1 to 720."),
            "invalid": _("Write a number of hours, from 1 to 720."),
            "min_value": _("Write a number of hours, from 1 to 720."),
            "max_value": _("Write a number of hours, from 1 to 720."),
        },
    )
    token_variable = forms.CharField(
        label=_("Where its access token stands"),
        help_text=_(
            "The name of an environment variable of the worker, beginning with IMPORT_TOKEN_. Blank when the server asks for none. The token "
            "itself is never written here."
        ),
        required=False,
        max_length=80,
        widget=forms.TextInput({"class": "width-20", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": _("Write at most 80 letters.")},
    )


class NewSource(Source):
    """A server that is to be read."""

    url = forms.CharField(
        label=_("Address"),
        help_text=_("The one under which /fichas stands, like https://www.example.org/api."),
        max_length=200,
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Write the server's address."),
            "max_length": _("Write at most 200 letters."),
        },
    )
    only_tried = forms.BooleanField(
        label=_("Only try it first"),
        help_text=_(
            "It is paused, and you read what would become of each sheet. Let it be read when you like that."
        ),
        required=False,
    )
    field_order = ("url", "shape", "every_hours", "token_variable", "only_tried")
