"""
Filing an application end to end over HTTP: the portal's own last page, beside a bare view writing the same rows with the plain ORM on
the same kind of server, and raw psycopg writing them in one process.

    python3 dev.py bench intake [--cases 400] [--profile]
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from bench import _setup

TARGET = 0.7
SLUG = "reclamo-por-incumplimiento-de-la-garantia-legal"
CSRF = "abcdefghijklmnopqrstuvwxyzabcdef"


def prepared(count: int, first: int) -> list[dict[str, Any]]:
    """Fill in so many applications, each of a person of their own; return what filing them needs."""
    from django.contrib.sessions.backends.db import SessionStore

    from accounts.actors import Actor
    from accounts.held import HELD_CASES, shown
    from catalog.models import ProcedureVersion
    from catalog.questionnaires.question import Questionnaire
    from config.demo.answers import answers_of, files_of
    from config.demo.people import citizen
    from config.demo.scenes.stage import Stage, mark_synthetic
    from crm import actions as crm
    from crm import keys
    from portal import actions as portal

    version = ProcedureVersion.objects.published().select_related("procedure").get(procedure__slug=SLUG)
    form, paper, ready = Questionnaire(version.content), Stage().paper, []
    for number in range(first, first + count):
        someone = citizen(number, "13101")
        draft = portal.begin_draft(version, by=Actor.visitor(), key=keys.new_key(), language="es")
        mark_synthetic(draft.case.source, draft.case)
        holder = Actor.visitor(frozenset({draft.case.pk}))
        answers = answers_of(form, someone, seed=str(number), on=draft.begun_at.date())
        for question in files_of(form, answers):
            stored = crm.add_document(draft.case, by=holder, file=paper, requirement=question.requirement)
            answers[question.key] = {"document": str(stored.pk), "name": stored.name}
        crm.fill_case(draft.case, by=holder, answers=answers)
        session = SessionStore()
        session[HELD_CASES] = shown(draft.case.pk)
        session.create()
        ready.append(
            {
                "draft": draft.code,
                "session": session.session_key,
                "case": str(draft.case.pk),
                "contact": str(draft.case.source_id),
                "agency": version.procedure.agency_id,
                "name": someone.name,
                "run": someone.run,
                "commune": someone.commune,
                "email": someone.email or "a@demo.invalid",
                "phone": someone.phone,
            }
        )
    return ready


def through_portal(rows: Sequence[dict[str, Any]]) -> list[bytes]:
    """Return the requests of citizens who press “send”."""
    body = urlencode({"csrfmiddlewaretoken": CSRF}).encode()
    return [
        _setup.post(
            f"/es/solicitudes/{row['draft']}/revisar/",
            {"Cookie": f"sessionid={row['session']}; csrftoken={CSRF}"},
            body,
        )
        for row in rows
    ]


def through_bare_view(rows: Sequence[dict[str, Any]]) -> list[bytes]:
    """Return the requests of the bare view."""
    return [
        _setup.post(
            "/bare/",
            {"Cookie": f"sessionid={row['session']}; csrftoken={CSRF}"},
            urlencode({"csrfmiddlewaretoken": CSRF, "row": json.dumps(row)}).encode(),
        )
        for row in rows
    ]


def raw(rows: Sequence[dict[str, Any]]) -> float:
    """Write the rows of the filings with psycopg alone, one transaction each; return how many a second."""
    import psycopg
    from django.db import connections
    from psycopg import sql

    now = connections["default"].settings_dict
    with psycopg.connect(
        dbname=now["NAME"],
        user=now["USER"],
        host=now["HOST"],
        port=now["PORT"] or None,
        options=now["OPTIONS"]["options"],
    ) as connection:
        began = time.perf_counter()
        for row in rows:
            for statement in RAW:
                connection.execute(sql.SQL(statement), row)
            connection.commit()
        return len(rows) / (time.perf_counter() - began)


# The same rows, in as few statements as they have tables.
RAW = (
    "SELECT set_config('bench.person', uuidv7()::text, true)",
    (
        "INSERT INTO crm_person (id, kind, name, language, created_at, is_synthetic) "
        "VALUES (current_setting('bench.person')::uuid, 'human', %(name)s, 'es', clock_now(), true)"
    ),
    (
        "INSERT INTO crm_personidentifier (person_id, kind, country, value, level, is_active, interaction_id, at) "
        "VALUES (current_setting('bench.person')::uuid, 'run', 'CL', %(run)s, 100, true, %(contact)s::uuid, clock_now())"
    ),
    (
        "INSERT INTO crm_personattribute (person_id, key, value, level, interaction_id, at) "
        "SELECT current_setting('bench.person')::uuid, key, to_jsonb(value), 100, %(contact)s::uuid, clock_now() "
        "FROM (VALUES ('name', %(name)s::text), ('commune', %(commune)s::text)) AS told (key, value)"
    ),
    (
        "INSERT INTO crm_contactpoint (person_id, kind, value, level, interaction_id, at) "
        "SELECT current_setting('bench.person')::uuid, kind, value, 100, %(contact)s::uuid, clock_now() "
        "FROM (VALUES ('email', %(email)s::text), ('phone', %(phone)s::text)) AS told (kind, value)"
    ),
    "INSERT INTO crm_homecommune (person_id, commune_id) VALUES (current_setting('bench.person')::uuid, %(commune)s)",
    (
        "INSERT INTO crm_party (case_id, person_id, role, relation) "
        "VALUES (%(case)s::uuid, current_setting('bench.person')::uuid, 'applicant', '')"
    ),
    (
        'INSERT INTO crm_stage (id, case_id, agency_id, "order", is_required, state, state_since, counts_from, due_on, stopped_seconds, '
        "decision_reason) "
        "VALUES (uuidv7(), %(case)s::uuid, %(agency)s, 1, true, 'received', clock_now(), current_date, current_date + 28, 0, '')"
    ),
    (
        "UPDATE crm_case SET folio = 'R' || next_folio_number(2026), state = 'submitted', submitted_at = clock_now(), "
        "filed_by_id = current_setting('bench.person')::uuid, filed_level = 100, commune_id = %(commune)s, revision = 2 WHERE id = %(case)s::uuid"
    ),
    "UPDATE crm_enquiry SET outcome = 'case_opened', is_resolved = true, closed_at = clock_now() WHERE case_id = %(case)s::uuid",
    (
        "UPDATE crm_interaction SET person_id = current_setting('bench.person')::uuid, identity_level = 100, ended_at = clock_now(), "
        "wrapped_up_at = clock_now(), ending = 'served', waited_seconds = 60 WHERE id = %(contact)s::uuid"
    ),
    (
        "INSERT INTO crm_surveyinvitation (id, interaction_id, token_hash, channel, agency_id, made_at, expires_at) "
        "VALUES (uuidv7(), %(contact)s::uuid, sha256(uuid_send(uuidv7())), 'web', %(agency)s, clock_now(), clock_now() + interval '30 days')"
    ),
    (
        "INSERT INTO events_event (id, at, kind, subject_kind, subject_id, actor_kind, interaction_id, channel) "
        "SELECT uuidv7(), clock_now(), kind, about, subject::uuid, 'holder', %(contact)s::uuid, 'web' FROM (VALUES "
        "('person.known', 'person', current_setting('bench.person')), ('case.submitted', 'case', %(case)s::text), "
        "('interaction.ended', 'interaction', %(contact)s::text)) AS told (kind, about, subject)"
    ),
)


def profile(row: dict[str, Any]) -> None:
    """Print what one filing asks of the database."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    browser = Client(headers={"host": "127.0.0.1"})
    browser.cookies["sessionid"] = row["session"]
    with CaptureQueriesContext(connection) as queries:
        browser.post(f"/es/solicitudes/{row['draft']}/revisar/")
    for number, query in enumerate(queries.captured_queries, start=1):
        print(f"  {number:3d} {query['time']} {query['sql'][:140]}")


