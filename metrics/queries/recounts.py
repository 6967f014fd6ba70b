"""
Each shown figure counted a second time, from its rows and on another path than the figure's own: loops and
ordered rows here, roll-ups and aggregates there. Where one of the two drifts, they differ.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import asin, ceil, cos, radians, sin, sqrt
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Sum

from accounts.models import AgencyOffice
from catalog.models import Agreement, AgreementStage, DelegatedAct, PastTerms
from metrics.models import ParameterSet
from metrics.queries import rows as behind
from metrics.queries.cases import Cases
from metrics.queries.contacts import Spread
from metrics.queries.filters import Filters
from metrics.queries.satisfaction import Satisfaction
from territory.models import Commune, MobileStop, Office

EARTH_KM = 6371.0


@dataclass(frozen=True)
class Contacts:
    """What the sentence about contacts tells."""

    contacts: int
    left: int
    enquiries: int
    resolved: int


@dataclass(frozen=True)
class Reach:
    """What the sentences about coverage tell."""

    offices: int
    communes: int
    people_2015: int
    people_2024: int
    on_rounds: int
    near: int


def contacts(filters: Filters) -> Contacts:
    """The contacts and matters, one query each."""
    found, matters = filters.contacts(), filters.enquiries()
    return Contacts(
        contacts=found.count(),
        left=found.filter(ending__in=["abandoned", "no_show", "missed"]).count(),
        enquiries=matters.count(),
        resolved=matters.filter(is_resolved=True).count(),
    )


def spread(code: str, filters: Filters) -> Spread:
    """The waits or service times put in order: the middle one, and the one nine tenths of the way."""
    field = {"waiting": "waited_seconds", "service": "served_seconds"}[code]
    ordered = behind.LISTINGS[code].rows(filters).filter(**{f"{field}__isnull": False}).order_by(field, "pk")
    n = ordered.count()

    def at(tenths: int) -> int | None:
        place = ceil(n * tenths / 10)
        value: int | None = ordered.values_list(field, flat=True)[max(place - 1, 0) : max(place, 1)].first()
        return value

    return Spread(n, at(5), at(9))


def measured(code: str, filters: Filters) -> int:
    """How many waits or service times the roll-up has."""
    field = {"waiting": "attended", "service": "served_count"}[code]
    return filters.roll_ups().aggregate(n=Sum(field, default=0))["n"]  # type: ignore[no-any-return]


def satisfaction(filters: Filters) -> Satisfaction:
    """The grades themselves, in their bands, and the invitations."""
    found = behind.recounted_satisfaction(filters)
    return Satisfaction(found.low, found.middle, found.high, filters.invitations().count())


def cases(filters: Filters) -> Cases:
    """The cases one by one: when filed and decided."""
    submitted = sum(1 for _pk in filters.cases_submitted().values_list("pk").iterator())
    took: list[int] = []
    for filed, decided in filters.cases_decided().values_list("submitted_at", "decided_at").iterator():
        if filed and decided:
            span = decided - filed
            took.append(span.days * 86_400 + span.seconds)
    took.sort()
    return Cases(submitted=submitted, decided=len(took), median=_at(took, 5), high=_at(took, 9))


def _at(ordered: list[int], tenths: int) -> int | None:
    return ordered[ceil(len(ordered) * tenths / 10) - 1] if ordered else None


def reach(filters: Filters) -> Reach:
    """The communes one by one, beside the offices and the rounds of the day."""
    offices = list(Office.objects.fixed().filter(opened_on__lte=filters.end).select_related("commune"))
    stops = set(
        MobileStop.objects.filter(office__opened_on__lte=filters.end).values_list("commune", flat=True)
    )
    with_office = {one.commune_id for one in offices}
    places = {
        (one.latitude, one.longitude)
        for one in offices
        if one.latitude is not None and one.longitude is not None
    }
    communes = [one for one in Commune.objects.all() if _is_in(one, filters)]
    inside = [one for one in communes if one.code in with_office]
    return Reach(
        offices=sum(_is_in(one.commune, filters) for one in offices),
        communes=len(inside),
        people_2015=sum(one.population_2015 for one in inside),
        people_2024=sum(one.population_2024 for one in inside),
        on_rounds=sum(
            one.population_2024 for one in communes if one.code in stops and one.code not in with_office
        ),
        near=sum(one.population_2024 for one in communes if _is_near(one, places, filters.kilometres)),
    )


def _is_in(commune: Commune, filters: Filters) -> bool:
    return filters.region in ("", commune.region_id) and filters.commune in ("", commune.code)


def _is_near(commune: Commune, places: set[tuple[Any, Any]], kilometres: int) -> bool:
    if commune.latitude is None or commune.longitude is None:
        return False
    here = (commune.latitude, commune.longitude)
    return any(_kilometres(here, there) <= kilometres for there in places)


def _kilometres(here: tuple[Any, Any], there: tuple[Any, Any]) -> float:
    """The haversine; the figure itself takes the law of cosines in the database."""
    (lat, lon), (lat_there, lon_there) = (tuple(radians(float(one)) for one in at) for at in (here, there))
    half = sin((lat_there - lat) / 2) ** 2 + cos(lat) * cos(lat_there) * sin((lon_there - lon) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def agencies(day: date) -> int:
    """The agreements one by one: whose, in force or not."""
    return len({one.agency_id for one, _places in _in_force(day)})


def _in_force(day: date) -> Iterator[tuple[Agreement, set[int] | None]]:
    """Each agreement in force, with where it held on that day; None: everywhere."""
    for one in Agreement.objects.select_related("agency").prefetch_related("offices", "past_terms"):
        now = PastTerms(
            during=DateRange(one.terms_since, None),
            stage=one.stage,
            all_offices=one.all_offices,
            offices=[office.pk for office in one.offices.all()],
        )
        for held in (now, *one.past_terms.all()):
            if held.stage != AgreementStage.SIGNED and day in one.during and day in held.during:
                yield one, None if held.all_offices else set(held.offices)


def infrastructure_usd(parameter_set: ParameterSet, day: date, filters: Filters) -> Decimal:
    """Every agreement with every office it names, priced by the commune's people."""
    at_offices = DelegatedAct.objects.filter(channel="office", during__contains=day)
    delegated = set(at_offices.values_list("agreement", flat=True))
    own = set(AgencyOffice.objects.values_list("agency", "commune"))
    everywhere = list(Office.objects.fixed().filter(opened_on__lte=day))
    communes = {one.code: one for one in Commune.objects.all()}
    pairs = {
        (agreement.agency_id, office.commune_id)
        for agreement, places in _in_force(day)
        if agreement.pk in delegated and filters.agency in ("", agreement.agency.code)
        for office in everywhere
        if (places is None or office.pk in places) and _is_in(communes[office.commune_id], filters)
    }
    classes = list(parameter_set.investment_classes.order_by("population_from"))
    found = [
        _class_of(classes, getattr(communes[commune], parameter_set.population))
        for _agency, commune in pairs - own
    ]
    total = sum((one.clp for one in found if one is not None), Decimal(0))
    return total / parameter_set.clp_per_usd


def _class_of(classes: list[Any], people: int) -> Any:
    return next((one for one in classes if one.fits(people)), None)
