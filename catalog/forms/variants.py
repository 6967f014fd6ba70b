"""The part of the editing screen on where a procedure is done otherwise: a row for each group of communes, or for an agency."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.bulk import rows as written_rows
from catalog.bulk.rows import Unreadable
from catalog.bulk.variants import read_term
from catalog.forms import rows
from catalog.queries.variants import UnknownPlace, places_named, places_written
from catalog.shape import MOST_VARIANTS
from catalog.sheets.variants import faults_of

PREFIX = "variant"
# The field at which a fault of a part of a variant is told.
FIELDS = {
    "communes": "where",
    "agency": "where",
    "text": "text_es",
    "costs": "costs",
    "requirements": "requirements",
    "term": "term",
    "url": "url",
}
_PLACE = re.compile(r"variants\[(\d+)\](?:\.(\w+))?")


def _lines(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=20_000,
        error_messages={"max_length": rows.TOO_LONG},
        widget=forms.Textarea({"rows": 2, "spellcheck": "false"}),
    )


class VariantRow(rows.Row):
    """What differs in some communes, or at an agency."""

    KEY_FIELDS = (
        "where", "text_es", "text_en", "costs", "requirements", "term", "term_es", "term_en", "url",
    )  # fmt: skip
    NUMBERED = _("Done otherwise, %(number)s")
    where = rows.short(
        _("Where"),
        limit=8000,
        help_text=_("Names of communes, separated by commas; or the code of one agency."),
    )
    url = rows.address(_("Address on the web there"))
    text_es = rows.long(_("What differs, in Spanish"), rows=3)
    text_en = rows.long(_("What differs, in English"), rows=3)
    costs = _lines(
        _("What it costs there"),
        _("Instead of the common costs, a line each: amount | when it applies, in Spanish | in English."),
    )
    requirements = _lines(
        _("What is also needed there"),
        _(
            "A line each: code | in Spanish | in English | facts | note in Spanish | note in English. A new one begins with the bar. "
            "Facts: state, optional, upload, 90 days, document birth-certificate."
        ),
    )
    term = rows.short(
        _("Term there"), limit=60, size="width-10", help_text=_("Like 10 business days, or 30 days.")
    )
    term_es = rows.short(_("How long it takes there, in Spanish"), limit=500)
    term_en = rows.short(_("How long it takes there, in English"), limit=500)

    def clean_where(self) -> dict[str, Any]:
        typed = self.cleaned_data["where"]
        try:
            return places_named(typed) if typed else {}
        except UnknownPlace as error:
            raise forms.ValidationError(
                _("There is no commune “%(name)s”, nor an agency with that code."),
                params={"name": str(error)[:60]},
            ) from None

    def clean_costs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._read("costs", lambda cell: written_rows.read_costs(cell, []))
        return found

    def clean_requirements(self) -> list[dict[str, Any]]:
        before = (self.initial.get("row") or {}).get("requirements") or []
        found: list[dict[str, Any]] = self._read(
            "requirements", lambda cell: written_rows.read_requirements(cell, before)
        )
        return found

    def clean_term(self) -> dict[str, int]:
        found: dict[str, int] = self._read("term", read_term)
        return found

    def _read(self, name: str, read: Callable[[str], Any]) -> Any:
        try:
            return read(self.cleaned_data[name].replace("\r\n", "\n"))
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        self._needs("where", _("Write where it is so: communes, or an agency's code."))
        return super().clean() or {}

    def content(self) -> dict[str, Any]:
        """Return the row as the sheet holds it, without what it does not say."""
        data = self.cleaned_data
        words = rows.pair(data, "term")
        said = {
            **data["where"],
            "text": rows.pair(data, "text"),
            "url": data["url"],
            "costs": data["costs"],
            "requirements": data["requirements"],
            "term": {**data["term"], **({"text": words} if words else {})},
        }
        return {name: value for name, value in said.items() if value}

    @staticmethod
    def initial_of(row: dict[str, Any]) -> dict[str, Any]:
        term = row.get("term") or {}
        return {
            **rows.spread(row, "text"),
            **rows.spread({"term": term.get("text")}, "term"),
            "row": row,
            "where": places_written(row),
            "url": row.get("url", ""),
            "costs": written_rows.write_costs(row.get("costs") or []),
            "requirements": written_rows.write_requirements(row.get("requirements") or []),
            "term": _term_words(term),
        }


def _term_words(term: dict[str, Any]) -> str:
    """Return the days of a term as an editor would write them, and as they are read back."""
    if term.get("business_days") is not None:
        return gettext("%(days)s business days") % {"days": term["business_days"]}
    if term.get("calendar_days") is not None:
        return gettext("%(days)s days") % {"days": term["calendar_days"]}
    return ""


Variants = rows.rows_of(VariantRow, MOST_VARIANTS)


class VariantForms:
    """The rows as one. A screen that was posted without them leaves the variants as they are."""

    def __init__(self, content: dict[str, Any], *, data: Any = None) -> None:
        self.before = content.get("variants") or []
        self.was_posted = data is not None and f"{PREFIX}-TOTAL_FORMS" in data
        self.rows = Variants(
            data if self.was_posted else None,
            initial=[VariantRow.initial_of(row) for row in self.before],
            prefix=PREFIX,
        )

    def is_valid(self) -> bool:
        """Whether the rows can be saved; a commune or an agency that stands in two is told at the second."""
        if not self.was_posted:
            return True
        if not self.rows.is_valid():
            return False
        for place, sentence in faults_of(self.content(), set()):
            self.refuse(place, sentence)
        return all(not form.errors for form in self.rows.forms)

    def refuse(self, place: str, sentence: str) -> bool:
        """Tell a fault of a sheet at the field of the row where it is; False where it is of no row."""
        found = _PLACE.match(place)
        used = [form for form in self.rows.forms if not form.is_blank]
        if found is None or int(found[1]) >= len(used):
            return False
        used[int(found[1])].add_error(FIELDS.get(found[2] or "", "where"), sentence)
        return True

    def content(self) -> list[dict[str, Any]]:
        """Return the variants as the sheet holds them; those that say the same as they were."""
        return self.rows.contents() if self.was_posted else self.before
