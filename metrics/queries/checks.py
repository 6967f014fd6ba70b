"""Do the roll-ups equal their source rows, to the row?"""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from metrics.queries.roll_ups import COLUMNS, MANY_DAYS

FIRST, LAST = date(1900, 1, 1), date(9999, 12, 31)
_LIST = ", ".join(COLUMNS)
_DIFFERENCES = f"""
WITH source AS ({MANY_DAYS}),
     kept AS (SELECT {_LIST} FROM metrics_dailycontact WHERE business_date BETWEEN %s AND %s),
     missing AS (SELECT {_LIST} FROM source EXCEPT SELECT {_LIST} FROM kept),
     surplus AS (SELECT {_LIST} FROM kept EXCEPT SELECT {_LIST} FROM source)
SELECT business_date, channel, office_id, count(*)
FROM (SELECT * FROM missing UNION ALL SELECT * FROM surplus) AS both_ways
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""  # noqa: S608  # built from constants


@dataclass(frozen=True)
class Drift:
    """A day of one channel at one office whose cells are not what its rows say."""

    business_date: date
    channel: str
    office_id: int | None
    cells: int


def differences(first: date = FIRST, last: date = LAST) -> list[Drift]:
    """Return every day whose roll-up differs from its source rows; empty is what every night should find."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, [first, last, first, last])
        return [Drift(*row) for row in cursor.fetchall()]
