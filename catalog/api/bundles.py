"""The bundles: procedures applied for in one form."""

from typing import Any

from django.utils.translation import gettext_noop as _
from rest_framework.request import Request
from rest_framework.response import Response

from catalog import serializers
from catalog.api import filters
from catalog.api.documented import documented
from catalog.api.public import PublicView
from catalog.models import Bundle
from catalog.queries.bundles import PartNow, offered_with_parts
from common import links


class Bundles(PublicView):
    """Lists the bundles."""

    @documented(
        "bundles_list",
        _("Procedures that are applied for in one form, the latest first"),
        serializers.BundleList,
        ("life_event", _("A life event's code.")),
    )
    def get(self, request: Request) -> Response:
        """List the bundles offered now."""
        found = offered_with_parts(filters.code(request, "life_event"))
        return Response({"results": [_row(request, bundle, parts) for bundle, parts in found]})


def _row(request: Request, bundle: Bundle, parts: list[PartNow]) -> dict[str, Any]:
    address = links.url("bundle", bundle.code)
    return {
        "code": bundle.code,
        "title": {"es": bundle.title_es, "en": bundle.title_en},
        "summary": {"es": bundle.summary_es, "en": bundle.summary_en},
        "life_event": bundle.life_event_id or "",
        "procedures": [_part(part) for part in parts],
        "published_at": bundle.published_at,
        "page": request.build_absolute_uri(address) if address else "",
    }


def _part(part: PartNow) -> dict[str, Any]:
    version = part.version
    return {
        "code": part.procedure.code,
        "slug": part.procedure.slug,
        "title": {"es": version.title_es if version else "", "en": version.title_en if version else ""},
        "is_offered": not part.left_out,
    }
