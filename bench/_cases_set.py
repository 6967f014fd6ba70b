"""
Cases of one agency, made by the database itself: each with its contact, its applicant with a number and two ways to be reached, a paper, a
message and three events. Synthetic, always the same.
"""

import time
from collections.abc import Callable
from typing import Any

from bench._people_set import DICE, FOLIO, LATER, RUN, hurry

BYTES_EACH = 4_500  # of disk for one case with all that hangs on it, indexes included
TABLES = "crm_person crm_personidentifier crm_contactpoint crm_interaction crm_case crm_party crm_stage crm_document crm_message events_event"
DRAWN = """
CREATE TEMP TABLE bench_cases AS SELECT n, uuidv7(make_interval(secs => (n - 4000000) / 10.0)) AS id, uuidv7(make_interval(secs =>
    (n - 4000000) / 10.0)) AS contact, uuidv7(make_interval(secs => (n - 4000000) / 10.0)) AS person, uuidv7(make_interval(secs => (n -
    4000000) / 10.0)) AS stage, clock_now() - make_interval(secs => (4000000 - n) * 7.0) AS at, CASE WHEN n %% 10 < 3 THEN 'received'
    WHEN n %% 10 < 5 THEN 'in_review' WHEN n %% 10 = 5 THEN 'awaiting_citizen' ELSE 'granted' END AS state
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n;
ANALYZE bench_cases;
CREATE TEMP TABLE bench_version AS SELECT v.id, v.procedure_id FROM catalog_procedureversion v JOIN catalog_procedure p
    ON p.id = v.procedure_id WHERE p.agency_id = %(agency)s ORDER BY v.id LIMIT 1;
"""
ROWS = """
INSERT INTO crm_person (id, kind, name, language, channel, created_at, is_synthetic) SELECT person, 'human', 'Persona ' || n, 'es', '', at,
    true FROM bench_cases;
INSERT INTO crm_personidentifier (person_id, kind, country, value, level, is_active, at) SELECT person, 'run', 'CL', pg_temp.run_of(3000000
    + n), 100, true, at FROM bench_cases;
INSERT INTO crm_contactpoint (person_id, kind, value, level, at) SELECT person, kind, CASE kind WHEN 'phone' THEN '+569' || lpad(n::text, 8,
    '0') ELSE 'persona' || n || '@bench.invalid' END, 100, at FROM bench_cases, unnest(ARRAY['phone', 'email']) AS kind;
INSERT INTO crm_interaction (id, channel, started_at, ended_at, wrapped_up_at, ending, business_date, person_id, identity_level, language,
    reason, is_synthetic) SELECT contact, 'web', at, at, at, 'served', at::date, person, 100, 'es', 'apply', true FROM bench_cases;
INSERT INTO crm_case (id, folio, version_id, state, state_since, source_id, channel, language, answers, begun_at, submitted_at, filed_by_id,
    filed_level, decided_at, reopened_count, revision, is_synthetic) SELECT c.id, pg_temp.folio_of(n), v.id, CASE state
    WHEN 'received' THEN 'submitted' ELSE state END, at, contact, 'web', 'es', '{"reason": "work", "copies": 2}', at, at, person, 100,
    CASE state WHEN 'granted' THEN at END, 0, 2, true FROM bench_cases c, bench_version v;
INSERT INTO crm_party (case_id, person_id, role, relation) SELECT id, person, 'applicant', '' FROM bench_cases;
INSERT INTO crm_stage (id, case_id, agency_id, "order", is_required, state, state_since, counts_from, due_on, stopped_at, stopped_seconds, decided_at,
    decision_reason, procedure_id, channel, to_close) SELECT stage, c.id, %(agency)s, 1, true, state, at, at::date, at::date + 28, CASE state
    WHEN 'awaiting_citizen' THEN at END, 0, CASE state WHEN 'granted' THEN at END, '', v.procedure_id, 'web', state = 'granted'
    FROM bench_cases c, bench_version v;
INSERT INTO crm_document (id, case_id, requirement, name, content_type, size, sha256, state, reason, interaction_id, received_at) SELECT
    uuidv7(), id, 'proof', 'comprobante.pdf', 'application/pdf', 1000, lpad(n::text, 64, '0'), 'received', '', contact, at FROM bench_cases;
INSERT INTO crm_message (id, case_id, stage_id, kind, text, at) SELECT uuidv7(), id, stage, 'note', 'Nota ' || n, at FROM bench_cases;
INSERT INTO events_event (id, at, kind, subject_kind, subject_id, actor_kind, channel, data, delivered_at) SELECT uuidv7(), at, kind, 'case',
    id, 'system', 'web', '{}', at FROM bench_cases, unnest(ARRAY['case.begun', 'case.submitted', 'case.note_added']) AS kind;
DROP TABLE bench_cases, bench_version;
"""


def write(cursor: Any, first: int, last: int, *, agency: int) -> None:
    """Write the rows alone, under whatever constraints and triggers the session has."""
    for function in (DICE, RUN, FOLIO):
        cursor.execute(function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    given = {"first": first, "last": last, "agency": agency}
    cursor.execute(DRAWN, given)
    cursor.execute(ROWS, given)


def add(cursor: Any, first: int, last: int, *, agency: int, say: Callable[[str], None]) -> None:
    """Add the cases of these numbers; the indexes of their tables are made once the rows are there."""
    began = time.monotonic()
    hurry(cursor)
    cursor.execute(LATER, [[one for one in TABLES.split() if one != "events_event"]])
    later = cursor.fetchall()
    for name, _definition in later:
        cursor.execute(f"DROP INDEX {name}")
    write(cursor, first, last, agency=agency)
    for _name, definition in later:
        cursor.execute(definition)
    cursor.execute("VACUUM (ANALYZE) " + ", ".join(TABLES.split()))
    say(f"{last - first + 1:,} cases written, {time.monotonic() - began:.0f} s")
