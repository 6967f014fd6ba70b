"""
A sheet that came from elsewhere, over ours: what the other server's format has no place for stays as it is here.

That is the form, who decides, identity levels, mobile offices, English, and whatever of a row is not told there.
"""

import copy
from typing import Any

KEPT = (
    "summary",
    "completeness",
    "applicant",
    "audience",
    "life_events",
    "synonyms",
    "related",
    "voice",
    "right",
    "anonymous",
    "variants",
    "stages",
    "levels",
    "form",
    "questions_for_agency",
)
UNTOLD_CHANNELS = ("mobile",)
UNTOLD_OF_CHANNEL = ("mode", "minutes")


def carried_over(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """Return their text with what only ours can say; without ours, theirs as it is."""
    if not ours:
        return copy.deepcopy(theirs)
    made = copy.deepcopy(theirs)
    for key in KEPT:
        made.pop(key, None)
        if key in ours:
            made[key] = copy.deepcopy(ours[key])
    made["title"] = _pair(ours.get("title"), theirs.get("title"))
    made["keywords"] = {**(ours.get("keywords") or {}), **(theirs.get("keywords") or {})}
    made["themes"] = theirs.get("themes") or ours.get("themes") or []
    sections = ours.get("sections") or {}
    made["sections"] = {
        name: _pair(sections.get(name), words) for name, words in (theirs.get("sections") or {}).items()
    }
    _carry_validity(made, ours)
    made["term"] = _term(ours.get("term") or {}, theirs.get("term") or {})
    made["requirements"] = _requirements(ours.get("requirements") or [], theirs.get("requirements") or [])
    made["costs"] = _rows(ours.get("costs") or [], theirs.get("costs") or [], _cost_key)
    made["legal_basis"] = _rows(ours.get("legal_basis") or [], theirs.get("legal_basis") or [], _law_key)
    made["channels"] = _channels(ours.get("channels") or {}, theirs.get("channels") or {})
    made["sources"] = _sources(ours.get("sources") or [], theirs.get("sources") or [])
    return made


def _spanish(pair: Any) -> str:
    words = pair.get("es") if isinstance(pair, dict) else pair
    return " ".join(str(words or "").split())


def _pair(ours: Any, theirs: Any) -> Any:
    """Their Spanish with our English."""
    if not isinstance(ours, dict):
        return theirs
    return ours if _spanish(ours) == _spanish(theirs) else {**ours, **(theirs or {})}


def _carry_validity(made: dict[str, Any], ours: dict[str, Any]) -> None:
    """Leave how long it is valid, as data, as it is here where the words of both say the same."""
    before = (ours.get("sections") or {}).get("validity")
    if _spanish(before) == _spanish((made.get("sections") or {}).get("validity")):
        made.pop("valid_for", None)
        if "valid_for" in ours:
            made["valid_for"] = copy.deepcopy(ours["valid_for"])


def _term(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    if _spanish(ours.get("text")) == _spanish(theirs.get("text")):
        return ours
    return {**theirs, "text": _pair(ours.get("text"), theirs.get("text"))}


def _cost_key(row: dict[str, Any]) -> Any:
    return row.get("amount"), row.get("currency") or "CLP", _spanish(row.get("condition"))


def _law_key(row: dict[str, Any]) -> Any:
    return _spanish(row.get("title"))


def _rows(ours: list[Any], theirs: list[Any], key: Any) -> list[Any]:
    """Their rows, each as ours where ours tells the same."""
    known = {key(row): row for row in ours}
    return [known.get(key(row), row) for row in theirs]


def _requirements(ours: list[Any], theirs: list[Any]) -> list[Any]:
    """As `_rows`; what is new gets a code that none of ours has."""
    known = {_spanish(row.get("label")): row for row in ours}
    used = {row["code"] for row in ours}
    found = []
    for row in theirs:
        if same := known.pop(_spanish(row.get("label")), None):
            found.append(same)
            continue
        code, number = row["code"], 2
        while code in used:
            code, number = f"{row['code'][:55]}-{number}", number + 1
        used.add(code)
        found.append({**row, "code": code})
    return found


def _channels(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    found = {code: ours[code] for code in UNTOLD_CHANNELS if code in ours}
    for code, guide in theirs.items():
        mine = ours.get(code) or {}
        untold = {key: mine[key] for key in UNTOLD_OF_CHANNEL if key in mine}
        found[code] = {**guide, **untold, "text": _pair(mine.get("text"), guide.get("text"))}
    return found


def _sources(ours: list[Any], theirs: list[Any]) -> list[Any]:
    known = {row.get("url") for row in ours}
    return [*ours, *(row for row in theirs if row.get("url") not in known)]
