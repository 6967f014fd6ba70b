"""Where a procedure is done otherwise, as lines of three cells: the places and their words, their costs, their papers."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext

from catalog.bulk import lines, rows
from catalog.bulk.rows import Unreadable, exactly, in_both, pair_of

_TERM = re.compile(
    r"([0-9]{1,4}) ?(business days?|days?|d[ií]as? h[aá]bil(?:es)?|d[ií]as?(?: corridos)?)", re.IGNORECASE
)
_COMMUNES = re.compile(r"[0-9]{5}(?:, ?[0-9]{5})*")


def write_term(term: dict[str, Any] | None) -> str:
    """Return the days of a term as a cell holds them."""
    term = term or {}
    if term.get("business_days") is not None:
        return f"{term['business_days']} business days"
    return f"{term['calendar_days']} days" if term.get("calendar_days") is not None else ""


def read_term(words: str) -> dict[str, int]:
    """
    Return the days of a term, empty for none.

    :raises Unreadable: it is no number of days
    """
    if not words:
        return {}
    found = _TERM.fullmatch(" ".join(words.split()))
    if found is None:
        raise Unreadable(
            gettext("“%(words)s” is no term; write it like 10 business days or 30 days")
            % {"words": words[:40]}
        )
    counts_business = "business" in found[2].lower() or "h" in found[2].lower()
    return {"business_days" if counts_business else "calendar_days": int(found[1])}


def key_of(row: dict[str, Any]) -> str:
    """Return where a variant holds, as a line begins with it."""
    return ", ".join(row.get("communes") or []) or str(row.get("agency") or "")


def write_variants(variants: list[dict[str, Any]]) -> str:
    return lines.written(
        [
            key_of(row),
            *in_both(row.get("text")),
            str(row.get("url") or ""),
            write_term(row.get("term")),
            *in_both((row.get("term") or {}).get("text")),
        ]
        for row in variants
    )


def read_variants(cell: str, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """
    Return the variants, each with the costs and papers that it had; one whose places alone changed is known by its line.

    :raises Unreadable: naming the line
    """
    parted = [exactly(parts, 7, number) for number, parts in enumerate(lines.read(cell), start=1)]
    places = [_places(parts[0], number) for number, parts in enumerate(parted, start=1)]
    kept = {key_of(row): row for row in before}
    written = {key_of(place) for place in places}
    found = []
    for index, (place, parts) in enumerate(zip(places, parted, strict=True)):
        same_line = before[index] if index < len(before) and key_of(before[index]) not in written else {}
        was = kept.get(key_of(place), same_line)
        row = {name: value for name, value in was.items() if name not in {"communes", "agency"}}
        row |= {
            **place,
            "text": pair_of(parts[1], parts[2]),
            "url": parts[3],
            "term": _term(parts, index + 1),
        }
        found.append({name: value for name, value in row.items() if value})
    return found


def _term(parts: list[str], number: int) -> dict[str, Any]:
    try:
        term: dict[str, Any] = dict(read_term(parts[4]))
    except Unreadable as error:
        raise Unreadable(_at(number, str(error))) from None
    if words := pair_of(parts[5], parts[6]):
        term["text"] = words
    return term


def _places(words: str, number: int) -> dict[str, Any]:
    if _COMMUNES.fullmatch(words):
        return {"communes": re.findall(r"[0-9]{5}", words)}
    if not words or "," in words:
        told = gettext(
            "begin with codes of communes, of five digits each and with commas, or an agency's code"
        )
        raise Unreadable(_at(number, told))
    return {"agency": words}


def _at(number: int, sentence: str) -> str:
    return gettext("line %(number)s: %(sentence)s") % {"number": number, "sentence": sentence}


# --- their costs and papers --------------------------------------------------------------------------
def write_costs(variants: list[dict[str, Any]]) -> str:
    return _written(variants, "costs", rows.cost_parts)


def write_requirements(variants: list[dict[str, Any]]) -> str:
    return _written(variants, "requirements", rows.requirement_parts)


def _written(variants: list[dict[str, Any]], name: str, parts: Callable[[dict[str, Any]], list[str]]) -> str:
    return lines.written([key_of(one), *parts(row)] for one in variants for row in one.get(name) or [])


def read_costs(cell: str, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """
    Return the variants with the costs of a cell.

    :raises Unreadable: naming the line
    """
    found: dict[str, list[Any]] = {}
    kept = {key_of(one): rows.Kept(one.get("costs") or [], rows.cost_parts) for one in before}
    for number, key, parts in _keyed(cell, before):
        row = kept[key].row_of(parts) or rows.cost_of(parts, number)
        found.setdefault(key, []).append(row)
    return [_with(row, "costs", found.get(key_of(row), [])) for row in before]


def read_requirements(cell: str, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """
    Return the variants with the papers of a cell; one that was there keeps what its line does not hold.

    :raises Unreadable: naming the line
    """
    found: dict[str, list[Any]] = {}
    kept = {key_of(one): {row["code"]: row for row in one.get("requirements") or []} for one in before}
    for number, key, parts in _keyed(cell, before):
        mine = found.setdefault(key, [])
        used = {row["code"] for row in mine}
        mine.append(rows.requirement_of(parts, number, kept[key], used))
    return [_with(row, "requirements", found.get(key_of(row), [])) for row in before]


def _keyed(cell: str, variants: list[dict[str, Any]]) -> Iterator[tuple[int, str, list[str]]]:
    known = {key_of(row) for row in variants}
    for number, parts in enumerate(lines.read(cell), start=1):
        key = key_of(_places(parts[0], number))
        if key not in known:
            told = gettext("“%(where)s” begins no line of “variants”") % {"where": key[:60]}
            raise Unreadable(_at(number, told))
        yield number, key, parts[1:]


def _with(row: dict[str, Any], name: str, value: list[Any]) -> dict[str, Any]:
    rest = {key: inner for key, inner in row.items() if key != name}
    return {**rest, name: value} if value else rest
