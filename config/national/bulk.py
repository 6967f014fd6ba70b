"""
Writing a batch of stories: one statement for each table, in the order in which the tables rest on one another.

Runs as the application, under every constraint. What a row looks like is the business of the actions; that these statements say the
same is proved by tests/config/test_seed_national.py, so whoever changes an action is told here.
"""

import json
from datetime import datetime
from typing import Any

from django.db import connection

from config.demo.people import FIRST_HUMAN
from config.national import work
from config.national.events import EVENTS
from config.national.stories import ANSWER, FIRST_RUN, QUESTION, REASONS
from crm import reasons
from crm.actions.questions import ANSWER_DAYS
from portal.models.draft import ALPHABET as DRAFT_ALPHABET

ROOM = FIRST_HUMAN - FIRST_RUN  # people there can be

PREPARED = """
ANALYZE work_person, work_case, work_visit;
UPDATE work_person w SET run = pg_temp.run_of(%(first_run)s + w.number);
UPDATE work_person w SET id = coalesce(i.person_id, uuidv7()), is_new = i.person_id IS NULL
FROM work_person o LEFT JOIN crm_personidentifier i ON i.kind = 'run' AND i.country = 'CL' AND i.value = o.run AND i.is_active
WHERE o.number = w.number;
UPDATE work_case w SET agency = p.agency_id, term = coalesce((v.content->'stages'->0->>'term_business_days')::int, %(term)s)
FROM catalog_procedureversion v JOIN catalog_procedure p ON p.id = v.procedure_id WHERE v.id = w.version;
UPDATE work_case w SET folio = f.folio FROM (
    SELECT n, pg_temp.folio_of(year, next_folio_number(year)) AS folio
    FROM (SELECT n, extract(year FROM pg_temp.day_of(filed_at))::int AS year FROM work_case ORDER BY filed_at, n) AS filed
) f WHERE f.n = w.n;
UPDATE work_visit w SET day = (w.taken_at AT TIME ZONE c.time_zone)::date
FROM territory_office o JOIN territory_commune c ON c.code = o.commune_id WHERE o.id = w.office;
UPDATE work_visit w SET number = t.number FROM (
    SELECT v.n, coalesce(c.last, 0) + row_number() OVER (PARTITION BY v.office, v.day ORDER BY v.taken_at, v.n) AS number
    FROM work_visit v LEFT JOIN offices_counter c ON c.office_id = v.office AND c.business_date = v.day AND c.series = 'A'
) t WHERE t.n = w.n;
"""
DUE = """
UPDATE work_case w SET stopped = (SELECT count(*) FROM work_calendar c
    WHERE c.is_business AND c.day > pg_temp.day_of(w.asked_at) AND c.day <= pg_temp.day_of(w.answered_at));
UPDATE work_case w SET promised_on = d.day FROM work_calendar c, work_calendar d
WHERE c.day = pg_temp.day_of(w.filed_at) AND d.is_business AND d.place = c.place + w.term;
UPDATE work_case w SET due_on = d.day FROM work_calendar c, work_calendar d
WHERE c.day = pg_temp.day_of(w.filed_at) AND d.is_business AND d.place = c.place + w.term + w.stopped;
CREATE TEMP TABLE work_told ON COMMIT DROP AS
SELECT w.person, w.filed_at AS at, w.contact, 'web'::text AS channel, 'holder'::text AS actor, NULL::uuid AS actor_id, true AS at_home
FROM work_case w
UNION ALL
SELECT w.person, w.taken_at, w.contact, o.kind, 'staff', w.clerk, false
FROM work_visit w JOIN territory_office o ON o.id = w.office WHERE w.person IS NOT NULL;
CREATE TEMP TABLE work_first ON COMMIT DROP AS
SELECT DISTINCT ON (t.person) t.*, p.id, p.run, p.commune, p.given || ' ' || p.surnames AS name
FROM work_told t JOIN work_person p ON p.number = t.person WHERE p.is_new ORDER BY t.person, t.at;
ANALYZE work_case, work_visit, work_person, work_told, work_first;
"""
CONTACTS = """
INSERT INTO crm_person (id, kind, name, language, created_at, is_synthetic)
SELECT id, 'human', name, 'es', at, true FROM work_first ORDER BY at;

INSERT INTO crm_interaction (id, channel, started_at, ended_at, wrapped_up_at, waited_seconds, ending, business_date, commune_id,
                             person_id, identity_level, language, reason, is_synthetic)
SELECT w.contact, 'web', w.begun_at, w.filed_at, w.filed_at, pg_temp.seconds(w.begun_at, w.filed_at), 'served',
       pg_temp.day_of(w.begun_at), p.commune, p.id, 100, 'es', 'apply', true
FROM work_case w JOIN work_person p ON p.number = w.person
UNION ALL
SELECT w.visit, 'web', w.answered_at, w.answered_at, NULL, 0, 'served', pg_temp.day_of(w.answered_at), p.commune, p.id, 0, 'es',
       'follow', true
FROM work_case w JOIN work_person p ON p.number = w.person WHERE w.answered_at IS NOT NULL;

INSERT INTO crm_interaction (id, channel, started_at, attended_at, ended_at, wrapped_up_at, waited_seconds, served_seconds, ending,
                             business_date, office_id, commune_id, agent_id, person_id, identity_level, language, reason, is_synthetic)
SELECT w.contact, o.kind, w.taken_at, w.serving_at, w.ended_at, w.ended_at,
       pg_temp.seconds(w.taken_at, coalesce(w.serving_at, w.ended_at)), pg_temp.seconds(w.serving_at, w.ended_at), w.ending, w.day,
       w.office, o.commune_id, CASE WHEN w.serving_at IS NOT NULL THEN w.clerk END, p.id, CASE WHEN p.id IS NULL THEN 0 ELSE 100 END,
       'es', r.code, true
FROM work_visit w JOIN territory_office o ON o.id = w.office JOIN catalog_procedureversion v ON v.id = w.version
JOIN catalog_procedure r ON r.id = v.procedure_id LEFT JOIN work_person p ON p.number = w.person;
"""
PEOPLE = """
INSERT INTO crm_personidentifier (person_id, kind, country, value, level, is_active, interaction_id, at)
SELECT id, 'run', 'CL', run, 100, true, contact, at FROM work_first;

INSERT INTO crm_personattribute (person_id, key, value, level, interaction_id, at)
SELECT p.id, 'name', to_jsonb(p.given || ' ' || p.surnames), 100, t.contact, t.at
FROM work_told t JOIN work_person p ON p.number = t.person
UNION ALL
SELECT p.id, 'commune', to_jsonb(p.commune), 100, t.contact, t.at
FROM work_told t JOIN work_person p ON p.number = t.person WHERE t.at_home;

INSERT INTO crm_contactpoint (person_id, kind, value, level, interaction_id, at)
SELECT DISTINCT ON (t.person, k.kind) p.id, k.kind,
       CASE k.kind WHEN 'email' THEN 'sintetico' || p.number || '@nacional.invalid' ELSE '+5691' || lpad((p.number %% 10000000)::text, 7, '0') END,
       100, t.contact, t.at
FROM work_told t JOIN work_person p ON p.number = t.person, (VALUES ('email'), ('phone')) AS k (kind)
WHERE t.at_home ORDER BY t.person, k.kind, t.at
ON CONFLICT DO NOTHING;

INSERT INTO crm_homecommune (person_id, commune_id)
SELECT DISTINCT p.id, p.commune FROM work_told t JOIN work_person p ON p.number = t.person WHERE t.at_home
ON CONFLICT (person_id) DO UPDATE SET commune_id = excluded.commune_id;
"""
CASES = """
INSERT INTO crm_case (id, folio, secret_hash, version_id, state, state_since, source_id, channel, language, answers, commune_id, begun_at,
                      submitted_at, filed_by_id, filed_level, decided_at, closed_at, promised_on, receipt_promised_on, stopped_seconds,
                      running_seconds, reopened_count, revision, is_synthetic)
SELECT w.id, w.folio, sha256(uuid_send(gen_random_uuid())), w.version,
       CASE WHEN w.closed_at IS NOT NULL THEN 'closed' WHEN w.decided_at IS NOT NULL THEN w.decision
            WHEN w.answered_at IS NOT NULL THEN 'in_review' WHEN w.asked_at IS NOT NULL THEN 'awaiting_citizen'
            WHEN w.taken_at IS NOT NULL THEN 'in_review' ELSE 'submitted' END,
       coalesce(w.closed_at, w.decided_at, w.answered_at, w.asked_at, w.taken_at, w.filed_at),
       w.contact, 'web', 'es',
       jsonb_build_object('applicant_name', jsonb_build_object('given', p.given, 'surnames', p.surnames), 'applicant_run', p.run,
           'applicant_email', 'sintetico' || p.number || '@nacional.invalid',
           'applicant_phone', '+5691' || lpad((p.number %% 10000000)::text, 7, '0'),
           'applicant_commune', p.commune, 'purpose', w.purpose, 'declaration', true),
       p.commune, w.begun_at, w.filed_at, p.id, 100, w.decided_at, w.closed_at, w.due_on, w.promised_on,
       coalesce(pg_temp.seconds(w.asked_at, w.answered_at), 0),
       pg_temp.seconds(w.filed_at, w.decided_at) - coalesce(pg_temp.seconds(w.asked_at, w.answered_at), 0), 0,
       2 + num_nonnulls(w.taken_at, w.asked_at, w.answered_at, w.decided_at, w.closed_at), true
FROM work_case w JOIN work_person p ON p.number = w.person;

INSERT INTO portal_draft (code, case_id, begun_at, kept_until)
SELECT pg_temp.drawn(%(draft)s, 10), id, begun_at, begun_at + interval '720 hours' FROM work_case;

INSERT INTO crm_party (case_id, person_id, role, relation)
SELECT w.id, p.id, 'applicant', '' FROM work_case w JOIN work_person p ON p.number = w.person;

INSERT INTO crm_stage (id, case_id, agency_id, "order", is_required, state, state_since, term_business_days, counts_from, due_on, stopped_at,
                       stopped_seconds, stopped_days, assigned_to_id, decided_at, decision_reason)
SELECT w.stage, w.id, w.agency, 1, true,
       CASE WHEN w.decided_at IS NOT NULL THEN w.decision WHEN w.answered_at IS NOT NULL THEN 'in_review'
            WHEN w.asked_at IS NOT NULL THEN 'awaiting_citizen' WHEN w.taken_at IS NOT NULL THEN 'in_review' ELSE 'received' END,
       coalesce(w.decided_at, w.answered_at, w.asked_at, w.taken_at, w.filed_at),
       (v.content->'stages'->0->>'term_business_days')::int, pg_temp.day_of(w.filed_at), w.due_on,
       CASE WHEN w.answered_at IS NULL THEN w.asked_at END, coalesce(pg_temp.seconds(w.asked_at, w.answered_at), 0), w.stopped,
       CASE WHEN w.taken_at IS NOT NULL THEN w.officer END, w.decided_at,
       CASE WHEN w.decided_at IS NULL THEN '' ELSE %(reasons)s::jsonb->>w.decision END
FROM work_case w JOIN catalog_procedureversion v ON v.id = w.version;

INSERT INTO crm_message (id, case_id, stage_id, kind, text, author_id, interaction_id, answers_id, answer_by, answer_days, at)
SELECT w.question, w.id, w.stage, 'question', %(question)s, w.officer, NULL::uuid, NULL::uuid, d.day, %(answer_days)s, w.asked_at
FROM work_case w JOIN work_calendar c ON c.day = pg_temp.day_of(w.asked_at)
JOIN work_calendar d ON d.is_business AND d.place = c.place + %(answer_days)s
UNION ALL
SELECT reply, id, stage, 'answer', %(answer)s, NULL, visit, question, NULL, NULL, answered_at FROM work_case WHERE answered_at IS NOT NULL;

INSERT INTO crm_enquiry (id, interaction_id, version_id, case_id, kind, outcome, is_resolved, opened_at, closed_at)
SELECT enquiry, contact, version, id, 'apply', 'case_opened', true, begun_at, filed_at FROM work_case
UNION ALL
SELECT follow, visit, version, id, 'follow', 'status_told', true, answered_at, answered_at FROM work_case WHERE answered_at IS NOT NULL
UNION ALL
SELECT answer, visit, version, id, 'answer', 'case_updated', true, answered_at, answered_at FROM work_case WHERE answered_at IS NOT NULL
UNION ALL
SELECT enquiry, contact, version, NULL, 'inform',
       CASE WHEN settled_at IS NULL THEN 'not_resolved' ELSE outcome END, settled_at IS NOT NULL AND outcome = 'informed',
       coalesce(settled_at, ended_at), coalesce(settled_at, ended_at)
FROM work_visit WHERE serving_at IS NOT NULL;
"""
VISITS = """
INSERT INTO offices_visit (id, interaction_id, office_id, priority, note) SELECT id, contact, office, '', '' FROM work_visit;

INSERT INTO offices_visitmatter (visit_id, version_id, enquiry_id)
SELECT id, version, CASE WHEN serving_at IS NOT NULL THEN enquiry END FROM work_visit;

INSERT INTO offices_ticket (id, visit_id, office_id, business_date, series, number, token, state, taken_at, turn_at, called_at, called_count,
                            desk_id, clerk_id, ended_at)
SELECT ticket, id, office, day, 'A', number, pg_temp.drawn('0123456789abcdefghjkmnpqrstvwxyz', 26),
       CASE ending WHEN 'served' THEN 'finished' ELSE ending END, taken_at, taken_at, called_at, num_nonnulls(called_at),
       CASE WHEN called_at IS NOT NULL THEN desk END, CASE WHEN called_at IS NOT NULL THEN clerk END, ended_at
FROM work_visit;

INSERT INTO offices_period (ticket_id, kind, started_at, ended_at)
SELECT ticket, 'waiting', taken_at, coalesce(called_at, ended_at) FROM work_visit
UNION ALL
SELECT ticket, 'called', called_at, coalesce(serving_at, ended_at) FROM work_visit WHERE called_at IS NOT NULL
UNION ALL
SELECT ticket, 'serving', serving_at, ended_at FROM work_visit WHERE serving_at IS NOT NULL;

INSERT INTO offices_counter (office_id, business_date, series, last)
SELECT office, day, 'A', max(number) FROM work_visit GROUP BY office, day
ON CONFLICT (office_id, business_date, series) DO UPDATE SET last = excluded.last;

INSERT INTO crm_accesslog (id, at, actor_kind, actor_id, act, reason, person_id, interaction_id)
SELECT uuidv7(), w.serving_at, 'staff', w.clerk, 'open_person', %(present)s, p.id, w.contact
FROM work_visit w JOIN work_person p ON p.number = w.person WHERE w.serving_at IS NOT NULL;
"""
SURVEYS = """
INSERT INTO crm_surveyinvitation (id, interaction_id, token_hash, channel, agent_id, office_id, procedure_id, agency_id, made_at, expires_at)
SELECT s.id, s.contact, pg_temp.token_hash(s.contact), s.channel, s.agent, s.office, v.procedure_id, p.agency_id, s.at,
       s.at + interval '720 hours'
FROM (
    SELECT survey AS id, contact, 'web' AS channel, NULL::uuid AS agent, NULL::bigint AS office, version, filed_at AS at FROM work_case
    UNION ALL
    SELECT visit_survey, visit, 'web', NULL, NULL, version, answered_at FROM work_case WHERE answered_at IS NOT NULL
    UNION ALL
    SELECT w.survey, w.contact, o.kind, w.clerk, w.office, w.version, w.ended_at
    FROM work_visit w JOIN territory_office o ON o.id = w.office WHERE w.ending = 'served'
) AS s JOIN catalog_procedureversion v ON v.id = s.version JOIN catalog_procedure p ON p.id = v.procedure_id;

INSERT INTO crm_surveyanswer (invitation_id, grade, resolved, comment, by_proxy, at)
SELECT survey, grade, grade >= 5, '', false, graded_at FROM work_case WHERE graded_at IS NOT NULL
UNION ALL
SELECT survey, grade, grade >= 5, '', false, graded_at FROM work_visit WHERE graded_at IS NOT NULL;
"""

