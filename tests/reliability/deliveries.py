"""
Agencies' systems are told each thing once in effect, whatever dies on either side.

10: the worker is killed in the middle of its task, again and again. 18: the receiver is away, fails, hangs or talks nonsense; 16 from our
side: its answer is lost after it took the message.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from accounts.actors import Actor
from common import clock
from crm import actions, tasks
from crm.models import Delivery
from integrations.agency import http as over_http
from integrations.example_agency import ExampleAgency
from tests.crm.receivers import hand_out, no_pause, receiver
from tests.offices.rush import ROOT, environment
from tests.reliability import Outcome

TROUBLES = ("500", "503", "400", "garbage", "silent", "hang")
PATIENCE = 0.3  # seconds for a receiver, in place of ten
FINISHES_WITHIN = 120.0


def _told_of(agency: Any, code: str, cases: int, first: int = 0) -> None:
    """Have so many cases of an agency, each with two things to tell."""
    from tests.factories import accounts as people
    from tests.factories import catalog as sheets
    from tests.factories import crm
    from tests.reliability.filing import Place

    stages = [{"agency": agency.code, "order": 1, "required": True, "term_business_days": 10}]
    sheet = sheets.sheet(code=code, slug=f"certificado-{code}", stages=stages)
    version = sheets.publish(sheet, agency=agency)
    officer = people.staff(f"Olga{code} Vidal", people.Role.OFFICER, agency=agency)
    runs = Place(version, None, number=int(code) * 1000 + first)
    for _one in range(cases):
        case = crm.filed_case(version, applicant_run=runs.next_run())
        actions.take_stage(case.stages.get(), by=Actor.staff(officer))
    hand_out()


def check_killed_workers(*, cases: int, kills: int) -> Outcome:
    """Kill the worker that tells an agency at random moments, and count what took effect there."""
    from tests.factories.accounts import AgencyFactory

    outcome = Outcome("a worker killed while it tells an agency (10)")
    agency: Any = AgencyFactory(code="SRCEI")
    with receiver(agency) as example:
        _told_of(agency, "7001", cases)
        killed = _work_and_kill(agency.pk, kills)
        _finish(agency)
        outcome.wrong += list(_faults(example, agency.pk))
    outcome.figures = {
        "messages": Delivery.objects.count(),
        "killed": killed,
        "sent twice": example.register.repeated,
        "effects": sum(example.register.effects.values()),
        "wrong": len(outcome.wrong),
    }
    if killed < kills:
        outcome.wrong.append(f"the work was done after {killed} kills: give it more cases")
    return outcome


def _work_and_kill(agency_id: int, kills: int) -> int:
    """Let workers, one after another, do what is due, each killed within a tenth of a second while kills are left."""
    command = [sys.executable, "-m", "tests.reliability.deliverer", str(agency_id)]
    killed, drawn = 0, random.Random(41)  # noqa: S311  # the same moments each time
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as worker:
        for line in worker.stdout or ():
            if killed < kills:
                time.sleep(drawn.uniform(0.02, 0.1))
                killed += _kill(int(line))
        worker.wait(timeout=FINISHES_WITHIN)
    return killed


def _kill(pid: int) -> int:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return 0
    return 1


def _finish(agency: Any) -> None:
    """Do what is left, the last killed worker's message included."""
    deadline = time.monotonic() + FINISHES_WITHIN
    while Delivery.objects.unsettled().exists() and time.monotonic() < deadline:
        no_pause()
        tasks.deliver_to_agency(agency_id=agency.pk)


def _faults(example: ExampleAgency, agency_id: int) -> Iterator[str]:
    """What is wrong: a message without its effect or with two, out of order, or given up."""
    rows = dict(Delivery.objects.filter(agency=agency_id).values_list("event_id", "state"))
    yield from (f"{event} is {state}" for event, state in rows.items() if state != "acknowledged")
    effects = example.register.effects
    yield from (f"{event} had no effect" for event in rows if str(event) not in effects)
    yield from (f"{event} took effect {times} times" for event, times in effects.items() if times != 1)
    if example.register.out_of_order:
        yield f"{example.register.out_of_order} messages came after a later one of their case"


