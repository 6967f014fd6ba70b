"""
The reliability tests at their full size, each a line: how much was done, and how often it went wrong. The same code runs small in the suite.

    python3 dev.py bench reliability [filing] [headers] [access] [queue] [numbers] [people] [--web 50] [--tickets 10000] ...

15: twenty clicks at once through every door that files a case; 23 and 24: the queue's numbers and calls; 35: the access matrix;
31: the one form of a RUN; 32: citizens of three channels, one person for a RUN, doubles suspected; 38: ended sign-ins;
39: guessed claim codes; 44: the audit; 10: workers killed; 10, 18, 19: what agencies are told; 15, 16: what their programs write;
17 and 36: papers cut, killed and hostile; 19: messages that got stuck; 20: a crash at every statement; 33: published figures and
their rows; 9, 11 and 14: web workers, database and broker die while people apply; 12: a standby takes over;
42: the headers of every answer, and nothing personal in a line or an address.
"""

import argparse
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

if TYPE_CHECKING:
    from tests.reliability import Outcome


@contextmanager
def database() -> Iterator[None]:
    """A migrated database of its own, under the product's two roles."""
    from tests import databases

    name = databases.make(f"bench_reliability_{os.getpid()}")
    try:
        yield
    finally:
        databases.drop(name)


def check_filing(given: argparse.Namespace) -> Iterator["Outcome"]:
    """15, on production's settings: a server of 2 workers with 4 threads."""
    from tests.reliability import filing
    from tests.reliability.server import serving

    with database(), serving(production=True) as server:
        yield filing.check(server, web=given.web, desk=given.desk, phone=given.phone)
        yield filing.check_keys(server)


def check_queue(given: argparse.Namespace) -> Iterator["Outcome"]:
    """23 and 24, through the product's own actions."""
    from offices.models import Desk
    from tests.offices.rush import whole_rush
    from tests.offices.test_concurrency import busy_office
    from tests.reliability import Outcome

    with database():
        office = busy_office(given.desks)
        desks = [str(pk) for pk in Desk.objects.order_by("number").values_list("pk", flat=True)]
        taking, calling, found = whole_rush(
            office.pk, desks, processes=given.processes, tickets=given.tickets
        )
    done = given.tickets // given.desks * given.desks
    size = {"desks": given.desks, "processes": given.processes, **asdict(found)}
    rates = {"taken a second": f"{done / taking:.0f}", "called a second": f"{done / calling:.0f}"}
    wrong = [f"{count} {name}" for name, count in found.wrong(done).items()]
    yield Outcome("the queue (23, 24)", {**size, **rates}, wrong)


def check_access(given: argparse.Namespace) -> Iterator["Outcome"]:
    """35: every route as everybody."""
    from tests.reliability import access

    with database():
        yield access.check(access.make_world(), everybody=True)


def check_headers(given: argparse.Namespace) -> Iterator["Outcome"]:
    """42: every route in process, then production's servers over the wire, then a walk."""
    from tests.reliability import access, headers
    from tests.reliability.server import serving

    with database():
        yield headers.check_routes(access.make_world(), every=True)
    with (
        database(),
        serving(production=True) as site,
        serving(production=True, application="config.live:application", interface="asgi") as live,
    ):
        yield headers.check_wire(site, live)
        yield headers.check_said(site)


def check_numbers(given: argparse.Namespace) -> Iterator["Outcome"]:
    """31: every way of writing a RUN."""
    from tests.reliability import numbers

    yield numbers.check(given.runs)


def check_people(given: argparse.Namespace) -> Iterator["Outcome"]:
    """32: citizens of three channels with typing errors, and fifty first contacts at once."""
    from accounts.actors import Actor
    from accounts.models import Role
    from config.reference.duplicate_rules import load_duplicate_rules
    from tests.factories import accounts as make
    from tests.reliability import people

    with database():
        load_duplicate_rules()
        supervisor = Actor.staff(make.staff("Sofía Araya", Role.SUPERVISOR))
        yield people.check(given.citizens, rushes=given.rushes, merges=given.merges, supervisor=supervisor)


def check_sessions(given: argparse.Namespace) -> Iterator["Outcome"]:
    """38: officers disabled, posts ended."""
    from accounts.actors import Actor
    from accounts.models import Role
    from tests.factories import accounts as make
    from tests.reliability import sessions

    with database():
        by = Actor.staff(make.staff("Adela Marín", Role.ADMINISTRATOR))
        agency: Any = make.AgencyFactory(code="IPS")  # type: ignore[no-untyped-call]  # factory_boy has no types
        yield sessions.check(given.officers, by=by, agency=agency)


def check_guessing(given: argparse.Namespace) -> Iterator["Outcome"]:
    """39: claim codes guessed from many addresses."""
    from tests.factories import accounts as make
    from tests.factories import catalog as sheets
    from tests.factories.crm import filed_case
    from tests.reliability import guessing

    with database():
        agency: Any = make.AgencyFactory(code="SRCEI")  # type: ignore[no-untyped-call]  # factory_boy has no types
        case = filed_case(sheets.publish(sheets.sheet(), agency=agency))
        yield guessing.check(case, addresses=given.addresses, tries=given.guesses)


def check_audit(given: argparse.Namespace) -> Iterator["Outcome"]:
    """44: one altered row of very many."""
    from tests.reliability import audit

    with database():
        yield audit.check(given.readings)