def main() -> int:
    """Measure and print; return 1 when the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=400)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    count = given.cases
    _setup.as_product()
    rows = prepared(count * 3 + 120, first=0)
    if given.profile:
        profile(rows.pop())
        profile(rows.pop())
    warm, rows = rows[:100], rows[100:]
    with _setup.serving("config.wsgi:application") as port:
        _setup.load(port, through_portal(warm[:50]), connections=4)
        ours = _setup.load(port, through_portal(rows[:count]), connections=4)
    with _setup.serving(
        "bench._bare_wsgi:application", DJANGO_SETTINGS_MODULE="bench._bare_settings"
    ) as port:
        _setup.load(port, through_bare_view(warm[50:]), connections=4)
        bare = _setup.load(port, through_bare_view(rows[count : 2 * count]), connections=4)
    in_raw = raw(rows[2 * count : 3 * count])
    print(f"{count} applications filed, 1 worker × {_setup.SERVER_THREADS} threads, 4 connections")
    for name, one in (("the portal", ours), ("bare view", bare)):
        print(
            f"  {name:<14} {one.rate:7.0f}/s   p50 {one.p50:5.1f} ms  p95 {one.p95:5.1f} ms  {one.statuses}"
        )
    print(f"  {'raw psycopg':<14} {in_raw:7.0f}/s   one process, no HTTP")
    if ours.statuses.keys() != {"302"} or bare.statuses.keys() != {"200"}:
        return 1
    return _setup.verdict("filing over HTTP / bare view", ours.rate / bare.rate, TARGET)


if __name__ == "__main__":
    sys.exit(main())
