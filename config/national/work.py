"""The tables a batch of stories is worked on in: temporary ones of this session, dropped with the transaction."""

from collections.abc import Iterable
from dataclasses import astuple, fields
from datetime import date, timedelta

from django.conf import settings
from django.db import connection
from psycopg import sql

from config.national.stories import CaseStory, Someone, VisitStory
from crm.terms import DEFAULT_TERM
from territory.queries.calendar import is_business_day

TABLES = """
CREATE TEMP TABLE work_person (
    number bigint PRIMARY KEY, given text, surnames text, commune text,
    id uuid, run text, is_new boolean
) ON COMMIT DROP;
CREATE TEMP TABLE work_case (
    person bigint, version uuid, officer uuid, purpose text, begun_at timestamptz, filed_at timestamptz, taken_at timestamptz,
    asked_at timestamptz, answered_at timestamptz, decided_at timestamptz, decision text, closed_at timestamptz,
    graded_at timestamptz, grade int,
    n bigint GENERATED ALWAYS AS IDENTITY, id uuid DEFAULT uuidv7(), contact uuid DEFAULT uuidv7(), enquiry uuid DEFAULT uuidv7(),
    stage uuid DEFAULT uuidv7(), survey uuid DEFAULT uuidv7(), question uuid DEFAULT uuidv7(), reply uuid DEFAULT uuidv7(),
    visit uuid DEFAULT uuidv7(), follow uuid DEFAULT uuidv7(), answer uuid DEFAULT uuidv7(), visit_survey uuid DEFAULT uuidv7(),
    folio text, agency bigint, term int, stopped int, due_on date, promised_on date
) ON COMMIT DROP;
CREATE TEMP TABLE work_visit (
    person bigint, office bigint, desk uuid, clerk uuid, version uuid, taken_at timestamptz, called_at timestamptz,
    serving_at timestamptz, settled_at timestamptz, ended_at timestamptz, ending text, outcome text, graded_at timestamptz, grade int,
    n bigint GENERATED ALWAYS AS IDENTITY, id uuid DEFAULT uuidv7(), contact uuid DEFAULT uuidv7(), enquiry uuid DEFAULT uuidv7(),
    survey uuid DEFAULT uuidv7(), ticket uuid DEFAULT uuidv7(), day date, number int
) ON COMMIT DROP;
CREATE TEMP TABLE work_calendar (day date PRIMARY KEY, place int, is_business boolean) ON COMMIT DROP;
CREATE UNIQUE INDEX ON work_calendar (place) WHERE is_business;
"""

# What Python does elsewhere, once more in SQL; a test compares them.
FUNCTIONS = """
CREATE OR REPLACE FUNCTION pg_temp.run_of(number bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT number || '-' || substr('0123456789K0', 12 - (
        SELECT sum(substr(number::text, 9 - place, 1)::int * (2 + (place - 1) % 6)) FROM generate_series(1, 8) AS place)::int % 11, 1)
$$;
CREATE OR REPLACE FUNCTION pg_temp.folio_of(year int, number bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT to_char(year, 'FM0000') || '-' || to_char(number, 'FM0000000') || '-' || substr('0123456789X', 1 + (12 - (
        SELECT sum(substr(to_char(year, 'FM0000') || to_char(number, 'FM0000000'), place, 1)::int * (1 << (12 - place)))
        FROM generate_series(1, 11) AS place)::int % 11) % 11, 1)
$$;
CREATE OR REPLACE FUNCTION pg_temp.drawn(alphabet text, letters int) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT string_agg(substr(alphabet, 1 + floor(random() * length(alphabet))::int, 1), '') FROM generate_series(1, letters)
$$;
CREATE OR REPLACE FUNCTION pg_temp.day_of(at timestamptz) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT (at AT TIME ZONE 'America/Santiago')::date
$$;
CREATE OR REPLACE FUNCTION pg_temp.seconds(since timestamptz, until timestamptz) RETURNS int LANGUAGE sql IMMUTABLE AS $$
    SELECT floor(extract(epoch FROM until - since))::int
$$;
"""
# A survey's token is derived from its contact by the house's secret (crm.keys.survey_token): HMAC spelled out, then base 32.
SURVEY_HASH = """
CREATE OR REPLACE FUNCTION pg_temp.token_hash(contact uuid) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(string_agg(
        substr('abcdefghijklmnopqrstuvwxyz234567', 1 + substring(bits FROM place * 5 + 1 FOR 5)::bit(5)::int, 1), '' ORDER BY place), 'UTF8'))
    FROM (SELECT ('x' || encode(substr(sha256({outer} || sha256({inner} || convert_to('survey:' || contact, 'UTF8'))), 1, 16), 'hex')
                 )::bit(128)::bit(130) AS bits) AS derived, generate_series(0, 25) AS place
$$;
"""


def prepare() -> None:
    """Make the tables and functions of a batch; inside its transaction."""
    key = settings.SECRET_KEY.encode()
    if len(key) > 64:
        import hashlib

        key = hashlib.sha256(key).digest()
    padded = key.ljust(64, b"\0")
    pads = {"outer": bytes(byte ^ 0x5C for byte in padded), "inner": bytes(byte ^ 0x36 for byte in padded)}
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        cursor.execute(FUNCTIONS)
        literal = {name: sql.Literal(value).as_string(cursor.connection) for name, value in pads.items()}
        cursor.execute(SURVEY_HASH.format(**literal))


def load(cases: Iterable[CaseStory], visits: Iterable[VisitStory]) -> None:
    """Put stories told in Python into the tables of a batch."""
    people: dict[int, Someone] = {}
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY work_case ({_columns(CaseStory)}) FROM STDIN") as copy:
            for case in cases:
                people[case.person.number] = case.person
                copy.write_row([case.person.number, *list(vars(case).values())[1:]])
        with cursor.copy(f"COPY work_visit ({_columns(VisitStory)}) FROM STDIN") as copy:
            for visit in visits:
                if visit.person:
                    people[visit.person.number] = visit.person
                copy.write_row(
                    [visit.person.number if visit.person else None, *list(vars(visit).values())[1:]]
                )
        with cursor.copy("COPY work_person (number, given, surnames, commune) FROM STDIN") as copy:
            for person in people.values():
                copy.write_row(astuple(person))


def _columns(story: type[CaseStory | VisitStory]) -> str:
    return ", ".join(field.name for field in fields(story))


def fill_calendar() -> None:
    """
    Write out every day of the batch and of the terms that begin in it, with its place among the business days: of one that is none, the
    place of the next.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(pg_temp.day_of(filed_at)), max(pg_temp.day_of(coalesce(answered_at, filed_at))), "
            "coalesce(max(term), 0), max(pg_temp.day_of(answered_at) - pg_temp.day_of(asked_at)) FROM work_case"
        )
        first, last, term, stopped = cursor.fetchone()
        if first is None:
            return
        ahead = timedelta(days=2 * (term + (stopped or 0)) + 60)
        place = 0
        with cursor.copy("COPY work_calendar FROM STDIN") as copy:
            for day in days_between(first, last + ahead):
                is_business = is_business_day(day)
                copy.write_row((day, place, is_business))
                place += is_business


def days_between(first: date, last: date) -> Iterable[date]:
    """Return every day from the first to the last."""
    return (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))


__all__ = ["DEFAULT_TERM", "days_between", "fill_calendar", "load", "prepare"]
