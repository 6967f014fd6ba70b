"""The rows of a sheet, each read in the active language."""

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from catalog import costs, text
from catalog.sheets.codes import CHANNEL_LABELS, CHANNELS, DOCUMENT_LABELS, MODE_LABELS


def in_language(pair: Any, language: str | None = None) -> str:
    """Return the text of a `{es, en}` pair in a language (default: the active one), Spanish where it lacks."""
    if not isinstance(pair, dict):
        return str(pair or "")
    code = (language or get_language() or "es")[:2]
    return str(pair.get(code) or pair.get("es") or pair.get("en") or "")


def document_name(code: str) -> str:
    """Return how a kind of document is called, its code where it is none of the house's."""
    return str(DOCUMENT_LABELS.get(code, code))


@dataclass(frozen=True)
class Requirement:
    """One line of “what you need”."""

    code: str
    label: str
    note: str
    provided_by: str
    required: bool
    upload: bool
    valid_days: int | None
    document_type: str = ""  # which document it is, whatever a sheet calls it

    @property
    def document_name(self) -> str:
        """Which document it is; empty where the sheet does not say."""
        return document_name(self.document_type)

    @property
    def age_words(self) -> str:
        """How old it may be, in words of the active language; empty where it does not matter."""
        if not self.valid_days:
            return ""
        said = ngettext("Not older than %(days)s day.", "Not older than %(days)s days.", self.valid_days)
        return said % {"days": self.valid_days}


@dataclass(frozen=True)
class Cost:
    """An amount and when it applies; currency is an ISO 4217 code or UF/UTM."""

    amount: float
    currency: str
    condition: str

    @property
    def is_free(self) -> bool:
        return self.amount == 0

    @property
    def words(self) -> str:
        """The amount as people write it, without when it applies."""
        return costs.written(self.amount, self.currency)


@dataclass(frozen=True)
class ChannelGuide:
    """How to do it on one channel."""

    code: str
    label: str
    mode: str
    mode_label: str
    html: SafeString
    url: str
    minutes: int | None


@dataclass(frozen=True)
class StageRow:
    """
    An agency's part in deciding: order, whether it is required, its term in business days or in days of the calendar.

    `addressed_by` is the question whose answer is another agency's code, where the applicant says to whom it goes.
    """

    agency: str
    order: int
    required: bool
    term_business_days: int | None
    term_calendar_days: int | None = None
    addressed_by: str = ""


@dataclass(frozen=True)
class LegalBasis:
    title: str
    url: str


def term_in_words(term: dict[str, Any]) -> str:
    """Return the days that a term counts, in words; empty where it counts none."""
    if days := term.get("business_days"):
        return ngettext("Up to %(days)d business day", "Up to %(days)d business days", days) % {"days": days}
    if days := term.get("calendar_days"):
        return ngettext(
            "Up to %(days)d day, counting every day", "Up to %(days)d days, counting every day", days
        ) % {"days": days}
    return gettext("At once") if term.get("business_days") == 0 else ""


def requirements_in(rows: list[dict[str, Any]]) -> list[Requirement]:
    return [
        Requirement(
            code=row["code"],
            label=in_language(row["label"]),
            note=in_language(row.get("note")),
            provided_by=row.get("provided_by", "citizen"),
            required=row.get("required", True),
            upload=row.get("upload", False),
            valid_days=row.get("valid_days"),
            document_type=row.get("document_type") or "",
        )
        for row in rows
    ]


def costs_in(rows: list[dict[str, Any]]) -> list[Cost]:
    return [
        Cost(row["amount"], row.get("currency", "CLP"), in_language(row.get("condition"))) for row in rows
    ]


def guides_in(rows: dict[str, Any]) -> list[ChannelGuide]:
    """Return the ways to do it, in the house's order."""
    return [
        ChannelGuide(
            code=code,
            label=str(CHANNEL_LABELS[code]),
            mode=rows[code].get("mode", "inform"),
            mode_label=str(MODE_LABELS[rows[code].get("mode", "inform")]),
            html=text.render(in_language(rows[code].get("text"))),
            url=rows[code].get("url", ""),
            minutes=rows[code].get("minutes"),
        )
        for code in CHANNELS
        if code in rows
    ]


def stages_in(rows: list[dict[str, Any]]) -> list[StageRow]:
    return [
        StageRow(
            row["agency"],
            row.get("order", 1),
            row.get("required", True),
            row.get("term_business_days"),
            row.get("term_calendar_days"),
            row.get("addressed_by") or "",
        )
        for row in rows
    ]
