"""What agencies owe for a month: what was done for them under an agreement, at the price that was agreed for that day."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.conf import settings
from django.db import connection
from django.utils.functional import Promise

from catalog.models import Act, DelegatedChannel
from catalog.queries.agreements import HELD

# What is counted: a matter that ended with the person informed; an application filed; a contact in which the identity card was seen, once
# for each agency whose matter was raised in it. Agencies decide and issue themselves: nothing of that kind is counted. Counted by day and
# place first, so that each sum asks once for its price: that of the procedure before that of all procedures, then that of the agreement that
# began latest.
_SUMS = f"""
WITH {HELD}, done AS (
    SELECT 'inform' AS act, p.agency_id, p.id AS procedure_id, i.channel, i.office_id, i.business_date AS on_day, count(*) AS times
    FROM crm_interaction i JOIN crm_enquiry e ON e.interaction_id = i.id AND e.outcome = 'informed'
    JOIN catalog_procedureversion v ON v.id = e.version_id JOIN catalog_procedure p ON p.id = v.procedure_id
    WHERE i.business_date >= %(first)s AND i.business_date < %(next)s GROUP BY 2, 3, 4, 5, 6
    UNION ALL
    SELECT 'receive', agency_id, procedure_id, channel, office_id, on_day, count(*) FROM (
        SELECT p.agency_id, p.id AS procedure_id, c.channel, i.office_id,
               (c.submitted_at AT TIME ZONE coalesce(k.time_zone, %(zone)s))::date AS on_day
        FROM crm_case c JOIN crm_interaction i ON i.id = c.source_id
        JOIN catalog_procedureversion v ON v.id = c.version_id JOIN catalog_procedure p ON p.id = v.procedure_id
        LEFT JOIN territory_office o ON o.id = i.office_id LEFT JOIN territory_commune k ON k.code = o.commune_id
        WHERE c.submitted_at >= %(first)s::date - 1 AND c.submitted_at < %(next)s::date + 2) filed
    WHERE on_day >= %(first)s AND on_day < %(next)s GROUP BY 2, 3, 4, 5, 6
    UNION ALL
    SELECT 'verify_identity', agency_id, NULL, channel, office_id, business_date, count(*) FROM (
        SELECT DISTINCT i.id, p.agency_id, i.channel, i.office_id, i.business_date
        FROM crm_interaction i JOIN crm_enquiry e ON e.interaction_id = i.id
        JOIN catalog_procedureversion v ON v.id = e.version_id JOIN catalog_procedure p ON p.id = v.procedure_id
        WHERE i.business_date >= %(first)s AND i.business_date < %(next)s AND i.identity_level >= 500 AND i.agent_id IS NOT NULL) seen
    GROUP BY 2, 4, 5, 6
)
SELECT g.code, g.name_es, done.act, CASE WHEN done.channel IN ('office', 'mobile', 'phone', 'web') THEN done.channel ELSE 'outside' END,
       d.price_clp, sum(done.times)
FROM done JOIN accounts_agency g ON g.id = done.agency_id
JOIN LATERAL (
    SELECT x.price_clp FROM held a JOIN catalog_delegatedact x ON x.agreement_id = a.id
    WHERE a.agency_id = done.agency_id AND a.stage <> 'signed' AND x.act = done.act AND x.during @> done.on_day AND a.during @> done.on_day
      AND x.channel = CASE WHEN done.channel IN ('office', 'mobile', 'phone', 'web') THEN done.channel ELSE 'outside' END
      AND (x.procedure_id IS NULL OR x.procedure_id = done.procedure_id)
      AND (x.channel NOT IN ('office', 'mobile') OR a.all_offices OR done.office_id = ANY (a.offices))
    ORDER BY x.procedure_id IS NULL, a.began DESC, x.price_clp DESC NULLS LAST LIMIT 1) d ON true
GROUP BY 1, 2, 3, 4, 5 ORDER BY 2, 3, 4, 5
"""  # noqa: S608  # a text of ours


@dataclass(frozen=True)
class SettlementLine:
    """One act at one price; without a price nothing is owed for it. `amount` in pesos."""

    act: str | Promise
    channel: str | Promise
    price: int | None
    times: int

    @property
    def amount(self) -> int:
        return (self.price or 0) * self.times


@dataclass(frozen=True)
class Settlement:
    """What one agency owes for a month, line by line."""

    code: str
    name: str
    lines: list[SettlementLine]

    @property
    def amount(self) -> int:
        return sum(line.amount for line in self.lines)


def settlements(first: date) -> list[Settlement]:
    """
    Return, by name, the agencies for which something was done under an agreement in a month, from the rows themselves.

    :param first: the first day of the month; days are those of the offices, in their time zones
    """
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, {"first": first, "next": following, "zone": settings.TIME_ZONE})
        rows = cursor.fetchall()
    return [
        Settlement(code, name, [_line(*row[2:]) for row in group])
        for (code, name), group in groupby(rows, key=lambda row: (row[0], row[1]))
    ]


def _line(act: str, channel: str, price: int | None, times: int) -> SettlementLine:
    return SettlementLine(Act(act).label, DelegatedChannel(channel).label, price, int(times))
