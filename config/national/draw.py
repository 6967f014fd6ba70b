"""
Drawing stories in the database: what happens to whom is decided by hashes of running numbers, so that the same numbers always make the
same stories.

A batch has people of its own: nobody is known twice for the first time, and batches can be written one after the other.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accounts.models import Agency, Membership, Role, User
from catalog.models import ProcedureVersion
from config.demo.people import GIVEN, SURNAMES
from config.national.work import days_between
from offices.models import Desk
from territory.models import Commune, Office
from territory.queries.calendar import is_business_day

DAYS = 180
PURPOSES = ("work", "study", "housing", "other")

# h(n, salt): an even number between 0 and 1 that depends on nothing else.
CHANCE = """
CREATE OR REPLACE FUNCTION pg_temp.h(n bigint, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT ((hashint8extended(n, salt) >> 11) & 9007199254740991)::float8 / 9007199254740992
$$;
CREATE OR REPLACE FUNCTION pg_temp.pick(list anyarray, chance float8) RETURNS anyelement LANGUAGE sql IMMUTABLE AS $$
    SELECT list[1 + floor(chance * cardinality(list))::int]
$$;
"""
PEOPLE = """
INSERT INTO work_person (number, given, surnames, commune)
SELECT n, pg_temp.pick(%(given)s::text[], pg_temp.h(n, 1)) || ' ' || pg_temp.pick(%(given)s::text[], pg_temp.h(n, 2)),
       pg_temp.pick(%(surnames)s::text[], pg_temp.h(n, 3)) || ' ' || pg_temp.pick(%(surnames)s::text[], pg_temp.h(n, 4)),
       pg_temp.pick(%(communes)s::text[], pg_temp.h(n, 5))
FROM generate_series(%(first_person)s::bigint, %(last_person)s::bigint) AS n
"""
CASES = """
INSERT INTO work_case (person, version, officer, purpose, begun_at, filed_at, taken_at, asked_at, answered_at, decided_at, decision,
                       closed_at, graded_at, grade)
WITH drawn AS (
    SELECT n, %(first_person)s + n %% (%(last_person)s - %(first_person)s + 1) AS person,
           1 + floor(pow(pg_temp.h(n, 10), 2) * cardinality(%(versions)s::uuid[]))::int AS topic,
           least(%(until)s::timestamptz - interval '2 hours',
                 %(since)s::timestamptz + make_interval(secs => floor(pg_temp.h(n, 11) * %(span)s))) AS begun_at,
           pg_temp.h(n, 12) AS asks, pg_temp.h(n, 13) AS decides
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
), days AS (
    SELECT d.*, (SELECT place FROM work_day w WHERE w.day >= pg_temp.day_of(d.begun_at) ORDER BY w.day LIMIT 1) AS place FROM drawn d
), steps AS (
    SELECT d.*, d.begun_at + make_interval(secs => 120 + floor(pg_temp.h(n, 14) * 1500)) AS filed_at,
           d.place + 1 + floor(pg_temp.h(n, 15) * 4)::int AS taken,
           CASE WHEN asks < 0.3 THEN d.place + 6 + floor(pg_temp.h(n, 16) * 3)::int END AS asked,
           CASE WHEN asks < 0.25 THEN d.place + 10 + floor(pg_temp.h(n, 17) * 8)::int END AS answered,
           CASE WHEN decides < 0.93 AND (asks < 0.25 OR asks >= 0.3) THEN d.place + 20 + floor(pg_temp.h(n, 18) * 12)::int END AS decided,
           CASE WHEN decides < 0.75 AND (asks < 0.25 OR asks >= 0.3) THEN d.place + 33 + floor(pg_temp.h(n, 19) * 6)::int END AS closed
    FROM days d
), times AS (
    SELECT s.*, (SELECT at FROM work_day WHERE place = s.taken) + make_interval(secs => floor(pg_temp.h(n, 20) * 28000)) AS taken_at,
           (SELECT at FROM work_day WHERE place = s.asked) + make_interval(secs => floor(pg_temp.h(n, 21) * 28000)) AS asked_at,
           (SELECT at FROM work_day WHERE place = s.answered) + make_interval(secs => floor(pg_temp.h(n, 22) * 28000)) AS answered_at,
           (SELECT at FROM work_day WHERE place = s.decided) + make_interval(secs => floor(pg_temp.h(n, 23) * 28000)) AS decided_at,
           (SELECT at FROM work_day WHERE place = s.closed) + make_interval(secs => floor(pg_temp.h(n, 24) * 28000)) AS closed_at,
           CASE WHEN pg_temp.h(n, 25) < 0.3 THEN s.filed_at + make_interval(secs => 60 + floor(pg_temp.h(n, 26) * 3000)) END AS graded_at
    FROM steps s
)
SELECT person, (%(versions)s::uuid[])[topic], (%(officers)s::uuid[])[topic], pg_temp.pick(%(purposes)s::text[], pg_temp.h(n, 27)),
       begun_at, filed_at,
       CASE WHEN taken_at <= %(until)s THEN taken_at END, CASE WHEN asked_at <= %(until)s THEN asked_at END,
       CASE WHEN answered_at <= %(until)s THEN answered_at END, CASE WHEN decided_at <= %(until)s THEN decided_at END,
       pg_temp.pick(ARRAY['granted', 'granted', 'granted', 'granted', 'denied', 'granted', 'referred', 'granted', 'denied', 'granted'],
                    pg_temp.h(n, 28)),
       CASE WHEN closed_at <= %(until)s THEN closed_at END, CASE WHEN graded_at <= %(until)s THEN graded_at END,
       pg_temp.pick(ARRAY[7, 7, 7, 7, 6, 6, 6, 5, 5, 4, 3, 1], pg_temp.h(n, 29))
FROM times
"""
VISITS = """
INSERT INTO work_visit (person, office, desk, clerk, version, taken_at, called_at, serving_at, settled_at, ended_at, ending, outcome,
                        graded_at, grade)
WITH drawn AS (
    SELECT n, 1 + floor(pg_temp.h(n, 40) * cardinality(%(offices)s::bigint[]))::int AS place,
           1 + floor(pg_temp.h(n, 41) * (SELECT count(*) FROM work_day WHERE at + interval '9 hours' <= %(until)s))::int AS day,
           pg_temp.h(n, 42) AS ends
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
), queue AS (
    SELECT d.*, row_number() OVER w AS turn, count(*) OVER (PARTITION BY place, day) AS all_day FROM drawn d
    WINDOW w AS (PARTITION BY place, day ORDER BY n)
), times AS (
    SELECT q.*, t.at + make_interval(secs => 17000.0 * (q.turn - pg_temp.h(n, 43)) / q.all_day) AS taken_at,
           floor(pg_temp.h(q.place * 1000 + q.day, 44) * 2400) AS waits, 25 + floor(pg_temp.h(n, 45) * 60) AS walks,
           150 + floor(pg_temp.h(n, 46) * 900) AS takes
    FROM queue q JOIN work_day t ON t.place = q.day
)
SELECT CASE WHEN pg_temp.h(n, 47) < 0.6 THEN %(first_person)s + n %% (%(last_person)s - %(first_person)s + 1) END,
       (%(offices)s::bigint[])[place], (%(desks)s::uuid[])[place], (%(clerks)s::uuid[])[place],
       pg_temp.pick(%(versions)s::uuid[], pow(pg_temp.h(n, 48), 2)), taken_at,
       CASE WHEN ends >= 0.06 THEN taken_at + make_interval(secs => waits) END,
       CASE WHEN ends >= 0.1 THEN taken_at + make_interval(secs => waits + walks) END,
       CASE WHEN ends >= 0.1 THEN taken_at + make_interval(secs => waits + walks + takes) END,
       CASE WHEN ends < 0.06 THEN taken_at + make_interval(secs => least(waits, 1500) + 1)
            WHEN ends < 0.1 THEN taken_at + make_interval(secs => waits + 180)
            ELSE taken_at + make_interval(secs => waits + walks + takes + 20) END,
       CASE WHEN ends < 0.06 THEN 'abandoned' WHEN ends < 0.1 THEN 'no_show' ELSE 'served' END,
       pg_temp.pick(ARRAY['informed', 'informed', 'informed', 'informed', 'informed', 'informed', 'referred', 'not_resolved'],
                    pg_temp.h(n, 49)),
       CASE WHEN ends >= 0.7 THEN taken_at + make_interval(secs => waits + walks + takes + 120) END,
       pg_temp.pick(ARRAY[7, 7, 7, 6, 6, 5, 4, 2], pg_temp.h(n, 50))
FROM times
"""
DAYS_OPEN = """
CREATE TEMP TABLE work_day (place int PRIMARY KEY, day date UNIQUE, at timestamptz) ON COMMIT DROP;
"""


@dataclass(frozen=True)
class Cast:
    """Who and what the stories are drawn from: lists that belong together, place by place."""

    versions: list[str]
    officers: list[str]
    offices: list[int]
    desks: list[str]
    clerks: list[str]
    communes: list[str]


def make_cast() -> Cast:
    """Make the officers and desks that synthetic cases and visits need, unless they are there, and return everybody."""
    versions = list(
        ProcedureVersion.objects.published()
        .filter(procedure__is_synthetic=True)
        .order_by("procedure__code")
        .values_list("pk", "procedure__agency")
    )
    agencies = sorted({agency for _pk, agency in versions})
    officers = {agency.pk: str(_officer(agency).pk) for agency in Agency.objects.filter(pk__in=agencies)}
    offices = list(Office.objects.fixed().order_by("code"))
    clerks = [_clerk(office) for office in offices]
    desks = [Desk.objects.get_or_create(office=office, number=office.desks)[0] for office in offices]
    weighed = [
        code
        for code, population in Commune.objects.order_by("code").values_list("code", "population_2024")
        for _share in range(max(1, population // 5000))
    ]
    return Cast(
        versions=[str(pk) for pk, _agency in versions],
        officers=[officers[agency] for _pk, agency in versions],
        offices=[office.pk for office in offices],
        desks=[str(desk.pk) for desk in desks],
        clerks=[str(clerk.pk) for clerk in clerks],
        communes=weighed,
    )


def _officer(agency: Agency) -> User:
    user = _worker(f"nacional-{agency.code.lower()}", f"Equipo sintético {agency.code}")
    Membership.objects.get_or_create(user=user, role=Role.OFFICER, agency=agency, office=None, ends_at=None)
    return user


def _clerk(office: Office) -> User:
    user = _worker(f"nacional-{office.code.lower()}", f"Equipo sintético {office.code}")
    Membership.objects.get_or_create(user=user, role=Role.CLERK, office=office, agency=None, ends_at=None)
    return user


def _worker(name: str, said: str) -> User:
    email = f"{name}@nacional.invalid"
    return User.objects.filter(email=email).first() or User.objects.create_user(
        email, None, name=said, is_demo=True
    )


def draw(
    cast: Cast, *, what: str, first: int, last: int, people: tuple[int, int], since: datetime, until: datetime
) -> None:
    """Fill a batch's tables with the stories of running numbers `first` to `last` and the people they are about."""
    told = {
        "first": first,
        "last": last,
        "first_person": people[0],
        "last_person": people[1],
        "since": since,
        "until": until,
        "span": int((until - since).total_seconds()),
        "given": list(GIVEN),
        "surnames": list(SURNAMES),
        "purposes": list(PURPOSES),
        **vars(cast),
    }
    with connection.cursor() as cursor:
        cursor.execute(CHANCE)
        cursor.execute(DAYS_OPEN)
        days = [day for day in days_between(since.date(), until.date()) if is_business_day(day)]
        with cursor.copy("COPY work_day (place, day) FROM STDIN") as copy:
            for place, day in enumerate(days, start=1):
                copy.write_row([place, day])
        cursor.execute("UPDATE work_day SET at = (day + time '09:00') AT TIME ZONE 'America/Santiago'")
        cursor.execute(PEOPLE, told)
        if what == "cases":
            cursor.execute(CASES, told)
        if what == "visits":
            cursor.execute(VISITS, told)
            cursor.execute(
                "DELETE FROM work_person p WHERE NOT EXISTS (SELECT 1 FROM work_visit w WHERE w.person = p.number)"
            )
