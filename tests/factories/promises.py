"""Cases with a promise: filed, decided, asked, withdrawn and opened again at a clock that is set."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.actors import Actor
from accounts.models import Role, User
from catalog.models import ProcedureVersion
from common import clock
from crm import actions
from crm.models import Case, Stage
from territory.models import Office
from tests.factories import crm
from tests.factories.accounts import staff

ZONE = ZoneInfo("America/Santiago")
FILED = datetime(2026, 11, 9, 12, tzinfo=ZONE)
DUE = date(2026, 11, 23)  # ten business days later


def at(day: int, hour: int = 12, minute: int = 0, second: int = 0) -> datetime:
    """A moment of November 2026 in the network's zone; days after the 30th go on into December."""
    return datetime(2026, 11, 1, hour, minute, second, tzinfo=ZONE) + timedelta(days=day - 1)


def officer_of(stage: Stage) -> Actor:
    """Return an officer of the agency that decides a stage."""
    agency = stage.agency
    with clock.frozen(FILED - timedelta(days=90)):  # in office since before
        user = User.objects.filter(memberships__agency=agency).first()
        return Actor.staff(user or staff(f"Oficial {agency.code}", Role.OFFICER, agency=agency))


def file(version: ProcedureVersion, on: datetime = FILED, office: Office | None = None) -> Case:
    """Return a case filed on the web or at an office, taken by an officer at once."""
    with clock.frozen(on):
        contact = actions.open_interaction("office", by=Actor.system(), office=office) if office else None
        case = crm.filed_case(version, contact=contact)
        actions.take_stage(stage := _stage(case), by=officer_of(stage))
    return case


def decide(case: Case, on: datetime, decision: str = "granted") -> None:
    with clock.frozen(on):
        actions.decide_stage(
            stage := _stage(case), by=officer_of(stage), decision=decision, reason="Corresponde."
        )


def ask(case: Case, on: datetime) -> None:
    with clock.frozen(on):
        actions.ask_citizen(stage := _stage(case), by=officer_of(stage), question="¿Qué falta?")


def answer(case: Case, on: datetime) -> None:
    with clock.frozen(on):
        holder = Actor.visitor(frozenset({case.pk}))
        actions.answer_agency(case, by=holder, interaction=case.source, text="Esto.")


def withdraw(case: Case, on: datetime) -> None:
    with clock.frozen(on):
        holder = Actor.visitor(frozenset({case.pk}))
        actions.withdraw_case(case, by=holder, interaction=case.source)


def lapse(case: Case, on: datetime) -> None:
    with clock.frozen(on):
        actions.lapse_stage(stage := _stage(case), by=officer_of(stage), reason="Nadie contestó.")


def close(case: Case, on: datetime) -> None:
    with clock.frozen(on):
        actions.close_case(case, by=officer_of(_stage(case)))


def reopen(case: Case, on: datetime) -> None:
    with clock.frozen(on):
        actions.reopen_stage(stage := _stage(case), by=officer_of(stage), reason="Faltaba un dato.")


def _stage(case: Case) -> Stage:
    return Stage.objects.select_related("agency").get(case=case)


def history(
    size: int, versions: list[ProcedureVersion], seed: int = 7, offices: Sequence[Office] = ()
) -> list[Case]:
    """
    Return cases of every fate, the same for the same seed: in time, late, still open, asked, ended otherwise.

    :param offices: where every other case is filed; without them all are filed on the web
    """
    dice = random.Random(seed)  # noqa: S311  # a test's history, not a secret
    made = []
    for number in range(size):
        office = offices[number % len(offices)] if offices and number % 2 else None
        case = file(dice.choice(versions), FILED + timedelta(days=dice.randrange(4)), office)
        fate = dice.choice(["decided", "decided", "decided", "open", "asked", "withdrawn", "lapsed", "again"])
        when = at(14 + dice.randrange(20), dice.randrange(24))
        if fate == "decided":
            decide(case, when, dice.choice(["granted", "denied", "referred"]))
        elif fate in {"asked", "lapsed"}:
            ask(case, when)
        elif fate == "withdrawn":
            withdraw(case, when)
        elif fate == "again":
            decide(case, when)
            close(case, when + timedelta(hours=1))
            reopen(case, when + timedelta(hours=2))
        if fate == "lapsed":
            lapse(case, when + timedelta(days=60))
        if fate in {"decided", "withdrawn", "lapsed"} and dice.random() < 0.5:
            close(case, when + timedelta(days=61))
        Case.objects.filter(pk=case.pk).update(
            half_days=7, most_days=dice.choice([14, None]), estimated_from=40
        )
        made.append(Case.objects.get(pk=case.pk))
    return made
