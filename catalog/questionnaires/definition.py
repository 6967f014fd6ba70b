"""
From a list of questions to JSON Schema 2020-12 plus a small interface schema (docs/catalogue-format.md).

`compiled()` refuses a form that contradicts itself, with the line that is wrong.
"""

import re
from typing import Any

TYPES = [
    "text",
    "long_text",
    "choice",
    "choices",
    "yes_no",
    "date",
    "number",
    "money",
    "run",
    "commune",
    "address",
    "phone",
    "email",
    "file",
    "declaration",
    "people",
]
MAX_QUESTIONS = 200
DIALECT = "https://json-schema.org/draft/2020-12/schema"


class FormInvalid(ValueError):
    """A form contradicts itself; `problems` lists (place, sentence)."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{place}: {sentence}" for place, sentence in problems))
        self.problems = problems


def compiled(rows: Any) -> dict[str, Any]:
    """
    Return `{"schema": JSON Schema, "ui": {"questions": […]}}`; an empty list gives an empty form.

    :raises FormInvalid: with every problem found
    """
    if not rows:
        return {}
    if not isinstance(rows, list) or len(rows) > MAX_QUESTIONS:
        raise FormInvalid([("", f"must be a list of at most {MAX_QUESTIONS} questions")])
    problems: list[tuple[str, str]] = []
    earlier: dict[str, dict[str, Any]] = {}
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            problems.append((f"[{index}]", "must be a mapping"))
            continue
        problems += [(f"[{index}] {row.get('key', '?')}", sentence) for sentence in _faults(row, earlier)]
        earlier[str(row.get("key"))] = row
    if problems:
        raise FormInvalid(problems)
    return {"schema": _schema(rows), "ui": {"questions": rows}}


def _faults(row: dict[str, Any], earlier: dict[str, dict[str, Any]]) -> list[str]:
    faults = []
    key, kind = row.get("key"), row.get("type")
    if (
        not isinstance(key, str)
        or not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", key)
        or key.startswith("applicant_")
    ):
        faults.append("key must be snake_case, at most 60 characters, and not start with applicant_")
    if key in earlier:
        faults.append("key stands twice")
    if kind not in TYPES:
        faults.append(f"type must be one of {', '.join(TYPES)}")
    if not isinstance(row.get("question"), dict) or not row["question"].get("es"):
        faults.append("question must have a Spanish text")
    if kind in {"choice", "choices"}:
        values = [option.get("value") for option in row.get("options") or [] if isinstance(option, dict)]
        if (
            len(values) < 2
            or len(set(values)) != len(values)
            or not all(isinstance(v, str) and v for v in values)
        ):
            faults.append("options must be two or more, each with a value of its own")
    if kind == "declaration" and not isinstance(row.get("statement"), dict):
        faults.append("a declaration must have a statement")
    if "minimum" in row and "maximum" in row and row["minimum"] > row["maximum"]:
        faults.append("minimum is larger than maximum")
    if "show_if" in row:
        faults += _condition_faults(row["show_if"], earlier)
    return faults


def _condition_faults(condition: Any, earlier: dict[str, dict[str, Any]]) -> list[str]:
    if not isinstance(condition, dict) or ("is" in condition) == ("in" in condition):
        return ["show_if must name a question and either `is` or `in`"]
    about = earlier.get(str(condition.get("question")))
    if about is None:
        return [f"show_if asks “{condition.get('question')}”, which does not come before"]
    wanted = condition["in"] if "in" in condition else [condition["is"]]
    if about.get("type") in {"choice", "choices"}:
        values = {option["value"] for option in about.get("options", [])}
        unknown = [str(one) for one in wanted if one not in values]
        if unknown:
            return [
                f"show_if waits for “{', '.join(unknown)}”, which is no option of {condition['question']}"
            ]
    elif about.get("type") == "yes_no" and not all(isinstance(one, bool) for one in wanted):
        return ["show_if on a yes/no question waits for true or false"]
    return []


def _schema(rows: list[dict[str, Any]]) -> dict[str, Any]:
    always = [row["key"] for row in rows if row.get("required", True) and "show_if" not in row]
    schema: dict[str, Any] = {
        "$schema": DIALECT,
        "type": "object",
        "properties": {row["key"]: _property(row) for row in rows},
        "required": always,
        "additionalProperties": True,
    }
    conditional = [row for row in rows if row.get("required", True) and "show_if" in row]
    if conditional:
        schema["allOf"] = [
            {
                "if": {
                    "properties": {row["show_if"]["question"]: {"enum": wanted_values(row["show_if"])}},
                    "required": [row["show_if"]["question"]],
                },
                "then": {"required": [row["key"]]},
            }
            for row in conditional
        ]
    return schema


def wanted_values(condition: dict[str, Any]) -> list[Any]:
    """Return the answers for which a conditional question is asked."""
    return list(condition["in"]) if "in" in condition else [condition["is"]]


def _property(row: dict[str, Any]) -> dict[str, Any]:
    text: dict[str, Any] = {"type": "string", "minLength": 1}
    match row["type"]:
        case "text":
            return text | {"maxLength": row.get("max_length", 200)}
        case "long_text":
            return text | {"maxLength": row.get("max_length", 2000)}
        case "choice":
            return {"enum": [option["value"] for option in row["options"]]}
        case "choices":
            values = [option["value"] for option in row["options"]]
            return {"type": "array", "items": {"enum": values}, "uniqueItems": True}
        case "yes_no":
            return {"type": "boolean"}
        case "declaration":
            return {"const": True}
        case "date":
            return {"type": "string", "format": "date"}
        case "number" | "money":
            limits: dict[str, Any] = {key: row[key] for key in ("minimum", "maximum") if key in row}
            return {"type": "integer", **limits}
        case "run":
            return {"type": "string", "pattern": r"^\d{4,8}-[0-9K]$"}
        case "commune":
            return {"type": "string", "pattern": r"^\d{5}$"}
        case "email":
            return {"type": "string", "format": "email"}
        case "phone":
            return {"type": "string", "pattern": r"^\+\d{6,15}$"}
        case "address":
            return {"type": "object", "required": ["street", "commune"]}
        case "file":
            return {"type": "object", "required": ["document", "name"]}
        case "people":
            return {"type": "array", "maxItems": row.get("max_items", 12), "items": {"type": "object"}}
    raise AssertionError(row["type"])
