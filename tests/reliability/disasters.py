"""
Everything dies while people apply: web workers, the background worker, the broker with all that it holds, the database, the agency's system.

9: a web worker is killed; 10: the worker is killed; 11: the database stops at once, without a word to anybody; 14: the broker comes back
empty; 18: the agency is away. The programs that file ask again until they are answered, as a browser's user would. Afterwards everything is
counted.

It needs servers that may be killed, so it brings its own, in a process of its own:

    python -m tests.reliability.disasters --filings 40 --web-kills 3 --worker-kills 2 --broker-kills 1 --database-stops 1
"""

import argparse
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from devtools import places, ports, product, servers
from devtools.processes import Child, Household, RunAs, signal_group
from tests.reliability import Outcome

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = 6  # people who file at the same time
PATIENCE = 90.0  # seconds in which one write must be answered
SETTLES_WITHIN = 180.0  # seconds in which all that is left must be done
KINDS = ("web-kills", "worker-kills", "broker-kills", "database-stops", "agency-away")


def run(**sizes: int) -> Outcome:
    """Run the check in a process of its own."""
    return run_apart("tests.reliability.disasters", **sizes)


def run_apart(module: str, **sizes: int) -> Outcome:
    """Run a check that brings its own servers, in a process of its own; its outcome is the last line that it prints."""
    told = [word for name, size in sizes.items() for word in (f"--{name.replace('_', '-')}", str(size))]
    command = [sys.executable, "-m", module, *told]
    free = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    done = subprocess.run(command, cwd=ROOT, env=free, capture_output=True, text=True, check=False)
    try:
        return Outcome(**json.loads(done.stdout.splitlines()[-1]))
    except (ValueError, IndexError, TypeError):
        return Outcome(module, {}, [f"it did not end: {done.stderr[-2000:]}"])


