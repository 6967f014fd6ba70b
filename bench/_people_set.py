"""
A nation to look for people in: synthetic, made by the database itself in a few statements, always the same.

Names are as unevenly spread as in Chile: four surnames of 5 % each, María and José everywhere, and a long tail of rare ones; one name in
sixty was entered with a typing error. Households share telephones. One person has ten thousand contacts.
"""

import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

BYTES_EACH = 3_000  # of disk for one person with all that hangs on them, indexes and the access log included
FIRST_RUN = 1_000_000  # the n-th person's number is this plus n
GIVEN = (
    "María José Juan Luis Carlos Ana Francisca Jorge Manuel Francisco Rosa Víctor Pedro Cristián Claudia Patricio Sebastián Carolina "
    "Camila Daniel Diego Claudio Rodrigo Carmen Marcela Felipe Andrea Fernando Pablo Alejandro Ricardo Héctor Javiera Constanza Sergio "
    "Miguel Mario Valentina Eduardo Marco Daniela Patricia Catalina Paola Juana Margarita Verónica Fernanda Hugo Isabel Macarena Nicolás "
    "Matías Elena Gabriela Roberto Julio Gloria Teresa Antonia Marta Vicente Benjamín Tomás Martín Sofía Emilia Isidora Agustina Florencia "
    "Millaray Nahuel Lautaro Rayén Ayelén Amaru Inti Wladimir Yasna Jacqueline Scarlett Byron Maximiliano Krishna Ignacia Esteban"
)
SURNAMES = (
    "González Muñoz Rojas Díaz Pérez Soto Contreras Silva Martínez Sepúlveda Morales Rodríguez López Fuentes Hernández Torres Araya "
    "Flores Espinoza Valenzuela Castillo Tapia Reyes Gutiérrez Castro Pizarro Álvarez Vásquez Sánchez Fernández Ramírez Carrasco Gómez "
    "Cortés Herrera Núñez Jara Vergara Rivera Figueroa Riquelme García Miranda Bravo Vera Molina Vega Campos Sandoval Orellana Cárdenas "
    "Olivares Alarcón Gallardo Ortiz Garrido Salazar Guzmán Henríquez Saavedra Navarro Aguilera Parra Romero Aravena Vargas Cáceres Yáñez "
    "Leiva Escobar Ruiz Valdés Vidal Salinas Zúñiga Peña Godoy Lagos Maldonado Bustos Medina Pino Palma Moreno Sanhueza Carvajal Navarrete "
    "Sáez Alvarado Donoso Poblete Bustamante Toro Ortega Venegas Guerrero Paredes Farías San-Martín Ñancupil Llanquileo Huenchumil Catrileo"
)
SYLLABLES = "ba ber ca che del fra gue hui lan ler lla ma mil nao ñi pal pe qui ra ron sal son ta tor ul van ve wa ya zur"

