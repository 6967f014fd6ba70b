"""Cases that several agencies decide: two side by side, then a third. One in each of the states that such a case goes through."""

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from config.demo import online
from config.demo.lives import Life
from config.demo.people import citizen
from config.demo.scenes import agency
from config.demo.world import Topic, add_business_days, moment

if TYPE_CHECKING:
    from config.demo.plan import Plan

BESIDE, THEN = ("SAG", "SEREMI-SALUD"), "ADUANA"
QUESTION = "El certificado de origen no nombra el lote. ¿Puede enviar el de este embarque, por favor?"
# What has happened in each, in order: to whom, and what; each step on a business day of its own.
STATES: tuple[tuple[tuple[str, str], ...], ...] = (
    (),  # all wait
    ((BESIDE[0], "take"), (BESIDE[0], "ask")),
    ((BESIDE[0], "take"), (BESIDE[1], "take"), (BESIDE[0], "granted")),
    ((BESIDE[0], "take"), (BESIDE[1], "take"), (BESIDE[0], "granted"), (BESIDE[1], "granted")),
    (
        (BESIDE[0], "take"),
        (BESIDE[1], "take"),
        (BESIDE[1], "granted"),
        (BESIDE[0], "granted"),
        (THEN, "take"),
        (THEN, "granted"),
    ),
    (
        (BESIDE[0], "take"),
        (BESIDE[1], "take"),
        (BESIDE[1], "denied"),
    ),  # and so the other's part is not needed any more
)


def plan_together(plan: "Plan") -> None:
    """Let somebody apply for what several agencies decide, once for each state; nothing where no such procedure is published."""
    topic = plan.world.together
    if topic is None or not all(plan.world.officers.get(code) for code in (*BESIDE, THEN)):
        return
    for number, steps in enumerate(STATES, start=plan.size.draft + 1):
        _plan_case(plan, number, topic, steps)


def _plan_case(plan: "Plan", number: int, topic: Topic, steps: tuple[tuple[str, str], ...]) -> None:
    filed_on = plan.today - timedelta(days=2 * len(steps) + 3)
    life = Life(number, topic, citizen(number, "13101"), "web", filed_on)
    online.plan_application(plan, life)
    for turn, (code, what) in enumerate(steps, start=1):
        officer = min(
            plan.world.officers[code], key=lambda email: email.startswith("equipo")
        )  # the cast's first
        at = moment(add_business_days(filed_on, turn), 9 * 60 + 40 + 7 * turn)
        do = partial(agency.take, life=life, officer=officer, of=code)
        if what == "ask":
            do = partial(agency.ask, life=life, officer=officer, of=code, question=QUESTION)
        elif what != "take":
            do = partial(agency.decide, life=life, officer=officer, of=code, decision=what)
        plan.script_of(life).add(at, do)