@dataclass
class World:
    """The product as it runs, process by process; what is killed is started again, as whoever runs it in earnest would have it."""

    household: Household
    postgres: servers.Postgres
    ports: ports.Ports
    children: dict[str, Child] = field(default_factory=dict)
    killed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))

    @classmethod
    def begin(cls, household: Household) -> "World":
        folder = places.fast_folder()
        household.remove_at_the_end(folder)
        here = places.throwaway(folder)
        run_as = servers.choose_user(here.postgres)
        postgres = servers.Postgres(here, run_as, servers.LASTING)
        if run_as is RunAs.NOBODY:
            postgres = replace(postgres, install=servers.reachable_install())
        postgres.prepare()
        world = cls(household, postgres, ports.Ports(site=_free_port(), live=_free_port()))
        world.start_database()
        world.start_broker()
        return world

    @property
    def environment(self) -> dict[str, str]:
        """Connections that last, and caches that are believed, as in production; the agency's system may be on this machine."""
        here = self.postgres.places
        return {
            **os.environ,
            "DATABASE_URL": servers.database_url(here.sockets),
            "REDIS_URL": servers.redis_url(here.sockets),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TESTING": "0",
            "DEMO": "1",
            "DEBUG": "0",
            "SECRET_KEY": "disasters",
            "MEDIA_ROOT": str(here.logs / "media"),
            "STATIC_ROOT": str(here.logs / "static"),
            "LOG_LEVEL": "ERROR",
        }

    def start_database(self) -> None:
        self.children["database"] = self.postgres.start(self.household)
        servers.wait_for(self.children["database"], self.postgres.answers)

    def start_broker(self) -> None:
        address = self.postgres.places.sockets / "valkey.sock"
        address.unlink(missing_ok=True)
        self.children["broker"] = servers.start_valkey(self.household, self.postgres.places, lasting=False)
        servers.wait_for(self.children["broker"], address.exists)

    def start(self, name: str) -> None:
        """Start one of the product's own processes, with its own command."""
        logs = self.postgres.places.logs
        command = [
            logs / "beat" if word == product.DEV / "beat-schedule" else word
            for word in product.applications(self.ports)[name]
        ]
        log = logs / f"{name}.log"
        self.children[name] = self.household.start(name, command, env=self.environment, log=log, cwd=ROOT)

    def look_after(self) -> None:
        """Start again what ended: the web's master gives up when its workers die one after the other."""
        for name, child in list(self.children.items()):
            if child.process.poll() is not None:
                self.household.forget(child)
                self.start(name)
        time.sleep(0.02)

    def kill(self, name: str) -> None:
        """Kill a process with all that it started; nobody is asked."""
        child = self.children.pop(name)
        signal_group(child.group, signal.SIGKILL)
        child.process.wait()
        self.household.forget(child)

    def kill_web_worker(self, drawn: random.Random) -> None:
        """Kill one of the web's workers; its master starts another."""
        master = self.children["web"].process.pid
        found = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        if found:
            os.kill(int(drawn.choice(found)), signal.SIGKILL)
            self.killed["web-kills"] += 1

    def kill_worker(self, _drawn: random.Random) -> None:
        self.kill("worker")
        self.killed["worker-kills"] += 1
        self.start("worker")

    def kill_broker(self, _drawn: random.Random) -> None:
        """The broker comes back with nothing: no task, no cache, no session's cache."""
        self.kill("broker")
        self.killed["broker-kills"] += 1
        self.start_broker()

    def stop_database(self, _drawn: random.Random) -> None:
        """As `pg_ctl stop -m immediate`: every connection is cut, and the log is replayed at the next start."""
        child = self.children.pop("database")
        child.process.send_signal(signal.SIGQUIT)
        child.process.wait()
        self.household.forget(child)
        self.killed["database-stops"] += 1
        self.start_database()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Client:
    """A kiosk's program that asks again, with the same key, until it is answered."""

    port: int
    headers: Mapping[str, str]
    slowest: float = 0.0
    asked_again: int = 0
    faults: list[str] = field(default_factory=list)

    def post(self, address: str, body: Any, key: str) -> dict[str, Any]:
        """
        Send a write.

        :raises RuntimeError: it was refused, or not answered in time
        """
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE:
            status, content = self._once(address, body, key)
            if 200 <= status < 300:
                self.slowest = max(self.slowest, time.monotonic() - began)
                return dict(json.loads(content))
            if status and status < 500 and status != 429:
                raise RuntimeError(f"{address}: {status} {content[:300]!r}")
            self.asked_again += 1
            time.sleep(0.1)
        raise RuntimeError(f"{address}: no answer in {PATIENCE:.0f} s")

    def _once(self, address: str, body: Any, key: str) -> tuple[int, bytes]:
        """Status and content; 0: no answer came."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        is_file = isinstance(body, bytes)
        told = {
            **self.headers,
            "Idempotency-Key": key,
            "Content-Type": "application/pdf" if is_file else "application/json",
        }
        try:
            connection.request(
                "POST", f"/api/v1/{address}", body if is_file else json.dumps(body).encode(), told
            )
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()


@dataclass
class Filing:
    """Applications filed one by one at a kiosk, each by somebody else; what each was told is kept."""

    client: Client
    procedure: str
    told: dict[int, dict[str, Any]] = field(default_factory=dict)
    ended: int = 0

    def file(self, number: int) -> None:
        """Go the whole way of one application; every step has a key of its own."""
        from common import run
        from tests.factories.crm import AMINA, ANSWERS, PDF

        def send(step: str, address: str, body: Any) -> dict[str, Any]:
            return self.client.post(address, body, f"{number}-{step}")

        try:
            contact = send("contact", "contacts", {})["id"]
            case = send("case", f"contacts/{contact}/cases", {"procedure": self.procedure})["id"]
            here = f"contacts/{contact}/cases/{case}"
            paper = send("paper", f"{here}/documents?requirement=proof", PDF)["id"]
            person = 5_000_000 + number
            answers = {
                **AMINA,
                **ANSWERS,
                "applicant_run": f"{person}-{run.check_digit(person)}",
                "proof": {"document": paper, "name": "boleta.pdf"},
            }
            send("answers", f"{here}/answers", {"answers": answers})
            self.told[number] = send("submit", f"{here}/submit", {})
        except RuntimeError as fault:
            self.client.faults.append(str(fault))
        self.ended += 1


def check(world: World, given: argparse.Namespace) -> Outcome:
    """Let people file while everything dies, let it settle, and count."""
    from django.core.management import call_command

    from tests.crm.programs import kiosk
    from tests.crm.receivers import receiver
    from tests.reliability.filing import Place

    call_command("migrate", database="owner", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    place = Place.make(desks=1)
    agency = place.version.procedure.agency
    program = kiosk(rate=60_000)
    for name in ("web", "worker", "beat"):
        world.start(name)
    outcome = Outcome("people file while everything dies (9, 10, 11, 14, 18)")
    with receiver(agency) as example, ThreadPoolExecutor(AT_ONCE) as pool:
        client = Client(world.ports.site, {**program.headers, "Host": f"127.0.0.1:{world.ports.site}"})
        filing = Filing(client, place.version.procedure.code)
        began = time.monotonic()
        done = [pool.submit(filing.file, number) for number in range(given.filings)]
        _break(world, filing, example, given)
        while not all(one.done() for one in done):
            world.look_after()
        example.trouble = ""
        outcome.figures = {
            "filings": given.filings,
            **world.killed,
            "asked again": client.asked_again,
            "slowest answer": f"{client.slowest:.1f} s",
            "seconds": f"{time.monotonic() - began:.0f}",
        }
        outcome.wrong += client.faults[:20]
        outcome.figures["settled in"] = f"{_settle(world):.0f} s"
        outcome.wrong += [*_faults(filing, given.filings), *_effects(example)]
    wanted = {kind: getattr(given, kind.replace("-", "_")) for kind in KINDS}
    outcome.wrong += [
        f"{world.killed[kind]} of {times} {kind}: give it more filings"
        for kind, times in wanted.items()
        if world.killed[kind] < times
    ]
    outcome.figures["wrong"] = len(outcome.wrong)
    return outcome


def _break(world: World, filing: Filing, example: Any, given: argparse.Namespace) -> None:
    """Do harm at moments drawn beforehand, spread over the filings."""
    drawn = random.Random(97)  # noqa: S311  # the same harm each time

    def away(_drawn: random.Random) -> None:
        """The agency's system is away until as many again have filed."""
        world.killed["agency-away"] += 1
        example.trouble = "" if example.trouble else "silent"

    deeds: dict[str, Callable[[random.Random], None]] = {
        "web-kills": world.kill_web_worker,
        "worker-kills": world.kill_worker,
        "broker-kills": world.kill_broker,
        "database-stops": world.stop_database,
        "agency-away": away,
    }
    harm = [deeds[kind] for kind in KINDS for _one in range(getattr(given, kind.replace("-", "_")))]
    drawn.shuffle(harm)
    moments = sorted(drawn.uniform(0.05, 0.9) * given.filings for _one in harm)
    for moment, deed in zip(moments, harm, strict=True):
        while filing.ended < moment:
            world.look_after()
        deed(drawn)


