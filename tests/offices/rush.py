"""
A rush at one office: several processes, each with some of the desks, take numbers and call them, sharing nothing but the database.

One code at two sizes: small in `test_concurrency.py`, full in `dev.py bench queue` and `dev.py bench reliability`. As a module it is one
of the processes (`python -m tests.offices.rush <json>`), on the database its environment names.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[2]
Act = Callable[[Any, Any, "Share"], None]  # office, desk, share


@dataclass(frozen=True)
class Share:
    """
    What one process does: its desks each take `tickets` numbers (every fifth with priority), or call until
    nobody waits.
    """

    act: str  # one of the module's acts: take or call
    office: int
    desks: list[str]
    tickets: int = 0


@dataclass(frozen=True)
class Findings:
    """What the database says after a rush; all but `tickets` and `calls` must be nought."""

    tickets: int
    calls: int
    double_numbers: int
    missing_numbers: int
    double_calls: int
    wrong_turns: int
    out_of_turn: int
    left_over: int

    def wrong(self, expected: int) -> dict[str, int]:
        """Return what is not as it should be after `expected` tickets were taken and called."""
        counted = asdict(self) | {"tickets": self.tickets - expected, "calls": self.calls - expected}
        return {name: count for name, count in counted.items() if count}


def whole_rush(
    office: int, desks: list[str], *, processes: int, tickets: int
) -> tuple[float, float, Findings]:
    """Take so many tickets, then call them all; return the seconds of either, and what the database says afterwards."""
    taking = rush("take", office=office, desks=desks, processes=processes, tickets=tickets)
    calling = rush("call", office=office, desks=desks, processes=processes)
    return taking, calling, findings(office)


def rush(
    act: str,
    *,
    office: int,
    desks: list[str],
    processes: int,
    tickets: int = 0,
    module: str = "tests.offices.rush",
) -> float:
    """
    Let `processes` processes do an act at the same time; return the seconds from the first start to the last end.

    :param module: whose acts they are; its `__main__` calls `one_process`
    """
    shares = [
        Share(act, office, desks[one::processes], tickets // len(desks) if desks else 0)
        for one in range(processes)
    ]
    running = [
        subprocess.Popen(  # ourselves
            [sys.executable, "-m", module, json.dumps(asdict(share))],
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        for share in shares
    ]
    spans = []
    for process in running:
        out, _err = process.communicate(timeout=1800)
        if process.returncode:
            raise RuntimeError(f"a process of the rush failed: {out}")
        spans.append(json.loads(out.splitlines()[-1]))
    return max(span["end"] for span in spans) - min(span["begin"] for span in spans)


def environment() -> dict[str, str]:
    """The same servers, the database of this very test or bench."""
    from django.conf import settings
    from django.db import connections

    now = connections["owner"].settings_dict
    query = urlencode({"host": now["HOST"], **({"port": now["PORT"]} if now["PORT"] else {})})
    secret = f":{quote(now['PASSWORD'])}" if now["PASSWORD"] else ""
    address = f"postgresql://{quote(now['USER'])}{secret}@/{now['NAME']}?{query}"
    return {
        **os.environ,
        "DATABASE_URL": address,
        "REDIS_URL": settings.REDIS_URL,
        "TESTING": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def findings(office: int) -> Findings:
    """Ask the database what went wrong, from the rows and from the events."""
    from django.db import connection

    def ask(query: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(query, [office])
            return int(cursor.fetchone()[0] or 0)

    return Findings(
        tickets=ask("SELECT count(*) FROM offices_ticket WHERE office_id = %s"),
        calls=ask(
            "SELECT count(*) FROM events_event WHERE kind = 'ticket.called' AND (data->>'office')::int = %s"
        ),
        double_numbers=ask(
            "SELECT count(*) - count(DISTINCT (business_date, series, number)) "
            "FROM offices_ticket WHERE office_id = %s"
        ),
        missing_numbers=ask(
            "SELECT sum(highest - there) FROM "
            "(SELECT max(number) AS highest, count(*) AS there FROM offices_ticket "
            "WHERE office_id = %s GROUP BY business_date, series) series"
        ),
        double_calls=ask(
            "SELECT count(*) FROM (SELECT subject_id FROM events_event WHERE kind = 'ticket.called' "
            "AND (data->>'office')::int = %s GROUP BY subject_id HAVING count(*) > 1) twice"
        ),
        wrong_turns=ask(
            "SELECT count(*) FROM offices_ticket t JOIN offices_visit v ON v.id = t.visit_id WHERE t.office_id = %s "
            "AND turn_at <> taken_at - CASE WHEN priority = '' THEN interval '0' ELSE interval '40 minutes' END"
        ),
        # Somebody was passed over if a desk, having called another, called once more and they still had not been called by then. (Two
        # desks that call at the same moment may be told in either order: neither passed anybody over.)
        out_of_turn=ask(
            "SELECT count(*) FROM (SELECT "
            "lead(called_at) OVER (PARTITION BY desk_id ORDER BY called_at) AS next_call, "
            "max(called_at) OVER (ORDER BY turn_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_them "
            "FROM offices_ticket WHERE office_id = %s AND called_at IS NOT NULL) calls WHERE before_them >= next_call"
        ),
        left_over=ask("SELECT count(*) FROM offices_ticket WHERE office_id = %s AND state <> 'no_show'"),
    )


# --- one process --------------------------------------------------------------------------------
def _take(office: Any, desk: Any, share: Share) -> None:
    from accounts.actors import Actor
    from offices import actions

    for number in range(share.tickets):
        actions.take_ticket(office, by=Actor.system(), priority="" if number % 5 else "older")


def _call(office: Any, desk: Any, share: Share) -> None:
    """Call until nobody waits; every fourth answer is "lost" and asked for again with the same key."""
    from accounts.actors import Actor
    from offices import actions

    clerk, turns = Actor.staff(desk.clerk), 0
    while True:
        key, turns = uuid4(), turns + 1
        ticket = actions.call_next(desk, by=clerk, key=key)
        if ticket is None:
            return
        if turns % 4 == 0 and actions.call_next(desk, by=clerk, key=key) != ticket:
            raise AssertionError("asking again called somebody else")
        actions.mark_no_show(ticket, by=clerk)


ACTS: dict[str, Act] = {"take": _take, "call": _call}


def one_process(acts: dict[str, Act]) -> None:
    """Be one of the processes: do the share told on the command line, and tell the parent when it began and ended."""
    import django

    django.setup()
    print(json.dumps(_work(acts, Share(**json.loads(sys.argv[1])))))  # noqa: T201  # the answer to the parent


def _work(acts: dict[str, Act], share: Share) -> dict[str, float]:
    from django.db import connection

    from offices.models import Desk
    from territory.models import Office

    office = Office.objects.select_related("commune").get(pk=share.office)
    desks = list(Desk.objects.filter(pk__in=share.desks).select_related("clerk", "office__commune"))
    ready, failures = Barrier(len(desks) + 1), []

    def run(desk: Any) -> None:
        try:
            connection.ensure_connection()
            ready.wait()
            acts[share.act](office, desk, share)
        except BaseException as error:  # noqa: BLE001  # told to the parent, which fails
            failures.append(repr(error))
        finally:
            connection.close()

    threads = [Thread(target=run, args=[desk]) for desk in desks]
    for thread in threads:
        thread.start()
    ready.wait()
    begin = time.time()
    for thread in threads:
        thread.join()
    if failures:
        sys.exit("; ".join(failures))
    return {"begin": begin, "end": time.time()}


if __name__ == "__main__":
    one_process(ACTS)
