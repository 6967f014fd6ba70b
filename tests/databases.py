"""
The test database: made once by the owner, cloned for each worker, used under the application's role as in production.

Tests that need real commits (concurrency, browsers) are cleaned by the owner, since the application may not truncate.
"""

import os
import time

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

TEMPLATE = (
    f"test_ventanilla_template_{os.getppid() if os.environ.get('PYTEST_XDIST_WORKER') else os.getpid()}"
)


def _admin(database: str = "postgres") -> psycopg.Connection:
    config = connections["owner"].settings_dict
    return psycopg.connect(
        dbname=database, user=config["USER"], password=config["PASSWORD"], host=config["HOST"], port=config["PORT"] or None,
        autocommit=True,
    )  # fmt: skip


def _point_at(name: str) -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name


def make(worker: str) -> str:
    """Return the name of this worker's own database, cloned from a template that one worker migrates."""
    name = f"{TEMPLATE}_{worker}"
    with _admin() as admin:
        admin.execute("SELECT pg_advisory_lock(4242)")
        try:
            there = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone()
            if not there:
                _remove_left_over(admin)
                admin.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(TEMPLATE))
                )
                _point_at(TEMPLATE)
                call_command("migrate", database="owner", verbosity=0, interactive=False)
                connections["owner"].close()
                connections["default"].close()
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            _clone(admin, name)
        finally:
            admin.execute("SELECT pg_advisory_unlock(4242)")
    _point_at(name)
    return name


def _clone(admin: psycopg.Connection, name: str) -> None:
    for attempt in range(20):
        try:
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(TEMPLATE)
                )
            )
            return
        except psycopg.errors.ObjectInUse:
            if attempt == 19:
                raise
            time.sleep(0.25)


def _remove_left_over(admin: psycopg.Connection) -> None:
    """Drop what a killed run left: databases of ours that nobody uses."""
    rows = admin.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE 'test\\_ventanilla\\_%' "
        "AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.datname = pg_database.datname) "
        "AND (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification < now() - interval '2 hours'"
    ).fetchall()
    for (left,) in rows:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(left)))


def drop(name: str) -> None:
    """Drop a worker's database."""
    for alias in ("default", "owner"):
        connections[alias].close()
    with _admin() as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


# Truncating every table takes a fifth of a second, and most are empty. No trigger runs meanwhile: all goes, in any order.
_EMPTY = """
DO $$
DECLARE
    one name;
    has_rows boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN
        SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE nspname = 'public' AND relkind IN ('r', 'p') AND NOT relispartition
            AND relname NOT IN ('django_migrations', 'django_content_type')
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', one) INTO has_rows;
        IF has_rows THEN
            EXECUTE format('DELETE FROM %I', one);
        END IF;
    END LOOP;
END
$$
"""


def empty() -> None:
    """Empty every table of ours after a test that committed."""
    with _admin(connections["owner"].settings_dict["NAME"]) as owner:
        owner.execute(_EMPTY)
