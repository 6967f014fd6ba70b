"""
The database's machine is lost while people apply, and its synchronous standby takes over (12).

The primary stops at once and never comes back; the standby is promoted and takes over the address that the product knows, as a machine takes
over another's; here the address is a link to the folder of its socket. Nothing of the product is started again. The programs that file ask
again until they are answered. Whatever was acknowledged before must be on the standby at once, and in the end everything is counted as in
`disasters`.

    python -m tests.reliability.standby --filings 60
"""

import argparse
import json
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg

from devtools import servers
from devtools.places import Places
from devtools.processes import Household
from tests.reliability import Outcome
from tests.reliability.disasters import AT_ONCE, Client, Filing, World, _faults, _settle, run_apart

NAME = "standby"
RESUMES_WITHIN = 30.0  # seconds
AFTER = 0.4  # of the filings
APPLICATIONS = ("web", "worker", "beat")


def run(**sizes: int) -> Outcome:
    """Run the check in a process of its own."""
    return run_apart("tests.reliability.standby", **sizes)


@dataclass
class Pair(World):
    """The product with a primary and a standby, at an address that either may have."""

    standby: servers.Postgres | None = None
    broker_at: str = ""

    @classmethod
    def begin(cls, household: Household) -> "Pair":
        pair = super().begin(household)
        assert isinstance(pair, cls)  # for the types
        pair.broker_at = servers.redis_url(pair.postgres.places.sockets)
        pair.take_address()
        return pair

    @property
    def address(self) -> Path:
        """Where the product thinks that its database is."""
        return Path(self.broker_at.removeprefix("unix://")).parents[1] / "address"

    @property
    def environment(self) -> dict[str, str]:
        known = {"DATABASE_URL": servers.database_url(self.address), "REDIS_URL": self.broker_at}
        return {**super().environment, **known}

    def take_address(self) -> None:
        """Give the address to the server that is the primary now, in one step."""
        fresh = self.address.with_name("address.new")
        fresh.symlink_to(self.postgres.places.sockets)
        fresh.rename(self.address)

    def add_standby(self, *, is_synchronous: bool) -> None:
        """Copy the primary while it runs, let the copy follow, and from then on acknowledge nothing that it has not written down."""
        here = self.postgres.places
        base = here.postgres.parent / NAME
        there = Places(base / "postgres", base / "valkey", base / "run", base / "log")
        self.standby = replace(self.postgres, places=there)
        for folder in (base, there.postgres, there.sockets):
            folder.mkdir(mode=0o711 if folder == base else 0o700, parents=True, exist_ok=True)
            self.standby.give(folder)
        # -R: the copy is a standby that follows whom it was copied from, under the name that it had then.
        address = f"host={here.sockets} user={servers.OWNER} application_name={NAME}"
        options = ["-D", str(self.standby.data), "-R", "--wal-method=stream", "--checkpoint=fast"]
        self.standby.call("pg_basebackup", "-d", address, *options)
        self.children[NAME] = self.standby.start(self.household)
        servers.wait_for(self.children[NAME], self.standby.answers)
        if is_synchronous:
            self.ask("ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (standby)'")
            self.ask("SELECT pg_reload_conf()")
        self.wait_until_followed(is_synchronous=is_synchronous)

    def ask(self, statement: str) -> Any:
        """Ask the present primary, as its owner."""
        with closing(
            psycopg.connect(servers.database_url(self.postgres.places.sockets), autocommit=True)
        ) as owner:
            cursor = owner.execute(statement)
            return cursor.fetchone() if cursor.description else None

    def wait_until_followed(self, *, is_synchronous: bool) -> None:
        """
        Wait until the standby is what the primary waits for.

        :raises RuntimeError: it never is
        """
        wanted = "sync" if is_synchronous else "async"
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self.ask("SELECT sync_state FROM pg_stat_replication WHERE application_name = 'standby'") == (
                wanted,
            ):
                return
            time.sleep(0.1)
        raise RuntimeError("The standby does not follow.")

    def lose_primary(self) -> None:
        """As `pg_ctl stop -m immediate`, for good."""
        child = self.children.pop("database")
        child.process.send_signal(signal.SIGQUIT)
        child.process.wait()
        self.household.forget(child)

    def take_over(self) -> None:
        """Promote the standby, and point everything at it."""
        if self.standby is None:
            raise RuntimeError("There is no standby.")
        self.standby.call("pg_ctl", "promote", "-w", "-D", str(self.standby.data))
        self.postgres, self.standby = self.standby, None
        self.children["database"] = self.children.pop(NAME)
        self.take_address()


