"""Open statistics for machines: the same datasets as the public page's files."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from metrics import serializers
from metrics.forms import today
from metrics.models import IndicatorDefinition
from metrics.queries import datasets

HEADERS = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=60"}


@extend_schema(
    operation_id="statistics_list",
    summary="The statistics there are",
    responses=serializers.DatasetList,
    tags=["statistics"],
    auth=[],
)
@login_not_required
@api_view(["GET"])
def list_datasets(request: Request) -> Response:
    """List the datasets."""
    items = [_described(one) for one in datasets.DATASETS.values()]
    return Response(serializers.DatasetList({"items": items}).data, headers=HEADERS)


@extend_schema(
    operation_id="statistics_read",
    summary="One statistic, with its rows",
    parameters=[
        OpenApiParameter(
            "periodo", OpenApiTypes.INT, description="Only the rows of this year, where rows have one."
        )
    ],
    responses=serializers.DatasetRows,
    tags=["statistics"],
    auth=[],
)
@login_not_required
@api_view(["GET"])
def show_dataset(request: Request, code: str) -> Response:
    """Give one dataset."""
    dataset = datasets.DATASETS.get(code)
    if dataset is None:
        raise Http404
    definition = IndicatorDefinition.objects.filter(code=dataset.indicator).order_by("-version").first()
    day = today()
    body = {
        **_described(dataset),
        "definition": definition.definition if definition else "",
        "formula": definition.formula if definition else "",
        "computed_on": day,
        "rows": _rows(dataset, day, request.query_params.get("periodo", "")),
    }
    return Response(serializers.DatasetRows(body).data, headers=HEADERS)


def _rows(dataset: datasets.Dataset, day: date, year: str) -> list[dict[str, Any]]:
    rows = list(dataset.rows(day))
    return (
        [row for row in rows if str(row["periodo"]) == year]
        if year and "periodo" in dataset.columns
        else rows
    )


def _described(one: datasets.Dataset) -> dict[str, Any]:
    return {
        "code": one.code,
        "title": str(one.title),
        "description": str(one.description),
        "columns": list(one.columns),
        "indicator": one.indicator,
        "url": reverse("metrics-api:dataset", args=[one.code]),
        "csv_url": reverse("metrics-public:dataset", args=[one.code]),
    }
