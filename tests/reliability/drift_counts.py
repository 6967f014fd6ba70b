"""
The published figures counted again in plain SQL, from source rows alone: no roll-up, no kept sum of seconds, no kept date.

Days and spans come from the moments themselves; when a case was filed, decided, opened again or asked comes from its events, which nothing
in metrics reads. Each statement answers for every slice at once: a day in the nation, in a channel, at an office, and both.
"""

from collections.abc import Sequence
from datetime import date, datetime
from math import ceil
from typing import Any

from django.db import connection

ALL = "*"  # in a slice: not narrowed
Slice = tuple[date, str, str]  # day, channel, office; "" for the office of a contact that has none
Figures = dict[str, Any]

_SLICES = """
SELECT day, CASE WHEN grouping(channel) = 1 THEN '*' ELSE channel END AS channel,
    CASE WHEN grouping(place) = 1 THEN '*' ELSE place END AS place, {figures}
FROM {rows} GROUP BY GROUPING SETS ((day), (day, channel), (day, place), (day, channel, place))
"""
_CONTACTS = """
WITH matter AS (
    SELECT interaction_id, count(*) AS enquiries,
        count(*) FILTER (WHERE outcome IN ('informed', 'case_opened', 'case_updated', 'status_told')) AS resolved,
        {outcomes}
    FROM crm_enquiry GROUP BY 1
), survey AS (
    SELECT v.interaction_id, count(*) AS invitations, count(a.grade) AS surveys, sum(a.grade) AS grade_sum,
        count(*) FILTER (WHERE a.grade IN (1, 2, 3, 4)) AS grades_low, count(*) FILTER (WHERE a.grade = 5) AS grades_middle,
        count(*) FILTER (WHERE a.grade IN (6, 7)) AS grades_high
    FROM crm_surveyinvitation v LEFT JOIN crm_surveyanswer a ON a.invitation_id = v.id GROUP BY 1
), contact AS (
    SELECT i.id, (i.started_at AT TIME ZONE coalesce(h.time_zone, 'America/Santiago'))::date AS day, i.channel, coalesce(o.code, '') AS place,
        i.ending, floor(extract(epoch FROM i.attended_at - i.started_at))::bigint AS waited,
        floor(extract(epoch FROM i.ended_at - i.attended_at))::bigint AS served, c.region_id AS region, m.*, s.*
    FROM crm_interaction i LEFT JOIN territory_office o ON o.id = i.office_id LEFT JOIN territory_commune h ON h.code = o.commune_id
    LEFT JOIN territory_commune c ON c.code = i.commune_id
    LEFT JOIN matter m ON m.interaction_id = i.id LEFT JOIN survey s ON s.interaction_id = i.id
)
"""
_OUTCOMES = ("informed", "case_opened", "case_updated", "status_told", "referred", "not_resolved")
_SUMMED = (
    *("enquiries", "resolved", *_OUTCOMES),
    *("invitations", "surveys", "grades_low", "grades_middle", "grades_high", "grade_sum"),
)
_OF_CONTACTS = {
    "contacts": "count(*)",
    **{
        ending: f"count(*) FILTER (WHERE ending = '{ending}')"
        for ending in ("served", "abandoned", "no_show", "missed")
    },
    "attended": "count(waited)",
    "wait_seconds": "coalesce(sum(waited), 0)::bigint",
    "served_count": "count(served)",
    "served_seconds": "coalesce(sum(served), 0)::bigint",
    **{name: f"coalesce(sum({name}), 0)::bigint" for name in _SUMMED},
    "waits": "array_agg(waited ORDER BY waited) FILTER (WHERE waited IS NOT NULL)",
    "services": "array_agg(served ORDER BY served) FILTER (WHERE served IS NOT NULL)",
}
# Withdrawn and lapsed cases were nobody's promise; a promise whose clock stands since its day or before is not over.
_CASES = """
WITH filed AS (
    SELECT c.channel, coalesce(o.code, '') AS place, c.promised_on, c.receipt_promised_on, c.running_seconds, c.half_days, c.most_days,
        f.at AS filed_at, f.at AT TIME ZONE 'America/Santiago' AS filed_here, coalesce(e.kind, '') AS ending,
        CASE WHEN e.kind <> 'case.reopened' THEN e.at END AS decided_at,
        CASE WHEN e.kind <> 'case.reopened' THEN (e.at AT TIME ZONE 'America/Santiago')::date END AS decided_on,
        CASE WHEN w.kind = 'case.asked' THEN (w.at AT TIME ZONE 'America/Santiago')::date END AS asked_on,
        (%(now)s AT TIME ZONE 'America/Santiago')::date AS today
    FROM crm_case c JOIN crm_interaction i ON i.id = c.source_id LEFT JOIN territory_office o ON o.id = i.office_id
    JOIN events_event f ON f.subject_id = c.id AND f.kind = 'case.submitted'
    LEFT JOIN LATERAL (SELECT kind, at FROM events_event WHERE subject_id = c.id AND kind = ANY(%(endings)s)
                       ORDER BY seq DESC LIMIT 1) e ON true
    LEFT JOIN LATERAL (SELECT kind, at FROM events_event WHERE subject_id = c.id AND kind = ANY(%(moves)s)
                       ORDER BY seq DESC LIMIT 1) w ON true
), judged AS (
    SELECT *, coalesce(decided_on <= {day}, false) AS is_kept, {day} AS day FROM filed
    WHERE ending NOT IN ('case.withdrawn', 'case.lapsed') AND (decided_at IS NOT NULL OR {day} < today AND {stands})
), dated AS (SELECT *, {dated} AS day FROM filed)
"""
_ENDINGS = ["case.granted", "case.denied", "case.referred", "case.lapsed", "case.withdrawn", "case.reopened"]
_MOVES = [*_ENDINGS, "case.asked", "case.answered"]
_JUDGED = {
    "judged": "count(*)",
    "kept": "count(*) FILTER (WHERE is_kept)",
    "late": "count(*) FILTER (WHERE decided_at IS NULL)",
}
_ESTIMATED = "half_days IS NOT NULL AND running_seconds IS NOT NULL"
_DECIDED = {
    "decided": "count(*)",
    "took": "array_agg(floor(extract(epoch FROM decided_at - filed_at))::bigint ORDER BY decided_at - filed_at)",
    "estimated": f"count(*) FILTER (WHERE {_ESTIMATED})",
    "within_half": f"count(*) FILTER (WHERE {_ESTIMATED} AND running_seconds <= half_days * 86400)",
    "told_most": f"count(*) FILTER (WHERE {_ESTIMATED} AND most_days IS NOT NULL)",
    "within_most": f"count(*) FILTER (WHERE {_ESTIMATED} AND running_seconds <= most_days * 86400)",
}


