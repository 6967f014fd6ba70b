"""What staff write about a person, and about two records that may be of one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from common import channels
from crm.models import NeedKind, PersonNeed
from crm.models.person import LANGUAGES, ContactKind, IdentifierKind

LONGEST_REASON = 300


def _reason(label: Any, missing: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST_REASON,
        error_messages={"required": missing, "max_length": _("Say it in 300 letters, please.")},
        widget=forms.Textarea({"rows": 3}),
    )


class Find(forms.Form):
    """Whom staff look for outside a contact."""

    text = forms.CharField(
        label=_("RUN, another number, phone or name"),
        max_length=120,
        error_messages={"required": _("Write a RUN, another number, a phone or a name.")},
        widget=forms.TextInput({"autocomplete": "off", "data-key": "/"}),
    )


class Reason(forms.Form):
    """Why a file is opened that no present contact explains."""

    reason = _reason(
        _("Why do you need this file?"),
        _("Write in a few words why you need this file. The citizen can read it."),
        _("The citizen can read who opened it, when, and these words. It stays open for half an hour."),
    )


class Point(forms.Form):
    """A way to reach the person."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=ContactKind.choices, error_messages={"required": _("Choose one.")}
    )
    value = forms.CharField(
        label=_("Number or address"),
        max_length=254,
        error_messages={
            "required": _("Write the number or the address."),
            "max_length": _("This is too long for an address."),
        },
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    is_safe = forms.BooleanField(
        label=_("Only the person reads or answers there"), required=False, initial=True
    )
    may_announce = forms.BooleanField(
        label=_("Whoever answers may know that we call"), required=False, initial=True
    )


class Number(forms.Form):
    """A number that names the person."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=IdentifierKind.choices,
        error_messages={"required": _("Choose the kind of number.")},
    )
    value = forms.CharField(
        label=_("Number"),
        max_length=40,
        error_messages={
            "required": _("Write the number."),
            "max_length": _("No such number has more than 40 letters."),
        },
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    country = forms.CharField(
        label=_("Country of the passport"),
        help_text=_("Two letters, as on the passport's first page: CL, PE, HT …"),
        required=False,
        max_length=2,
        error_messages={"max_length": _("Two letters, please.")},
    )
    agency = forms.ModelChoiceField(
        label=_("Agency whose number it is"), queryset=Agency.objects.order_by("name_es"), required=False
    )
    document_seen = forms.BooleanField(label=_("I have the document before me"), required=False)

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper() or "CL"


class Need(forms.Form):
    """What the person needs."""

    kind = forms.ChoiceField(
        label=_("What does the person need?"),
        choices=NeedKind.choices,
        error_messages={"required": _("Choose what the person needs.")},
    )
    detail = forms.CharField(
        label=_("In a few words"), required=False, max_length=PersonNeed._meta.get_field("detail").max_length
    )


class Wishes(forms.Form):
    """How the person wishes to be served."""

    channel = forms.ChoiceField(label=_("By which channel?"), required=False)
    language = forms.ChoiceField(label=_("In which language?"), choices=list(LANGUAGES.items()))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(one.code, one.label) for one in channels.known()]
        self.fields["channel"].choices = [("", _("No wish")), *known]  # type: ignore[attr-defined]


class OnePerson(forms.Form):
    """Two records are one person: which one stands, and what it shows of the other."""

    survivor = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.ChoiceField(label=_("Name"), widget=forms.RadioSelect)
    commune = forms.ChoiceField(label=_("Commune"), widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language"), widget=forms.RadioSelect)
    reason = _reason(_("How do you know?"), _("Write how you know: a colleague may read it years from now."))


class TwoPeople(forms.Form):
    """Two records are of two people."""

    reason = _reason(_("How do you know?"), _("Write how you know: a colleague may read it years from now."))


class Undo(forms.Form):
    """A merge was wrong."""

    reason = _reason(_("Why is it taken back?"), _("Write why: a colleague may read it years from now."))
