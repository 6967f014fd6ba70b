"""Seals over what was done, read and changed: made every hour, checked every night."""

from datetime import timedelta

from django.db import connection, transaction

from accounts.actors import Actor
from common import clock
from common.errors import NotAllowed

SOURCES = ("events", "readings", "changes")
STILL_OPEN = timedelta(
    minutes=10
)  # longer than any transaction of ours: what is written by then was committed


@transaction.atomic
def seal_audit(*, by: Actor, still_open: timedelta = STILL_OPEN) -> int:
    """
    Seal what was written since the last seal; return how many rows that were.

    :param still_open: how long ago the youngest row sealed is at least
    :raises NotAllowed: only the house itself seals
    """
    if not by.is_system:
        raise NotAllowed("Only the house itself seals its audit.")
    until = clock.now() - still_open
    with connection.cursor() as cursor:
        rows = 0
        for source in SOURCES:
            cursor.execute("SELECT seal_audit(%s, %s)", [source, until])
            rows += cursor.fetchone()[0]
    return rows
