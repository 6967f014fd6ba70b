"""The part of the editing screen on what a procedure is: who applies, for whom, on which occasions, of which fields."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.queries.topics import LISTS, topic_choices
from catalog.sheets import APPLICANT_LABELS, COMPLETENESS_LABELS, RIGHT_LABELS, VOICE_LABELS

PREFIX = "about"
# What a sheet means where it does not say.
UNSAID = {"applicant": "person", "completeness": "basic", "voice": "", "right": "", "anonymous": False}


class CodesField(forms.MultipleChoiceField):
    """Any of a list of codes; one that is none of them is named."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.CheckboxSelectMultiple, **kwargs)

    def validate(self, value: list[str]) -> None:
        for code in value:
            if not self.valid_value(code):
                raise forms.ValidationError(
                    _("There is no “%(code)s” here. Choose from the list."), params={"code": code[:60]}
                )


class About(forms.Form):
    """What a procedure is. A screen that was posted without this part leaves it as it is."""

    shown = forms.CharField(widget=forms.HiddenInput, required=False, initial="1", max_length=1)
    applicant = forms.ChoiceField(label=_("Who applies"), choices=list(APPLICANT_LABELS.items()))
    completeness = forms.ChoiceField(
        label=_("How complete the sheet is"), choices=list(COMPLETENESS_LABELS.items())
    )
    voice = forms.ChoiceField(
        label=_("What people say of the service"),
        help_text=_("Only for the procedures by which people complain, suggest or thank."),
        choices=[("", _("Nothing of the kind")), *VOICE_LABELS.items()],
        required=False,
    )
    right = forms.ChoiceField(
        label=_("A right over one's data"),
        help_text=_(
            "Only for the procedures of the law of personal data: their cases have acts of their own."
        ),
        choices=[("", _("None")), *RIGHT_LABELS.items()],
        required=False,
    )
    anonymous = forms.BooleanField(label=_("Nobody must say who they are"), required=False)
    audience = CodesField(label=_("For whom"))
    life_events = CodesField(
        label=_("Life events"), help_text=_("On which occasions of a life one comes to need it.")
    )
    themes = CodesField(
        label=_("Themes"), help_text=_("The public page and the catalogue list it under these.")
    )

    def __init__(self, content: dict[str, Any], *, data: Any = None) -> None:
        self.before = content
        self.was_posted = data is not None and f"{PREFIX}-shown" in data
        initial: dict[str, Any] = {name: content.get(name) or unsaid for name, unsaid in UNSAID.items()}
        initial |= {name: [str(code) for code in content.get(name) or []] for name in LISTS}
        super().__init__(data if self.was_posted else None, initial=initial, prefix=PREFIX)
        for name in LISTS:
            self.fields[name].choices = _choices(name, initial[name])  # type: ignore[attr-defined]  # a CodesField

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("voice") and data.get("right"):
            self.add_error(
                "voice",
                _("Choose one of the two: what people say of the service, or a right over their data."),
            )
        return data

    def content(self) -> dict[str, Any]:
        """Return the parts of the sheet that were chosen otherwise than they were."""
        if not self.was_posted:
            return {}
        data = self.cleaned_data
        found = {
            name: data[name]
            for name, unsaid in UNSAID.items()
            if data[name] != (self.before.get(name) or unsaid)
        }
        for name in LISTS:
            before = self.before.get(name) or []
            if set(data[name]) != set(before):
                kept = [code for code in before if code in data[name]]
                found[name] = list(dict.fromkeys([*kept, *data[name]]))
        return found


def _choices(name: str, present: list[str]) -> list[tuple[str, str]]:
    """All there are; and what stands in the sheet and is none of them, so that it can be taken away."""
    known = topic_choices(name)
    codes = {code for code, _title in known}
    return known + [
        (code, gettext("%(code)s (not in the list)") % {"code": code})
        for code in dict.fromkeys(present)
        if code not in codes
    ]
