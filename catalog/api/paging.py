"""Pages by key, not by number: the next begins after the last row of this one, whatever was added."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from catalog.cursors import sealed, unsealed

PAGE_SIZE = 50
MOST = 100


def page_size(request: Request) -> int:
    """Return how many rows are asked for, 1 to 100."""
    typed = request.query_params.get("page_size", "")
    if not typed:
        return PAGE_SIZE
    if not typed.isascii() or not typed.isdigit() or not 1 <= int(typed[:9]) <= MOST:
        raise ValidationError({"page_size": [gettext("Ask for 1 to %(most)s rows.") % {"most": MOST}]})
    return int(typed)


def page(
    request: Request, rows: QuerySet[Any], *, key: str, show: Callable[[list[Any]], list[dict[str, Any]]]
) -> dict[str, Any]:
    """Return a page of `rows` ordered by the unique field `key`, and the next page's address or null."""
    size = page_size(request)
    if cursor := request.query_params.get("cursor", ""):
        try:
            rows = rows.filter(**{f"{key}__gt": unsealed(cursor)})
        except ValueError:
            raise ValidationError({"cursor": [gettext("Use the address given as “next”.")]}) from None
    found = list(rows.order_by(key)[: size + 1])
    following = None
    if len(found) > size:
        found = found[:size]
        query = request.query_params.copy()
        query["cursor"] = sealed(str(getattr(found[-1], key)))
        following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    return {"next": following, "results": show(found)}
