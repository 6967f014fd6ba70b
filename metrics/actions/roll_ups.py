"""Marking days as changed and counting them again. The only writers of `DailyContact` and `DirtyDay`."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import live
from common.errors import require
from metrics import permissions
from metrics.queries.roll_ups import COLUMNS, MANY_DAYS, ONE_DAY

BATCH = 100
_REFUSED = _("Only Ventanilla itself counts.")

_MARK = """
INSERT INTO metrics_dirtyday (business_date, channel, office_id)
SELECT DISTINCT i.business_date, i.channel, i.office_id
FROM events_event e JOIN crm_interaction i ON i.id = e.interaction_id
WHERE e.id = ANY(%s)
"""

_LOCK = """
SELECT pg_try_advisory_xact_lock(
    hashtextextended(concat_ws('/', 'roll-up', %s::date, %s::text, %s::int), 102))
"""
_THAT_DAY = "business_date = %s AND channel = %s AND office_id IS NOT DISTINCT FROM %s"


@transaction.atomic
def mark_days(event_ids: Iterable[UUID], *, by: Actor) -> None:
    """
    Mark the days of the contacts that events tell of. Being told twice marks twice, and one recount settles
    both.

    Events of a case without a contact (an agency's decision) change no cell, but the case figures on the
    screens.
    """
    require(permissions.can_count(by), _REFUSED)
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [list(event_ids)])
    live.publish("figures")


@transaction.atomic
def mark_day(business_date: date, channel: str, office_id: int | None, *, by: Actor) -> None:
    """Mark one day of one channel at one office."""
    require(permissions.can_count(by), _REFUSED)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO metrics_dirtyday (business_date, channel, office_id) VALUES (%s, %s, %s)",
            [business_date, channel, office_id],
        )


@transaction.atomic
def mark_all_days(*, by: Actor) -> None:
    """Mark every day there are contacts of: after a history was written in bulk, which tells no events."""
    require(permissions.can_count(by), _REFUSED)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO metrics_dirtyday (business_date, channel, office_id) "
            "SELECT DISTINCT business_date, channel, office_id FROM crm_interaction"
        )


@transaction.atomic
def refresh_roll_ups(*, by: Actor, limit: int = BATCH) -> int:
    """
    Recount marked days, at most `limit`, and return how many; the caller goes on until none is left.

    A day that another worker holds is left to it: whoever comes after it finds what was marked meanwhile.
    """
    require(permissions.can_count(by), _REFUSED)
    counted = sum(_recount(*day) for day in _marked(limit))
    if counted:
        live.publish("figures")
    return counted


@transaction.atomic
def recount_all(*, by: Actor) -> None:
    """
    Count every day anew in one go: after a history was written in bulk, when recounting day by day would take minutes.

    Whoever recounts a day meanwhile waits, and finds what was marked meanwhile.
    """
    require(permissions.can_count(by), _REFUSED)
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE metrics_dailycontact IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("DELETE FROM metrics_dirtyday")
        cursor.execute("DELETE FROM metrics_dailycontact")
        cursor.execute(
            f"INSERT INTO metrics_dailycontact ({', '.join(COLUMNS)}) {MANY_DAYS}",  # constants of ours
            [date.min, date.max],
        )
    live.publish("figures")


def _marked(limit: int) -> list[tuple[date, str, int | None]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT business_date, channel, office_id FROM metrics_dirtyday "
            "GROUP BY 1, 2, 3 ORDER BY 1 DESC, 2, 3 LIMIT %s",
            [limit],
        )
        return list(cursor.fetchall())


def _recount(business_date: date, channel: str, office_id: int | None) -> int:
    """Lock the day, take its marks, then read the rows: each statement sees what was committed before it."""
    slice_of = (business_date, channel, office_id)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, slice_of)
        if not cursor.fetchone()[0]:
            return 0
        for table in ("metrics_dirtyday", "metrics_dailycontact"):
            cursor.execute(
                f"DELETE FROM {table} WHERE {_THAT_DAY}",  # noqa: S608  # two names and a constant, all ours
                slice_of,
            )
        cursor.execute(f"INSERT INTO metrics_dailycontact ({', '.join(COLUMNS)}) {ONE_DAY}", slice_of)
    return 1
