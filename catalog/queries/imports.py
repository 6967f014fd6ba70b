"""Readings of other servers' catalogues, as administrators look them over."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from catalog.models import ImportItem, ImportRun, ImportSource, Outcome
from catalog.models.imports import TURN_OVER
from common.keyset import KeysetPage, keyset_page

RUNS, ITEMS = 20, 50


@dataclass(frozen=True)
class RunLine:
    """A reading, and how many sheets came to what."""

    run: ImportRun
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def import_runs(*, place: str = "", size: int | None = None) -> KeysetPage:
    """Return a page of readings, the latest first, with their counts in one query more."""
    page = keyset_page(ImportRun.objects.all(), "id", place=place, size=size or RUNS, latest_first=True)
    counts = run_counts(*page.rows)
    lines = [RunLine(run, counts[run.pk]) for run in page.rows]
    return KeysetPage(lines, page.before, page.after)


def run_counts(*runs: ImportRun) -> dict[int, dict[str, int]]:
    """Return how many sheets of each reading came to what."""
    found: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(Outcome.values, 0))
    rows = ImportItem.objects.filter(run__in=runs).order_by().values_list("run", "outcome")
    for run, outcome, count in rows.annotate(count=Count("pk")):
        found[run][outcome] = count
    return found


def items_of(run: ImportRun, outcome: str = "") -> QuerySet[ImportItem]:
    """Return the sheets of a reading in their order, all or those that came to one thing."""
    rows = run.items.select_related("procedure")
    return rows.filter(outcome=outcome) if outcome in Outcome.values else rows


def import_items(
    run: ImportRun, outcome: str = "", *, place: str = "", size: int | None = None
) -> KeysetPage:
    """Return a page of a reading's sheets."""
    return keyset_page(items_of(run, outcome), "id", place=place, size=size or ITEMS)


def trials_under_way() -> QuerySet[ImportRun]:
    """Return the readings that were asked for only to see what would be done, and are not at their end nor failed."""
    begun = ImportRun.objects.filter(is_dry=True, source__isnull=False, finished_at__isnull=True)
    return begun.filter(stopped_because__in=["", TURN_OVER]).order_by("pk")


def sources() -> QuerySet[ImportSource]:
    """Return the servers that are read again and again, by address."""
    return ImportSource.objects.select_related("last_run").order_by("url")
