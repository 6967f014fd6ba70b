"""Questions of every kind, and answers to them."""

from typing import Any

from catalog.questionnaires.question import Question, Questionnaire


def pair(es: str, en: str = "") -> dict[str, str]:
    return {"es": es, **({"en": en} if en else {})}


def row(key: str, kind: str = "text", **changes: Any) -> dict[str, Any]:
    """Return a question of a kind, with what the kind cannot do without."""
    needed: dict[str, dict[str, Any]] = {
        "choice": {"options": options("uno", "dos", "tres")},
        "choices": {"options": options("uno", "dos", "tres")},
        "declaration": {"statement": pair("Declaro que es verdad.", "I declare it is true.")},
        "group": {"fields": [field("plate"), field("year", "number")], "item": pair("Vehículo", "Vehicle")},
    }
    words = {"question": pair(f"¿{key}?", f"{key}?")}
    return {"key": key, "type": kind, **words, **needed.get(kind, {}), **changes}


def field(key: str, kind: str = "text", **changes: Any) -> dict[str, Any]:
    """Return a field of a group's rows."""
    return {"key": key, "type": kind, "question": pair(key.capitalize(), key.capitalize()), **changes}


def options(*values: str) -> list[dict[str, Any]]:
    return [{"value": value, "label": pair(value.capitalize(), value)} for value in values]


GOOD: dict[str, Any] = {
    "text": "Algo",
    "long_text": "Algo más",
    "choice": "uno",
    "choices": ["uno", "tres"],
    "yes_no": True,
    "date": "2026-02-03",
    "number": 3,
    "money": 45000,
    "run": "12345678-5",
    "commune": "13101",
    "address": {"street": "Calle 1", "commune": "13101"},
    "phone": "+56987654321",
    "email": "amina@test.invalid",
    "file": {"document": "x", "name": "papel.pdf"},
    "declaration": True,
    "people": [
        {"given": "Luz", "surnames": "Rojas", "birth_date": "2015-02-01", "relation": "child", "run": ""}
    ],
    "group": [{"plate": "ABCD12", "year": 2019}],
}


def answered(form: Questionnaire) -> dict[str, Any]:
    """Return a good answer to every question of its own that applies, as far as its rules let our examples."""
    given: dict[str, Any] = {}
    for question in form.questions:
        if question.is_asked(given) and not question.key.startswith("applicant_"):
            given[question.key] = good_answer(question)
    return given


def good_answer(question: Question) -> Any:
    """Return an answer that a question takes."""
    rules = question.row
    match question.kind:
        case "choice":
            return question.options[0][0]
        case "choices":
            return [question.options[-1][0]]
        case "number" | "money":
            low, high = rules.get("minimum"), rules.get("maximum")
            return low if low is not None else high if high is not None else 3
        case "date":
            return "2150-02-03" if rules.get("future") else "2001-02-03"
        case "text" | "long_text":
            return "7" * (rules.get("min_length") or 1)
        case "people":
            return GOOD["people"] * question.min_items
        case "group":
            one = {inner.key: good_answer(inner) for inner in question.fields}
            return [one] * question.min_items
    return GOOD[question.kind]
