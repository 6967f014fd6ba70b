"""Pages of long lists for programs: each begins after a row named by a sealed cursor."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from rest_framework.exceptions import ValidationError

SALT = "agency-api"


def after(request: HttpRequest, kind: str) -> list[Any] | None:
    """
    Return the keys of the row after which the page begins, or None for the first page.

    :param kind: of which list
    """
    cursor = request.GET.get("cursor", "")
    if not cursor:
        return None
    try:
        named, keys = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError):
        named, keys = "", []
    if named != kind:
        raise ValidationError({"cursor": [gettext("Use the address given as “next”.")]})
    return list(keys)


def next_address(request: HttpRequest, kind: str, keys: list[Any]) -> str:
    """Return the address of the page after the row with these keys."""
    query = request.GET.copy()
    query["cursor"] = signing.dumps([kind, keys], salt=SALT)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def beyond(rows: QuerySet[Any], keys: list[Any] | None) -> QuerySet[Any]:
    """Return the stages after a row, in the order in which they changed."""
    if keys is None:
        return rows
    at, pk = moment(keys[0]), UUID(keys[1])
    return rows.filter(Q(state_since__gt=at) | Q(state_since=at, id__gt=pk), state_since__gte=at)


def moment(text: str) -> datetime:
    found = parse_datetime(text)
    if found is None:
        raise ValueError(text)
    return found
