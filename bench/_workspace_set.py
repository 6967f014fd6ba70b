"""
An agency's work: synthetic cases, events, contacts, tasks and messages, written by the database itself in a few statements.

Half of all cases are of the agency that is measured; of those two fifths wait to be taken, a third is under review by one of forty
officers. The first case has ten thousand events, the second ten; all others five.
"""

import time
from collections.abc import Callable
from typing import Any

from bench import _people_set

BYTES_EACH = 9_000  # of disk for one case with its events, contacts, parties and stages, indexes included
OFFICERS = 40
LONG, SHORT = 10_000, 10  # events of the first case and of the second
EVENTS, CONTACTS = 5, 3  # of each case
STATES = (
    "CASE WHEN n %% 20 < 8 THEN 'received' WHEN n %% 20 < 14 THEN 'in_review' WHEN n %% 20 < 16 THEN 'awaiting_citizen' "
    "WHEN n %% 20 < 17 THEN 'waiting' ELSE 'granted' END"
)
CASE_OF = (
    "CASE WHEN state IN ('received', 'waiting') THEN 'submitted' WHEN state = 'granted' THEN "
    "CASE WHEN n %% 20 = 19 THEN 'closed' ELSE 'granted' END ELSE state END"
)
OFFICER_ROWS = """
INSERT INTO accounts_user (id, password, email, name, language, is_active, is_demo, created_at)
SELECT uuidv7(), '!', 'officer' || g || '@bench.invalid', 'Persona ' || g, 'es', true, true, clock_now() FROM generate_series(1, %s) AS g;
INSERT INTO accounts_membership (user_id, role, agency_id, starts_at)
SELECT id, 'officer', %s, clock_now() - interval '1 year' FROM accounts_user WHERE email LIKE '%%@bench.invalid';
"""
DRAW = f"""
CREATE TEMP TABLE bench_work AS
WITH them AS (SELECT array_agg(id ORDER BY email) AS ids FROM accounts_user WHERE email LIKE '%%@bench.invalid'),
versions AS (SELECT array_agg(v.id ORDER BY v.id) AS ids, array_agg(v.procedure_id ORDER BY v.id) AS procedures
             FROM catalog_procedureversion v WHERE v.status = 'approved'),
agencies AS (SELECT array_agg(id ORDER BY id) AS ids FROM accounts_agency WHERE id <> %(agency)s),
drawn AS (SELECT n, {STATES} AS state, clock_now() - make_interval(secs => (n * 7) %% 1700000) AS at
          FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n)
SELECT n, state, at, {CASE_OF} AS case_state, uuidv7(make_interval(secs => (n - 3000000) / 10.0)) AS id, uuidv7() AS stage, uuidv7() AS person,
    uuidv7() AS contact, versions.ids[1 + (n * 13) %% cardinality(versions.ids)] AS version,
    versions.procedures[1 + (n * 13) %% cardinality(versions.ids)] AS procedure,
    CASE WHEN n %% 2 = 1 THEN %(agency)s ELSE agencies.ids[1 + (n / 2) %% cardinality(agencies.ids)] END AS agency,
    (ARRAY['web', 'office', 'phone', 'web'])[1 + (n / 2) %% 4] AS channel,
    CASE WHEN state IN ('in_review', 'awaiting_citizen') AND n %% 2 = 1 THEN them.ids[1 + (n / 40) %% {OFFICERS}] END AS officer,
    (at + interval '1 day' * (n %% 60 - 20))::date AS due
FROM drawn, them, versions, agencies;
ANALYZE bench_work;
"""  # noqa: S608  # words of ours
ROWS = f"""
INSERT INTO crm_person (id, kind, name, language, channel, created_at, is_synthetic)
    SELECT person, 'human', 'Persona ' || n || ' Rojas', 'es', '', at, true FROM bench_work ORDER BY n;
INSERT INTO crm_interaction (id, channel, started_at, ended_at, wrapped_up_at, ending, business_date, person_id, identity_level, language,
    reason, is_synthetic)
    SELECT CASE g WHEN 1 THEN contact ELSE uuidv7() END, channel, at, at, at, 'served', at::date, person, 100, 'es', '', true
    FROM bench_work, generate_series(1, {CONTACTS}) AS g ORDER BY n;
INSERT INTO crm_case (id, folio, version_id, state, state_since, source_id, channel, language, answers, begun_at, submitted_at, filed_by_id,
    filed_level, decided_at, closed_at, promised_on, reopened_count, revision, is_synthetic)
    SELECT id, pg_temp.folio_of(n), version, case_state, at, contact, channel, 'es', '{{}}', at, at, person, 100,
        CASE WHEN state = 'granted' THEN at END, CASE WHEN case_state = 'closed' THEN at END, due, 0, 1, true FROM bench_work ORDER BY n;
INSERT INTO crm_party (case_id, person_id, role, relation) SELECT id, person, 'applicant', '' FROM bench_work ORDER BY n;
INSERT INTO crm_stage (id, case_id, agency_id, "order", is_required, state, state_since, counts_from, due_on, stopped_at, stopped_seconds,
    assigned_to_id, decided_at, decision_reason, procedure_id, channel, to_close)
    SELECT stage, id, agency, 1, true, state, at, CASE WHEN state <> 'waiting' THEN least(at::date, due) END, due,
        CASE WHEN state = 'awaiting_citizen' THEN at END, 0, officer, CASE WHEN state = 'granted' THEN at END, '', procedure, channel,
        case_state = 'granted'
    FROM bench_work ORDER BY n;
INSERT INTO events_event (id, at, kind, subject_kind, subject_id, actor_kind, actor_id, channel, data, delivered_at)
    SELECT uuidv7(), at + make_interval(secs => g), (ARRAY['case.begun', 'case.submitted', 'case.taken', 'case.paper_added', 'case.status_told'])
        [1 + (g - 1) %% 5], 'case', id, CASE WHEN officer IS NULL THEN 'visitor' ELSE 'staff' END, officer, channel, '{{}}', at
    FROM bench_work, generate_series(1, CASE n WHEN 1 THEN {LONG} WHEN 3 THEN {SHORT} ELSE {EVENTS} END) AS g ORDER BY g, n;
INSERT INTO crm_message (id, case_id, stage_id, kind, text, at)
    SELECT uuidv7(), id, stage, 'message', 'Una pregunta.', at FROM bench_work WHERE n %% 10 = 1 ORDER BY n;
INSERT INTO crm_task (id, kind, what, case_id, agency_id, owner_id, created_at, due_on, state, outcome, key, revision)
    SELECT uuidv7(), 'todo', 'Llamar al archivo', id, agency, officer, at, due, 'open', '', '', 1 FROM bench_work WHERE n %% 5 = 1 ORDER BY n;
DROP TABLE bench_work;
"""  # noqa: S608  # likewise
# Two fifths of the others' stages go to the one agency, which then has 70 %; one citizen gets so many of its cases.
SKEW = """
UPDATE crm_stage SET agency_id = %(agency)s WHERE agency_id <> %(agency)s AND get_byte(uuid_send(id), 15) < 102;
UPDATE crm_task t SET agency_id = s.agency_id FROM crm_stage s WHERE s.case_id = t.case_id AND s.agency_id <> t.agency_id;
CREATE TEMP TABLE bench_heavy AS SELECT s.case_id, c.source_id, (SELECT p.person_id FROM crm_party p JOIN crm_case c ON c.id = p.case_id
    WHERE c.folio = pg_temp.folio_of(3)) AS person FROM crm_stage s JOIN crm_case c ON c.id = s.case_id WHERE s.agency_id = %(agency)s
    AND c.folio <> pg_temp.folio_of(1) ORDER BY c.folio LIMIT %(cases)s;
UPDATE crm_party p SET person_id = h.person FROM bench_heavy h WHERE p.case_id = h.case_id;
UPDATE crm_interaction i SET person_id = h.person FROM bench_heavy h WHERE i.id = h.source_id;
UPDATE crm_case c SET filed_by_id = h.person FROM bench_heavy h WHERE c.id = h.case_id;
DROP TABLE bench_heavy;
"""
HEAVY = 5_000  # cases of the one citizen
TABLES = "crm_person crm_interaction crm_case crm_party crm_stage crm_message crm_task events_event"


