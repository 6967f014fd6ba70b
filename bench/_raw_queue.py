"""
What the queue could do at best: the same rush in plain psycopg, twice.

`bare`: a counter and a ticket, one statement an act: what PostgreSQL itself takes. `rows`: every row the product writes (contact, visit,
ticket, period, event), in the same transactions and under the same locks: what is left is the product's own cost.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tests.offices.rush import Act, Share, one_process

TABLES = """
CREATE TABLE raw_counter (office int PRIMARY KEY, last int NOT NULL);
CREATE TABLE raw_ticket (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, office int NOT NULL, number int NOT NULL, state text NOT NULL,
    turn_at timestamptz NOT NULL DEFAULT clock_timestamp(), desk uuid, called_at timestamptz, UNIQUE (office, number));
CREATE INDEX raw_queue ON raw_ticket (office, turn_at, id) WHERE state = 'waiting';
"""
BARE_TAKE = """
WITH next AS (
    INSERT INTO raw_counter VALUES (%(office)s, 1)
    ON CONFLICT (office) DO UPDATE SET last = raw_counter.last + 1 RETURNING last)
INSERT INTO raw_ticket (office, number, state) SELECT %(office)s, last, 'waiting' FROM next
"""
BARE_CALL = """
UPDATE raw_ticket SET state = 'called', desk = %(desk)s, called_at = clock_timestamp() WHERE id = (
    SELECT id FROM raw_ticket WHERE office = %(office)s AND state = 'waiting'
    ORDER BY turn_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""
BARE_END = "UPDATE raw_ticket SET state = 'no_show' WHERE id = %(ticket)s"

EVENT = (
    "INSERT INTO events_event (id, at, kind, subject_kind, subject_id, actor_kind, actor_id, interaction_id, channel, data) "
    "VALUES (uuidv7(), clock_now(), %(kind)s, %(about)s, %(subject)s, %(actor)s, %(clerk)s, %(contact)s, 'office', %(data)s::jsonb)"
)
OPEN = (
    "INSERT INTO crm_interaction (id, channel, started_at, business_date, office_id, commune_id, ending, identity_level, language, reason, "
    "is_synthetic) VALUES (uuidv7(), 'office', clock_now(), %(day)s, %(office)s, %(commune)s, '', 0, 'es', '', false) RETURNING id"
)
VISIT = (
    "INSERT INTO offices_visit (id, interaction_id, office_id, priority, note) "
    "VALUES (uuidv7(), %(contact)s, %(office)s, %(priority)s, '') RETURNING id"
)
NUMBER = (
    "INSERT INTO offices_counter (office_id, business_date, series, last) VALUES (%(office)s, %(day)s, %(series)s, 1) "
    "ON CONFLICT (office_id, business_date, series) DO UPDATE SET last = offices_counter.last + 1 RETURNING last"
)
TICKET = (
    "INSERT INTO offices_ticket (id, visit_id, office_id, business_date, series, number, token, state, taken_at, turn_at, called_count) "
    "VALUES (uuidv7(), %(visit)s, %(office)s, %(day)s, %(series)s, %(number)s, left(replace(gen_random_uuid()::text, '-', ''), 26), "
    "'waiting', clock_now(), clock_now() - %(head_start)s::interval, 0) RETURNING id"
)
BEGIN_PERIOD = (
    "INSERT INTO offices_period (ticket_id, kind, started_at) VALUES (%(ticket)s, %(period)s, clock_now())"
)
END_PERIOD = (
    "UPDATE offices_period SET ended_at = clock_now() WHERE ticket_id = %(ticket)s AND ended_at IS NULL"
)
DESK = "SELECT clerk_id FROM offices_desk WHERE id = %(desk)s FOR UPDATE"
NEXT = (
    "SELECT t.id, v.interaction_id FROM offices_ticket t JOIN offices_visit v ON v.id = t.visit_id "
    "WHERE t.office_id = %(office)s AND t.business_date = %(day)s AND t.state = 'waiting' "
    "ORDER BY t.turn_at, t.id LIMIT 1 FOR UPDATE OF t SKIP LOCKED"
)
CALL = (
    "UPDATE offices_ticket SET state = 'called', desk_id = %(desk)s, clerk_id = %(clerk)s, call_key = gen_random_uuid(), "
    "called_at = clock_now(), called_count = 1 WHERE id = %(ticket)s"
)
LOCK = "SELECT id FROM offices_ticket WHERE id = %(ticket)s FOR UPDATE"
NO_SHOW = "UPDATE offices_ticket SET state = 'no_show', ended_at = clock_now() WHERE id = %(ticket)s"
CLOSE = (
    "UPDATE crm_interaction SET ended_at = clock_now(), wrapped_up_at = clock_now(), ending = 'no_show', "
    "waited_seconds = extract(epoch FROM clock_now() - started_at)::int WHERE id = %(contact)s"
)


@contextmanager
def connected(*, autocommit: bool) -> Iterator[Any]:
    """Connect to the database of this process's settings."""
    from django.db import connections

    now = connections["owner"].settings_dict
    with psycopg.connect(
        dbname=now["NAME"],
        user=now["USER"],
        password=now["PASSWORD"] or None,
        host=now["HOST"],
        port=now["PORT"] or None,
        autocommit=autocommit,
    ) as connection:
        yield connection


def bare_take(office: Any, desk: Any, share: Share) -> None:
    with connected(autocommit=True) as connection:
        for _one in range(share.tickets):
            connection.execute(BARE_TAKE, {"office": office.pk})


def bare_call(office: Any, desk: Any, share: Share) -> None:
    with connected(autocommit=True) as connection:
        while row := connection.execute(BARE_CALL, {"office": office.pk, "desk": desk.pk}).fetchone():
            connection.execute(BARE_END, {"ticket": row[0]})


def rows_take(office: Any, desk: Any, share: Share) -> None:
    with connected(autocommit=False) as connection:
        for number in range(share.tickets):
            row = _row(office, desk) | ({"priority": "older", "series": "P"} if number % 5 == 0 else {})
            row["head_start"] = "40 minutes" if row["priority"] else "0"
            row["contact"] = connection.execute(OPEN, row).fetchone()[0]
            _tell(connection, row, "interaction.opened", "interaction", row["contact"])
            row["visit"] = connection.execute(VISIT, row).fetchone()[0]
            row["number"] = connection.execute(NUMBER, row).fetchone()[0]
            row["ticket"] = connection.execute(TICKET, row).fetchone()[0]
            connection.execute(BEGIN_PERIOD, row | {"period": "waiting"})
            _tell(connection, row, "ticket.taken", "ticket", row["ticket"])
            connection.commit()


def rows_call(office: Any, desk: Any, share: Share) -> None:
    with connected(autocommit=False) as connection:
        row = _row(office, desk) | {"actor": "staff", "clerk": desk.clerk_id}
        while True:
            connection.execute(DESK, row)
            found = connection.execute(NEXT, row).fetchone()
            if found is None:
                return
            row["ticket"], row["contact"] = found
            connection.execute(END_PERIOD, row)
            connection.execute(BEGIN_PERIOD, row | {"period": "called"})
            connection.execute(CALL, row)
            _tell(connection, row, "ticket.called", "ticket", row["ticket"])
            connection.commit()
            connection.execute(LOCK, row)
            connection.execute(END_PERIOD, row)
            connection.execute(NO_SHOW, row)
            _tell(connection, row, "ticket.no_show", "ticket", row["ticket"])
            connection.execute(CLOSE, row)
            _tell(connection, row, "interaction.ended", "interaction", row["contact"])
            connection.commit()


def _row(office: Any, desk: Any) -> dict[str, Any]:
    from common import clock

    return {
        "office": office.pk,
        "commune": office.commune_id,
        "day": clock.local_date(clock.now(), office.commune.time_zone),
        "desk": desk.pk,
        "clerk": None,
        "actor": "system",
        "priority": "",
        "series": "A",
    }


def _tell(connection: Any, row: dict[str, Any], kind: str, about: str, subject: Any) -> None:
    data = f'{{"office": {row["office"]}, "desk": "{row["desk"]}"}}'
    connection.execute(EVENT, row | {"kind": kind, "about": about, "subject": subject, "data": data})


ACTS: dict[str, Act] = {
    "bare-take": bare_take,
    "bare-call": bare_call,
    "rows-take": rows_take,
    "rows-call": rows_call,
}

if __name__ == "__main__":
    one_process(ACTS)
