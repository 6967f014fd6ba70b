"""
What citizens saved: the case study's figure (contacts × parameters) and the stricter one (resolved matters),
side by side.

Both are sums over cells of the roll-up (year, channel, area, region), each priced with its year's parameter
set. The interval at 95 % propagates the parameters' doubts by their derivatives: one name errs the same way
in every cell, different names independently.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from math import sqrt

from django.db.models import Sum
from django.db.models.functions import ExtractYear

from metrics.models import Parameter, ParameterSet
from metrics.queries.filters import Filters
from metrics.queries.satisfaction import Z95

CONTACT_NAMES = ("minutes_per_contact", "clp_per_contact", "value_of_time_clp_hour")
MATTER_NAMES = (
    "trips_avoided",
    "travel_minutes",
    "wait_minutes_avoided",
    "value_of_time_clp_hour",
    "fare_clp",
    "access_fee_clp",
)


@dataclass(frozen=True)
class Cell:
    """So many contacts served, or matters resolved, in a year through a channel in an area of a region."""

    year: int
    channel: str
    area: str
    region: str
    count: int


@dataclass(frozen=True)
class PricedCell:
    """A cell with its parameters: minutes and pesos saved by one, and pesos in all."""

    cell: Cell
    parameter_set: ParameterSet
    values: dict[str, Parameter]
    minutes: float
    out_of_pocket: float
    each: float

    @property
    def clp(self) -> float:
        return self.cell.count * self.each


@dataclass(frozen=True)
class Savings:
    """A total in pesos with its margin at 95 %, the hours in it, and what could not be priced."""

    clp: float
    margin: float
    hours: float
    out_of_pocket: float
    count: int
    unpriced: int
    cells: list[PricedCell] = field(default_factory=list)

    @property
    def low(self) -> float:
        return max(0.0, self.clp - self.margin)

    @property
    def high(self) -> float:
        return self.clp + self.margin

    @property
    def sets(self) -> list[ParameterSet]:
        return list({priced.parameter_set.pk: priced.parameter_set for priced in self.cells}.values())


class Sets:
    """The parameter sets that a run computes with: each year's own, or one for all."""

    def __init__(self, chosen: ParameterSet | None = None) -> None:
        current = [chosen] if chosen else list(ParameterSet.objects.current())
        self._sets = sorted(current, key=lambda one: one.valid_from, reverse=True)
        self._chosen = chosen
        self._values: dict[tuple[object, str, str, str, str], Parameter] = {
            (one.set_id, one.name, one.channel, one.area, one.region_id or ""): one
            for one in Parameter.objects.filter(set__in=[one.pk for one in self._sets])
        }

    @property
    def all(self) -> list[ParameterSet]:
        """The sets of this run, the latest first."""
        return list(self._sets)

    def of_year(self, year: int) -> ParameterSet | None:
        """The set whose prices hold at the end of a year; before the first set, the first."""
        if self._chosen or not self._sets:
            return self._chosen
        last_day = date(year, 12, 31)
        return next((one for one in self._sets if one.holds_on(last_day)), self._sets[-1])

    def value(self, parameter_set: ParameterSet, name: str, cell: Cell) -> Parameter | None:
        """The closest parameter: by region, then by area (unknown: urban, the lower), then for all areas."""
        area = cell.area or "urban"
        for places in ((area, cell.region), ("", cell.region), (area, ""), ("", "")):
            if found := self._values.get((parameter_set.pk, name, cell.channel, *places)):
                return found
        return None


def by_contact(v: dict[str, float]) -> tuple[float, float, dict[str, float]]:
    """Minutes and pesos of one contact, and what a peso's worth each parameter moves."""
    hour = v["value_of_time_clp_hour"]
    slopes = {
        "minutes_per_contact": hour / 60,
        "clp_per_contact": 1.0,
        "value_of_time_clp_hour": v["minutes_per_contact"] / 60,
    }
    return v["minutes_per_contact"], v["clp_per_contact"], slopes


def by_matter(v: dict[str, float]) -> tuple[float, float, dict[str, float]]:
    trips, travel, wait, hour = (
        v["trips_avoided"],
        v["travel_minutes"],
        v["wait_minutes_avoided"],
        v["value_of_time_clp_hour"],
    )
    fare, fee = v["fare_clp"], v["access_fee_clp"]
    minutes, pesos = trips * travel + wait, trips * fare + fee
    slopes = {
        "trips_avoided": travel / 60 * hour + fare,
        "travel_minutes": trips * hour / 60,
        "wait_minutes_avoided": hour / 60,
        "value_of_time_clp_hour": minutes / 60,
        "fare_clp": trips,
        "access_fee_clp": 1.0,
    }
    return minutes, pesos, slopes


def savings_by_contacts(filters: Filters, sets: Sets) -> Savings:
    """The case study's own figure."""
    return price(cells_of(filters, "served"), sets, CONTACT_NAMES, by_contact)


def savings_by_matters(filters: Filters, sets: Sets) -> Savings:
    """The stricter figure."""
    return price(cells_of(filters, "resolved"), sets, MATTER_NAMES, by_matter)


def cells_of(filters: Filters, measure: str) -> list[Cell]:
    """Count a measure by year, channel, area and region."""
    rows = (
        filters.roll_ups()
        .annotate(year=ExtractYear("business_date"))
        .values("year", "channel", "area", "region")
        .annotate(n=Sum(measure))
        .order_by("year", "channel", "area", "region")
    )
    return [
        Cell(row["year"], row["channel"], row["area"], row["region"] or "", row["n"])
        for row in rows
        if row["n"]
    ]


def price(
    cells: Iterable[Cell],
    sets: Sets,
    names: tuple[str, ...],
    one: Callable[[dict[str, float]], tuple[float, float, dict[str, float]]],
) -> Savings:
    priced: list[PricedCell] = []
    doubt: dict[str, float] = defaultdict(float)
    unpriced = 0
    for cell in cells:
        parameter_set = sets.of_year(cell.year)
        found = {name: sets.value(parameter_set, name, cell) for name in names} if parameter_set else {}
        values = {name: value for name, value in found.items() if value is not None}
        if parameter_set is None or len(values) < len(names):
            unpriced += cell.count
            continue
        minutes, pesos, slopes = one({name: float(value.mean) for name, value in values.items()})
        each = minutes / 60 * float(values["value_of_time_clp_hour"].mean) + pesos
        priced.append(PricedCell(cell, parameter_set, values, minutes, pesos, each))
        for name, slope in slopes.items():
            doubt[name] += cell.count * slope * float(values[name].standard_error)
    return Savings(
        clp=sum(row.clp for row in priced),
        margin=Z95 * sqrt(sum(part**2 for part in doubt.values())),
        hours=sum(row.cell.count * row.minutes for row in priced) / 60,
        out_of_pocket=sum(row.cell.count * row.out_of_pocket for row in priced),
        count=sum(row.cell.count for row in priced),
        unpriced=unpriced,
        cells=priced,
    )
