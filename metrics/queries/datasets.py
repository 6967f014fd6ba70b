"""
The open statistics: one table each, with the columns of the real service's datasets where it has them (in
Spanish, as users of those files expect). A cell of one to four contacts or answers is left empty: so few
people could be recognised; nor is a cell told from which, with a published total, such a one would follow.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import ExtractMonth, ExtractYear, TruncMonth
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog.models import Agreement, AgreementStage
from crm.models import Interaction
from metrics.models import DailyContact
from metrics.queries.contacts import Percentile
from metrics.queries.coverage import communes_on, covered
from metrics.queries.promise_datasets import (
    ESTIMATE_COLUMNS,
    PROMISE_COLUMNS,
    estimates_by_month,
    promises_by_month,
)
from metrics.queries.satisfaction import Satisfaction
from metrics.queries.suppression import FEW, suppressed
from territory.models import MobileStop, Office

IN_PERSON = ("office", "mobile")
CHANNELS = {"office": "oficina", "mobile": "oficina_movil", "web": "online", "phone": "callcenter"}
Row = dict[str, Any]


@dataclass(frozen=True)
class Dataset:
    """A table: `code` is its file's name, `indicator` the definition of what it counts."""

    code: str
    title: str | Promise
    description: str | Promise
    columns: tuple[str, ...]
    indicator: str
    rows: Callable[[date], Iterator[Row]]


def hidden(count: int | None) -> int | None:
    """A count as published: from one to four it is not told."""
    return None if count is None or 0 < count < FEW else count


@dataclass(frozen=True)
class Published:
    """The counts of several tables, and which of them are told in none: what one hides another must not tell."""

    counts: dict[tuple[Any, ...], int]
    hidden: set[tuple[Any, ...]]

    def told(self, *key: Any) -> int | None:
        """A count as published; what was not counted is zero."""
        return None if key in self.hidden else self.counts.get(key, 0)


