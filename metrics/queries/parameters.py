"""A parameter set's values for people: by what they are of, and beside another set's."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from common import wording
from metrics.channels import channel_label
from metrics.models import InvestmentClass, Parameter, ParameterSet

NAMES = {
    "minutes_per_contact": _("Minutes saved by a contact"),
    "clp_per_contact": _("Pesos saved by a contact"),
    "resolved_share": _("Share of matters resolved (not used: the resolved ones are counted)"),
    "trips_avoided": _("Trips avoided by a resolved matter"),
    "travel_minutes": _("Minutes of a trip, there and back"),
    "wait_minutes_avoided": _("Minutes of waiting avoided"),
    "value_of_time_clp_hour": _("Value of an hour, in pesos"),
    "fare_clp": _("Fares of a trip, in pesos"),
    "access_fee_clp": _("Other costs of access, in pesos"),
}
AREAS = {"urban": _("urban"), "rural": _("rural"), "": _("all areas")}


@dataclass(frozen=True)
class ShownValue:
    """A value, and the same one of another set where there is one."""

    pk: int
    name: Any
    place: str
    number: Decimal
    value: Parameter | InvestmentClass
    is_class: bool
    other: Decimal | None = None

    @property
    def text(self) -> str:
        return tidy(self.number)

    @property
    def error_text(self) -> str:
        return tidy(self.value.standard_error)

    @property
    def other_text(self) -> str:
        return "–" if self.other is None else tidy(self.other)

    @property
    def differs(self) -> bool:
        return self.other is not None and self.other != self.number


def tidy(value: Decimal) -> str:
    """A number with as many decimals as it has: `1.240`, `0,55`."""
    plain = value.normalize()
    return wording.number(value, max(0, -int(plain.as_tuple().exponent)))


def grouped_values(one: ParameterSet) -> list[ShownValue]:
    """Return the classes, then the parameters by name, channel and area."""
    return _values(one, {})


def compared_values(one: ParameterSet, other: ParameterSet) -> list[ShownValue]:
    """Return the same, each beside the other set's."""
    return _values(one, {_key(row): _number(row) for row in _rows(other)})


def _rows(one: ParameterSet) -> list[Parameter | InvestmentClass]:
    order = list(NAMES)
    parameters = sorted(
        one.parameters.select_related("region"),
        key=lambda row: (
            order.index(row.name) if row.name in order else 99,
            row.channel,
            row.area,
            row.region_id or "",
        ),
    )
    return [*one.investment_classes.order_by("population_from"), *parameters]


def _key(row: Parameter | InvestmentClass) -> tuple[str, ...]:
    if isinstance(row, InvestmentClass):
        return ("class", row.code)
    return (row.name, row.channel, row.area, row.region_id or "")


def _number(row: Parameter | InvestmentClass) -> Decimal:
    return row.clp if isinstance(row, InvestmentClass) else row.mean


def _values(one: ParameterSet, others: dict[tuple[str, ...], Decimal]) -> list[ShownValue]:
    return [shown_value(row, others.get(_key(row))) for row in _rows(one)]


def shown_value(row: Parameter | InvestmentClass, other: Decimal | None = None) -> ShownValue:
    """Return a value with its names for people."""
    is_class = isinstance(row, InvestmentClass)
    return ShownValue(
        pk=row.pk,
        name=_("Investment in an office, in pesos")
        if isinstance(row, InvestmentClass)
        else NAMES.get(row.name, row.name),
        place=_place(row),
        number=_number(row),
        value=row,
        is_class=is_class,
        other=other,
    )


def _place(row: Parameter | InvestmentClass) -> str:
    if isinstance(row, InvestmentClass):
        return row.label
    parts = [
        channel_label(row.channel) if row.channel else "",
        str(AREAS.get(row.area, row.area)),
        row.region.short_name if row.region else "",
    ]
    return " · ".join(part for part in parts if part)
