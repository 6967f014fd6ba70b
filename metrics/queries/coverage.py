"""Who has an office of the network in their commune, near it, or coming on a round."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q

from accounts.models import Agency
from catalog.models import Agreement, AgreementStage
from metrics.queries.filters import Filters

POPULATIONS = ("population_2015", "population_2024")

_COMMUNES = """
SELECT c.code, c.name, c.region_id, r.short_name, r.position, c.population_2015, c.population_2024,
       (SELECT count(*) FROM territory_office o
        WHERE o.commune_id = c.code AND o.kind = 'office' AND o.opened_on <= %(day)s),
       EXISTS (SELECT 1 FROM territory_mobilestop m JOIN territory_office o ON o.id = m.office_id
               WHERE m.commune_id = c.code AND o.opened_on <= %(day)s),
       (SELECT min(6371.0 * acos(least(1.0, greatest(-1.0,
                   sin(radians(c.latitude)) * sin(radians(o.latitude))
                   + cos(radians(c.latitude)) * cos(radians(o.latitude))
                     * cos(radians(o.longitude - c.longitude))))))
        FROM territory_office o WHERE o.kind = 'office' AND o.opened_on <= %(day)s)
FROM territory_commune c JOIN territory_region r ON r.code = c.region_id
WHERE (%(region)s = '' OR c.region_id = %(region)s) AND (%(commune)s = '' OR c.code = %(commune)s)
ORDER BY r.position, sort_key(c.name)
"""


@dataclass(frozen=True)
class CoveredCommune:
    """
    A commune on a day; `kilometres` to the nearest fixed office, None where the seat has no coordinates.
    """

    code: str
    name: str
    region: str
    region_name: str
    region_position: int
    population_2015: int
    population_2024: int
    offices: int
    has_round: bool
    kilometres: float | None

    @property
    def is_covered(self) -> bool:
        return self.offices > 0

    def is_near(self, kilometres: int) -> bool:
        return self.kilometres is not None and self.kilometres <= kilometres


@dataclass(frozen=True)
class Coverage:
    """People covered of all, by one census."""

    people: int
    total: int

    @property
    def share(self) -> float | None:
        return 100 * self.people / self.total if self.total else None


def communes_on(day: date, *, region: str = "", commune: str = "") -> list[CoveredCommune]:
    """Every commune with its offices, rounds and distance, north to south. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_COMMUNES, {"day": day, "region": region, "commune": commune})
        return [CoveredCommune(*row) for row in cursor.fetchall()]


def coverage_rows(filters: Filters) -> list[CoveredCommune]:
    """The communes of the filters on the last day of their period."""
    return communes_on(filters.end, region=filters.region, commune=filters.commune)


def covered(rows: list[CoveredCommune], population: str) -> Coverage:
    """People in communes with a fixed office."""
    return _count(rows, population, lambda row: row.is_covered)


def near(rows: list[CoveredCommune], population: str, kilometres: int) -> Coverage:
    """People in communes whose seat is near a fixed office."""
    return _count(rows, population, lambda row: row.is_near(kilometres))


def on_rounds(rows: list[CoveredCommune], population: str) -> Coverage:
    """People in communes without a fixed office, but with a mobile one on its rounds."""
    return _count(rows, population, lambda row: row.has_round and not row.is_covered)


def _count(rows: list[CoveredCommune], population: str, counts: Any) -> Coverage:
    return Coverage(
        people=sum(getattr(row, population) for row in rows if counts(row)),
        total=sum(getattr(row, population) for row in rows),
    )


def by_region(rows: list[CoveredCommune]) -> list[tuple[str, str, list[CoveredCommune]]]:
    """The rows region by region, north to south: (code, name, communes)."""
    regions: dict[str, tuple[str, str, list[CoveredCommune]]] = {}
    for row in rows:
        regions.setdefault(row.region, (row.region, row.region_name, []))[2].append(row)
    return list(regions.values())


def agencies_on(day: date) -> list[Agency]:
    """Agencies with an agreement in pilot or in service on a day, by name."""
    served = [AgreementStage.PILOT, AgreementStage.LIVE]
    standing = Agreement.objects.filter(during__contains=day)
    now = Q(terms_since__isnull=True) | Q(terms_since__lte=day)
    then = standing.filter(past_terms__during__contains=day, past_terms__stage__in=served)
    held = Q(agreements__in=standing.filter(now, stage__in=served)) | Q(agreements__in=then)
    return list(Agency.objects.filter(held).distinct().order_by("code"))
