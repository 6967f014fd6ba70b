"""A file of sheets, and a procedure that joins the catalogue."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from catalog.bulk.given import MOST_BYTES
from catalog.forms import rows

TOO_LARGE = _("This file is larger than 20 MB: divide it and send each part.")


class Upload(forms.Form):
    """A file of sheets, of either kind."""

    file = forms.FileField(
        label=_("A file of sheets"),
        help_text=_("A spreadsheet (.xlsx) or JSON as they are saved here, up to 20 MB and 5,000 sheets."),
        error_messages={
            "required": _("Choose the file."),
            "empty": _("This file is empty. Choose it again."),
            "missing": _("Choose the file."),
            "invalid": _("Choose the file."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        return file


class NewProcedure(forms.Form):
    """What a new procedure begins with; the rest is written in its draft."""

    code = forms.CharField(
        label=_("Number"),
        help_text=_("The one a citizen quotes to line 101. It never changes."),
        max_length=20,
        widget=forms.TextInput({"class": "width-10", "autocomplete": "off"}),
        error_messages={
            "required": _("Write its number."),
            "max_length": _("Write letters, numbers, - and _, at most 20 of them."),
        },
    )
    slug = forms.CharField(
        label=_("Name in addresses"),
        help_text=_(
            "Lower case letters, numbers and dashes, like certificado-de-nacimiento. It never changes."
        ),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Write its name in addresses."),
            "max_length": _("Write lower case letters, numbers and dashes, at most 150 of them."),
        },
    )
    agency = forms.ModelChoiceField(
        Agency.objects.none(),
        label=_("Agency"),
        empty_label=_("Choose …"),
        to_field_name="code",
        error_messages={
            "required": _("Choose the agency to which it belongs."),
            "invalid_choice": _("Choose one of the list."),
        },
    )
    title_es = rows.short(
        _("Title, in Spanish"),
        required=True,
        limit=250,
        error_messages={"required": _("Write the title in Spanish.")},
    )
    summary_es = rows.long(
        _("Summary, in Spanish"), rows=3, limit=200, missing=_("Write a summary in Spanish.")
    )
    purpose_es = rows.long(
        _("What it is for, in Spanish"), rows=6, missing=_("Write what the procedure is for, in Spanish.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agency: Any = self.fields["agency"]
        agency.queryset = Agency.objects.by_name()

    def content(self) -> dict[str, Any]:
        """Return the texts as a sheet holds them."""
        data = self.cleaned_data
        return {
            "title": {"es": data["title_es"]},
            "summary": {"es": data["summary_es"]},
            "sections": {"purpose": {"es": data["purpose_es"]}},
        }