def recounted(now: datetime) -> dict[Slice, Figures]:
    """Every slice that has anything, with every figure that has a source row there."""
    found: dict[Slice, Figures] = {}
    _gather(found, _contacts(), "contact", _OF_CONTACTS)
    for name, day, stands in (
        ("promises", "promised_on", "NOT coalesce(asked_on <= promised_on, false)"),
        ("receipts", "receipt_promised_on", "true"),
    ):
        figures = {f"{name}_{one}": words for one, words in _JUDGED.items()}
        _gather(found, _CASES.format(day=day, stands=stands, dated="today"), "judged", figures, now)
    for dated, figures in (("filed_here::date", {"submitted": "count(*)"}), ("decided_on", _DECIDED)):
        rows = "(SELECT * FROM dated WHERE day IS NOT NULL) AS those"
        _gather(found, _CASES.format(day="promised_on", stands="true", dated=dated), rows, dict(figures), now)
    return found


def by_region() -> dict[tuple[int, int, str], int]:
    """Contacts in person, by year, month and region."""
    return _keyed(
        "SELECT extract(year FROM day)::int, extract(month FROM day)::int, r.short_name, count(*) FROM contact "
        "JOIN territory_region r ON r.code = contact.region WHERE channel IN ('office', 'mobile') GROUP BY 1, 2, 3"
    )


def by_region_and_agency() -> dict[tuple[int, int, str, str], int]:
    """Contacts by year, month, region and the agency of their first matter about a procedure."""
    return _keyed(
        "SELECT extract(year FROM day)::int, extract(month FROM day)::int, r.short_name, a.name_es, count(*) FROM contact "
        "JOIN territory_region r ON r.code = contact.region "
        "JOIN (SELECT DISTINCT ON (e.interaction_id) e.interaction_id, p.agency_id FROM crm_enquiry e "
        "JOIN catalog_procedureversion v ON v.id = e.version_id JOIN catalog_procedure p ON p.id = v.procedure_id "
        "ORDER BY e.interaction_id, e.opened_at, e.id) first ON first.interaction_id = contact.id "
        "JOIN accounts_agency a ON a.id = first.agency_id GROUP BY 1, 2, 3, 4"
    )


def _keyed(ask: str) -> dict[Any, int]:
    with connection.cursor() as cursor:
        cursor.execute(_contacts() + ask)
        return {tuple(key): n for *key, n in cursor.fetchall()}


def observed(values: Sequence[int] | None, tenths: int) -> int | None:
    """The value at or above so many tenths of the values, which are in order."""
    return values[max(ceil(len(values) * tenths / 10), 1) - 1] if values else None


def _contacts() -> str:
    outcomes = ", ".join(f"count(*) FILTER (WHERE outcome = '{one}') AS {one}" for one in _OUTCOMES)
    return _CONTACTS.format(outcomes=outcomes).replace("m.*", _of("m", _SUMMED[:8])).replace(
        "s.*", _of("s", _SUMMED[8:])
    )  # fmt: skip


def _of(table: str, names: Sequence[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


def _gather(
    found: dict[Slice, Figures], given: str, rows: str, figures: dict[str, str], now: datetime | None = None
) -> None:
    ask = given + _SLICES.format(
        rows=rows, figures=", ".join(f"{words} AS {name}" for name, words in figures.items())
    )
    with connection.cursor() as cursor:
        cursor.execute(ask, {"now": now, "endings": _ENDINGS, "moves": _MOVES} if now else None)
        for day, channel, place, *values in cursor.fetchall():
            found.setdefault((day, channel, place), {}).update(zip(figures, values, strict=True))
