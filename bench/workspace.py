"""
The workspace of an agency's officer: every list, first and 1,000th page, and opening a case; among 10,000 cases and, in the same run,
among a million with five million events and three million contacts.

    python3 dev.py bench workspace [--cases 1000000] [--rounds 40] [--unskewed]

Then, at the large size, one agency is given 70 % of all cases and one citizen 5,000 of them, and everything is measured again.

Beside each list: a bare statement that reads thirty rows of the table by their key, in the same run. At a small size the last page stands
for the 1,000th, and says so.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bench import _people_set, _setup, _workspace_set
from bench.people import overheard

SMALL = 10_000
MOST_MS = 100.0
RATIO = 1.3
SKEWED = 2.0
FLOOR_MS = 2.0  # what is quicker than this at both sizes is the same: noise, not growth
MOST_QUESTIONS = 12
DEEP = 1_000  # pages
BARELY = "bare thirty rows"  # no target: how much it differs between two runs is the machine's doing
BARE = "SELECT * FROM crm_stage ORDER BY id LIMIT 30"


@dataclass
class Measured:
    """Milliseconds in the database of each call, and the questions it asked at most."""

    database: list[float] = field(default_factory=list)
    questions: int = 0

    @property
    def p95(self) -> float:
        return _setup.percentiles(self.database)[1]


def measure(act: Callable[[], Any], rounds: int) -> Measured:
    """Do an act so many times, once more before to warm what every process has warm."""
    found = Measured()
    act()
    for _ in range(rounds):
        with overheard() as said:
            act()
        found.database.append(sum(wait for *_, wait in said))
        found.questions = max(found.questions, len(said))
    return found


def lists(officer: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every list of the workspace, by name."""
    from datetime import timedelta

    from accounts.actors import Actor
    from catalog.models import Procedure
    from common import clock
    from crm.models import Stage, Task
    from crm.panels.work import mine_lines, task_lines, work_lines
    from crm.queries import work
    from crm.queries.counts import counts
    from crm.queries.mine import my_page, team_tasks
    from crm.queries.neighbours import AGENCY_LIST
    from crm.queries.work import MY_ORDER, WorkFilter, agency_work, work_page

    by = Actor.staff(officer)
    first = Stage.objects.of_agencies(by).open().order_by("id").values("procedure")[:1]
    busiest = Procedure.objects.get(pk__in=first)
    choices = {
        "all": WorkFilter(),
        "received": WorkFilter(state="received"),
        "in review": WorkFilter(state="in_review"),
        "asked": WorkFilter(state="awaiting_citizen"),
        "late": WorkFilter(state="late"),
        "decided": WorkFilter(state="decided"),
        "one procedure": WorkFilter(procedure=busiest.code),
        "by phone": WorkFilter(channel="phone"),
    }

    def agency(choice: WorkFilter, place: str) -> Callable[[], Any]:
        return lambda: work_lines(
            work_page(by, choice, place=place), actor=by, among=AGENCY_LIST, narrowed=choice
        )

    for name, choice in choices.items():
        yield f"{name}, first page", agency(choice, "")
        place, page = deep_place(agency_work(by, choice), choice.order)
        yield f"{name}, page {page:,}", agency(choice, place)
    now = clock.now()
    mine = Stage.objects.of_agencies(by).open().filter(assigned_to=by.user_id)
    tasks = Task.objects.open().filter(agency__in=by.agency_ids("officer"))

    def own(place: str) -> Any:
        return mine_lines(my_page(by, [], place=place), actor=by, covered=[])

    def team(place: str) -> Any:
        return task_lines(team_tasks(by, place=place).rows, now)

    for name, page_of, rows in (("mine", own, mine), ("team's tasks", team, tasks)):
        yield f"{name}, first page", partial(page_of, "")
        place, page = deep_place(rows, MY_ORDER)
        yield f"{name}, page {page:,}", partial(page_of, place)
    yield "news", lambda: work.arrived_since(by, now - timedelta(minutes=5))
    yield "kept choices", lambda: counts([agency_work(by, choice) for choice in choices.values()])
    yield "procedures", lambda: work.procedures_at_work(by)


