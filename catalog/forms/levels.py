"""The part of the editing screen on how sure we must be of who somebody is: for each act, on each channel."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.sheets import ACT_LABELS, HOUSE_LEVELS, LEVEL_CHANNEL_LABELS, LEVEL_LABELS

PREFIX = "level"


class Levels(forms.Form):
    """
    A level for each act on each channel, or that of the house. A screen that was posted without them leaves them as they are; so are those
    of other channels and acts.
    """

    def __init__(self, content: dict[str, Any], *, data: Any = None) -> None:
        self.before: dict[str, Any] = content.get("levels") or {}
        self.was_posted = data is not None and any(name.startswith(f"{PREFIX}-") for name in data)
        super().__init__(data if self.was_posted else None, prefix=PREFIX)
        for channel, acts in HOUSE_LEVELS.items():
            for act, unsaid in acts.items():
                named = (self.before.get(channel) or {}).get(act)
                self.fields[f"{channel}_{act}"] = forms.ChoiceField(
                    label=ACT_LABELS[act],
                    choices=_choices(unsaid, named),
                    initial="" if named is None else str(named),
                    required=False,
                )

    @property
    def table(self) -> list[tuple[str | Promise, list[BoundField]]]:
        """Each channel with the boxes of its acts."""
        return [
            (LEVEL_CHANNEL_LABELS[channel], [self[f"{channel}_{act}"] for act in acts])
            for channel, acts in HOUSE_LEVELS.items()
        ]

    def refuse(self, place: str, sentence: str) -> bool:
        """Tell a fault of a sheet at its box; False where it is of none."""
        part, _dot, rest = place.partition(".")
        name = rest.replace(".", "_")
        if part != "levels" or name not in self.fields or not self.was_posted:
            return False
        self.add_error(name, sentence)
        return True

    def content(self) -> dict[str, Any]:
        """Return the levels as the sheet holds them: those that were chosen."""
        if not self.was_posted:
            return self.before
        made = {channel: dict(row or {}) for channel, row in self.before.items()}
        for channel, acts in HOUSE_LEVELS.items():
            row = made.setdefault(channel, {})
            for act in acts:
                chosen = self.cleaned_data[f"{channel}_{act}"]
                row.pop(act, None)
                if chosen:
                    row[act] = int(chosen)
        return {channel: row for channel, row in made.items() if row}


def _choices(unsaid: int, named: Any) -> list[tuple[str, str | Promise]]:
    """The levels, and one that stands in the sheet and is none of them."""
    house = gettext("As in every procedure (%(level)s)") % {"level": LEVEL_LABELS[unsaid]}
    choices: list[tuple[str, str | Promise]] = [("", house)]
    choices += [(str(level), label) for level, label in LEVEL_LABELS.items()]
    if named is not None and named not in LEVEL_LABELS:
        choices.append((str(named), _("%(level)s (as it stands)") % {"level": named}))
    return choices
