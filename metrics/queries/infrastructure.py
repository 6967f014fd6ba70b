"""The offices that agencies did not have to open."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from catalog.queries.agreements import HELD
from metrics.models import InvestmentClass, ParameterSet
from metrics.queries.filters import Filters
from metrics.queries.satisfaction import Z95

# One row per agency and commune: served under an agreement at a fixed office there, and no office of its own.
_PAIRS = f"""
WITH {HELD}, served AS (
    SELECT a.id, a.agency_id, o.code, o.commune_id, greatest(min(lower(a.during)), o.opened_on) AS since
    FROM held a JOIN territory_office o ON o.kind = 'office' AND o.opened_on <= %(day)s AND (a.all_offices OR o.id = ANY (a.offices))
    WHERE a.stage IN ('pilot', 'live') AND lower(a.during) <= %(day)s
    GROUP BY a.id, a.agency_id, o.code, o.commune_id, o.opened_on HAVING bool_or(a.during @> %(day)s::date)
)
SELECT DISTINCT ON (g.code, r.position, c.code)
       g.code, g.name_es, g.acronym, c.code, c.name, r.short_name, c.population_2015, c.population_2024,
       a.since, a.id, a.code
FROM served a
JOIN accounts_agency g ON g.id = a.agency_id
JOIN territory_commune c ON c.code = a.commune_id
JOIN territory_region r ON r.code = c.region_id
WHERE EXISTS (SELECT 1 FROM catalog_delegatedact d WHERE d.agreement_id = a.id AND d.channel = 'office'
              AND d.during @> %(day)s::date)
  AND NOT EXISTS (SELECT 1 FROM accounts_agencyoffice w WHERE w.agency_id = g.id AND w.commune_id = c.code)
  AND (%(agency)s = '' OR g.code = %(agency)s) AND (%(region)s = '' OR c.region_id = %(region)s)
  AND (%(commune)s = '' OR c.code = %(commune)s)
ORDER BY g.code, r.position, c.code, a.since, a.id, a.code
"""  # noqa: S608  # a text of ours


@dataclass(frozen=True)
class ServedPair:
    """
    An agency in a commune where it has no office of its own; `since` the first day both agreement and office
    held.
    """

    agency: str
    agency_name: str
    acronym: str
    commune: str
    commune_name: str
    region_name: str
    population_2015: int
    population_2024: int
    since: date
    agreement_id: int
    office: str


@dataclass(frozen=True)
class PricedPair:
    """A pair with the investment it saved."""

    pair: ServedPair
    people: int
    investment: InvestmentClass

    @property
    def clp(self) -> Decimal:
        return self.investment.clp


@dataclass(frozen=True)
class InfrastructureSavings:
    """The total with its interval at 95 %: the classes are wrong together, so their doubts add up."""

    parameter_set: ParameterSet
    day: date
    rows: list[PricedPair]

    @property
    def clp(self) -> Decimal:
        return sum((row.clp for row in self.rows), Decimal(0))

    @property
    def usd(self) -> Decimal:
        return self.clp / self.parameter_set.clp_per_usd

    @property
    def margin_usd(self) -> Decimal:
        doubt = sum((row.investment.standard_error for row in self.rows), Decimal(0))
        return Decimal(str(Z95)) * doubt / self.parameter_set.clp_per_usd

    @property
    def agencies(self) -> int:
        return len({row.pair.agency for row in self.rows})

    @property
    def communes(self) -> int:
        return len({row.pair.commune for row in self.rows})


def served_pairs(day: date, *, agency: str = "", region: str = "", commune: str = "") -> list[ServedPair]:
    """Return every agency × commune pair on a day, each once. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, {"day": day, "agency": agency, "region": region, "commune": commune})
        return [ServedPair(*row) for row in cursor.fetchall()]


def infrastructure_savings(
    parameter_set: ParameterSet, day: date, filters: Filters | None = None
) -> InfrastructureSavings:
    """Price the pairs of a day with a parameter set; of the filters, agency, region and commune narrow."""
    place = (
        {}
        if filters is None
        else {"agency": filters.agency, "region": filters.region, "commune": filters.commune}
    )
    classes = list(parameter_set.investment_classes.order_by("population_from"))
    rows = []
    for pair in served_pairs(day, **place):
        people = getattr(pair, parameter_set.population)
        investment = next((one for one in classes if one.fits(people)), None)
        if investment is not None:
            rows.append(PricedPair(pair, people, investment))
    return InfrastructureSavings(parameter_set, day, rows)
