"""The open statistics of promises and estimates, month by month. Few cases are not told, nor what gives them away."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models.functions import TruncMonth

from metrics.queries.filters import Filters
from metrics.queries.promises import (
    ESTIMATE_SUMS,
    PROMISE_SUMS,
    Estimates,
    NetworkDay,
    Promises,
    estimated_cases,
    judged_cases,
)
from metrics.queries.suppression import FEW, suppressed

EVER = date(1900, 1, 1)
PROMISE_COLUMNS = ("periodo", "mes", "casos", "en_plazo", "fuera_de_plazo", "porcentaje_en_plazo")
ESTIMATE_COLUMNS = ("periodo", "mes", "casos", "porcentaje_mitad", "porcentaje_nueve_de_diez")


def promises_by_month(day: str) -> Callable[[date], Iterator[dict[str, Any]]]:
    """
    Return what gives the rows of a promise's table, up to the day before: today's promises are not over.

    :param day: which promise: `promised_on` or `receipt_promised_on`
    """

    def rows(today: date) -> Iterator[dict[str, Any]]:
        judged = judged_cases(Filters(EVER, today - timedelta(days=1)), day)
        for month, sums in _monthly(judged, day, PROMISE_SUMS):
            yield {"periodo": month.year, "mes": month.month, **_told(Promises(**sums))}

    return rows


def _told(one: Promises) -> dict[str, Any]:
    cells = {"casos": one.judged, "en_plazo": one.kept, "fuera_de_plazo": one.judged - one.kept}
    hidden = suppressed(cells, [list(cells)])
    share = None if hidden or one.share is None else round(one.share, 2)
    return {name: None if name in hidden else n for name, n in cells.items()} | {"porcentaje_en_plazo": share}


def estimates_by_month(today: date) -> Iterator[dict[str, Any]]:
    """The rows of the estimates' table: shares of at least five cases."""
    for month, sums in _monthly(
        estimated_cases(Filters(EVER, today)), NetworkDay("decided_at"), ESTIMATE_SUMS
    ):
        one = Estimates(**sums)
        yield {
            "periodo": month.year,
            "mes": month.month,
            "casos": one.cases if one.cases >= FEW else None,
            "porcentaje_mitad": _share(one.half_share, one.cases),
            "porcentaje_nueve_de_diez": _share(one.most_share, one.told_most),
        }


def _share(value: float | None, cases: int) -> float | None:
    return None if value is None or cases < FEW else round(value, 2)


def _monthly(found: Any, day: Any, sums: dict[str, Any]) -> Iterator[tuple[date, dict[str, int]]]:
    counted = found.annotate(month=TruncMonth(day)).values("month").annotate(**sums).order_by("month")
    for row in counted:
        yield row.pop("month"), row
