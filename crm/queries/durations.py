"""How long decisions really took."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection

from common import clock

LEAST = 30  # decided cases below which no figure is told
PERIOD = timedelta(days=365)

_MEDIAN = """
SELECT count(*),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM c.decided_at - c.submitted_at))
FROM crm_case c JOIN catalog_procedureversion v ON v.id = c.version_id
WHERE v.procedure_id = %s AND c.decided_at >= %s
  AND c.state IN ('granted', 'denied', 'referred', 'closed')
  AND EXISTS (SELECT FROM crm_stage s WHERE s.case_id = c.id AND s.state IN ('granted', 'denied', 'referred'))
"""


@dataclass(frozen=True)
class HalfDecided:
    """Half of the decided cases took at most so many days, counted from filing to decision."""

    days: int
    cases: int


def half_decided(procedure_id: UUID) -> HalfDecided | None:
    """Return the median of the last twelve months, or None while fewer than thirty cases were decided."""
    with connection.cursor() as cursor:
        cursor.execute(_MEDIAN, [procedure_id, clock.now() - PERIOD])
        cases, seconds = cursor.fetchone()
    if cases < LEAST:
        return None
    return HalfDecided(days=max(1, -(-int(seconds) // 86400)), cases=cases)
