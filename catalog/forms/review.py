"""What the second person says."""

from django import forms
from django.utils.translation import gettext_lazy as _


class Return(forms.Form):
    """Why a version goes back to its author."""

    comment = forms.CharField(
        label=_("What should its author change?"),
        help_text=_("They will read it above the draft."),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Write what its author should change.")},
    )
