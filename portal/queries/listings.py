"""Lists of published procedures, one bounded page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Func, Q, QuerySet

from accounts.models import Agency
from catalog.models import SearchEntry

PAGE = 60


@dataclass(frozen=True)
class Listing:
    """One page of procedures; `after` continues it."""

    entries: Sequence[SearchEntry]
    after: str


def listing(entries: QuerySet[SearchEntry], after: str = "") -> Listing:
    """Return a page of procedures, the most asked for first, after the place named `popularity-code`."""
    popularity, _, code = after.partition("-")
    if popularity.isascii() and popularity.isdigit() and len(popularity) < 6 and code:
        entries = entries.filter(
            Q(popularity__lt=int(popularity)) | Q(popularity=int(popularity), code__gt=code[:20])
        )
    rows = list(entries.select_related("agency").order_by("-popularity", "code")[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Listing(rows[:PAGE], f"{last.popularity}-{last.code}" if last else "")


def agencies_with_procedures(language: str) -> QuerySet[Agency]:
    """Agencies that own published procedures, by name, with how many (`procedure_count`)."""
    counted = Count("pk", filter=Q(procedures__search_entries__language=language))
    return Agency.objects.annotate(procedure_count=counted).filter(procedure_count__gt=0).by_name()


def whole_catalogue(language: str) -> list[tuple[Agency, list[SearchEntry]]]:
    """Return every agency with its procedures from A to Z. Two queries; for catalogues of a few hundred."""
    agencies = list(agencies_with_procedures(language))
    entries = SearchEntry.objects.filter(language=language).order_by(
        Func(F("title"), function="sort_key"), "code"
    )
    grouped: dict[int, list[SearchEntry]] = {}
    for entry in entries.defer("vector"):
        grouped.setdefault(entry.agency_id, []).append(entry)
    return [(agency, grouped.get(agency.pk, [])) for agency in agencies]


def procedures_by_title(language: str, agency: Agency, after: str = "") -> Listing:
    """Return a page of an agency's procedures from A to Z, after the one with the code `after`."""
    rows = SearchEntry.objects.filter(language=language, agency=agency).annotate(
        sort=Func(F("title"), function="sort_key")
    )
    last = rows.filter(code=after[:20]).first() if after else None
    if last:
        rows = rows.filter(Q(sort__gt=last.sort) | Q(sort=last.sort, code__gt=last.code))
    found = list(rows.order_by("sort", "code")[: PAGE + 1])
    return Listing(found[:PAGE], found[PAGE - 1].code if len(found) > PAGE else "")
