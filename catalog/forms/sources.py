"""The parts of the editing screen on where the facts come from, and on what is still to be asked of the agency."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.forms import rows
from catalog.shape import MOST_ASKED, MOST_SOURCES
from catalog.sheets import MAX_TEXT

PREFIX, ASKED_PREFIX = "source", "ask"
FIELDS = {"url": "url", "read_on": "read_on", "facts": "facts"}


class Source(rows.Row):
    """A public page from which facts were taken."""

    KEY_FIELDS = ("url", "read_on", "facts")
    NUMBERED = _("Source %(number)s")
    url = rows.address(_("Page where it was read"))
    read_on = forms.DateField(
        label=_("Read on"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as in the calendar, or leave it blank.")},
    )
    facts = forms.CharField(
        label=_("What was taken from there"),
        required=False,
        max_length=MAX_TEXT,
        error_messages={"max_length": rows.TOO_LONG},
        widget=forms.Textarea({"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        self._needs("url", _("Write the address of the page, beginning with https://."))
        return super().clean() or {}

    def content(self) -> dict[str, Any]:
        """Return the row as the sheet holds it; a day that was written in words stays while no other is given."""
        data, before = self.cleaned_data, self.initial.get("row") or {}
        kept = {key: value for key, value in before.items() if key not in FIELDS}
        read_on = data["read_on"].isoformat() if data["read_on"] else _in_words(before.get("read_on"))
        said = {"url": data["url"], "read_on": read_on, "facts": data["facts"].replace("\r\n", "\n")}
        return {**kept, **{name: value for name, value in said.items() if value}}

    @staticmethod
    def initial_of(row: dict[str, Any]) -> dict[str, Any]:
        day = row.get("read_on")
        return {
            "row": row,
            "url": row.get("url") or "",
            "read_on": None if _in_words(day) else day,
            "facts": row.get("facts") or "",
        }


def _in_words(day: Any) -> str:
    """Return a day that is none of the calendar's, as it stands; empty for one that is."""
    try:
        date.fromisoformat(str(day or ""))
    except ValueError:
        return str(day or "")
    return ""


class Asked(rows.Row):
    """What nobody could find, and the agency is still to say."""

    KEY_FIELDS = ("question_es", "question_en")
    NUMBERED = _("Open question %(number)s")
    question_es = rows.long(_("Question, in Spanish"), rows=2)
    question_en = rows.long(_("Question, in English"), rows=2)

    def clean(self) -> dict[str, Any]:
        self._needs("question_es", _("Write the question in Spanish."))
        return super().clean() or {}

    def content(self) -> dict[str, str]:
        """Return the question as the sheet holds it."""
        return rows.pair(self.cleaned_data, "question")

    @staticmethod
    def initial_of(row: Any) -> dict[str, Any]:
        pair = row if isinstance(row, dict) else {"es": str(row or "")}
        return rows.spread({"question": pair}, "question")


Sources = rows.rows_of(Source, MOST_SOURCES)
Questions = rows.rows_of(Asked, MOST_ASKED)


def sources_of(content: dict[str, Any], *, data: Any = None) -> rows.RowsPart:
    """Return the rows of sources."""
    return rows.RowsPart("sources", Sources, content, prefix=PREFIX, fields=FIELDS, data=data)


def questions_of(content: dict[str, Any], *, data: Any = None) -> rows.RowsPart:
    """Return the rows of questions for the agency."""
    fields = {"es": "question_es", "en": "question_en"}
    return rows.RowsPart(
        "questions_for_agency", Questions, content, prefix=ASKED_PREFIX, fields=fields, data=data
    )
