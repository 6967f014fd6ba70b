"""The JSON Schema of one answer, as it is stored (`checks.stored`)."""

from typing import Any

from catalog.questionnaires.rules import PATTERNS, RELATIONS


def property_of(row: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema 2020-12 of the answer to a question that is right."""
    match row["type"]:
        case "text" | "long_text":
            return _text(row)
        case "choice":
            return {"enum": [option["value"] for option in row["options"]]}
        case "choices":
            values = [option["value"] for option in row["options"]]
            return {"type": "array", "items": {"enum": values}, "uniqueItems": True, **_least(row)}
        case "yes_no":
            return {"type": "boolean"}
        case "declaration":
            return {"const": True}
        case "number" | "money":
            limits = {key: row[key] for key in ("minimum", "maximum") if row.get(key) is not None}
            return {"type": "integer", **limits}
        case "address":
            parts = {"street": _text({"type": "text"}), "commune": _WRITTEN["commune"]}
            return {"type": "object", "properties": parts, "required": ["street", "commune"]}
        case "file":
            return {"type": "object", "required": ["document", "name"]}
        case "people":
            return {
                "type": "array",
                "maxItems": row.get("max_items") or 12,
                **_least(row),
                "items": _person(row),
            }
        case "group":
            return _rows(row)
    return _WRITTEN[row["type"]]


_WRITTEN: dict[str, dict[str, Any]] = {
    "date": {"type": "string", "format": "date"},
    "run": {"type": "string", "pattern": r"^\d{4,8}-[0-9K]$"},
    "commune": {"type": "string", "pattern": r"^\d{5}$"},
    "email": {"type": "string", "format": "email"},
    "phone": {"type": "string", "pattern": r"^\+\d{6,15}$"},
}


def _text(row: dict[str, Any]) -> dict[str, Any]:
    most = row.get("max_length") or (2000 if row["type"] == "long_text" else 200)
    pattern = {"pattern": PATTERNS[row["pattern"]]} if row.get("pattern") else {}
    return {"type": "string", "minLength": row.get("min_length") or 1, "maxLength": most, **pattern}


def _rows(row: dict[str, Any]) -> dict[str, Any]:
    fields = row["fields"]
    one = {
        "type": "object",
        "properties": {field["key"]: property_of(field) for field in fields},
        "required": [field["key"] for field in fields if field.get("required", True)],
    }
    return {"type": "array", "maxItems": row.get("max_items") or 12, **_least(row), "items": one}


def _person(row: dict[str, Any]) -> dict[str, Any]:
    name = _text({"type": "text", "max_length": 120})
    parts = {
        "given": name,
        "surnames": name,
        "run": _WRITTEN["run"],
        "birth_date": _WRITTEN["date"],
        "relation": {"enum": list(row.get("relations") or RELATIONS)},
    }
    return {"type": "object", "properties": parts, "required": ["given", "surnames"]}


def _least(row: dict[str, Any]) -> dict[str, int]:
    """How many an answer has at least: none is no answer, and of one that may be left out a program may say so by an empty list."""
    least = row.get("min_items") or (1 if row.get("required", True) else 0)
    return {"minItems": least} if least else {}
