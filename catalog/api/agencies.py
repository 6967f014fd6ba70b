"""The agencies, life events and themes."""

from typing import Any

from django.db.models import Count, F, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_noop as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Agency
from catalog import serializers
from catalog.api import paging
from catalog.api.documented import CURSOR, PAGE_SIZE, documented
from catalog.api.public import PublicView
from catalog.models import LifeEvent, SearchEntry, Theme
from catalog.models.topic import Topic


class Agencies(PublicView):
    """Lists the agencies."""

    @documented("agencies_list", _("Agencies, by code"), serializers.AgencyPage, CURSOR, PAGE_SIZE)
    def get(self, request: Request) -> Response:
        """List agencies."""
        published = (
            SearchEntry.objects.filter(language="es", agency=OuterRef("pk")).order_by().values("agency")
        )
        rows = Agency.objects.annotate(
            published=Subquery(published.annotate(n=Count("pk")).values("n"), IntegerField())
        )
        return Response(
            paging.page(request, rows, key="code", show=lambda found: [_agency(one) for one in found])
        )


class LifeEvents(PublicView):
    """Lists the life events."""

    @documented("life_events_list", _("Life events"), serializers.TopicList)
    def get(self, request: Request) -> Response:
        """List life events."""
        return Response(_topics(LifeEvent.objects.all(), "life_events"))


class Themes(PublicView):
    """Lists the themes."""

    @documented("themes_list", _("Themes"), serializers.TopicList)
    def get(self, request: Request) -> Response:
        """List themes."""
        return Response(_topics(Theme.objects.all(), "themes"))


def _agency(agency: Any) -> dict[str, Any]:
    return {
        "code": agency.code,
        "official_code": agency.official_code,
        "acronym": agency.acronym,
        "name": {"es": agency.name_es, "en": agency.name_en},
        "home_url": agency.home_url,
        "procedures": agency.published or 0,
    }


def _topics(topics: QuerySet[Any], field: str) -> dict[str, Any]:
    each = SearchEntry.objects.filter(language="es").annotate(topic=Func(F(field), function="unnest"))
    counts = dict(each.values("topic").annotate(n=Count("pk")).values_list("topic", "n"))
    rows: list[Topic] = list(topics.order_by("position", "code"))
    return {
        "results": [
            {
                "code": row.code,
                "title": {"es": row.title_es, "en": row.title_en},
                "procedures": counts.get(row.code, 0),
            }
            for row in rows
        ]
    }