def begin(cursor: Any, agency: int) -> None:
    """Prepare a session, and the officers of the agency that is measured."""
    cursor.execute(_people_set.DICE)
    cursor.execute(_people_set.FOLIO)
    cursor.execute(OFFICER_ROWS, [OFFICERS, agency])


def write(cursor: Any, agency: int, first: int, last: int) -> None:
    """Write the rows alone, under whatever constraints and triggers the session has."""
    cursor.execute(DRAW, {"agency": agency, "first": first, "last": last})
    cursor.execute(ROWS.replace("%%", "%"))


def add(cursor: Any, agency: int, first: int, last: int, say: Callable[[str], None]) -> None:
    """Add the cases of these numbers and all that hangs on them; indexes are made once the rows are there."""
    began = time.monotonic()
    cursor.execute(_people_set.LATER, [[name for name in TABLES.split() if name != "events_event"]])
    later = cursor.fetchall()
    for name, _definition in later:
        cursor.execute(f"DROP INDEX {name}")
    write(cursor, agency, first, last)
    say(f"rows written, {time.monotonic() - began:.0f} s")
    for _name, definition in later:
        cursor.execute(definition.replace(" ON ONLY ", " ON "))
    cursor.execute("VACUUM (ANALYZE) " + ", ".join(TABLES.split()))
    say(f"indexes made, {time.monotonic() - began:.0f} s")


def skew(cursor: Any, agency: int, *, cases: int = HEAVY) -> None:
    """Give one agency 70 % of all that there is, and one citizen so many of its cases."""
    cursor.execute(SKEW, {"agency": agency, "cases": cases})
