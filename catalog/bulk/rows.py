"""The rows of a sheet as lines of a cell: requirements, costs, legal basis."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext

from catalog import costs
from catalog.bulk import lines
from catalog.sheets import validity

_FACTS = {
    "state": "state",
    "estado": "state",
    "optional": "optional",
    "opcional": "optional",
    "upload": "upload",
    "adjuntar": "upload",
}
_DOCUMENT = re.compile(r"documento?(?:: ?| )([a-z0-9][a-z0-9-]{0,59})", re.IGNORECASE)
_DAYS = re.compile(r"([0-9]{1,4}) ?(?:days?|d[ií]as?)", re.IGNORECASE)

MOST_LINES = 1_000  # of a cell: more than all variants of a sheet have papers
_SPAN = re.compile(r"([0-9]{1,4}) ?(days?|d[ií]as?|months?|mes(?:es)?|years?|años?)", re.IGNORECASE)
_DECIMALS = re.compile(r"[0-9]{1,12},[0-9]{5,20}")
_UNITS = {"d": "days", "m": "months", "y": "years", "a": "years"}  # by their first letter, in either language
_UNCOUNTED = {
    "no end": validity.NO_END,
    "no vence": validity.NO_END,
    "by law": validity.BY_LAW,
    "según la ley": validity.BY_LAW,
}


class Unreadable(ValueError):
    """A cell says something else than it should, in a sentence."""


class Kept:
    """The rows that were there, by the line each is written as: one whose line is unchanged stays as it was, with what no line holds."""

    def __init__(self, before: list[dict[str, Any]], parts: Callable[[dict[str, Any]], list[str]]) -> None:
        self._left = [(lines.read(lines.written([parts(row)])), row) for row in before]

    def row_of(self, parts: list[str]) -> dict[str, Any] | None:
        """Return a row whose line this is, each once."""
        told = lines.read(lines.written([parts]))
        for index, (line, row) in enumerate(self._left):
            if line == told:
                del self._left[index]
                return row
        return None


def whole(cell: str) -> int:
    """
    Return a number of days or minutes.

    :raises Unreadable: it is none
    """
    if not re.fullmatch(r"[0-9]{1,4}", cell):
        raise Unreadable(gettext("“%(cell)s” is no whole number from 0 to 9999") % {"cell": cell[:40]})
    return int(cell)


# --- validity -------------------------------------------------------------------------------------
def write_validity(row: dict[str, Any] | None) -> str:
    if not row:
        return ""
    words = {code: words for words, code in reversed(_UNCOUNTED.items())}
    return words.get(row["unit"]) or f"{row['count']} {row['unit']}"


def read_validity(cell: str) -> dict[str, Any] | None:
    """
    Return how long something is valid, None for a blank cell.

    :raises Unreadable: it is none of what can be said
    """
    if not cell:
        return None
    if unit := _UNCOUNTED.get(cell.lower()):
        return {"unit": unit}
    if match := _SPAN.fullmatch(cell):
        return {"unit": _UNITS[match[2][0].lower()], "count": int(match[1])}
    raise Unreadable(
        gettext("“%(cell)s” is none of: 60 days, 6 months, 10 years, no end, by law") % {"cell": cell[:40]}
    )


# --- requirements ----------------------------------------------------------------------------------
def write_requirements(rows: list[dict[str, Any]]) -> str:
    return lines.written(requirement_parts(row) for row in rows)


def requirement_parts(row: dict[str, Any]) -> list[str]:
    """Return the parts of one line."""
    return [row["code"], *in_both(row.get("label")), ", ".join(_facts(row)), *in_both(row.get("note"))]


def _facts(row: dict[str, Any]) -> list[str]:
    told = [
        "state" if row.get("provided_by") == "state" else "",
        "" if row.get("required", True) else "optional",
        "upload" if row.get("upload") else "",
        f"{row['valid_days']} days" if row.get("valid_days") else "",
        f"document {row['document_type']}" if row.get("document_type") else "",
    ]
    return [fact for fact in told if fact]


def read_requirements(cell: str, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """
    Return the requirements; one that was there keeps what its line does not hold.

    :raises Unreadable: naming the line
    """
    kept = {row["code"]: row for row in before}
    found: list[dict[str, Any]] = []
    used: set[str] = set()
    for number, parts in enumerate(lines.read(cell), start=1):
        row = requirement_of(parts, number, kept, used)
        used.add(row["code"])
        found.append(row)
    return found


def requirement_of(
    parts: list[str], number: int, kept: dict[str, dict[str, Any]], used: set[str]
) -> dict[str, Any]:
    """
    Return the requirement of one line, over the one that was kept under its code; without one it gets a code that none has.

    :raises Unreadable: naming the line
    """
    code, es, en, facts, note_es, note_en = exactly(parts, 6, number)
    code = code or _new_code(es, {*kept, *used})
    before = {key: value for key, value in kept.get(code, {}).items() if key != "document_type"}
    return {
        **before,
        "code": code,
        "label": pair_of(es, en),
        "note": pair_of(note_es, note_en),
        **_read_facts(facts, number),
    }


def _read_facts(told: str, number: int) -> dict[str, Any]:
    names, days, kind = set(), None, ""
    for fact in filter(None, map(str.strip, told.split(","))):
        if match := _DAYS.fullmatch(fact):
            days = int(match[1])
        elif match := _DOCUMENT.fullmatch(fact):
            kind = match[1].lower()
        elif fact.lower() in _FACTS:
            names.add(_FACTS[fact.lower()])
        else:
            raise Unreadable(
                gettext(
                    "line %(number)s: “%(fact)s” is none of state, optional, upload, a number of days, or document with its kind"
                )
                % {"number": number, "fact": fact[:40]}
            )
    return {
        "provided_by": "state" if "state" in names else "citizen",
        "required": "optional" not in names,
        "upload": "upload" in names,
        "valid_days": days,
        **({"document_type": kind} if kind else {}),
    }


def _new_code(words: str, used: set[str]) -> str:
    stem = slugify(words)[:50].strip("-_") or "paper"
    code, number = stem, 2
    while code in used:
        code, number = f"{stem}-{number}", number + 1
    return code


# --- costs -----------------------------------------------------------------------------------------
def write_costs(rows: list[dict[str, Any]]) -> str:
    return lines.written(cost_parts(row) for row in rows)


def cost_parts(row: dict[str, Any]) -> list[str]:
    """Return the parts of one line."""
    return [f"{_amount(row['amount'])} {row.get('currency') or 'CLP'}", *in_both(row.get("condition"))]


def _amount(amount: Any) -> str:
    return f"{Decimal(str(amount)):f}".replace(".", ",")  # never 1e-05, which nobody reads


def read_costs(cell: str, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """
    Return the costs.

    :raises Unreadable: naming the line
    """
    kept = Kept(before, cost_parts)
    return [
        kept.row_of(parts) or cost_of(parts, number) for number, parts in enumerate(lines.read(cell), start=1)
    ]


def cost_of(parts: list[str], number: int) -> dict[str, Any]:
    """
    Return the cost of one line.

    :raises Unreadable: naming the line
    """
    told, es, en = exactly(parts, 3, number)
    words = told.rsplit(" ", 1)
    currency = words.pop().upper() if words[-1].upper() in costs.CURRENCIES else "CLP"
    typed = " ".join(words)
    # After a comma any decimals are an amount's: a sheet may hold more of them than people type.
    amount = float(typed.replace(",", ".")) if _DECIMALS.fullmatch(typed) else costs.typed_amount(typed)
    if amount is None:
        raise Unreadable(
            gettext("line %(number)s: “%(told)s” is no amount; write it like 3820 CLP or 1,6 UTM")
            % {"number": number, "told": told[:40]}
        )
    return {"amount": amount, "currency": currency, "condition": pair_of(es, en)}


# --- legal basis -----------------------------------------------------------------------------------
def write_laws(rows: list[dict[str, Any]]) -> str:
    return lines.written(_law_parts(row) for row in rows)


def _law_parts(row: dict[str, Any]) -> list[str]:
    return [*in_both(row.get("title")), str(row.get("url") or "")]


def read_laws(cell: str, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """
    Return the legal basis.

    :raises Unreadable: naming the line
    """
    kept = Kept(before, _law_parts)
    return [
        kept.row_of(parts) or {"title": pair_of(es, en), "url": url}
        for number, parts in enumerate(lines.read(cell), start=1)
        for es, en, url in [exactly(parts, 3, number)]
    ]


def exactly(parts: list[str], most: int, number: int) -> list[str]:
    """
    Return so many parts of a line, those that it lacks empty.

    :raises Unreadable: it has more, or is one line more than any sheet has
    """
    if number > MOST_LINES:
        raise Unreadable(gettext("there are more than %(most)s lines") % {"most": MOST_LINES})
    if len(parts) > most:
        raise Unreadable(
            gettext("line %(number)s has %(parts)s parts between bars, and there are %(most)s at most")
            % {"number": number, "parts": len(parts), "most": most}
        )
    return parts + [""] * (most - len(parts))


def pair_of(es: str, en: str) -> dict[str, str]:
    return {language: words for language, words in (("es", es), ("en", en)) if words}


def in_both(pair: Any) -> tuple[str, str]:
    if isinstance(pair, dict):
        return str(pair.get("es") or ""), str(pair.get("en") or "")
    return str(pair or ""), ""
