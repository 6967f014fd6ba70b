"""Up to which moment a list in the order of time is whole."""

from datetime import datetime

from django.db import connection


def settled_before() -> datetime | None:
    """
    Return the moment before which nothing more will be written: when the oldest transaction began that has written something and goes on;
    None while there is none.

    What it writes bears a moment after its beginning, and is read only once it has ended: of a list that shows what is older alone,
    whoever goes on after the last row they saw misses nothing. Ask in a statement of its own **before** the list is read: asked in the
    same one, a transaction that ends between the two would be in neither. Whoever asks is not counted.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT settled_before()")
        found: datetime | None = cursor.fetchone()[0]
    return found
