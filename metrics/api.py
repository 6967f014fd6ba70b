"""Open statistics for machines: the same datasets as the public page's files."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.documented import refuse_unknown
from catalog.serializers import Problem
from metrics import serializers
from metrics.forms import today
from metrics.models import IndicatorDefinition
from metrics.queries import datasets

HEADERS = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=60"}


@extend_schema(
    operation_id="statistics_list",
    summary="The statistics there are",
    responses={200: serializers.DatasetList, 400: Problem},
    tags=["statistics"],
    auth=[],
)
@login_not_required
@api_view(["GET", "HEAD"])
def list_datasets(request: Request) -> Response:
    """List the datasets."""
    refuse_unknown(request, [])
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
    responses={200: serializers.DatasetRows, 400: Problem, 404: Problem},
    tags=["statistics"],
    auth=[],
)
@login_not_required
@api_view(["GET", "HEAD"])
def show_dataset(request: Request, code: str) -> Response:
    """Give one dataset."""
    dataset = datasets.DATASETS.get(code)
    if dataset is None:
        raise Http404
    year = _year(request, dataset)
    definition = IndicatorDefinition.objects.filter(code=dataset.indicator).order_by("-version").first()
    day = today()
    body = {
        **_described(dataset),
        "definition": definition.definition if definition else "",
        "formula": definition.formula if definition else "",
        "computed_on": day,
        "rows": [row for row in dataset.rows(day) if year is None or row["periodo"] == year],
    }
    return Response(serializers.DatasetRows(body).data, headers=HEADERS)


def _year(request: Request, dataset: datasets.Dataset) -> int | None:
    """The year asked for; a dataset without years has no such parameter."""
    refuse_unknown(request, ["periodo"] if "periodo" in dataset.columns else [])
    typed = request.query_params.get("periodo", "")
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) == 4):
        raise ValidationError({"periodo": [gettext("Write a year with four digits, like 2026.")]})
    return int(typed)


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
