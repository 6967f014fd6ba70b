"""
How long decisions really take: the honest promise.

The time to decide a case runs from its filing to an agency's first decision, without the time in which the case waited for nobody but the
citizen.
Cases that are still open, that lapsed or were withdrawn took at least as long as they have run: leaving them out would make every figure
too short. Kaplan and Meier's estimator counts them for as long as they were watched (J. Amer. Statist. Assoc. 53, 1958, 457–481).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from django.db import connection

from crm.models import DecisionTime
from crm.terms import DAY

LEAST = 30  # cases, finished and open, below which no figure is told
PERIOD = timedelta(days=730)  # cases filed within it say how long it takes now
HALF, MOST = 0.5, 0.1  # of the cases are still undecided then
ROUNDING = 1e-9  # what the product of many shares may lose

# Running seconds of every case of the procedures asked for, and whether an agency has decided it.
_RUNS = """
SELECT v.procedure_id,
       coalesce(c.running_seconds, greatest(0, extract(epoch FROM coalesce(c.decided_at, %(now)s) - c.submitted_at)::bigint
           - c.stopped_seconds
           - CASE WHEN c.state = 'awaiting_citizen' THEN (
               SELECT CASE WHEN bool_or(s.is_required AND s.state IN ('received', 'in_review')) THEN 0
                   ELSE extract(epoch FROM %(now)s - greatest(min(s.stopped_at), max(s.state_since) FILTER (WHERE s.is_required)))::bigint END
               FROM crm_stage s WHERE s.case_id = c.id) ELSE 0 END)) AS seconds,
       c.running_seconds IS NOT NULL AS decided
FROM crm_case c JOIN catalog_procedureversion v ON v.id = c.version_id
WHERE c.submitted_at >= %(since)s AND c.submitted_at <= %(now)s
"""
# At each length: how many were decided then, and how many were still watched; then the share that is undecided after it.
_CURVES = f"""
WITH runs AS ({_RUNS}),
     lengths AS (SELECT procedure_id, seconds, count(*) FILTER (WHERE decided) AS decided, count(*) AS left_then
                 FROM runs GROUP BY procedure_id, seconds),
     watched AS (SELECT *, sum(left_then) OVER (PARTITION BY procedure_id ORDER BY seconds DESC) AS at_risk FROM lengths),
     curve AS (SELECT procedure_id, seconds,
                      exp(sum(CASE WHEN decided = at_risk THEN '-Infinity'::float8 ELSE ln(1 - decided::float8 / at_risk::float8) END)
                          OVER (PARTITION BY procedure_id ORDER BY seconds)) AS undecided
               FROM watched WHERE decided > 0),
     counts AS (SELECT procedure_id, sum(left_then) AS cases, sum(decided) AS decided FROM lengths GROUP BY procedure_id)
SELECT n.procedure_id, n.cases, n.decided,
       min(c.seconds) FILTER (WHERE c.undecided <= %(half)s) AS half,
       min(c.seconds) FILTER (WHERE c.undecided <= %(most)s) AS most
FROM counts n LEFT JOIN curve c USING (procedure_id) GROUP BY n.procedure_id, n.cases, n.decided
"""  # noqa: S608  # two texts of ours
# A plain statement: every filing asks.
_KNOWN = f"""
SELECT half_seconds, most_seconds, cases FROM {DecisionTime._meta.db_table}
WHERE procedure_id = %s AND cases >= %s AND half_seconds IS NOT NULL
"""  # noqa: S608  # a name of ours


@dataclass(frozen=True)
class DecisionDays:
    """Half of the cases are decided within `half_days` of running time, nine of ten within `most_days`; None: not known."""

    half_days: int | None
    most_days: int | None
    cases: int


def estimated_decision_times(*, now: datetime) -> list[DecisionTime]:
    """Estimate the time to decide of every procedure with a case filed in the last two years, as rows not saved."""
    bounds: dict[str, datetime | float] = {
        "now": now,
        "since": now - PERIOD,
        "half": HALF + ROUNDING,
        "most": MOST + ROUNDING,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CURVES, bounds)
        rows = cursor.fetchall()
    return [
        DecisionTime(
            procedure_id=procedure, cases=cases, decided=decided, half_seconds=half, most_seconds=most, at=now
        )
        for procedure, cases, decided, half, most in rows
    ]


def decision_time(procedure_id: UUID) -> DecisionDays | None:
    """Return the last estimate of a procedure's time to decide, or None where fewer than thirty cases were known or nothing can be told."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [procedure_id, LEAST])
        known = cursor.fetchone()
    if known is None:
        return None
    half, most, cases = known
    return DecisionDays(_days(half), None if most is None else _days(most), cases)


def _days(seconds: int) -> int:
    return max(1, ceil(seconds / DAY))
