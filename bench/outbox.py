"""
Events handed over to their listeners and stamped, a second, by two workers; beside the same stamps in one plain statement a batch.

    python3 dev.py bench outbox [--events 100000] [--subjects 10000]
"""

import argparse
import sys
import time

from bench._setup import as_product

TARGET = 1000  # events a second


def bare(events: int, *, batch: int) -> float:
    """Stamp so many events in batches with nothing else done: no claim, no order, no listener. Return the seconds."""
    from django.db import connection

    begin = time.monotonic()
    with connection.cursor() as cursor:
        for _batch in range(-(-events // batch)):
            cursor.execute(
                "UPDATE events_event e SET delivered_at = clock_timestamp() FROM "
                "(SELECT id, at FROM events_event WHERE delivered_at IS NULL ORDER BY seq LIMIT %s) t WHERE e.id = t.id AND e.at = t.at",
                [batch],
            )
    return time.monotonic() - begin


def main() -> int:
    """Measure; return 1 if the target is missed or anything went wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--subjects", type=int, default=10_000)
    given = parser.parse_args()
    as_product(reference=False)
    from events.outbox import BATCH, WINDOW
    from tests.reliability import outbox

    outbox.write_events(given.events, subjects=given.subjects)
    least = bare(given.events, batch=BATCH * WINDOW)
    outcome = outbox.check(given.events, subjects=given.subjects, kills=0)
    ours = float(outcome.figures["a second"])
    print(f"  {outcome.line()}")
    print(f"  bare stamps {given.events / least:.0f} a second, ratio {ours / (given.events / least):.2f}")
    print(f"  target {TARGET} a second: {'met' if ours >= TARGET else 'NOT met'}")
    return int(ours < TARGET or bool(outcome.wrong))


if __name__ == "__main__":
    sys.exit(main())