def check_troubles(*, cases: int) -> Outcome:
    """Let the receiver misbehave in every way while another agency is told as ever; then lose its answers; then let it be away too long."""
    from tests.factories.accounts import AgencyFactory

    outcome = Outcome("a receiver that is away, fails, hangs or talks nonsense (18)")
    bad: Any = AgencyFactory(code="SRCEI")
    good: Any = AgencyFactory(code="IPS")
    slowest = 0.0
    with receiver(bad) as example, receiver(good) as healthy, _impatient():
        for number, trouble in enumerate(TROUBLES):
            _told_of(bad, f"71{number:02d}", cases)
            _told_of(good, f"72{number:02d}", cases)
            example.trouble = trouble
            tasks.deliver_to_agency(agency_id=bad.pk)
            began = time.monotonic()
            tasks.deliver_to_agency(agency_id=good.pk)
            slowest = max(slowest, time.monotonic() - began)
            if Delivery.objects.filter(agency=good.pk).unsettled().exists():
                outcome.wrong.append(f"{trouble}: the other agency waits")
            if Delivery.objects.dead().exists():
                outcome.wrong.append(f"{trouble}: something was given up at once")
            example.trouble = ""
            _finish(bad)
        lost = _lose_answers(example, bad, cases)
        revived = _give_up_and_send_again(example, bad, cases, outcome)
        outcome.wrong += [*_faults(example, bad.pk), *_faults(healthy, good.pk)]
    outcome.figures = {
        "troubles": len(TROUBLES),
        "messages": Delivery.objects.count(),
        "answers lost": lost,
        "given up and sent again": revived,
        "repeated": example.register.repeated,
        "slowest for the other agency": f"{slowest:.1f} s",
        "wrong": len(outcome.wrong),
    }
    return outcome


def _lose_answers(example: ExampleAgency, agency: Any, cases: int) -> int:
    _told_of(agency, "7300", cases)
    example.answers_lost = cases
    _finish(agency)
    return cases - example.answers_lost


def _give_up_and_send_again(example: ExampleAgency, agency: Any, cases: int, outcome: Outcome) -> int:
    """Two days without an answer: everything is listed as given up, and sent again with one act; done twice, nothing is sent twice."""
    _told_of(agency, "7400", cases)
    example.trouble = "503"
    tasks.deliver_to_agency(agency_id=agency.pk)
    with clock.frozen(clock.now() + timedelta(hours=49)):
        tasks.sweep_deliveries()
        dead = Delivery.objects.dead().count()
        if dead != 2 * cases:
            outcome.wrong.append(f"{dead} of {2 * cases} messages are listed as given up")
        revived = actions.send_all_again(agency, by=Actor.system()).again
        revived += actions.send_all_again(agency, by=Actor.system()).again
        example.trouble = ""
    # The receiver believes signatures of now alone: it is told when the clock is right again.
    Delivery.objects.unsettled().update(next_at=clock.now(), give_up_at=clock.now() + timedelta(hours=48))
    _finish(agency)
    return revived


@contextmanager
def _impatient() -> Iterator[None]:
    before, over_http.TOTAL = over_http.TOTAL, PATIENCE
    try:
        yield
    finally:
        over_http.TOTAL = before


def check_sweeper(*, stuck: int) -> Outcome:
    """19: messages whose worker was lost, whose wait is over, and that are too old: the sweep finds every one."""
    from crm.queries.deliveries import agencies_with_work
    from tests.factories.accounts import AgencyFactory

    outcome = Outcome("stuck messages are found (19)")
    agency: Any = AgencyFactory(code="SRCEI")
    with receiver(agency):
        _told_of(agency, "7500", stuck)
        ids = list(Delivery.objects.order_by("seq").values_list("pk", flat=True))
        past = clock.now() - timedelta(minutes=2)
        Delivery.objects.filter(pk__in=ids[0::3]).update(state="sent", next_at=past)
        Delivery.objects.filter(pk__in=ids[1::3]).update(state="failed", next_at=past)
        Delivery.objects.filter(pk__in=ids[2::3]).update(give_up_at=past)
        if agencies_with_work(clock.now()) != [agency.pk]:
            outcome.wrong.append("the sweep does not see the agency")
        tasks.sweep_deliveries()
        dead = Delivery.objects.dead().count()
        actions.send_all_again(agency, by=Actor.system())
        _finish(agency)
        left = Delivery.objects.exclude(state__in=["acknowledged", "overtaken"]).count()
    if dead != len(ids[2::3]) or left:
        outcome.wrong.append(f"{dead} given up of {len(ids[2::3])}, {left} left")
    outcome.figures = {"stuck": len(ids), "given up aloud": dead, "left": left}
    return outcome
