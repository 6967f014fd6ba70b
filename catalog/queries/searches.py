"""What people look for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Count, Max
from redis.exceptions import RedisError

from catalog.models import SearchLog
from common import clock

FEWEST = 10  # a search is told to others once so many have made it: nobody's own words are shown
PERIOD = timedelta(days=30)
_KEY = "catalog:popular-searches"


@dataclass(frozen=True)
class LostSearch:
    """Words that led nowhere, how often, and when last."""

    query: str
    language: str
    times: int
    last_at: datetime


def popular_searches() -> list[str]:
    """Return what was looked for and found most in the past month, best first; counted every ten minutes."""
    try:
        kept: list[str] | None = cache.get(_KEY)
    except (RedisError, OSError):
        kept = None
    if kept is None:
        rows = SearchLog.objects.filter(at__gte=clock.now() - PERIOD, results__gt=0, language="es").values(
            "query"
        )
        counted = rows.annotate(times=Count("pk")).filter(times__gte=FEWEST).order_by("-times", "query")
        kept = list(counted.values_list("query", flat=True)[:500])
        try:
            cache.set(_KEY, kept, timeout=600)
        except (RedisError, OSError):
            return kept
    return kept


def lost_searches(*, limit: int = 100) -> list[LostSearch]:
    """Return what was looked for in the past month and not found, the most wanted first."""
    rows = SearchLog.objects.filter(results=0, at__gte=clock.now() - PERIOD).values("query", "language")
    counted = rows.annotate(times=Count("pk"), last_at=Max("at")).order_by("-times", "query")
    return [
        LostSearch(row["query"], row["language"], row["times"], row["last_at"]) for row in counted[:limit]
    ]
