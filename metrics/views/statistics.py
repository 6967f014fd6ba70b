"""The public page of statistics and its files. No sign-in, no personal data, no session."""

import csv
import io
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from common import wording
from metrics.channels import channel_label
from metrics.forms import today
from metrics.models import IndicatorDefinition
from metrics.queries.coverage import CoveredCommune, communes_on, covered
from metrics.queries.datasets import CHANNELS, DATASETS, Dataset, Row
from metrics.sentences import percent

MONTHS_SHOWN = 12
# The datasets that the page itself tells; the others are files.
SHOWN = (
    "atenciones-mes",
    "presencial-region",
    "tiempo-espera",
    "evolucion-sucursales",
    "numero-comunas",
    "instituciones-convenio",
    "satisfaccion",
)
public = cache_control(public=True, max_age=60)


@login_not_required
@require_safe
@public
def show_statistics(request: HttpRequest) -> HttpResponse:
    """Show the open statistics, each with its file and definition."""
    day = today()
    found = {code: list(DATASETS[code].rows(day)) for code in SHOWN}
    months = found["atenciones-mes"][-MONTHS_SHOWN:]
    people = communes_on(day)
    context = {
        "day": day,
        "months": months,
        "series": [
            {"name": channel_label(code), "values": [row[name] for row in months]}
            for code, name in CHANNELS.items()
            if any(row[name] for row in months)
        ],
        "month_labels": [_month(row) for row in months],
        "regions": _latest_by_region(found["presencial-region"]),
        "latest_month": _month(months[-1]) if months else "",
        "wait_rows": [
            {"month": _month(row), "in_person": row["presencial"] or "–", "phone": row["callcenter"] or "–"}
            for row in found["tiempo-espera"][-MONTHS_SHOWN:]
        ],
        "grades": [
            {**row, "month": _month(row), "channel": channel_label(_code(row["canal"]))}
            for row in found["satisfaccion"][-16:]
            if row["isn"] is not None
        ],
        "agencies": found["instituciones-convenio"],
        **_reach(found, people),
        "datasets": [_described(one) for one in DATASETS.values()],
        "definitions": _definitions(),
    }
    return render(request, "metrics/statistics.html", context)


def _reach(found: dict[str, list[Row]], people: list[CoveredCommune]) -> dict[str, Any]:
    """The figures of coverage as sentences."""
    then, now = covered(people, "population_2015"), covered(people, "population_2024")
    communes, agencies = found["numero-comunas"][0], found["instituciones-convenio"]
    offices = found["evolucion-sucursales"][-1]["total"] if found["evolucion-sucursales"] else 0
    reached = gettext("%(people)s of %(total)s people")
    return {
        "people_2015_share": percent(then.share),
        "people_2015_note": reached
        % {"people": wording.number(then.people), "total": wording.number(then.total)},
        "people_2024_share": percent(now.share),
        "people_2024_note": reached
        % {"people": wording.number(now.people), "total": wording.number(now.total)},
        "offices": wording.number(offices),
        "offices_note": gettext("in %(communes)s of %(all)s communes, and %(mobile)s mobile offices")
        % {
            "communes": communes["comunas_con_oficina"],
            "all": communes["total_comunas"],
            "mobile": communes["oficinas_moviles"],
        },
        "agencies_count": wording.number(len({row["codigo"] for row in agencies})),
        "agencies_note": gettext("the first since %(day)s") % {"day": agencies[0]["desde"]}
        if agencies
        else "",
        "regions_title": gettext("In person, in the latest month, by region"),
    }


def _code(name: str) -> str:
    return next((code for code, known in CHANNELS.items() if known == name), name)


def _month(row: Row) -> str:
    return f"{MONTHS[row['mes']]} {row['periodo']}"


def _latest_by_region(rows: list[Row]) -> list[dict[str, Any]]:
    latest = max(((row["periodo"], row["mes"]) for row in rows), default=None)
    chosen = [row for row in rows if (row["periodo"], row["mes"]) == latest]
    return [
        {
            "label": row["region"],
            "value": row["cantidad"] or 0,
            "text": gettext("fewer than 5") if row["cantidad"] is None else "",
        }
        for row in chosen
    ]


def _described(one: Dataset) -> dict[str, Any]:
    return {
        "title": one.title,
        "description": one.description,
        "indicator": one.indicator,
        "csv": reverse("metrics-public:dataset", args=[one.code]),
        "columns": ", ".join(one.columns),
    }


def _definitions() -> list[IndicatorDefinition]:
    used = {one.indicator for one in DATASETS.values()} | {"satisfied"}
    return list(
        IndicatorDefinition.objects.filter(code__in=used).order_by("code", "-version").distinct("code")
    )


@login_not_required
@require_safe
@public
def download_dataset(request: HttpRequest, code: str) -> HttpResponse:
    """Send one dataset as CSV (RFC 4180, UTF-8)."""
    dataset = DATASETS.get(code)
    if dataset is None:
        raise Http404
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=dataset.columns, restval="", extrasaction="raise")
    writer.writeheader()
    writer.writerows(
        {name: "" if value is None else value for name, value in row.items()} for row in dataset.rows(today())
    )
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = f'attachment; filename="{dataset.code}.csv"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