@dataclass
class Watched(Client):
    """A client that notes when it was answered."""

    answered: list[tuple[float, float]] = field(default_factory=list)  # when asked first, when answered

    def post(self, address: str, body: Any, key: str) -> dict[str, Any]:
        began = time.monotonic()
        answer = super().post(address, body, key)
        self.answered.append((began, time.monotonic()))
        return answer


def check(pair: Pair, given: argparse.Namespace) -> Outcome:
    """Let people file, lose the primary, go on with the standby, and count."""
    from django.core.management import call_command
    from django.db import connections

    from crm.models import Case
    from tests.crm.programs import kiosk
    from tests.reliability.filing import Place

    call_command("migrate", database="owner", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    place, program = Place.make(desks=1), kiosk(rate=60_000)
    pair.add_standby(is_synchronous=not given.asynchronous)
    for name in APPLICATIONS:
        pair.start(name)
    outcome = Outcome("the database's machine is lost while people file (12)")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        client = Watched(pair.ports.site, {**program.headers, "Host": f"127.0.0.1:{pair.ports.site}"})
        filing = Filing(client, place.version.procedure.code)
        done = [pool.submit(filing.file, number) for number in range(given.filings)]
        while filing.ended < AFTER * given.filings:
            pair.look_after()
        if given.asynchronous:
            _hold_back(pair)
        lost_at = time.monotonic()
        pair.lose_primary()
        told = {answer["folio"] for answer in list(filing.told.values())}
        pair.take_over()
        promoted_at = time.monotonic()
        connections.close_all()  # ours were cut too
        there = set(Case.objects.filter(folio__in=told).values_list("folio", flat=True))
        while not all(one.done() for one in done):
            pair.look_after()
    resumed = min((at for _began, at in client.answered if at > promoted_at), default=float("inf")) - lost_at
    waited = [at - lost_at for began, at in client.answered if began < promoted_at < at]
    outcome.wrong += [f"{folio} was acknowledged and is not on the standby" for folio in sorted(told - there)]
    outcome.wrong += client.faults[:20]
    if resumed > RESUMES_WITHIN:
        outcome.wrong.append(f"writes resumed after {resumed:.1f} s")
    settled = _settle(pair)
    outcome.wrong += _faults(filing, given.filings)
    if given.filings and len(told) == given.filings:
        outcome.wrong.append("everything was filed before the primary was lost: give it more filings")
    outcome.figures = {
        "filings": given.filings,
        "acknowledged when it was lost": len(told),
        "promoted in": f"{promoted_at - lost_at:.1f} s",
        "writes resumed after": f"{resumed:.1f} s",
        "all who had asked were answered after": f"{max(waited, default=0):.1f} s",
        "asked again": client.asked_again,
        "settled in": f"{settled:.0f} s",
        "wrong": len(outcome.wrong),
    }
    return outcome


def _hold_back(pair: Pair) -> None:
    """Let an asynchronous standby fall behind, as a slow line would: what is acknowledged now is what it will miss."""
    if pair.standby is None:
        raise RuntimeError("There is no standby.")
    with closing(
        psycopg.connect(servers.database_url(pair.standby.places.sockets), autocommit=True)
    ) as owner:
        owner.execute("ALTER SYSTEM SET primary_conninfo = ''")
        owner.execute("SELECT pg_reload_conf()")
    time.sleep(3)


def main() -> int:
    """Run the check; the last line printed is its outcome."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--filings", type=int, default=60)
    parser.add_argument(
        "--asynchronous", type=int, default=0, help="1: a standby that lags, to see the check fail"
    )
    given = parser.parse_args()
    with Household() as household:
        pair = Pair.begin(household)
        os.environ.update(pair.environment)
        import django

        django.setup()
        outcome = check(pair, given)
    print(json.dumps(asdict(outcome)))  # noqa: T201  # to whoever asked
    return int(not outcome.is_ok)


if __name__ == "__main__":
    sys.exit(main())
