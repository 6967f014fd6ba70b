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
# What a sentence of those would be no answer to, by question.
OFFICES = ("La de Santiago Centro", "Valparaíso, un martes a las diez", "Llamé al 101 cerca de las once")
NAMES = ("Rosa Elvira Mella Pinto", "Pedro Segundo Lillo Araya", "Amanda Belén Soto Vera")
TOLD = {
    "account": ("BancoEstado, CuentaRUT", "Banco de Chile, cuenta vista"),
    "case_number": ("RIT 1204-2015", "RUC 1400123456-7", "Rol 88-2009"),
    "client_number": ("00412-7", "1203344-1", "778120-9"),
    "company_name": ("Comercial Ejemplo SpA", "Tiendas Invento Limitada"),
    "country": ("Argentina", "Perú", "España", "Italia", "Brasil"),
    "court": ("Segundo Juzgado de Letras de Talca", "Juzgado de Garantía de Ovalle"),
    "current_name": ("Roza Elvira Mella Pinto", "Pedro 2º Lillo Araya"),
    "debts_detail": ("Un crédito de consumo con un banco y dos cuentas de luz.",),
    "deceased_name": NAMES,
    "employer": ("Panadería Ejemplo", "Agrícola Invento", "Una casa particular"),
    "fault": ("Dejó de encender a la segunda semana.", "Llegó con la pantalla partida."),
    "company_answer": ("Que esperara treinta días; fue el lunes pasado.", "Que no lo cambian sin la caja."),
    "health_centre": ("Hospital de Ejemplo", "Clínica del Invento"),
    "known_since": ("1998", "2004", "2011"),
    "mistake_detail": ("El segundo apellido está mal escrito.", "Falta el segundo nombre."),
    "office": OFFICES,
    "order_number": ("P-2026-00841", "A774-19"),
    "person_name": NAMES,
    "problem": ("En los cerros nadie retira el vidrio.", "Los talleres botan la tela que sobra."),
    "product": ("Queso maduro", "Jugo de uva", "Aceite de oliva", "Galletas de arroz", "Café tostado"),
    "project_name": ("Vidrio de vuelta", "Segunda tela", "Huerto en altura"),
    "prototype": ("Recorre cuatro calles con doce vecinas.", "Lo usan dos talleres desde marzo."),
    "requested_name": NAMES,
    "savings_place": ("BancoEstado", "Una caja de compensación"),
    "solution": ("Un retiro a pie, una vez por semana.", "Un catálogo de lo que sobra, por comuna."),
    "student_ipe": ("100200300-1", "100200411-2"),
    "student_name": NAMES,
    "witnesses": ("La matrona que atendió el parto y una vecina.",),
    "women_role": ("La fundadora, gerenta, y la jefa de producción.",),
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
    longest = int(row.get("max_length") or 200)
    fitting = [words for words in TOLD.get(question.key, SENTENCES) if len(words) <= longest]
    return dice.choice(fitting) if fitting else None


def _member(someone: Citizen, dice: Random, on: date, relation: str) -> dict[str, Any]:
    return {
        "given": dice.choice(("Agustina", "Amaro", "Facundo", "Julieta", "León", "Trinidad")),
        "surnames": f"{someone.surnames.split()[0]} {dice.choice(SURNAMES)}",
        "run": synthetic_run(RELATIVES + 100_000 + someone.number),
        "birth_date": (on - timedelta(days=dice.randint(400, 5800))).isoformat(),
        "relation": relation,
    }
