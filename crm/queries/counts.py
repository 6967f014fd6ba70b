"""How many rows a list has: to the row while they are few, as the planner estimates them beyond."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Value

EXACT = 100  # rows that are counted; beyond, nobody reads them one by one


@dataclass(frozen=True)
class Count:
    """How many; `is_estimate` where they were not counted."""

    number: int
    is_estimate: bool = False


def counts(lists: Sequence[QuerySet[Any]]) -> list[Count]:
    """Count several lists: one query that reads at most `EXACT` + 1 rows of each, and one plan for each longer one."""
    if not lists:
        return []
    parts = [
        rows.order_by().annotate(which=Value(place)).values_list("which", flat=True)[: EXACT + 1]
        for place, rows in enumerate(lists)
    ]
    found = Counter(parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0])
    return [
        Count(found[place]) if found[place] <= EXACT else Count(_estimated(rows), is_estimate=True)
        for place, rows in enumerate(lists)
    ]


def _estimated(rows: QuerySet[Any]) -> int:
    plan = json.loads(rows.order_by().values("pk").explain(format="json"))
    return max(EXACT + 1, int(plan[0]["Plan"]["Plan Rows"]))
