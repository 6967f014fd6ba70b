"""
10: workers killed at random while they hand events over: each event has its effect once, in order for its subject, and none is left.

One code at two sizes: small in the suite, full in `dev.py bench reliability outbox`; `dev.py bench outbox` times it without the killing.
"""

import os
import signal
import time
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from random import Random

from django.db import connection, connections

from common.forks import leave_connections
from events import outbox, registry
from tests.reliability import Outcome

KIND = "case.note_added"
EFFECT = "reliability.effect"
# The effect of a batch and the note that it was had, in one statement; `nth` says in which order they came.
_HAVE_EFFECT = """
WITH fresh AS (INSERT INTO events_handled (event_id, listener, at) SELECT unnest(%s::uuid[]), %s, clock_timestamp()
               ON CONFLICT DO NOTHING RETURNING event_id)
INSERT INTO reliability_effect (event_id, seq, subject_id)
SELECT e.id, e.seq, e.subject_id FROM events_event e JOIN fresh f ON f.event_id = e.id ORDER BY e.seq
"""
_FIND = """
SELECT (SELECT count(*) FROM events_event WHERE kind = %(kind)s AND delivered_at IS NULL) AS pending,
       (SELECT count(*) FROM events_event e WHERE kind = %(kind)s
            AND NOT EXISTS (SELECT FROM reliability_effect r WHERE r.event_id = e.id)) AS lost,
       (SELECT count(*) - count(DISTINCT event_id) FROM reliability_effect) AS doubled,
       (SELECT count(*) FROM (SELECT seq < lag(seq) OVER (PARTITION BY subject_id ORDER BY nth) AS is_back FROM reliability_effect) t
            WHERE is_back) AS out_of_order
"""


def write_events(events: int, *, subjects: int) -> None:
    """Write so many pending events about so many subjects, taking turns, into an emptied table."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS reliability_effect")
        cursor.execute(
            "CREATE TABLE reliability_effect (nth bigserial, event_id uuid, seq bigint, subject_id uuid)"
        )
        cursor.execute("TRUNCATE events_event")
        cursor.execute(
            "WITH about AS (SELECT array_agg(uuidv7()) AS ids FROM generate_series(1, %s)) "
            "INSERT INTO events_event (id, at, kind, subject_kind, subject_id, actor_kind) "
            "SELECT uuidv7(), clock_timestamp(), %s, 'case', ids[1 + n %% %s], 'system' FROM about, generate_series(1, %s) n",
            [subjects, KIND, subjects, events],
        )
        cursor.execute("ANALYZE events_event")


def drain(*, workers: int, kills: int = 0, patience: float = 120) -> float:
    """
    Let so many workers deliver until nothing is pending, killing one after another at random; return the seconds it took.

    :raises TimeoutError: something was still pending after `patience` seconds
    """
    connections.close_all()  # a connection is nobody's but its process's
    dice = Random(10)  # noqa: S311  # the same deaths every time
    begin = time.monotonic()
    running = [_begin() for _number in range(workers)]
    try:
        while any(worker.is_alive() for worker in running):
            if time.monotonic() - begin > patience:
                raise TimeoutError(f"{pending()} events were still pending after {patience} seconds")
            if kills > 0:
                time.sleep(dice.uniform(0.02, 0.12))
                victim = dice.randrange(workers)
                pid = running[victim].pid
                if pid and running[victim].is_alive():
                    os.kill(pid, signal.SIGKILL)
                    running[victim].join()
                    kills -= 1
                running[victim] = _begin()
            else:
                time.sleep(0.02)
    finally:
        for worker in running:
            worker.kill()
            worker.join()
    return time.monotonic() - begin


def pending() -> int:
    """How many events wait to be handed over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM events_event WHERE delivered_at IS NULL")
        return int(cursor.fetchone()[0])


def check(events: int, *, subjects: int, kills: int, workers: int = 2) -> Outcome:
    """Write events, drain them with workers that die, and count what became of each."""
    write_events(events, subjects=subjects)
    seconds = drain(workers=workers, kills=kills, patience=120 + kills)
    with connections["owner"].cursor() as cursor:
        cursor.execute(_FIND, {"kind": KIND})
        found = dict(zip(("pending", "lost", "doubled", "out of order"), cursor.fetchone(), strict=True))
    return Outcome(
        "the outbox (10)",
        {
            "events": events,
            "subjects": subjects,
            "workers": workers,
            "killed": kills,
            "a second": f"{events / seconds:.0f}",
            **found,
        },
        [f"{count} {name}" for name, count in found.items() if count],
    )


def _begin() -> BaseProcess:
    worker = get_context("fork").Process(target=_work, daemon=True)
    worker.start()
    return worker


def _work() -> None:
    """A worker of the outbox whose only listener notes what it was told, until nothing is pending."""
    leave_connections()
    registry._listeners.clear()
    registry.on(KIND, effect=EFFECT)(_have_effect)
    idle = 0
    while idle < 5:
        idle = 0 if outbox.deliver_pending() else idle + 1
        if idle:
            idle = idle if pending() == 0 else 1
            time.sleep(0.01)
    connections.close_all()


def _have_effect(batch: list[object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_HAVE_EFFECT, [batch, EFFECT])
