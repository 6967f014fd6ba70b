"""How an address of the agency API describes itself in the OpenAPI document."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema

from catalog import serializers
from common import problems
from crm.serializers import Nothing

KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="1 to 80 characters, new for each request, the same when it is repeated.",
)
REFUSED_READ = (400, 401, 403, 404, 410, 429)
REFUSED_WRITE = (400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 428, 429, 503)


def _refused(statuses: tuple[int, ...]) -> dict[tuple[int, str], Any]:
    return {(status, problems.CONTENT_TYPE): serializers.Problem for status in statuses}


def if_match(*, needed: bool) -> OpenApiParameter:
    """The header by which a write names the revision that was looked at."""
    return OpenApiParameter(
        "If-Match",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        required=needed,
        description="The ETag of the case that was looked at.",
    )


def reads(
    operation: str, summary: str, answer: Any, *parameters: tuple[str, Any, str], kinds: tuple[str, ...] = ()
) -> Callable[[Any], Any]:
    """
    Describe a GET: its parameters are (name, type or choices, words).

    :param kinds: of which the answer is one, where it is a file
    """
    answers: dict[Any, Any] = {(200, kind): answer for kind in kinds} or {200: answer}
    described = [
        OpenApiParameter(name, OpenApiTypes.STR, enum=list(kind), description=words)
        if isinstance(kind, tuple | list)
        else OpenApiParameter(name, kind, description=words)
        for name, kind, words in parameters
    ]
    return extend_schema(
        operation_id=operation,
        summary=summary,
        auth=[{"credential": []}],  # type: ignore[list-item]  # passed on as it stands
        tags=["agency"],
        parameters=described,
        responses={**answers, **_refused(REFUSED_READ)},
    )


def writes(
    operation: str, summary: str, takes: Any, answer: Any, *, status: int = 200, match: bool | None = None
) -> Callable[[Any], Any]:
    """
    Describe a POST.

    :param match: whether it asks for If-Match; None where it takes none
    """
    headers = [KEY, *([if_match(needed=match)] if match is not None else [])]
    return extend_schema(
        operation_id=operation,
        summary=summary,
        auth=[{"credential": []}],  # type: ignore[list-item]  # passed on as it stands
        tags=["agency"],
        parameters=headers,
        request=None if takes is Nothing else takes,
        responses={status: answer, **_refused(REFUSED_WRITE)},
    )
