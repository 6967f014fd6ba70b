"""
The queue under 8 desks in 4 processes: tickets and calls a second, beside raw SQL doing the same in the same
run, and nothing doubled.

    python3 bench/queue.py --desks 8 --processes 4 --tickets 10000
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__" and Path(sys.path[0]).resolve() == ROOT / "bench":
    sys.path[0] = str(ROOT)  # or the standard library's own `queue` would be this file

import argparse  # noqa: E402
import os  # noqa: E402
import time  # noqa: E402
from dataclasses import asdict  # noqa: E402
from threading import Barrier, Thread  # noqa: E402
from typing import Any  # noqa: E402

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("TESTING", "1")

RAW = """
CREATE TABLE raw_counter (office int PRIMARY KEY, last int NOT NULL);
CREATE TABLE raw_ticket (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, office int NOT NULL, number int NOT NULL, state text
    NOT NULL,
    turn_at timestamptz NOT NULL DEFAULT clock_timestamp(), desk int, called_at timestamptz, UNIQUE (office,
    number));
CREATE INDEX raw_queue ON raw_ticket (office, turn_at, id) WHERE state = 'waiting';
"""
RAW_TAKE = """
WITH next AS (
    INSERT INTO raw_counter VALUES (1, 1)
    ON CONFLICT (office) DO UPDATE SET last = raw_counter.last + 1 RETURNING last)
INSERT INTO raw_ticket (office, number, state) SELECT 1, last, 'waiting' FROM next
"""
RAW_CALL = """
UPDATE raw_ticket SET state = 'called', desk = %s, called_at = clock_timestamp() WHERE id = (
    SELECT id FROM raw_ticket WHERE office = 1 AND state = 'waiting'
    ORDER BY turn_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""
RAW_END = "UPDATE raw_ticket SET state = 'no_show' WHERE id = %s"


def connect() -> Any:
    """Return a bare connection to the bench's database."""
    import psycopg
    from django.db import connections

    now = connections["owner"].settings_dict
    return psycopg.connect(
        dbname=now["NAME"],
        user=now["USER"],
        password=now["PASSWORD"] or None,
        host=now["HOST"],
        port=now["PORT"] or None,
        autocommit=True,
    )


def raw(desks: int, tickets: int) -> tuple[float, float]:
    """
    Return seconds for taking and for calling (and ending) so many tickets in bare SQL over as many
    connections.
    """
    with connect() as admin:
        admin.execute(RAW)

    def take(desk: int, connection: Any) -> None:
        for _one in range(tickets // desks):
            connection.execute(RAW_TAKE)

    def call(desk: int, connection: Any) -> None:
        while row := connection.execute(RAW_CALL, [desk]).fetchone():
            connection.execute(RAW_END, row)

    return _timed(desks, take), _timed(desks, call)


def _timed(desks: int, act: Any) -> float:
    ready = Barrier(desks + 1)

    def run(desk: int) -> None:
        with connect() as connection:
            ready.wait()
            act(desk, connection)

    threads = [Thread(target=run, args=[desk]) for desk in range(desks)]
    for thread in threads:
        thread.start()
    ready.wait()
    begin = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begin


def measure(desks: int, processes: int, tickets: int) -> int:
    """Run, print, and return 1 if anything was doubled, lost or out of turn."""
    import django

    django.setup()
    from offices.models import Desk
    from tests import databases
    from tests.offices.rush import findings, rush
    from tests.offices.test_concurrency import busy_office

    name = databases.make(f"bench_queue_{os.getpid()}")
    try:
        office = busy_office(desks)
        pks = [str(pk) for pk in Desk.objects.order_by("number").values_list("pk", flat=True)]
        taking = rush("take", office=office.pk, desks=pks, processes=processes, tickets=tickets)
        calling = rush("call", office=office.pk, desks=pks, processes=processes, tickets=tickets)
        found = findings(office.pk)
        raw_taking, raw_calling = raw(desks, tickets)
    finally:
        databases.drop(name)
    done = tickets // desks * desks
    print(f"{desks} desks over {processes} processes, {done} tickets, one office")
    for what, ours, bare in (("tickets/s", taking, raw_taking), ("call-next/s", calling, raw_calling)):
        print(f"  {what:<12} {done / ours:8.0f}   raw SQL {done / bare:8.0f}   ratio {bare / ours:.2f}")
    print("  " + ", ".join(f"{key} {value}" for key, value in asdict(found).items()))
    wrong = asdict(found) | {"tickets": found.tickets - done, "calls": found.calls - done}
    return int(any(wrong.values()))


def main() -> int:
    """Read the sizes and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--desks", type=int, default=8)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--tickets", type=int, default=10000)
    given = parser.parse_args()
    return measure(given.desks, given.processes, given.tickets)


if __name__ == "__main__":
    sys.exit(main())