def _settle(world: World) -> float:
    """Wait until nothing is left to do, every pause of a delivery being over at once; return the seconds it took."""
    from django.db import connections

    from crm.models import Delivery
    from events.models import Event
    from tests.crm.receivers import no_pause

    began = time.monotonic()
    connections.close_all()  # ours were cut too
    while time.monotonic() - began < SETTLES_WITHIN:
        no_pause()
        if not Event.objects.filter(delivered_at=None).exists() and not Delivery.objects.unsettled().exists():
            break
        world.look_after()
    return time.monotonic() - began


def _faults(filing: Filing, filings: int) -> Iterator[str]:
    """What was promised and is not so: a case missing or double, a person double, an event missing, double or not handed over."""
    from django.db.models import Count

    from crm.models import Case, ClaimCode, Person
    from events.models import Event

    cases = {case.folio: case for case in Case.objects.submitted().prefetch_related("stages")}
    told = {answer["folio"]: answer for answer in filing.told.values()}
    if (len(cases), len(told)) != (filings, filings):
        yield f"{len(cases)} cases and {len(told)} folios told of {filings} filings"
    yield from (f"{folio} was told and is not there" for folio in told.keys() - cases.keys())
    for folio, answer in told.items():
        case = cases.get(folio)
        if case and not (
            str(case.promised_on)
            == str(case.receipt_promised_on)
            == str(case.stages.get().due_on)
            == answer["promised_on"]
        ):
            yield f"{folio}: another day is promised than was told"
    counts = {"people": Person.objects.count(), "codes": ClaimCode.objects.count()}
    yield from (f"{count} {what} of {filings} filings" for what, count in counts.items() if count != filings)
    for kind in ("case.begun", "case.submitted", "case.claim_code_issued"):
        rows = (
            Event.objects.filter(kind=kind, subject_id__in=[case.pk for case in cases.values()])
            .values("subject_id")
            .annotate(n=Count("pk"))
        )
        once = sum(row["n"] == 1 for row in rows)
        if (once, len(rows)) != (filings, filings):
            yield f"{kind}: once for {once} of {filings} cases"
    if left := Event.objects.filter(delivered_at=None).count():
        yield f"{left} events are not handed over"


def _effects(example: Any) -> Iterator[str]:
    """What the agency was told: each thing once in effect."""
    from crm.models import Delivery

    rows = dict(Delivery.objects.values_list("event_id", "state"))
    if not rows:
        yield "the agency was told nothing"
    yield from (f"{event} is {state}" for event, state in rows.items() if state != "acknowledged")
    effects = example.register.effects
    yield from (f"{event} had no effect" for event in rows if str(event) not in effects)
    yield from (f"{event} took effect {times} times" for event, times in effects.items() if times != 1)


def main() -> int:
    """Run the check; the last line printed is its outcome."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--filings", type=int, default=40)
    for kind in KINDS:
        parser.add_argument(f"--{kind}", type=int, default=1)
    given = parser.parse_args()
    with Household() as household:
        world = World.begin(household)
        os.environ.update(world.environment)
        import django

        django.setup()
        outcome = check(world, given)
    print(json.dumps(asdict(outcome)))  # noqa: T201  # to whoever asked
    return int(not outcome.is_ok)


if __name__ == "__main__":
    sys.exit(main())