# How often each stands among ten thousand drawn: the first few hold a fixed share, the others what is left, falling with their rank.
NAMES = """
CREATE TEMP TABLE bench_given AS SELECT row_number() OVER (ORDER BY place) - 1 AS slot, name
FROM unnest(%(given)s::text[]) WITH ORDINALITY AS g (name, place),
    LATERAL generate_series(1, CASE place WHEN 1 THEN 1100 WHEN 2 THEN 700 ELSE ceil(9000 / (place + 12))::int END);
CREATE TEMP TABLE bench_surnames AS SELECT row_number() OVER (ORDER BY place) - 1 AS slot, replace(name, '-', ' ') AS name
FROM unnest(%(surnames)s::text[]) WITH ORDINALITY AS g (name, place),
    LATERAL generate_series(1, CASE WHEN place <= 4 THEN 500 ELSE ceil(9500 / (place + 25))::int END);
ANALYZE bench_given, bench_surnames;
"""
PEOPLE = """
CREATE TEMP TABLE bench_people AS
WITH many AS (SELECT (SELECT count(*) FROM bench_given)::int AS given, (SELECT count(*) FROM bench_surnames)::int AS surnames),
drawn AS (
    SELECT n, pg_temp.dice(n, 1, given) AS one, pg_temp.dice(n, 2, given) AS two, pg_temp.dice(n / 3, 3, surnames) AS father,
           pg_temp.dice(n / 3, 5, surnames) AS mother, pg_temp.dice(n, 4, 100) < 8 AS is_rare, pg_temp.dice(n, 9, 100) AS luck
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n, many
), named AS (
    SELECT n, one.name || CASE WHEN luck < 82 AND two.name <> one.name THEN ' ' || two.name ELSE '' END || ' ' || father.name
        || CASE WHEN luck %% 10 = 7 THEN ''
                WHEN is_rare THEN ' ' || (SELECT initcap(string_agg((%(syllables)s::text[])[1 + pg_temp.dice(n / 11, 20 + k, 30)], ''))
                                          FROM generate_series(1, 3) AS k)
                ELSE ' ' || mother.name END AS name
    FROM drawn JOIN bench_given one ON one.slot = drawn.one JOIN bench_given two ON two.slot = drawn.two
    JOIN bench_surnames father ON father.slot = drawn.father JOIN bench_surnames mother ON mother.slot = drawn.mother
)
SELECT n, uuidv7(make_interval(secs => (n - 3000000) / 10.0)) AS id, CASE WHEN pg_temp.dice(n, 6, 60) = 0
    THEN overlay(name PLACING '' FROM 3 + pg_temp.dice(n, 7, length(name) - 4) FOR 1) ELSE name END AS name,
    pg_temp.run_of(%(run)s + n) AS run,
    DATE '1935-01-01' + pg_temp.dice(n, 8, 27000) AS born,
    '+569' || lpad((20000000 + CASE WHEN pg_temp.dice(n, 10, 100) < 45 THEN n / 3 * 3 ELSE n END)::text, 8, '0') AS phone
FROM named;
ANALYZE bench_people;
"""
DICE = """
CREATE FUNCTION pg_temp.dice(seed bigint, salt int, sides int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT (((hashint8extended(seed, salt) % sides) + sides) % sides)::int $$;
"""
RUN = """
CREATE FUNCTION pg_temp.run_of(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT n || '-' || substr('0123456789K0', (12 - (n % 10 * 2 + n / 10 % 10 * 3 + n / 100 % 10 * 4 + n / 1000 % 10 * 5
        + n / 10000 % 10 * 6 + n / 100000 % 10 * 7 + n / 1000000 % 10 * 2 + n / 10000000 % 10 * 3) % 11)::int, 1)
$$;
"""
FOLIO = """
CREATE FUNCTION pg_temp.folio_of(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT '2025-' || lpad(n::text, 7, '0') || '-' || substr('0123456789X', 1 + ((12 - (6400 + n % 10 * 2 + n / 10 % 10 * 4
        + n / 100 % 10 * 8 + n / 1000 % 10 * 16 + n / 10000 % 10 * 32 + n / 100000 % 10 * 64 + n / 1000000 % 10 * 128) % 11) % 11)::int, 1)
$$;
"""
PEOPLE_ROWS = """
INSERT INTO crm_person (id, kind, name, language, channel, created_at, is_synthetic) SELECT id, 'human', name, 'es', '', clock_now() -
    interval '1 year', true FROM bench_people ORDER BY n;
INSERT INTO crm_personidentifier (person_id, kind, country, value, level, is_active, at) SELECT id, CASE WHEN n % 25 < 22 THEN 'run'
    WHEN n % 25 = 22 THEN 'provisional' ELSE 'passport' END, CASE WHEN n % 25 < 23 THEN 'CL' ELSE 'PE' END, CASE WHEN n % 25 < 22 THEN
    run ELSE 'AB' || n END, 100, true, clock_now() FROM bench_people ORDER BY n;
INSERT INTO crm_personattribute (person_id, key, value, level, at) SELECT id, 'birth_date', to_jsonb(born), 100, clock_now() FROM
    bench_people WHERE n % 5 < 4 ORDER BY n;
INSERT INTO crm_contactpoint (person_id, kind, value, level, at) SELECT id, 'phone', phone, 100, clock_now() FROM bench_people ORDER BY
    n;
INSERT INTO crm_contactpoint (person_id, kind, value, level, at) SELECT id, 'email', 'persona' || n || '@bench.invalid', 100,
    clock_now() FROM bench_people WHERE n % 3 = 0 ORDER BY n;
"""
OTHER_ROWS = """
INSERT INTO crm_personidentifier (person_id, kind, country, agency_id, value, level, is_active, at) SELECT id, 'agency', 'CL', (SELECT
    min(id) FROM accounts_agency), 'C-' || n, 100, true, clock_now() FROM bench_people WHERE n % 3 = 0 ORDER BY n;
INSERT INTO crm_homecommune (person_id, commune_id) SELECT p.id, c.codes[1 + pg_temp.dice(p.n / 3, 12, cardinality(c.codes))] FROM
    bench_people p, (SELECT array_agg(code ORDER BY code) AS codes FROM territory_commune) c ORDER BY n;
CREATE TEMP TABLE bench_contacts AS SELECT uuidv7(make_interval(secs => n / 1000.0 - 9000)) AS id, p.id AS person, p.n, clock_now() -
    make_interval(mins => ((n * 7 + g * 20) % 240000)::int) AS at
    FROM bench_people p, generate_series(1, CASE n WHEN 1 THEN 10000 WHEN 6 THEN 10 ELSE 1 END) AS g WHERE n % 5 < 2;
INSERT INTO crm_interaction (id, channel, started_at, ended_at, wrapped_up_at, ending, business_date, person_id, identity_level,
    language, reason, is_synthetic) SELECT id, 'web', at, at, at, 'served', at::date, person, 100, 'es', '', true FROM bench_contacts;
CREATE TEMP TABLE bench_cases AS SELECT DISTINCT ON (n) id AS contact, uuidv7() AS id, person, n, at FROM bench_contacts WHERE n % 5 = 0
    OR n = 1 ORDER BY n;
INSERT INTO crm_case (id, folio, version_id, state, state_since, source_id, channel, language, answers, begun_at, submitted_at,
    filed_by_id, filed_level, reopened_count, revision, is_synthetic) SELECT c.id, pg_temp.folio_of(n), v.id, 'submitted', at,
    contact, 'web', 'es', '{}', at, at, person, 100, 0, 1, true FROM bench_cases c, (SELECT id FROM catalog_procedureversion ORDER BY id LIMIT 1) v;
INSERT INTO crm_party (case_id, person_id, role, relation) SELECT id, person, 'applicant', '' FROM bench_cases;
INSERT INTO crm_stage (id, case_id, agency_id, "order", is_required, state, state_since, counts_from, due_on, stopped_seconds,
    decision_reason, channel, to_close) SELECT uuidv7(), id, (SELECT min(id) FROM accounts_agency), 1, true, 'received', at, at::date,
    at::date + 28, 0, '', 'web', false FROM bench_cases;
INSERT INTO crm_accesslog (id, at, actor_kind, act, reason, person_id) SELECT uuidv7(), clock_now() - make_interval(mins =>
    pg_temp.dice(g, 13, 250000)), 'staff', 'open_person', 'Atiende a la persona', id FROM bench_people, generate_series(n * 10, n * 10 +
    CASE n % 3 WHEN 0 THEN 3 ELSE 2 END) AS g;
DROP TABLE bench_contacts, bench_cases;
"""
TABLES = (
    "crm_person crm_personidentifier crm_personattribute crm_contactpoint crm_homecommune crm_interaction crm_case crm_party crm_stage "
    "crm_nameword crm_accesslog"
)
LATER = """
SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = ANY (%s::text[]::regclass[]) AND NOT i.indisprimary
  AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
"""


