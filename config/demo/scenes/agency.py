"""At the agencies: taking, asking, deciding, closing."""

from accounts.actors import Actor
from config.demo.lives import Life
from config.demo.scenes.stage import Stage
from crm import actions as crm

QUESTIONS = (
    "El documento que adjuntó no se lee bien. ¿Puede enviarlo de nuevo, por favor?",
    "Falta el comprobante de domicilio de los últimos tres meses.",
    "¿Puede aclarar desde qué fecha vive en esa dirección?",
    "Necesitamos saber si recibe otro beneficio por el mismo motivo.",
)
REASONS = {
    "denied": "No cumple uno de los requisitos de la ley. Puede pedir que se revise dentro de cinco días hábiles.",
    "referred": "Esto lo resuelve otro servicio: le enviamos sus antecedentes y le avisarán.",
    "granted": "",
}
AGAIN = "La persona presentó un antecedente nuevo."


def take(stage: Stage, *, life: Life, officer: str, of: str = "") -> None:
    crm.take_stage(stage.part(life.number, of), by=stage.actor(officer))


def accept_papers(stage: Stage, *, life: Life, officer: str) -> None:
    for paper in stage.case(life.number).documents.current().filter(state="received"):
        crm.judge_document(paper, by=stage.actor(officer), state="accepted")


def ask(stage: Stage, *, life: Life, officer: str, of: str = "", question: str = "") -> None:
    question = question or QUESTIONS[life.number % len(QUESTIONS)]
    crm.ask_citizen(stage.part(life.number, of), by=stage.actor(officer), question=question)


def decide(stage: Stage, *, life: Life, officer: str, decision: str, of: str = "") -> None:
    part, reason = stage.part(life.number, of), REASONS[decision]
    crm.decide_stage(part, by=stage.actor(officer), decision=decision, reason=reason)


def close(stage: Stage, *, life: Life) -> None:
    crm.close_case(stage.case(life.number), by=Actor.system())


def reopen(stage: Stage, *, life: Life, officer: str) -> None:
    crm.reopen_stage(stage.part(life.number), by=stage.actor(officer), reason=AGAIN)
