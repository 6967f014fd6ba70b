"""
The rows behind each indicator, paged by key, and its total counted again from them alone.

Rows are facts of contacts, matters, grades and cases without whom they are about: no name, number, folio or
address is selected.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case as When_
from django.db.models import CharField, Count, F, Q, Value, When
from django.db.models.functions import Coalesce, ExtractYear

from common.instants import instant
from metrics.queries import cases, contacts, promises, savings
from metrics.queries.filters import Filters
from metrics.queries.satisfaction import Satisfaction

PAGE = 50


@dataclass(frozen=True)
class RowsPage:
    """One page of rows: dictionaries by column, and the cursor of the next page."""

    rows: list[dict[str, Any]]
    next: str = ""


@dataclass(frozen=True)
class Listing:
    """
    How an indicator's rows are found: the queryset, the day that orders them, and the columns shown (name →
    path).
    """

    rows: Callable[[Filters], Any]
    order: str
    columns: dict[str, str]


_OF_CONTACT = {
    "day": "business_date",
    "channel": "channel",
    "office": "office__name",
    "commune": "commune__name",
}
_OF_MATTER = {name: f"interaction__{path}" for name, path in _OF_CONTACT.items()}
_OF_GRADE = {
    "day": "invitation__interaction__business_date",
    "channel": "invitation__channel",
    "office": "invitation__office__name",
    "procedure": "invitation__procedure__code",
}
_OF_CASE = {
    "channel": "channel",
    "commune": "commune__name",
    "procedure": "version__procedure__code",
    "agency": "version__procedure__agency__code",
}
_OF_PROMISE = {
    "decided": "decided_at",
    "promised": "promised_on",
    "receipt": "receipt_promised_on",
    "kept": "in_time",
}

LISTINGS = {
    "contacts": Listing(
        lambda f: f.contacts(),
        "business_date",
        {
            **_OF_CONTACT,
            "started": "started_at",
            "ending": "ending",
            "waited": "waited_seconds",
            "served": "served_seconds",
        },
    ),
    "waiting": Listing(
        lambda f: f.contacts().filter(attended_at__isnull=False),
        "business_date",
        {**_OF_CONTACT, "started": "started_at", "waited": "waited_seconds"},
    ),
    "service": Listing(
        lambda f: f.contacts().filter(served_seconds__isnull=False),
        "business_date",
        {**_OF_CONTACT, "started": "started_at", "served": "served_seconds"},
    ),
    "satisfaction": Listing(
        lambda f: f.grades(), "invitation__interaction__business_date", {**_OF_GRADE, "grade": "grade"}
    ),
    "satisfied": Listing(
        lambda f: f.grades(), "invitation__interaction__business_date", {**_OF_GRADE, "grade": "grade"}
    ),
    "savings-contacts": Listing(
        lambda f: f.contacts().filter(ending="served"),
        "business_date",
        {**_OF_CONTACT, "rural": "commune__is_rural", "region": "commune__region"},
    ),
    "savings-enquiries": Listing(
        lambda f: f.enquiries().filter(is_resolved=True),
        "interaction__business_date",
        {
            **_OF_MATTER,
            "rural": "interaction__commune__is_rural",
            "region": "interaction__commune__region",
            "outcome": "outcome",
            "procedure": "version__procedure__code",
        },
    ),
    "cases-submitted": Listing(
        lambda f: f.cases_submitted(), "submitted_at", {"filed": "submitted_at", **_OF_CASE}
    ),
    "cases-decided": Listing(
        lambda f: f.cases_decided(),
        "decided_at",
        {"filed": "submitted_at", "decided": "decided_at", **_OF_CASE},
    ),
    "case-time": Listing(
        lambda f: f.cases_decided().annotate(took=cases.TOOK),
        "decided_at",
        {"filed": "submitted_at", "decided": "decided_at", "took": "took", **_OF_CASE},
    ),
    "promises-kept": Listing(
        lambda f: promises.judged_cases(f, "promised_on"), "promised_on", {**_OF_PROMISE, **_OF_CASE}
    ),
    "receipts-kept": Listing(
        lambda f: promises.judged_cases(f, "receipt_promised_on"),
        "receipt_promised_on",
        {**_OF_PROMISE, **_OF_CASE},
    ),
    "estimates-true": Listing(
        promises.estimated_cases,
        "decided_at",
        {
            "decided": "decided_at",
            "ran": "running_seconds",
            "half": "half_days",
            "in_half": "in_half",
            "most": "most_days",
            "in_most": "in_most",
            **_OF_CASE,
        },
    ),
}


def rows_page(code: str, filters: Filters, after: str = "", size: int = PAGE) -> RowsPage:
    """
    Return one page of an indicator's rows, the latest first; a cursor nobody made is answered with the first
    page.
    """
    listing = LISTINGS[code]
    found = listing.rows(filters)
    if place := _place(after, listing.order):
        moment, pk = place
        found = found.filter(
            Q(**{f"{listing.order}__lt": moment}) | Q(**{listing.order: moment, "pk__lt": pk})
        )
    columns = {f"c_{name}": F(path) for name, path in listing.columns.items()}
    rows = list(
        found.order_by(f"-{listing.order}", "-pk").values("pk", c_key=F(listing.order), **columns)[: size + 1]
    )
    more = rows[size:]
    shown = [{name.removeprefix("c_"): value for name, value in row.items()} for row in rows[:size]]
    last = rows[size - 1] if more else None
    return RowsPage(shown, f"{last['c_key'].isoformat()}~{last['pk']}" if last else "")


def _place(after: str, order: str) -> tuple[date | datetime, UUID] | None:
    moment, _, pk = after[:80].partition("~")
    try:
        found = instant(moment) if order.endswith("_at") else date.fromisoformat(moment)
        return (found, UUID(pk)) if found else None
    except ValueError:
        return None


# --- the total, from the rows alone -------------------------------------------------------------
def recount(code: str, filters: Filters, sets: savings.Sets) -> Any:
    """Count an indicator again from its rows, without the roll-up."""
    match code:
        case "satisfaction" | "satisfied":
            return recounted_satisfaction(filters)
        case "savings-contacts":
            return savings.price(
                _cells(filters.contacts().filter(ending="served"), ""),
                sets,
                savings.CONTACT_NAMES,
                savings.by_contact,
            )
        case "savings-enquiries":
            return savings.price(
                _cells(filters.enquiries().filter(is_resolved=True), "interaction__"),
                sets,
                savings.MATTER_NAMES,
                savings.by_matter,
            )
        case "waiting":
            return contacts.waits(filters)
        case "service":
            return contacts.service_times(filters)
        case _:
            return LISTINGS[code].rows(filters).count()


def recounted_satisfaction(filters: Filters) -> Satisfaction:
    """The grades themselves, in their bands."""
    found = filters.grades().aggregate(
        low=Count("pk", filter=Q(grade__lte=4)),
        middle=Count("pk", filter=Q(grade=5)),
        high=Count("pk", filter=Q(grade__gte=6)),
    )
    return Satisfaction(**found)


def _cells(rows: Any, prefix: str) -> Sequence[savings.Cell]:
    area = When_(
        When(**{f"{prefix}commune__isnull": True}, then=Value("")),
        When(**{f"{prefix}commune__is_rural": True}, then=Value("rural")),
        default=Value("urban"),
        output_field=CharField(),
    )
    counted = (
        rows.annotate(
            year=ExtractYear(f"{prefix}business_date"),
            area=area,
            place=Coalesce(f"{prefix}commune__region", Value("")),
        )
        .values("year", f"{prefix}channel", "area", "place")
        .annotate(n=Count("pk"))
        .order_by("year", f"{prefix}channel", "area", "place")
    )
    return [
        savings.Cell(row["year"], row[f"{prefix}channel"], row["area"], row["place"], row["n"])
        for row in counted
    ]
