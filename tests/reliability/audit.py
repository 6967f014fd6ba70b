"""
The audit (44): what is written can not be changed by the application, and of very many rows one that the owner alters is found.
"""

import time
from datetime import timedelta
from random import Random

from django.db import ProgrammingError, connection, connections, transaction

from accounts.actors import Actor
from common import clock
from crm import actions
from crm.queries.audit import broken_seals
from tests import databases
from tests.reliability import Outcome

SEALED_AT_ONCE = 100_000
MAKE = """
INSERT INTO crm_accesslog (id, at, actor_kind, act, reason, person_id)
SELECT uuidv7(), clock_now() - interval '1 hour' + g * interval '1 millisecond', 'staff', 'open_person', 'Atiende a la persona', uuidv7()
FROM generate_series(%s, %s) g
"""


def check(rows: int) -> Outcome:
    """Write and seal so many readings, alter one at random as the owner, and look."""
    outcome = Outcome("the audit (44)")
    with connection.cursor() as cursor:
        for first in range(1, rows + 1, SEALED_AT_ONCE):
            cursor.execute(MAKE, [first, min(first + SEALED_AT_ONCE, rows + 1) - 1])
    began = time.monotonic()
    sealed = _seal_in_steps(rows)
    sealing, began = time.monotonic() - began, time.monotonic()
    if sealed != rows:
        outcome.wrong.append(f"{sealed} rows sealed, not {rows}")
    if broken_seals():
        outcome.wrong.append("a seal is broken before anything was altered")
    checking = time.monotonic() - began
    outcome.wrong += [f"the application may {deed}" for deed in _forbidden()]
    number = Random(44).randrange(rows)  # noqa: S311  # a test, not a secret
    with databases._admin(connections["owner"].settings_dict["NAME"]) as owner:
        owner.execute(
            "UPDATE crm_accesslog SET person_id = uuidv7() WHERE id = (SELECT id FROM crm_accesslog ORDER BY at OFFSET %s LIMIT 1)",
            [number],
        )
    if len(broken_seals()) != 1:
        outcome.wrong.append(
            f"row {number} of {rows} was altered, and {len(broken_seals())} seals are broken"
        )
    outcome.figures = {
        "rows": rows,
        "altered": 1,
        "found": len(broken_seals()),
        "seconds to seal": f"{sealing:.1f}",
        "seconds to check": f"{checking:.1f}",
    }
    return outcome


def _seal_in_steps(rows: int) -> int:
    """Seal as the hourly task does, hour by hour: here, a stretch of rows at a time."""
    steps = max(1, rows // SEALED_AT_ONCE)
    span = timedelta(milliseconds=rows)
    start = clock.now() - timedelta(hours=1)
    sealed = 0
    for step in range(1, steps + 1):
        sealed += actions.seal_audit(
            by=Actor.system(), still_open=clock.now() - (start + span * step / steps)
        )
    return sealed + actions.seal_audit(by=Actor.system(), still_open=timedelta(microseconds=1))


def _forbidden() -> list[str]:
    """What the application's role can do to the rows, and should not."""
    done = []
    for table in ("events_event", "crm_accesslog", "crm_change", "crm_seal"):
        for deed in ("UPDATE {} SET at = now()", "DELETE FROM {}", "TRUNCATE {}"):
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(deed.format(table))
                done.append(deed.format(table))
            except ProgrammingError:
                continue
    return done
