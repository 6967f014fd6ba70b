"""Rows behind a figure, written for people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from common import wording
from crm.models import EnquiryOutcome
from crm.models.interaction import Ending
from metrics.channels import channel_label

HEADS = {
    "day": _("Day"),
    "channel": _("Channel"),
    "office": _("Office"),
    "commune": _("Commune"),
    "started": _("Arrived"),
    "ending": _("How it ended"),
    "waited": _("Waited"),
    "served": _("Attended for"),
    "procedure": _("Procedure"),
    "agency": _("Agency"),
    "grade": _("Grade"),
    "area": _("Area"),
    "outcome": _("Outcome"),
    "each": _("Saves"),
    "filed": _("Filed"),
    "decided": _("Decided"),
    "took": _("Took"),
    "promised": _("Promised by"),
    "receipt": _("Told on the receipt"),
    "kept": _("Kept"),
    "ran": _("Its clock ran"),
    "half": _("Told for half"),
    "in_half": _("Half: in time"),
    "most": _("Told for nine in ten"),
    "in_most": _("Nine in ten: in time"),
    "row": _("Row"),
}
NUMBERS = {"waited", "served", "grade", "each", "took", "ran", "half", "most"}


@dataclass(frozen=True)
class Table:
    """Headings (`text`, `is_number`) and rows of cells."""

    heads: list[tuple[str, bool]]
    rows: list[list[tuple[Any, bool]]]


def table_of(rows: Iterable[dict[str, Any]], columns: Iterable[str]) -> Table:
    """Write the rows' values in words; the row's reference is the end of its identifier."""
    names = [*columns, "row"]
    heads = [(str(HEADS[name]), name in NUMBERS) for name in names]
    return Table(heads, [[(_cell(name, row), name in NUMBERS) for name in names] for row in rows])


def _cell(name: str, row: dict[str, Any]) -> Any:
    value = row["pk"] if name == "row" else row.get(name)
    if name == "area":
        return _area(row)
    if value is None or value == "":
        return "–"
    match name:
        case "row":
            return str(value)[-12:]
        case "channel":
            return channel_label(value)
        case "ending":
            return Ending(value).label
        case "outcome":
            return EnquiryOutcome(value).label
        case "waited" | "served":
            return wording.nearest_minutes(value)
        case "took" | "ran":
            return gettext("%(days)s days") % {"days": wording.number(round(value / 86_400, 1), 1)}
        case "half" | "most":
            return ngettext("%(days)s day", "%(days)s days", value) % {"days": wording.number(value)}
        case "each":
            return wording.money(value)
        case "kept" | "in_half" | "in_most":
            return gettext("yes") if value else gettext("no")
    return _moment(value)


def _area(row: dict[str, Any]) -> str:
    if row.get("rural") is None:
        return gettext("not known")
    return gettext("rural") if row["rural"] else gettext("urban")


def _moment(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else value
