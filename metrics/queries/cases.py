"""Cases: filed, decided, how fast, and whether the promise was kept. Counted from the cases themselves."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, DateField, DurationField, ExpressionWrapper, F, Func, Q, Value

from crm.models import CaseState
from metrics.queries.contacts import Percentile
from metrics.queries.filters import NETWORK_ZONE, Filters

SECONDS_A_DAY = 86_400


class Seconds(Func):
    """The whole seconds of a span."""

    function = "extract"
    template = "floor(extract(epoch FROM %(expressions)s))::bigint"


class NetworkDay(Func):
    """The date of an instant in the network's zone."""

    template = f"(%(expressions)s AT TIME ZONE '{NETWORK_ZONE.key}')::date"
    output_field: Any = DateField()


TOOK = Seconds(ExpressionWrapper(F("decided_at") - F("submitted_at"), output_field=DurationField()))
# Withdrawn and lapsed cases were nobody's promise to keep; a closed one keeps its decision's time.
PROMISED = Q(promised_on__isnull=False) & ~Q(state__in=[CaseState.WITHDRAWN, CaseState.LAPSED])


@dataclass(frozen=True)
class Cases:
    """What became of cases in a period; spans in seconds."""

    submitted: int
    decided: int
    median: int | None
    high: int | None
    promised: int
    kept: int

    @property
    def kept_share(self) -> float | None:
        return 100 * self.kept / self.promised if self.promised else None

    @property
    def median_days(self) -> float | None:
        return None if self.median is None else self.median / SECONDS_A_DAY

    @property
    def high_days(self) -> float | None:
        return None if self.high is None else self.high / SECONDS_A_DAY


def case_counts(filters: Filters) -> Cases:
    """Count the cases of the filters."""
    submitted = filters.cases_submitted().count()
    kept = PROMISED & Q(decided_day__lte=F("promised_on"))
    decided = (
        filters.cases_decided()
        .annotate(decided_day=NetworkDay("decided_at"), took=TOOK)
        .aggregate(
            decided=Count("pk"),
            median=Percentile("took", 0.5),
            high=Percentile("took", 0.9),
            promised=Count("pk", filter=PROMISED),
            kept=Count("pk", filter=kept),
        )
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