def check_outbox(given: argparse.Namespace) -> Iterator["Outcome"]:
    """10: workers of the outbox killed while they deliver."""
    from tests.reliability import outbox

    with database():
        yield outbox.check(given.events, subjects=max(1, given.events // 20), kills=given.kills)


def check_papers(given: argparse.Namespace) -> Iterator["Outcome"]:
    """17 and 36, on production's settings."""
    import tempfile

    from django.test import override_settings

    from tests.factories import accounts as make
    from tests.factories import catalog as sheets
    from tests.factories.crm import filed_case
    from tests.reliability import papers
    from tests.reliability.server import serving

    with (
        tempfile.TemporaryDirectory(prefix="ventanilla-papers-") as store,
        override_settings(MEDIA_ROOT=store),
        database(),
    ):
        agency: Any = make.AgencyFactory(code="SRCEI")  # type: ignore[no-untyped-call]  # factory_boy has no types
        version = sheets.publish(sheets.sheet(), agency=agency)
        case, other = filed_case(version), filed_case(version, applicant_run="11111111-1")
        yield papers.check_killed(case, times=given.paper_kills)
        with serving(production=True) as server:
            yield papers.check_cut(server, case, times=given.cuts)
            yield papers.check_refused(server, case, other)


def check_deliveries(given: argparse.Namespace) -> Iterator["Outcome"]:
    """10, 18 and 19: what agencies' systems are told, whatever dies on either side."""
    from tests.reliability import deliveries

    with database():
        yield deliveries.check_killed_workers(cases=given.told, kills=given.kills)
    with database():
        yield deliveries.check_troubles(cases=given.troubled)
    with database():
        yield deliveries.check_sweeper(stuck=given.stuck)


def check_programs(given: argparse.Namespace) -> Iterator["Outcome"]:
    """15 and 16 through the agency API, on production's settings."""
    from tests.reliability import programs
    from tests.reliability.server import serving

    with database(), serving(production=True) as server:
        yield programs.check_keys(server, rushes=given.keys)
    with database(), serving(production=True) as server:
        yield programs.check_lost_answers(server, filings=given.lost)


def check_messages(given: argparse.Namespace) -> Iterator["Outcome"]:
    """19: messages that got stuck, each kind a hundred times."""
    from tests.factories import accounts as make
    from tests.factories import catalog as sheets
    from tests.factories.crm import filed_case
    from tests.reliability import messages

    with database():
        agency: Any = make.AgencyFactory(code="SRCEI")  # type: ignore[no-untyped-call]  # factory_boy has no types
        yield messages.check(filed_case(sheets.publish(sheets.sheet(), agency=agency)), times=given.stuck)


def check_crashes(given: argparse.Namespace) -> Iterator["Outcome"]:
    """20: a crash at every statement."""
    from tests.reliability import crashes

    with database():
        yield crashes.check(given.walks)


def check_drift(given: argparse.Namespace) -> Iterator["Outcome"]:
    """33: published figures and their rows, before and after late events."""
    from tests.reliability import drift

    with database():
        yield drift.check(contacts=given.contacts, cases=given.cases, late=given.late)


def check_disasters(given: argparse.Namespace) -> Iterator["Outcome"]:
    """9, 10, 11, 14 and 18 together, on servers of their own."""
    from tests.reliability import disasters

    yield disasters.run(
        filings=given.filings,
        web_kills=given.web_kills,
        worker_kills=given.worker_kills,
        broker_kills=given.broker_kills,
        database_stops=given.database_stops,
        agency_away=given.agency_away,
    )


def check_standby(given: argparse.Namespace) -> Iterator["Outcome"]:
    """12: the primary is lost and a synchronous standby takes over, on servers of its own."""
    from tests.reliability import standby

    yield standby.run(filings=given.standby_filings)


CHECKS: dict[str, Callable[[argparse.Namespace], Iterator["Outcome"]]] = {
    "filing": check_filing,
    "queue": check_queue,
    "access": check_access,
    "headers": check_headers,
    "numbers": check_numbers,
    "people": check_people,
    "sessions": check_sessions,
    "guessing": check_guessing,
    "audit": check_audit,
    "outbox": check_outbox,
    "papers": check_papers,
    "deliveries": check_deliveries,
    "programs": check_programs,
    "messages": check_messages,
    "crashes": check_crashes,
    "drift": check_drift,
    "disasters": check_disasters,
    "standby": check_standby,
}


def main() -> int:
    """Run the checks named, or all; return 1 if any failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checks", nargs="*", metavar="check", help=", ".join(CHECKS))
    for name, size in (
        ("web", 50),
        ("desk", 5),
        ("phone", 5),
        ("desks", 8),
        ("processes", 4),
        ("tickets", 10000),
        ("runs", 10000),
        ("citizens", 10000),
        ("rushes", 20),
        ("merges", 200),
        ("officers", 200),
        ("addresses", 500),
        ("guesses", 5000),
        ("readings", 1_000_000),
        ("events", 100_000),
        ("cuts", 500),
        ("paper-kills", 500),
        ("told", 1000),
        ("kills", 50),
        ("troubled", 20),
        ("stuck", 100),
        ("keys", 50),
        ("lost", 100),
        ("walks", 360),
        ("contacts", 2_000),
        ("cases", 300),
        ("late", 40),
        ("standby-filings", 1_500),
        ("filings", 10_000),
        ("web-kills", 50),
        ("worker-kills", 50),
        ("broker-kills", 10),
        ("database-stops", 10),
        ("agency-away", 6),
    ):
        parser.add_argument(f"--{name}", type=int, default=size)
    given = parser.parse_args()
    if unknown := set(given.checks) - set(CHECKS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(CHECKS)}")
    import django

    django.setup()
    logging.getLogger().setLevel(logging.ERROR)
    failed = 0
    for name in given.checks or CHECKS:
        begin = time.monotonic()
        for outcome in CHECKS[name](given):
            print(f"{outcome.line()}  [{time.monotonic() - begin:.0f} s]", flush=True)
            for what in outcome.wrong[:20]:
                print(f"        {what}", flush=True)
            failed += not outcome.is_ok
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
