"""
A sheet that came from elsewhere, over ours: what the other server's format has no place for stays as it is here.

That is the form, the rules of who may get it, who decides, identity levels, mobile offices, English, and whatever of a row is not told there.
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
    "eligibility",
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


def coded_alike(ours: list[Any], theirs: list[Any]) -> list[Any]:
    """
    Return their requirements under our codes: one that says what one of ours says has its code, one that is new a code that none of ours
    has. Their format knows no codes, so one is told from another by its words alone.
    """
    used = {row["code"] for row in ours}
    return [
        {**row, "code": same["code"] if same else _unused_code(row["code"], used)}
        for row, same in _paired(ours, theirs)
    ]


def _paired(ours: list[Any], theirs: list[Any]) -> list[tuple[Any, Any]]:
    """Return their rows, each with the one of ours that says the same; each of ours once, in its order."""
    known: dict[str, list[Any]] = {}
    for row in reversed(ours):
        known.setdefault(_spanish(row.get("label")), []).append(row)
    return [(row, same.pop() if (same := known.get(_spanish(row.get("label")))) else None) for row in theirs]


def _unused_code(wanted: str, used: set[str]) -> str:
    code, number = wanted, 2
    while code in used:
        code, number = f"{wanted[:55]}-{number}", number + 1
    used.add(code)
    return code


def _requirements(ours: list[Any], theirs: list[Any]) -> list[Any]:
    """Their rows under our codes, each as ours where ours tells the same."""
    coded = coded_alike(ours, theirs)
    return [same or row for row, (_theirs, same) in zip(coded, _paired(ours, theirs), strict=True)]


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