def _published() -> Published:
    """
    Contacts by (year, channel), (year, month, channel) and (year, month, "", region).

    The months of a channel add up to its year; offices and mobile offices of a month to its regions.
    """
    everything = _monthly(DailyContact.objects.all()).values("periodo", "mes")
    counts: dict[tuple[Any, ...], int] = defaultdict(int)
    groups: dict[tuple[Any, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for row in everything.values("periodo", "mes", "channel").annotate(n=Sum("contacts")):
        year, month, channel = row["periodo"], row["mes"], row["channel"]
        counts[year, month, channel] = row["n"]
        counts[year, channel] += row["n"]
        groups[year, channel].append((year, month, channel))
        if channel in IN_PERSON:
            groups[year, month, "in person"].append((year, month, channel))
    for key, group in groups.items():
        if key in counts:
            group.append(key)
    for row in _in_person_counts():
        key = row["periodo"], row["mes"], "", row["region"]
        counts[key] = row["n"]
        groups[row["periodo"], row["mes"], "in person"].append(key)
    return Published(dict(counts), suppressed(counts, groups.values()))


def _in_person_counts() -> Any:
    found = _monthly(DailyContact.objects.filter(channel__in=IN_PERSON, region__isnull=False))
    return (
        found.values("periodo", "mes", "region", name=F("region__short_name"))
        .annotate(n=Sum("contacts"))
        .order_by("periodo", "mes", "region__position")
    )


def _by_year(today: date) -> Iterator[Row]:
    told = _published()
    for year in sorted({key[0] for key in told.counts}):
        yield {"periodo": year, **{name: told.told(year, code) for code, name in CHANNELS.items()}}


def _by_month(today: date) -> Iterator[Row]:
    told = _published()
    for year, month in _months(told):
        yield {
            "periodo": year,
            "mes": month,
            **{name: told.told(year, month, code) for code, name in CHANNELS.items()},
        }


def _months(told: Published) -> list[tuple[int, int]]:
    return sorted({(key[0], key[1]) for key in told.counts if len(key) == 3})


def _monthly(found: Any) -> Any:
    return found.annotate(periodo=ExtractYear("business_date"), mes=ExtractMonth("business_date"))


def _visits(today: date) -> Iterator[Row]:
    told = _published()
    for year, month in _months(told):
        if (year, month, "web") in told.counts:
            yield {"periodo": year, "mes": month, "cantidad": told.told(year, month, "web")}


def _in_person(today: date) -> Iterator[Row]:
    told = _published()
    for row in _in_person_counts():
        yield {
            "periodo": row["periodo"],
            "mes": row["mes"],
            "region": row["name"],
            "cantidad": told.told(row["periodo"], row["mes"], "", row["region"]),
        }


def _agencies_by_region(today: date) -> Iterator[Row]:
    found = _monthly(DailyContact.objects.filter(region__isnull=False, agency__isnull=False))
    keys = {"name": F("region__short_name"), "institucion": F("agency__name_es")}
    counted = (
        found.values("periodo", "mes", **keys).annotate(atenciones=Sum("contacts")).filter(atenciones__gt=0)
    )
    rows = list(counted.order_by("periodo", "mes", "region__position", "institucion"))
    # A region where most come in person has its month's total in another table: the same care as for a total.
    groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        groups[row["periodo"], row["mes"], row["name"]].append(place)
    left_out = suppressed({place: row["atenciones"] for place, row in enumerate(rows)}, groups.values())
    for place, row in enumerate(rows):
        row["region"] = row.pop("name")
        yield {**row, "atenciones": None if place in left_out else row["atenciones"]}


def _waits(today: date) -> Iterator[Row]:
    found = Interaction.objects.visible_to(Actor.system()).filter(
        attended_at__isnull=False, channel__in=["office", "mobile", "phone"]
    )
    in_person = Q(channel__in=["office", "mobile"])
    counted = (
        found.annotate(month=TruncMonth("business_date"))
        .values("month")
        .annotate(
            people=Count("pk", filter=in_person),
            callers=Count("pk", filter=Q(channel="phone")),
            presencial=Percentile("waited_seconds", 0.5, filter=in_person),
            callcenter=Percentile("waited_seconds", 0.5, filter=Q(channel="phone")),
        )
        .order_by("month")
    )
    for row in counted:
        yield {
            "periodo": row["month"].year,
            "mes": row["month"].month,
            "presencial": _clock(row["presencial"] if row["people"] >= FEW else None),
            "callcenter": _clock(row["callcenter"] if row["callers"] >= FEW else None),
        }


def _clock(seconds: int | None) -> str | None:
    return None if seconds is None else f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _offices(today: date) -> Iterator[Row]:
    opened = Office.objects.fixed().filter(opened_on__lte=today).annotate(month=TruncMonth("opened_on"))
    total = 0
    for row in opened.values("month").annotate(nuevas=Count("pk")).order_by("month"):
        yield {
            "periodo": row["month"].year,
            "mes": row["month"].month,
            "mes_anterior": total,
            "nuevas": row["nuevas"],
            "total": total + row["nuevas"],
        }
        total += row["nuevas"]


def _communes(today: date) -> Iterator[Row]:
    rows = communes_on(today)
    mobile = Office.objects.mobile().filter(opened_on__lte=today)
    stops = MobileStop.objects.filter(office__in=mobile)
    yield {
        "total_comunas": len(rows),
        "comunas_con_oficina": sum(row.is_covered for row in rows),
        "porcentaje_poblacion_2015": _two(covered(rows, "population_2015").share),
        "porcentaje_poblacion_2024": _two(covered(rows, "population_2024").share),
        "oficinas_moviles": mobile.count(),
        "regiones_oficinas_moviles": mobile.values("commune__region").distinct().count(),
        "comunas_oficinas_moviles": stops.values("commune").distinct().count(),
    }


def _two(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _agencies(today: date) -> Iterator[Row]:
    found = Agreement.objects.filter(
        during__contains=today, stage__in=[AgreementStage.PILOT, AgreementStage.LIVE]
    ).select_related("agency")
    for one in found.order_by("signed_on", "agency__code"):
        yield {
            "codigo": one.agency.code,
            "institucion": one.agency.name_es,
            "firmado": one.signed_on.isoformat(),
            "desde": one.during.lower.isoformat(),
        }


def _grades(today: date) -> Iterator[Row]:
    sums = {
        "low": Sum("grades_low"),
        "middle": Sum("grades_middle"),
        "high": Sum("grades_high"),
        "invited": Sum("invitations"),
    }
    found = (
        _monthly(DailyContact.objects.all())
        .values("periodo", "mes", "channel")
        .annotate(**sums)
        .filter(invited__gt=0)
    )
    for row in found.order_by("periodo", "mes", "channel"):
        one = Satisfaction(row["low"], row["middle"], row["high"])
        told = one if one.n >= FEW else Satisfaction(0, 0, 0)
        yield {
            "periodo": row["periodo"],
            "mes": row["mes"],
            "canal": CHANNELS.get(row["channel"], row["channel"]),
            "encuestas": hidden(one.n),
            "isn": _two(told.isn),
            "isn_margen": _two(told.isn_margin),
            "porcentaje_6_7": _two(told.share),
            "margen": _two(told.share_margin),
        }


_FOUR = tuple(CHANNELS.values())
DATASETS = {
    one.code: one
    for one in (
        Dataset(
            "num-atenciones",
            _("Contacts by year"),
            _("Contacts through each channel, by year."),
            ("periodo", *_FOUR),
            "contacts",
            _by_year,
        ),
        Dataset(
            "atenciones-mes",
            _("Contacts by month"),
            _("Contacts through each channel, by month."),
            ("periodo", "mes", *_FOUR),
            "contacts",
            _by_month,
        ),
        Dataset(
            "visitas-sitio",
            _("Contacts on the web"),
            _("Contacts begun on the web, by month. Reading a page is not counted: nobody is followed."),
            ("periodo", "mes", "cantidad"),
            "contacts",
            _visits,
        ),
        Dataset(
            "presencial-region",
            _("In person, by region"),
            _("Contacts at offices and mobile offices, by month and region."),
            ("periodo", "mes", "region", "cantidad"),
            "contacts",
            _in_person,
        ),
        Dataset(
            "instituciones-region",
            _("Agencies, by region"),
            _("Contacts about each agency's procedures, by month and region."),
            ("periodo", "mes", "region", "institucion", "atenciones"),
            "contacts",
            _agencies_by_region,
        ),
        Dataset(
            "tiempo-espera",
            _("Waiting time"),
            _("Median wait until attended, in person and on line 101, by month (hours:minutes:seconds)."),
            ("periodo", "mes", "presencial", "callcenter"),
            "waiting",
            _waits,
        ),
        Dataset(
            "evolucion-sucursales",
            _("Offices opened"),
            _("Fixed offices by the month in which they opened."),
            ("periodo", "mes", "mes_anterior", "nuevas", "total"),
            "coverage",
            _offices,
        ),
        Dataset(
            "numero-comunas",
            _("Coverage"),
            _("Communes and people with an office, and mobile rounds, today."),
            (
                "total_comunas",
                "comunas_con_oficina",
                "porcentaje_poblacion_2015",
                "porcentaje_poblacion_2024",
                "oficinas_moviles",
                "regiones_oficinas_moviles",
                "comunas_oficinas_moviles",
            ),
            "coverage",
            _communes,
        ),
        Dataset(
            "instituciones-convenio",
            _("Agencies that take part"),
            _("Agencies with an agreement in force, and since when."),
            ("codigo", "institucion", "firmado", "desde"),
            "agencies",
            _agencies,
        ),
        Dataset(
            "satisfaccion",
            _("Satisfaction"),
            _(
                "Net satisfaction (ISN) and share of grades 6 and 7 with their sampling errors at 95 %, "
                "by month and channel."
            ),
            ("periodo", "mes", "canal", "encuestas", "isn", "isn_margen", "porcentaje_6_7", "margen"),
            "satisfaction",
            _grades,
        ),
        Dataset(
            "plazos-cumplidos",
            _("Promises kept"),
            _("Cases by the month of the day promised, and how many were decided by that day."),
            PROMISE_COLUMNS,
            "promises-kept",
            promises_by_month("promised_on"),
        ),
        Dataset(
            "plazos-comprobante",
            _("Days on receipts kept"),
            _("Cases by the month of the day told on their receipt, and how many were decided by that day."),
            PROMISE_COLUMNS,
            "receipts-kept",
            promises_by_month("receipt_promised_on"),
        ),
        Dataset(
            "estimaciones",
            _("Estimates come true"),
            _(
                "Share of cases decided within the times their receipt told for half and for nine in ten, by month."
            ),
            ESTIMATE_COLUMNS,
            "estimates-true",
            estimates_by_month,
        ),
    )
}