def deep_place(rows: Any, order: tuple[str, ...]) -> tuple[str, int]:
    """Return where the 1,000th page begins, or the last full one there is, and which it is."""
    from common.keyset import _sealed
    from crm.queries.work import PAGE

    pages = min(DEEP, rows.count() // PAGE - 1)
    if pages < 1:
        return "", 1
    row = rows.order_by(*order)[pages * PAGE - 1 : pages * PAGE][0]
    return _sealed(row, order, backwards=False), pages + 1


def opening(officer: Any, number: int) -> Callable[[], Any]:
    """Return what opens the case with this number on its screen."""
    from django.test import Client
    from django.urls import reverse

    from crm import folios

    client = Client(headers={"host": "localhost"})
    client.force_login(officer)
    address = reverse("crm:case", args=[folios.make(2025, number)])

    def look() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")

    return look


def filing_of(number: int) -> Callable[[], Any]:
    """Return what reads the file of the applicant of the case with this number."""
    from accounts.actors import Actor
    from common import clock
    from crm import folios
    from crm.models import Party
    from crm.panels.files import person_file

    party = Party.objects.select_related("person").get(
        case__folio=folios.make(2025, number), role="applicant"
    )
    now = clock.now()
    return lambda: person_file(party.person, actor=Actor.system(), now=now)


def measured_at(size: int, officer: Any, rounds: int) -> dict[str, Measured]:
    """Measure everything at the size the set has now, and print it."""
    from django.db import connection

    def barely() -> None:
        with connection.cursor() as cursor:
            cursor.execute(BARE)
            cursor.fetchall()

    print(f"{size:,} cases", flush=True)
    found: dict[str, Measured] = {}
    acts = [(BARELY, barely), *lists(officer)]
    acts += [
        (f"a case of {events:,} events", opening(officer, number))
        for number, events in ((3, _workspace_set.SHORT), (1, _workspace_set.LONG))
    ]
    acts.append(("a person's file", filing_of(3)))
    for name, act in acts:
        found[name] = one = measure(act, rounds)
        p50, p95 = _setup.percentiles(one.database)[:2]
        print(
            f"  {name:<28} in the database p50 {p50:7.2f} p95 {p95:7.2f} ms · {one.questions} questions",
            flush=True,
        )
    return found


def judged(few: dict[str, Measured], many: dict[str, Measured]) -> int:
    """Print each verdict; return 1 when a target is missed."""
    missed = 0
    for name, one in ((name, one) for name, one in many.items() if name != BARELY):
        kind = name.rpartition(", page")[0] or name
        deep = (row for known, row in few.items() if known.startswith(f"{kind}, page"))
        small = few.get(name) or next(deep)
        ratio = max(one.p95, FLOOR_MS) / max(small.p95, FLOOR_MS)
        met = one.p95 <= MOST_MS and ratio <= RATIO
        missed |= not met
        print(
            f"  {name:<28} p95 {one.p95:.2f} ms, target ≤ {MOST_MS:.0f}; large / small {ratio:.2f}, target ≤ {RATIO}: "
            f"{'met' if met else 'NOT met'}",
            flush=True,
        )
    short, long = (
        many[f"a case of {events:,} events"].questions
        for events in (_workspace_set.SHORT, _workspace_set.LONG)
    )
    met = short == long <= MOST_QUESTIONS
    print(
        f"  questions of a case: {short} and {long}, target the same and ≤ {MOST_QUESTIONS}: {'met' if met else 'NOT met'}"
    )
    return int(missed or not met)


def judged_skew(even: dict[str, Measured], skewed: dict[str, Measured]) -> int:
    """Print how much slower each is where most of everything is of one agency and one citizen; return 1 when a target is missed."""
    missed = 0
    for name, one in ((name, one) for name, one in skewed.items() if name != BARELY):
        kind = name.rpartition(", page")[0] or name
        other = even.get(name) or next(
            row for known, row in even.items() if known.startswith(f"{kind}, page")
        )
        ratio = max(one.p95, FLOOR_MS) / max(other.p95, FLOOR_MS)
        missed |= ratio > SKEWED
        print(
            f"  {name:<28} p95 {one.p95:.2f} ms; skewed / even {ratio:.2f}, target ≤ {SKEWED}: "
            f"{'met' if ratio <= SKEWED else 'NOT met'}",
            flush=True,
        )
    return int(missed)


def main() -> int:
    """Measure and print; return 1 when a target is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--unskewed", action="store_true", help="leave the skewed set out")
    given = parser.parse_args()
    _setup.as_product()
    from django.db import connections

    from accounts.models import Agency, User

    agency = Agency.objects.get(code="IPS")
    began = time.monotonic()
    with connections["owner"].cursor() as owner:
        _people_set.require_room(owner, given.cases * _workspace_set.BYTES_EACH // _people_set.BYTES_EACH)
        _people_set.hurry(owner)
        _workspace_set.begin(owner, agency.pk)
        officer = User.objects.filter(email__endswith="@bench.invalid").order_by("email")[0]
        _workspace_set.add(owner, agency.pk, 1, min(SMALL, given.cases), print)
        few = measured_at(min(SMALL, given.cases), officer, given.rounds)
        many = few
        if given.cases > SMALL:
            _workspace_set.add(owner, agency.pk, SMALL + 1, given.cases, print)
            many = measured_at(given.cases, officer, given.rounds)
        missed = judged(few, many)
        if not given.unskewed:
            _workspace_set.skew(owner, agency.pk)
            owner.execute("VACUUM (ANALYZE) " + ", ".join(_workspace_set.TABLES.split()))
            print("70 % of everything is of one agency, 5,000 cases of one citizen", flush=True)
            missed |= judged_skew(many, measured_at(given.cases, officer, given.rounds))
    print(f"{time.monotonic() - began:.0f} s in all")
    return missed


if __name__ == "__main__":
    sys.exit(main())
