"""
The agency API over HTTP: filing, a transition, reading a case and the first page of the work list, each beside a bare view that writes or
reads the same rows with the plain ORM on the same kind of server.

    python3 dev.py bench api [--rows 2000] [--rows 200000,1000000] [--requests 400] [--profile]
"""

import argparse
import json
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench import _cases_set, _setup

TARGETS = {"submit": 1.0, "transition": 0.8, "read": 0.8, "list": 0.7}
SLUG = "reclamo-por-incumplimiento-de-la-garantia-legal"
CONNECTIONS = 4


def posted(path: str, secret: str, body: dict[str, Any], key: str, **headers: str) -> bytes:
    """Return a program's write as it goes over the wire."""
    told = {
        "Authorization": f"Bearer {secret}",
        "Idempotency-Key": key,
        "Content-Type": "application/json",
        **headers,
    }
    return _setup.post(path, told, json.dumps(body).encode())


def got(path: str, secret: str) -> bytes:
    """Return a program's read as it goes over the wire."""
    return _setup.get(path, {"Authorization": f"Bearer {secret}"})


def prepared(count: int, credential: Any, *, first: int = 0) -> list[dict[str, Any]]:
    """Fill in so many applications at a kiosk, each of a person of their own, from the `first` on; return what filing them needs."""
    from accounts.actors import Actor
    from catalog.models import ProcedureVersion
    from catalog.questionnaires.question import Questionnaire
    from config.demo.answers import answers_of, files_of
    from config.demo.people import citizen
    from config.demo.scenes.stage import Stage, mark_synthetic
    from crm import actions, keys

    version = ProcedureVersion.objects.published().select_related("procedure").get(procedure__slug=SLUG)
    form, paper, by, ready = Questionnaire(version.content), Stage().paper, Actor.agency(credential), []
    for number in range(first, first + count):
        someone = citizen(number, "13101")
        contact = actions.open_interaction(by.channel, by=by)
        case = actions.begin_case(version, by=by, interaction=contact, key=keys.new_key())
        mark_synthetic(contact, case)
        answers = answers_of(form, someone, seed=str(number), on=case.begun_at.date())
        for question in files_of(form, answers):
            stored = actions.add_document(case, by=by, file=paper, requirement=question.requirement)
            answers[question.key] = {"document": str(stored.pk), "name": stored.name}
        actions.fill_case(case, by=by, answers=answers)
        ready.append(
            {
                "case": str(case.pk), "contact": str(contact.pk), "agency": version.procedure.agency_id, "name": someone.name,
                "run": someone.run, "commune": someone.commune, "email": someone.email or "a@demo.invalid", "phone": someone.phone,
            }
        )  # fmt: skip
    return ready


