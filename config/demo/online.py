"""The plan of what happens on the web: applications, looks, answers, withdrawals, drafts, searches, votes."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from config.demo.contacts import after, grade
from config.demo.lives import Life
from config.demo.scenes import web
from config.demo.world import moment

if TYPE_CHECKING:
    from config.demo.plan import Plan

# What people type, in their own words; the last ones find nothing.
WORDS = (
    "carnet", "renovar carnet", "cedula de identidad", "certificado de nacimiento", "certificado antecedentes", "pgu", "pension",
    "bono", "subsidio arriendo", "casa propia", "licencia de conducir", "sacar licencia", "pasaporte", "clave unica", "fonasa",
    "cesantia", "me despidieron", "jubilar", "carga familiar", "matrimonio", "herencia", "multas de transito", "padron auto",
    "transferir auto", "registro social de hogares", "agua potable", "beca alimentacion", "vacunas", "semilla", "emprender",
    "iniciar actividades", "certificado de nasimiento", "pencion", "lisencia", "molestar llamadas", "mascota",
    "permiso de circulacion", "bitcoin", "whatsapp", "dolar hoy", "taxi", "luz", "kryptonita",
)  # fmt: skip


def plan_application(plan: "Plan", life: Life) -> None:
    """Somebody fills in a form and files it."""
    contact, at = plan.next_contact(), _some_time(plan, life.filed_on)
    plan.script_of(life).add(at, partial(web.begin, life=life, contact=contact))
    at = after(at, plan.dice, 240, 1300)
    plan.script_of(life).add(at, partial(web.write, life=life))
    at = after(at, plan.dice, 20, 120)
    plan.script_of(life).add(at, partial(web.file, life=life))
    _grade(plan, life, contact, at)


def plan_draft(plan: "Plan", life: Life) -> None:
    """Somebody begins, is interrupted, and has not come back yet."""
    contact, at = plan.next_contact(), _some_time(plan, life.filed_on)
    plan.script_of(life).add(at, partial(web.begin, life=life, contact=contact))
    plan.script_of(life).add(at + timedelta(minutes=4), partial(web.write, life=life, only=6))
    plan.script_of(life).add(at + timedelta(minutes=34), partial(web.give_up, contact=contact))


def plan_look(plan: "Plan", life: Life, day: date) -> None:
    """Somebody looks how their case goes."""
    contact, at = plan.next_contact(), _some_time(plan, day)
    if day == life.filed_on:
        return
    plan.script_of(life).add(at, partial(web.look, life=life, contact=contact))
    _grade(plan, life, contact, at)


def plan_answer(plan: "Plan", life: Life) -> None:
    """Somebody answers the agency."""
    if life.answered_on is None:
        raise ValueError(f"Nobody answers in case {life.number}.")
    contact, at = plan.next_contact(), _some_time(plan, life.answered_on)
    plan.script_of(life).add(at, partial(web.answer, life=life, contact=contact))
    _grade(plan, life, contact, at)


def plan_withdrawal(plan: "Plan", life: Life) -> None:
    """Somebody does not want it any more."""
    if life.decided_on is None:
        raise ValueError(f"Nobody withdraws case {life.number}.")
    contact, at = plan.next_contact(), _some_time(plan, life.decided_on)
    plan.script_of(life).add(at, partial(web.withdraw, life=life, contact=contact))


def plan_searches(plan: "Plan", days: list[date], count: int) -> None:
    """Searches, some of which find nothing."""
    for _turn in range(count):
        at = _some_time(plan, plan.dice.choice(days))
        plan.scripts[0].add(at, partial(web.search, words=plan.dice.choice(WORDS)))


def plan_votes(plan: "Plan", days: list[date], count: int) -> None:
    """Votes on whether a page was useful."""
    topics = list(plan.world.topics)
    for _turn in range(count):
        topic, useful = plan.topic(topics), plan.dice.random() < 0.82
        saved = plan.dice.choice(("yes", "still", "no")) if useful else "no"
        at = _some_time(plan, plan.dice.choice(days))
        plan.scripts[0].add(at, partial(web.vote, version=topic.version, is_useful=useful, saved=saved))


def _some_time(plan: "Plan", day: date) -> datetime:
    """The web is always open; people use it from breakfast until late."""
    return moment(day, plan.dice.triangular(7.5 * 60, 22.5 * 60, 19 * 60))


def _grade(plan: "Plan", life: Life, contact: int, at: datetime) -> None:
    if told := grade(plan.dice):
        plan.script_of(life).add(
            min(at + told.after, at + timedelta(minutes=20)), partial(web.grade, contact=contact, told=told)
        )
