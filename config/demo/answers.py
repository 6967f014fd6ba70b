"""Filling in any form, the way a citizen would: an answer of the right kind to every question that applies."""

from datetime import date, timedelta
from random import Random
from typing import Any

from catalog.questionnaires.members import identified
from catalog.questionnaires.question import Question, Questionnaire
from config.demo.people import SURNAMES, Citizen, synthetic_run

SENTENCES = (
    "Necesito este trámite para postular a un beneficio.",
    "Ya presenté los papeles en otra oficina y me pidieron hacerlo aquí.",
    "Vivo con mi madre y mis dos hijos; somos cuatro en la casa.",
    "El plazo vence a fin de mes y quisiera saber si alcanzo.",
)
# What a sentence would be no answer to.
TOLD = {
    "product": ("Queso maduro", "Jugo de uva", "Aceite de oliva", "Galletas de arroz", "Café tostado"),
    "country": ("Argentina", "Perú", "España", "Italia", "Brasil"),
}
RELATIVES = 49_700_000


def answers_of(form: Questionnaire, someone: Citizen, *, seed: str, on: date) -> dict[str, Any]:
    """Return answers to all questions that apply but files; the same ones for the same `seed`."""
    dice = Random(seed)  # noqa: S311
    given: dict[str, Any] = {}
    about = someone.about()
    for question in form.questions:
        if question.is_asked(given) and question.kind != "file":
            value = about[question.key] if question.key in about else _answer(question, someone, dice, on)
            if value is not None:
                given[question.key] = value
    return given


def files_of(form: Questionnaire, given: dict[str, Any]) -> list[Question]:
    """Return the questions that ask for a file."""
    return [question for question in form.asked(given) if question.kind == "file" and question.required]


def _answer(question: Question, someone: Citizen, dice: Random, on: date) -> Any:
    if not question.required and dice.random() < 0.4:
        return None
    row = question.row
    match question.kind:
        case "choice":
            return dice.choice(question.options)[0]
        case "choices":
            return [dice.choice(question.options)[0]]
        case "yes_no":
            return dice.random() < 0.6
        case "declaration":
            return True
        case "date":
            return (on - timedelta(days=dice.randint(20, 400))).isoformat()
        case "number" | "money":
            low = int(row.get("minimum") or 1)
            return dice.randint(low, max(low, int(row.get("maximum") or low + 9)))
        case "run":
            return synthetic_run(RELATIVES + dice.randint(1, 99_999))
        case "commune":
            return someone.commune
        case "address":
            return {"street": f"Calle de Ejemplo {dice.randint(1, 999)}", "commune": someone.commune}
        case "phone":
            return someone.phone
        case "email":
            return someone.email or "persona@demo.invalid"
        case "name":
            return {"given": "Ejemplo", "surnames": dice.choice(SURNAMES)}
        case "people":
            return identified([_member(someone, dice, on, dice.choice(question.relations)[0])])
    return dice.choice(TOLD.get(question.key, SENTENCES))[: int(row.get("max_length") or 200)]


def _member(someone: Citizen, dice: Random, on: date, relation: str) -> dict[str, Any]:
    return {
        "given": dice.choice(("Agustina", "Amaro", "Facundo", "Julieta", "León", "Trinidad")),
        "surnames": f"{someone.surnames.split()[0]} {dice.choice(SURNAMES)}",
        "run": synthetic_run(RELATIVES + 100_000 + someone.number),
        "birth_date": (on - timedelta(days=dice.randint(400, 5800))).isoformat(),
        "relation": relation,
    }
