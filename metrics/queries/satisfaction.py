"""Satisfaction on the national scale from 1 to 7, with its sampling error."""

from dataclasses import dataclass
from math import sqrt
from typing import Any

from django.db.models import Sum
from django.db.models.functions import Coalesce

from metrics.queries.filters import Filters

Z95 = 1.96
ENOUGH = 10  # below so many answers, no margin is computed: 1 answer would be “100 ± 0”
FEW = 30  # below so many answers, the share says little


@dataclass(frozen=True)
class Satisfaction:
    """Grades in their three bands; shares and margins are percentages, None without answers."""

    low: int
    middle: int
    high: int
    invited: int = 0

    @property
    def n(self) -> int:
        return self.low + self.middle + self.high

    @property
    def isn(self) -> float | None:
        """Share of 6 and 7 minus share of 1 to 4."""
        return 100 * (self.high - self.low) / self.n if self.n else None

    @property
    def has_margin(self) -> bool:
        """Whether there are enough answers for a sampling error."""
        return self.n >= ENOUGH

    @property
    def isn_margin(self) -> float | None:
        if not self.has_margin:
            return None
        high, low = self.high / self.n, self.low / self.n
        return 100 * Z95 * sqrt(max(0.0, high + low - (high - low) ** 2) / self.n)

    @property
    def share(self) -> float | None:
        """Share of 6 and 7."""
        return 100 * self.high / self.n if self.n else None

    @property
    def share_margin(self) -> float | None:
        if not self.has_margin:
            return None
        share = self.high / self.n
        return 100 * Z95 * sqrt(share * (1 - share) / self.n)

    @property
    def is_small(self) -> bool:
        return self.n < FEW


_SUMS = {"low": "grades_low", "middle": "grades_middle", "high": "grades_high", "invited": "invitations"}


def satisfaction(filters: Filters) -> Satisfaction:
    """Grades of the contacts of the filters."""
    return Satisfaction(
        **filters.roll_ups().aggregate(**{name: Coalesce(Sum(field), 0) for name, field in _SUMS.items()})
    )


def satisfaction_by(filters: Filters, key: str) -> dict[Any, Satisfaction]:
    """Grades by a dimension of the roll-up."""
    rows = (
        filters.roll_ups()
        .values(key)
        .annotate(**{name: Sum(field) for name, field in _SUMS.items()})
        .order_by(key)
    )
    return {row.pop(key): Satisfaction(**row) for row in rows}