def require_room(cursor: Any, people: int) -> None:
    """
    Refuse to begin what would fill the disk.

    :raises SystemExit: there is less room than that
    """
    cursor.execute("SHOW data_directory")
    folder = Path(cursor.fetchone()[0])
    free, needed = shutil.disk_usage(folder).free, people * BYTES_EACH
    if folder.is_relative_to("/dev/shm"):  # noqa: S108  # where throw-away servers live: what is free there may be used already
        told = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(encoding="ascii"))
        free = min(free, int(told[1]) * 1024) if told else free
    if free < needed:
        raise SystemExit(
            f"{people:,} people need about {needed / 1e9:.1f} GB; only {free / 1e9:.1f} GB are free."
        )


def begin(cursor: Any) -> None:
    """Prepare a session for the drawing of names."""
    cursor.execute(DICE)
    cursor.execute(RUN)
    cursor.execute(FOLIO)
    cursor.execute(NAMES, {"given": GIVEN.split(), "surnames": SURNAMES.split()})


def hurry(cursor: Any) -> None:
    """Let the database's owner write much at once, and check nothing of what is right by construction."""
    cursor.execute(
        "SET session_replication_role = replica; SET work_mem = '256MB'; SET maintenance_work_mem = '512MB'; "
        "SET synchronous_commit = off; SET max_parallel_maintenance_workers = 2"
    )


def enlarge(first: int, last: int, say: Callable[[str], None]) -> None:
    """Add the people of these numbers in a session of its own."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        begin(cursor)
        hurry(cursor)
        add(cursor, first, last, say)
    connections["owner"].close()


def draw(cursor: Any, first: int, last: int) -> None:
    """Draw the people of these numbers, in a table of this session."""
    cursor.execute(PEOPLE, {"first": first, "last": last, "run": FIRST_RUN, "syllables": SYLLABLES.split()})


def write(cursor: Any, first: int, last: int, drawn: Callable[[], None] = lambda: None) -> None:
    """Write the rows alone, under whatever constraints and triggers the session has."""
    draw(cursor, first, last)
    drawn()
    cursor.execute(PEOPLE_ROWS)
    cursor.execute(OTHER_ROWS)
    cursor.execute("DROP TABLE bench_people")


def add(cursor: Any, first: int, last: int, say: Callable[[str], None]) -> None:
    """Add the people of these numbers and all that hangs on them; indexes are made once the rows are there."""
    began = time.monotonic()
    cursor.execute(LATER, [TABLES.split()])
    later = cursor.fetchall()
    for name, _definition in later:
        cursor.execute(f"DROP INDEX {name}")
    write(cursor, first, last, lambda: say(f"names drawn, {time.monotonic() - began:.0f} s"))
    say(f"rows written, {time.monotonic() - began:.0f} s")
    for _name, definition in later:
        cursor.execute(definition.replace(" ON ONLY ", " ON "))
    cursor.execute(
        "INSERT INTO crm_nameword (word) SELECT DISTINCT w FROM crm_person, unnest(name_words(name)) AS w "
        "WHERE NOT EXISTS (SELECT 1 FROM crm_nameword k WHERE k.word = w)"
    )
    cursor.execute("VACUUM (ANALYZE) " + ", ".join(TABLES.split()))
    say(f"indexes made, {time.monotonic() - began:.0f} s")
