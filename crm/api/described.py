"""How an address of the agency API describes itself in the OpenAPI document."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_noop
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
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description=gettext_noop("The ETag of what you have: while it is the present one, the answer is 304."),
)
FOR_REQUIREMENT = OpenApiParameter(
    "requirement",
    OpenApiTypes.STR,
    description=gettext_noop(
        "What the paper is for: a code of the sheet's requirements, or of a paper that was asked for; without it, any other paper."
    ),
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
    operation: str,
    summary: str,
    answer: Any,
    *parameters: tuple[str, Any, str],
    kinds: tuple[str, ...] = (),
    unless_known: bool = False,
) -> Callable[[Any], Any]:
    """
    Describe a GET: its parameters are (name, type or choices, words).

    :param kinds: of which the answer is one, where it is a file
    :param unless_known: whether it takes If-None-Match
    """
    answers: dict[Any, Any] = {(200, kind): answer for kind in kinds} or {200: answer}
    described = [
        OpenApiParameter(name, OpenApiTypes.STR, enum=list(kind), description=words)
        if isinstance(kind, tuple | list)
        else OpenApiParameter(name, kind, description=words)
        for name, kind, words in parameters
    ]
    if unless_known:
        described.append(IF_NONE_MATCH)
        answers[304] = None
    return extend_schema(
        operation_id=operation,
        summary=summary,
        auth=[{"credential": []}],  # type: ignore[list-item]  # passed on as it stands
        tags=["agency"],
        parameters=described,
        responses={**answers, **_refused(REFUSED_READ)},
    )


def writes(
    operation: str,
    summary: str,
    takes: Any,
    answer: Any,
    *,
    status: int = 200,
    match: bool | None = None,
    parameters: tuple[OpenApiParameter, ...] = (),
) -> Callable[[Any], Any]:
    """
    Describe a POST.

    :param match: whether it asks for If-Match; None where it takes none
    """
    headers = [KEY, *([if_match(needed=match)] if match is not None else []), *parameters]
    return extend_schema(
        operation_id=operation,
        summary=summary,
        auth=[{"credential": []}],  # type: ignore[list-item]  # passed on as it stands
        tags=["agency"],
        parameters=headers,
        request=None if takes is Nothing else takes,
        responses={status: answer, **_refused(REFUSED_WRITE)},
    )
