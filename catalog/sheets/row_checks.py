"""What the rows of a sheet must be, wherever they stand: papers, costs, terms."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext

from catalog import costs, text
from catalog.sheets.codes import PROVIDERS
from catalog.sheets.rows import StageRow


def one_of(known: Iterable[str]) -> str:
    return gettext("must be one of %(known)s") % {"known": ", ".join(known)}


def spanish(pair: Any) -> str:
    return str((pair.get("es") if isinstance(pair, dict) else pair) or "").strip()


def is_link(url: Any) -> bool:
    return not url or text.is_address(url)


def requirement_faults(rows: Any, place: str, seen: set[str]) -> Iterator[tuple[str, str]]:
    """Look at rows of papers, whose codes are none of those `seen` already, and add theirs."""
    for index, row in enumerate(rows or []):
        code = row.get("code", "") if isinstance(row, dict) else ""
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,59}", str(code)) or code in seen:
            told = gettext(
                "the code “%(code)s” must be lower case, without spaces, unique, at most 60 characters"
            )
            yield f"{place}[{index}].code", told % {"code": str(code)[:80]}
        seen.add(code)
        if row.get("provided_by", "citizen") not in PROVIDERS:
            yield f"{place}[{index}].provided_by", one_of(PROVIDERS)
        kind = row.get("document_type") if isinstance(row, dict) else None
        if kind and not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", str(kind)):
            yield (
                f"{place}[{index}].document_type",
                gettext("must be lower case letters, numbers and dashes, at most 60"),
            )


def cost_faults(rows: Any, place: str) -> Iterator[tuple[str, str]]:
    for index, row in enumerate(rows or []):
        if not isinstance(row, dict) or not isinstance(row.get("amount"), int | float) or row["amount"] < 0:
            yield f"{place}[{index}].amount", gettext("must be a number, 0 for free")
        elif row.get("currency", "CLP") not in costs.CURRENCIES:
            yield f"{place}[{index}].currency", one_of(costs.CURRENCIES)
        elif row.get("currency", "CLP") == "CLP" and row["amount"] != int(row["amount"]):
            yield f"{place}[{index}].amount", gettext("must be whole pesos, like 3.820")


def stage_faults(rows: list[StageRow]) -> Iterator[tuple[str, str]]:
    """Look at who decides: no agency decides twice at one time, whoever is chosen by an answer included."""
    seen: set[tuple[str, int]] = set()
    chosen = {row.order for row in rows if row.addressed_by}
    for index, row in enumerate(rows):
        if (row.agency, row.order) in seen:
            yield (
                f"stages[{index}].order",
                gettext("%(agency)s decides in this order already: give it another, or leave one of them")
                % {"agency": row.agency},
            )
        elif row.order in chosen and sum(one.order == row.order for one in rows) > 1:
            yield (
                f"stages[{index}].order",
                gettext("must be another: whom an answer names decides alone in its order"),
            )
        seen.add((row.agency, row.order))


def addressing_faults(rows: list[StageRow], asked: set[str]) -> Iterator[tuple[str, str]]:
    """Look at the questions that say which agency decides: one the form does not ask would leave it, unsaid, to the agency of the stage."""
    for index, row in enumerate(rows):
        if row.addressed_by and row.addressed_by not in asked:
            told = gettext(
                "the form has no question “%(question)s”: name one of its questions, or leave this out"
            )
            yield f"stages[{index}].addressed_by", told % {"question": row.addressed_by[:80]}


def term_faults(row: dict[str, Any], place: str, prefix: str = "") -> Iterator[tuple[str, str]]:
    calendar = row.get(f"{prefix}calendar_days")
    if calendar is None:
        return
    if not isinstance(calendar, int) or isinstance(calendar, bool) or not 0 <= calendar <= 2000:
        yield f"{place}.{prefix}calendar_days", gettext("must be a number of days")
    if row.get(f"{prefix}business_days") is not None:
        yield (
            f"{place}.{prefix}calendar_days",
            gettext("must stand alone: a term counts business days or every day"),
        )
