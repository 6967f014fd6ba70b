"""
The queue under 8 desks in 4 processes: tickets and calls a second through the product's own actions, beside plain psycopg doing the same
in the same run, and nothing doubled, lost or out of turn.

    python3 dev.py bench queue [--desks 8] [--processes 4] [--tickets 10000]

A call is a call and the end of it (nobody came): two transactions. Every fourth is asked for twice with one key, as after a lost answer.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__" and Path(sys.path[0]).resolve() == ROOT / "bench":
    sys.path[0] = str(ROOT)  # or the standard library's own `queue` would be this file

import argparse  # noqa: E402
import os  # noqa: E402
from dataclasses import asdict  # noqa: E402

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("TESTING", "1")


def measure(desks: int, processes: int, tickets: int) -> int:
    """Run, print, and return 1 if anything was doubled, lost or out of turn."""
    import django

    django.setup()
    from bench import _raw_queue
    from offices.models import Desk
    from tests import databases
    from tests.offices.rush import rush, whole_rush
    from tests.offices.test_concurrency import busy_office

    def raw(kind: str) -> tuple[float, float]:
        office = busy_office(desks)
        given = {"office": office.pk, "desks": _desks(office.pk), "processes": processes}
        return (
            rush(f"{kind}-take", tickets=tickets, module=_raw_queue.__name__, **given),
            rush(f"{kind}-call", module=_raw_queue.__name__, **given),
        )

    def _desks(office: int) -> list[str]:
        return [str(pk) for pk in Desk.objects.filter(office=office).values_list("pk", flat=True)]

    name = databases.make(f"bench_queue_{os.getpid()}")
    try:
        with _raw_queue.connected(autocommit=True) as owner:
            owner.execute(_raw_queue.TABLES)
        office = busy_office(desks)
        *ours, found = whole_rush(office.pk, _desks(office.pk), processes=processes, tickets=tickets)
        rows, bare = raw("rows"), raw("bare")
    finally:
        databases.drop(name)
    done = tickets // desks * desks
    print(f"{desks} desks over {processes} processes, {done} tickets, one office")
    for what, mine, same, least in zip(("tickets/s", "calls/s"), ours, rows, bare, strict=True):
        print(
            f"  {what:<10} {done / mine:7.0f}   same rows in psycopg {done / same:7.0f}, ratio {same / mine:.2f}"
            f"   one bare row {done / least:7.0f}, ratio {least / mine:.2f}"
        )
    print("  " + ", ".join(f"{key} {value}" for key, value in asdict(found).items()))
    return int(bool(found.wrong(done)))


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
