"""What is typed of a bundle of procedures."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.actions import BundleText
from catalog.forms.rows import TOO_LONG
from catalog.models import MOST_PARTS, Bundle, LifeEvent, Procedure

MOST_LINES = 50  # of codes that are looked up: a list far too long is refused without asking for each


class BundleForm(forms.Form):
    """What a bundle says of itself, and the procedures that it joins, by their codes."""

    title_es = forms.CharField(
        label=_("Title, in Spanish"),
        max_length=120,
        error_messages={"required": _("Write the title in Spanish."), "max_length": TOO_LONG},
    )
    title_en = forms.CharField(
        label=_("Title, in English"),
        max_length=120,
        required=False,
        error_messages={"max_length": TOO_LONG},
    )
    summary_es = forms.CharField(
        label=_("What it does, in Spanish"),
        help_text=_("One or two sentences: what happened to whoever needs it, and what they get with it."),
        max_length=400,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Write in Spanish what it does."), "max_length": TOO_LONG},
    )
    summary_en = forms.CharField(
        label=_("What it does, in English"),
        max_length=400,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"max_length": TOO_LONG},
    )
    life_event = forms.ModelChoiceField(
        LifeEvent.objects.none(),
        label=_("Life event"),
        help_text=_("It is offered on that page, and on the first."),
        required=False,
        empty_label=_("None"),
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )
    procedures = forms.CharField(
        label=_("Procedures"),
        help_text=_("Their codes, one on each line, in the order in which they are asked. Two to eight."),
        widget=forms.Textarea({"rows": 6, "spellcheck": "false"}),
        error_messages={"required": _("Write the codes of two procedures or more.")},
    )
    revision = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000, required=False
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        life_event: Any = self.fields["life_event"]
        life_event.queryset = LifeEvent.objects.order_by("position", "code")

    def clean_procedures(self) -> list[Procedure]:
        codes = self.cleaned_data["procedures"].split()
        if len(codes) > MOST_LINES:
            raise forms.ValidationError(
                _("A bundle joins two to %(n)s procedures."), params={"n": MOST_PARTS}
            )
        known = {one.code: one for one in Procedure.objects.filter(code__in=codes).select_related("agency")}
        if unknown := [code[:40] for code in codes if code not in known]:
            raise forms.ValidationError(
                _("No procedure has this code: %(codes)s."), params={"codes": ", ".join(unknown)}
            )
        return [known[code] for code in codes]

    @property
    def text(self) -> BundleText:
        """What the bundle says of itself."""
        given = self.cleaned_data
        return BundleText(
            title_es=given["title_es"],
            title_en=given["title_en"],
            summary_es=given["summary_es"],
            summary_en=given["summary_en"],
            life_event=given["life_event"],
        )


class NewBundle(BundleForm):
    """A bundle that is begun: its address besides."""

    code = forms.SlugField(
        label=_("Name in addresses"),
        help_text=_("Lower case letters, numbers and dashes, like nace-un-hijo. It never changes."),
        max_length=80,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Write its name in addresses."),
            "invalid": _("Write lower case letters, numbers and dashes, at most 80 of them."),
            "max_length": _("Write lower case letters, numbers and dashes, at most 80 of them."),
        },
    )
    field_order = ("title_es", "title_en", "code", "summary_es", "summary_en", "life_event", "procedures")

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).lower()


class Revision(forms.Form):
    """The revision of a bundle that was read."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)


def said_by(bundle: Bundle, procedures: list[Procedure]) -> dict[str, Any]:
    """Return what a bundle says now, as its form is filled in."""
    return {
        "title_es": bundle.title_es,
        "title_en": bundle.title_en,
        "summary_es": bundle.summary_es,
        "summary_en": bundle.summary_en,
        "life_event": bundle.life_event_id,
        "procedures": "\n".join(one.code for one in procedures),
        "revision": bundle.revision,
    }