KNOWN = """
CREATE TEMP TABLE work_told (person bigint, at timestamptz, contact uuid, channel text, actor text, actor_id uuid, at_home boolean)
ON COMMIT DROP;
INSERT INTO work_told SELECT number, %(at)s, NULL, '', 'system', NULL, true FROM work_person;
CREATE TEMP TABLE work_first ON COMMIT DROP AS
SELECT t.*, p.id, p.run, p.commune, p.given || ' ' || p.surnames AS name
FROM work_told t JOIN work_person p ON p.number = t.person WHERE p.is_new;
INSERT INTO crm_person (id, kind, name, language, created_at, is_synthetic)
SELECT id, 'human', name, 'es', at, true FROM work_first;
"""


def write() -> None:
    """Write the stories of this batch's work tables, inside the caller's transaction."""
    told: dict[str, Any] = {
        "first_run": FIRST_RUN,
        "term": work.DEFAULT_TERM,
        "draft": DRAFT_ALPHABET,
        "answer_days": ANSWER_DAYS,
        "question": QUESTION,
        "answer": ANSWER,
        "reasons": json.dumps(REASONS),
        "present": reasons.AT_DESK,
    }
    with connection.cursor() as cursor:
        cursor.execute(PREPARED, told)
        work.fill_calendar()
        for statements in (DUE, CONTACTS, PEOPLE, CASES, VISITS, SURVEYS, EVENTS):
            cursor.execute(statements, told)


def write_people(at: datetime) -> None:
    """Write people who are known, at home somewhere, and nothing else."""
    with connection.cursor() as cursor:
        cursor.execute(PREPARED, {"first_run": FIRST_RUN, "term": work.DEFAULT_TERM})
        for statements in (KNOWN, PEOPLE, EVENTS):
            cursor.execute(statements, {"at": at})
