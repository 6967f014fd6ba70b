"""
The product crashes at every statement, before it and after it, and once more between the commit and what follows it (20).

Whatever was acknowledged is there exactly once: the case, the event, the message to the agency; whatever was not, left nothing. Then the
same act is done again, as whoever got no answer would, and it is as if nothing had happened.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from django.db import connection

from accounts.actors import Actor
from crm import actions
from crm.models import Case, CaseState, ClaimCode, Delivery, Message, Party, Person, Stage, state_of
from events import outbox, tasks
from events.models import Event
from tests.reliability import Outcome

DEEPEST = 28  # statements; no act has so many
TABLES = (Case, Stage, Person, Party, ClaimCode, Message, Event, Delivery)


class Crash(BaseException):
    """The process is gone: nothing that handles errors may see it."""


@dataclass
class Reached:
    """How far an act came: whether the crash came at all."""

    crashed: bool = False


@contextmanager
def crash_at(number: int, *, after: bool) -> Iterator[Reached]:
    """Crash at the `number`-th statement of this connection, before or after it is carried out; `number` 0: right after the commit."""
    reached, seen = Reached(), 0

    def wrapper(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == number and not after:
            reached.crashed = True
            raise Crash
        result = execute(sql, params, many, context)
        if seen == number:
            reached.crashed = True
            raise Crash
        return result

    def nudged() -> None:
        if number == 0:
            reached.crashed = True
            raise Crash

    with mock.patch.object(tasks, "nudge_worker", nudged), connection.execute_wrapper(wrapper):
        yield reached


def tried(act: Callable[[], Any], number: int, *, after: bool) -> bool:
    """Do an act and crash; return whether the crash came."""
    with crash_at(number, after=after) as reached:
        try:
            act()
        except Crash:
            connection.close()  # whatever was not committed is gone with the process
    return reached.crashed


def counted() -> dict[str, int]:
    """How many rows there are of everything that an act may write."""
    return {model.__name__: model.objects.count() for model in TABLES}  # type: ignore[attr-defined]


@dataclass
class Walk:
    """One application on its whole way, each step an act that may be done again."""

    draft: Case
    officer: Actor
    claim: str = "AB2CD3EF"

    def steps(self) -> list[tuple[str, Callable[[], Any]]]:
        return [
            ("submitted", self._submit),
            ("taken", lambda: actions.take_stage(self._stage(), by=self.officer)),
            ("asked", lambda: actions.ask_citizen(self._stage(), by=self.officer, question="¿Cuál?")),
            ("answered", self._answer),
            (
                "granted",
                lambda: actions.decide_stage(self._stage(), by=self.officer, decision="granted", reason=""),
            ),
            ("closed", lambda: actions.close_case(self._case(), by=self.officer)),
            ("handed over", outbox.deliver_pending),
        ]

    def _case(self) -> Case:
        return Case.objects.get(pk=self.draft.pk)

    def _stage(self) -> Stage:
        return Stage.objects.get(case=self.draft.pk)

    def _submit(self) -> None:
        actions.submit_case(self._case(), by=self.draft.holder)  # type: ignore[attr-defined]

    def _answer(self) -> None:
        case = self._case()
        actions.answer_agency(case, by=self.draft.holder, interaction=case.source, text="Ésta.")  # type: ignore[attr-defined]


def check(walks: int, *, seed: int = 20) -> Outcome:
    """
    Let so many applications go their way, each with a crash in every act at one moment: 56 of them are all the moments there are.
    """
    from tests.factories import accounts as people
    from tests.factories import catalog as sheets
    from tests.factories.crm import draft_case
    from tests.reliability.filing import Place

    outcome = Outcome("crashes at every statement (20)")
    agency: Any = people.AgencyFactory(code="SRCEI")  # type: ignore[no-untyped-call]  # factory_boy has no types
    version = sheets.publish(sheets.sheet(), agency=agency)
    officer = Actor.staff(people.staff("Olga Vidal", people.Role.OFFICER, agency=agency))
    actions.subscribe(agency, by=Actor.system(), url="http://127.0.0.1:1/events")
    runs = Place(version, None)
    moments = [(place, after) for place in range(DEEPEST) for after in (False, True)]
    random.Random(seed).shuffle(moments)  # noqa: S311  # the same order each time
    crashes, deepest = 0, 0
    for number in range(walks):
        walk = Walk(draft_case(version, applicant_run=runs.next_run()), officer)
        for name, act in walk.steps():
            place, after = moments[number % len(moments)]
            before = counted()
            if tried(act, place, after=after):
                crashes += 1
                deepest = max(deepest, place)
                if place and name != "handed over" and counted() != before:
                    outcome.wrong.append(f"{name}, crashed at statement {place}: it left something")
                if place or name == "handed over":
                    act()
        outcome.wrong += [f"walk {number}: {what}" for what in _faults(walk.draft)]
    outcome.figures = {"walks": walks, "crashes": crashes, "deepest": deepest, "wrong": len(outcome.wrong)}
    return outcome


def _faults(draft: Case) -> Iterator[str]:
    """What is not as it would be without a crash."""
    case = Case.objects.get(pk=draft.pk)
    if case.state != CaseState.CLOSED or state_of(case.stages.all()) != CaseState.GRANTED:
        yield f"the case is {case.state}"
    kinds = list(Event.objects.filter(subject_id=case.pk).order_by("seq").values_list("kind", flat=True))
    wanted = ["case.submitted", "case.taken", "case.asked", "case.answered", "case.granted", "case.closed"]
    if [kind for kind in kinds if kind in wanted] != wanted:
        yield f"its events are {kinds}"
    if Event.objects.undelivered().filter(subject_id=case.pk).exists():
        yield "an event is not handed over"
    if case.stages.count() != 1 or case.parties.count() != 1:
        yield "it has other parts or parties than one"
    if case.revision != case.messages.count() + 5:
        yield f"its revision is {case.revision}"
