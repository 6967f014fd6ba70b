"""Cases: filed, decided, and how fast. Counted from the cases themselves."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Func, Value

from metrics.queries.contacts import Percentile
from metrics.queries.filters import Filters

SECONDS_A_DAY = 86_400


class Seconds(Func):
    """The whole seconds of a span."""

    function = "extract"
    template = "floor(extract(epoch FROM %(expressions)s))::bigint"


TOOK = Seconds(ExpressionWrapper(F("decided_at") - F("submitted_at"), output_field=DurationField()))


@dataclass(frozen=True)
class Cases:
    """What became of cases in a period; spans in seconds."""

    submitted: int
    decided: int
    median: int | None
    high: int | None

    @property
    def median_days(self) -> float | None:
        return None if self.median is None else self.median / SECONDS_A_DAY

    @property
    def high_days(self) -> float | None:
        return None if self.high is None else self.high / SECONDS_A_DAY


def case_counts(filters: Filters) -> Cases:
    """Count the cases of the filters."""
    submitted = filters.cases_submitted().count()
    decided = (
        filters.cases_decided()
        .annotate(took=TOOK)
        .aggregate(decided=Count("pk"), median=Percentile("took", 0.5), high=Percentile("took", 0.9))
    )
    return Cases(submitted=submitted, **decided)


def cases_by_agency(filters: Filters, limit: int = 10) -> list[dict[str, Any]]:
    """Filed cases by agency, the most first."""
    return list(
        filters.cases_submitted()
        .values(code=F("version__procedure__agency__code"), name=F("version__procedure__agency__name_es"))
        .annotate(n=Count("pk"), zero=Value(0))
        .order_by("-n", "code")[:limit]
    )
