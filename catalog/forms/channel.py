"""How to do it on one channel, as boxes on the editing screen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.forms import rows
from catalog.sheets import CHANNEL_LABELS, MODE_LABELS
from common.whole_numbers import WholeNumber


class Channel(forms.Form):
    """How to do it on one channel."""

    PREFIX = "way-"  # with the channel's code
    is_there = forms.BooleanField(label=_("It can be done this way"), required=False)
    mode = forms.ChoiceField(label=_("How far one gets"), choices=list(MODE_LABELS.items()))
    url = rows.address(_("Address on the web"))
    minutes = WholeNumber(
        label=_("Minutes it takes"),
        required=False,
        min_value=1,
        max_value=2000,
        widget=forms.TextInput({"class": "width-4", "inputmode": "numeric"}),
    )
    text_es = rows.long(_("How to do it, in Spanish"), rows=4)
    text_en = rows.long(_("How to do it, in English"), rows=4)

    @property
    def called(self) -> str:
        """What the channel is called on the screen."""
        return str(CHANNEL_LABELS[str(self.prefix).removeprefix(self.PREFIX)])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("is_there") and {"text_es", "text_en", "url"} & set(self.changed_data):
            self.add_error(
                "is_there", _("Tick this if it can be done this way; otherwise leave its texts as they were.")
            )
        return data

    def content(self) -> dict[str, Any]:
        """Return the guide as the sheet holds it."""
        data = self.cleaned_data
        guide = {"mode": data["mode"], "text": rows.pair(data, "text")}
        if data["url"]:
            guide["url"] = data["url"]
        if data["minutes"]:
            guide["minutes"] = data["minutes"]
        return guide


def initial_of(content: dict[str, Any], code: str) -> dict[str, Any]:
    """Return how a sheet does it on one channel, as the boxes show it."""
    guide = (content.get("channels") or {}).get(code)
    if guide is None:
        return {"mode": "inform"}
    return {
        **rows.spread(guide, "text"),
        "is_there": True,
        "mode": guide.get("mode", "inform"),
        "url": guide.get("url", ""),
        "minutes": guide.get("minutes"),
    }


def other_keys(guide: dict[str, Any] | None) -> dict[str, Any]:
    """Return what a guide holds besides what the boxes show."""
    return {
        key: value for key, value in (guide or {}).items() if key not in {"mode", "text", "url", "minutes"}
    }