def grow(rows: int, there: int, agency: int) -> None:
    """Have so many cases."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SHOW data_directory")
        free = shutil.disk_usage(Path(cursor.fetchone()[0])).free
        if free < (rows - there) * _cases_set.BYTES_EACH:
            raise SystemExit(
                f"{rows:,} cases need {(rows - there) * _cases_set.BYTES_EACH / 1e9:.1f} GB; {free / 1e9:.1f} GB are free."
            )
        _cases_set.add(
            cursor, there + 1, rows, agency=agency, say=lambda text: print(f"  {text}", flush=True)
        )
    connections["owner"].close()


def in_review(count: int, agency: int) -> list[tuple[str, int]]:
    """Return folio and revision of cases that can be decided, spread over all of them."""
    from crm.models import Stage

    rows = Stage.objects.filter(agency=agency, state="in_review").values_list("case__folio", "case__revision")
    return [
        (str(folio), revision) for folio, revision in rows.order_by("case__secret_hash", "case_id")[:count]
    ]


class Ways:
    """The same request to us and to the bare view, for each thing measured."""

    def __init__(self, secrets: dict[str, str], agency: int) -> None:
        self.kiosk, self.agency_secret, self.agency = secrets["kiosk"], secrets["agency"], agency
        self.number = 0

    def key(self) -> str:
        self.number += 1
        return f"bench-{self.number}"

    def submit(self, rows: Sequence[dict[str, Any]], *, bare: bool) -> list[bytes]:
        return [
            posted("/bare/submit", self.kiosk, row, self.key())
            if bare
            else posted(
                f"/api/v1/contacts/{row['contact']}/cases/{row['case']}/submit", self.kiosk, {}, self.key()
            )
            for row in rows
        ]

    def transition(self, rows: Sequence[tuple[str, int]], *, bare: bool) -> list[bytes]:
        return [
            posted(f"/bare/cases/{folio}/decide", self.agency_secret, {"revision": revision}, self.key())
            if bare
            else posted(
                f"/api/v1/cases/{folio}/decide",
                self.agency_secret,
                {"decision": "granted"},
                self.key(),
                **{"If-Match": f'"{revision}"'},
            )
            for folio, revision in rows
        ]

    def read(self, rows: Sequence[tuple[str, int]], *, bare: bool) -> list[bytes]:
        root = "/bare" if bare else "/api/v1"
        return [got(f"{root}/cases/{folio}", self.agency_secret) for folio, _revision in rows]

    def work(self, count: int, *, bare: bool) -> list[bytes]:
        return [got("/bare/cases" if bare else "/api/v1/cases", self.agency_secret)] * count


TURNS = 4


def measured(name: str, make: Callable[[bool], list[bytes]], ports: tuple[int, int]) -> int:
    """
    Send both in turns, a little of each first, so that what else the machine does weighs on both; print both rates and their ratio.
    """
    made = {bare: make(bare) for bare in (False, True)}
    warm = max(8, len(made[False]) // 10)
    for bare, port in ((False, ports[0]), (True, ports[1])):
        _setup.load(port, made[bare][:warm], connections=CONNECTIONS)
        made[bare] = made[bare][warm:]
    told: dict[bool, list[_setup.Load]] = {False: [], True: []}
    for turn in range(TURNS):
        for bare, port in ((False, ports[0]), (True, ports[1])):
            told[bare].append(_setup.load(port, made[bare][turn::TURNS], connections=CONNECTIONS))
    rates = {
        bare: sum(one.done for one in loads) / sum(one.seconds for one in loads)
        for bare, loads in told.items()
    }
    for bare, label in ((False, "ours"), (True, "bare view")):
        loads = told[bare]
        p50, p95 = (sorted(getattr(one, part) for one in loads)[TURNS // 2] for part in ("p50", "p95"))
        statuses = sorted({status for one in loads for status in one.statuses})
        print(
            f"  {name:<11} {label:<10} {rates[bare]:7.0f}/s   p50 {p50:5.1f} ms  p95 {p95:5.1f} ms  {', '.join(statuses)}",
            flush=True,
        )
    if any(not status.startswith("2") for loads in told.values() for one in loads for status in one.statuses):
        print(f"  {name}: not every answer was a success", flush=True)
        return 1
    return _setup.verdict(name, rates[False] / rates[True], TARGETS[name])


def profile(ways: Ways, folio: str, revision: int, drafts: Sequence[dict[str, Any]]) -> None:
    """Print what a read and a write ask of the database; of the drafts, the first is filed to warm up and the second measured."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "127.0.0.1", "Authorization": f"Bearer {ways.agency_secret}"})
    told, granted = {"Idempotency-Key": "profile", "If-Match": f'"{revision}"'}, {"decision": "granted"}
    kiosk = Client(headers={"host": "127.0.0.1", "Authorization": f"Bearer {ways.kiosk}"})

    def _file(draft: dict[str, Any], key: str) -> Any:
        return kiosk.post(
            f"/api/v1/contacts/{draft['contact']}/cases/{draft['case']}/submit",
            {},
            content_type="application/json",
            headers={"Idempotency-Key": key},
        )

    asked: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("list", lambda: client.get("/api/v1/cases")),
        ("read", lambda: client.get(f"/api/v1/cases/{folio}")),
        (
            "decide",
            lambda: client.post(
                f"/api/v1/cases/{folio}/decide", granted, content_type="application/json", headers=told
            ),
        ),
        ("submit", lambda: _file(drafts[1], "profile-1")),
    )
    for name, ask in asked:
        if name == "submit":
            _file(drafts[0], "profile-0")
        elif name != "decide":
            ask()
        with CaptureQueriesContext(connection) as queries:
            began = time.perf_counter()
            answer = ask()
            took = 1000 * (time.perf_counter() - began)
        print(f"{name}: {answer.status_code}, {len(queries)} statements, {took:.1f} ms")
        for query in queries.captured_queries:
            print(f"    {query['time']} {query['sql'][:150]}")


def main() -> int:
    """Measure and print; return 1 when a target is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", default="2000", help="how many cases, in rising order: 200000,1000000")
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    _setup.as_product()
    from accounts.actions import add_channel, issue_credential
    from accounts.actors import Actor
    from accounts.models import Agency
    from crm.models import Case

    agency, system = Agency.objects.get(code="SRCEI"), Actor.system()
    _program, secret = issue_credential(
        by=system, name="bench", agency=agency, scopes=["read", "work", "decide"], rate=60_000
    )
    channel = add_channel(by=system, code="bench-kiosk", name_es="Tótem de prueba")
    kiosk, kiosk_secret = issue_credential(
        by=system, name="kiosk", channel=channel, scopes=["intake"], rate=60_000
    )
    ways, failed = Ways({"agency": secret, "kiosk": kiosk_secret}, agency.pk), 0
    there, count = Case.objects.count(), given.requests
    for turn, rows in enumerate(int(one) for one in given.rows.split(",")):
        print(
            f"{rows:,} cases, {count} requests each, 1 worker × {_setup.SERVER_THREADS} threads, {CONNECTIONS} connections"
        )
        grow(rows, there, agency.pk)
        there = rows
        if given.profile:
            profile(ways, *in_review(1, agency.pk)[0], prepared(2, kiosk))
            continue
        failed += _measure_all(ways, kiosk, count, first=2 * count * turn)
    return int(bool(failed))


def _measure_all(ways: Ways, kiosk: Any, count: int, *, first: int) -> int:
    some = in_review(2 * count, ways.agency)
    halves = {False: some[:count], True: some[count:]}
    drafts = prepared(2 * count, kiosk, first=first)
    filings = {False: drafts[:count], True: drafts[count:]}
    with (
        _setup.serving("config.wsgi:application") as ours,
        _setup.serving(
            "bench._bare_wsgi:application", DJANGO_SETTINGS_MODULE="bench._bare_api_settings"
        ) as bare,
    ):
        ports = (ours, bare)
        return (
            measured("list", lambda is_bare: ways.work(count, bare=is_bare), ports)
            + measured("read", lambda is_bare: ways.read(halves[is_bare], bare=is_bare), ports)
            + measured("transition", lambda is_bare: ways.transition(halves[is_bare], bare=is_bare), ports)
            + measured("submit", lambda is_bare: ways.submit(filings[is_bare], bare=is_bare), ports)
        )


if __name__ == "__main__":
    sys.exit(main())
