"""What a sheet says, for comparing: two that mean the same may be written otherwise."""

from typing import Any

# What a row means where it does not say (as `sheets.Sheet` reads it).
_UNSAID: dict[str, dict[str, Any]] = {
    "requirements": {"provided_by": "citizen", "required": True, "upload": False},
    "costs": {"currency": "CLP"},
    "stages": {"order": 1, "required": True},
}
_UNORDERED = ("audience", "life_events", "themes")


def meaning_of(value: Any) -> Any:
    """Return what a sheet says: without what is empty, and with what goes unsaid."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    if isinstance(value, list):
        return [meaning_of(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    said = {key: meaning_of(inner) for key, inner in value.items() if key not in _UNSAID}
    said |= {key: sorted(map(str, said[key])) for key in _UNORDERED if isinstance(said.get(key), list)}
    rows = {
        key: [{**_UNSAID[key], **row} for row in meaning_of(value[key] or [])]
        for key in _UNSAID
        if key in value
    }
    return {key: inner for key, inner in {**said, **rows}.items() if inner not in (None, "", {}, [])}
