"""The heading of a page of a form, and what a button on the list of questions sends."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.forms import rows
from common.errors import StaleVersion


class Looked(forms.Form):
    """What the editor was looking at: the version, by its number, and its revision."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    number = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def looked_at(self) -> int:
        """
        Return the revision the editor was looking at.

        :raises StaleVersion: the page did not say
        """
        if "revision" not in getattr(self, "cleaned_data", {}):
            raise StaleVersion(_("The form may have changed meanwhile. Look at it below, then press again."))
        return int(self.cleaned_data["revision"])


class Heading(Looked):
    """What stands above the questions of a page."""

    page_es = rows.short(
        _("Heading of the page, in Spanish"),
        required=True,
        limit=200,
        error_messages={"required": _("Write the heading in Spanish.")},
    )
    page_en = rows.short(_("Heading of the page, in English"), limit=200)

    def heading(self) -> dict[str, Any]:
        """Return the heading as the form holds it."""
        return rows.pair(self.cleaned_data, "page")
