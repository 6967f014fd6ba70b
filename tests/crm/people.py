"""Many people at once, as the benchmark makes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection

from bench import _people_set
from crm.models import Person


@contextmanager
def as_owner() -> Iterator[Any]:
    """Act as the database's owner in the test's own transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        yield cursor
        cursor.execute(f'SET ROLE "{settings.DATABASE_APP_ROLE}"')


def crowd(size: int) -> None:
    """Have so many people, with numbers, dates of birth, phones and e-mails, and let the database know how they are spread."""
    with as_owner() as cursor:
        _people_set.begin(cursor)
        _people_set.draw(cursor, Person.objects.count() + 1, size)
        cursor.execute(_people_set.PEOPLE_ROWS)
        cursor.execute("DROP TABLE bench_people, bench_given, bench_surnames")
        for function in ("dice(bigint, int, int)", "run_of(bigint)", "folio_of(bigint)"):
            cursor.execute(f"DROP FUNCTION pg_temp.{function}")
        cursor.execute(
            "ANALYZE crm_person, crm_personidentifier, crm_personattribute, crm_contactpoint, crm_nameword"
        )
