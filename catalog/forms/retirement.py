"""Why a procedure ends, and what to do instead."""

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.actions.retirements import LONGEST
from catalog.models import Procedure

TOO_LONG = _("Write at most %(limit_value)d characters: there are %(show_value)d.")


def _reason(label: object, missing: object) -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]  # said lazily
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": missing, "max_length": TOO_LONG},  # type: ignore[dict-item]  # likewise
    )


class Retire(forms.Form):
    """What the public page of a procedure says from now on."""

    reason_es = _reason(_("Why it ended, in Spanish"), _("Write in Spanish why it ended: people read it."))
    reason_en = _reason(_("Why it ended, in English"), _("Write in English why it ended: people read it."))
    instead = forms.CharField(
        label=_("What to ask for instead"),
        help_text=_("The number of another procedure that is public. Blank when there is none."),
        required=False,
        max_length=20,
        error_messages={"max_length": TOO_LONG},
        widget=forms.TextInput({"class": "width-10", "autocomplete": "off"}),
    )

    def clean_instead(self) -> Procedure | None:
        typed = self.cleaned_data["instead"]
        found = Procedure.objects.filter(code=typed).first() if typed else None
        if typed and found is None:
            raise forms.ValidationError(_("There is no procedure with this number."))
        return found
