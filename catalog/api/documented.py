"""How an address describes itself in the OpenAPI document."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_noop as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema

from catalog import serializers

CURSOR = ("cursor", _("Where the page begins: take it from “next”."))
PAGE_SIZE = ("page_size", _("How many rows: 1 to 100, 50 unless told."))


def documented(
    operation: str, summary: str, answer: Any, *parameters: tuple[str, str], missing: bool = False
) -> Callable[[Any], Any]:
    """Describe a GET: what it is called, what it answers, what may be asked."""
    refusals = {400: serializers.Problem} if parameters else {}
    return extend_schema(
        operation_id=operation,
        summary=summary,
        auth=[],
        parameters=[
            OpenApiParameter(
                name, OpenApiTypes.INT if name == "page_size" else OpenApiTypes.STR, description=words
            )
            for name, words in parameters
        ],
        responses={
            200: answer,
            **refusals,
            **({404: serializers.Problem} if missing else {}),
            429: serializers.Problem,
        },
    )
