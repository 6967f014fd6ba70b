"""The network's offices, and the communes."""

from typing import Any

from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_noop as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from catalog import serializers
from catalog.api import filters, paging
from catalog.api.documented import CURSOR, PAGE_SIZE, documented
from catalog.api.public import PublicView
from territory.models import Commune, MobileStop, Office, OfficeKind, OpeningHours


class Offices(PublicView):
    """Lists the offices."""

    @documented(
        "offices_list",
        _("Offices and mobile offices, by code"),
        serializers.OfficePage,
        ("commune", _("A commune's official code: the offices in it and the mobile ones that stop there.")),
        ("region", _("A region's official code.")),
        ("kind", _("office or mobile")),
        CURSOR,
        PAGE_SIZE,
    )
    def get(self, request: Request) -> Response:
        """List offices."""
        rows: QuerySet[Office] = Office.objects.select_related("commune")
        if kind := filters.choice(request, "kind", tuple(OfficeKind.values)):
            rows = rows.filter(kind=kind)
        if region := filters.code(request, "region"):
            rows = rows.filter(commune__region=region)
        if commune := filters.code(request, "commune"):
            rows = _in_commune(rows, commune)
        return Response(
            paging.page(request, rows, key="code", show=lambda found: [_row(request, one) for one in found])
        )


class OfficeDetail(PublicView):
    """Shows an office in full."""

    @documented(
        "offices_read",
        _("One office: hours on its own clock, and a mobile one's stops"),
        serializers.OfficeInFull,
        missing=True,
    )
    def get(self, request: Request, code: str) -> Response:
        """Show an office."""
        offices = Office.objects.select_related("commune").prefetch_related("hours", "stops__commune")
        office = get_object_or_404(offices, code=code)
        return Response(
            {
                **_row(request, office),
                "desks": office.desks,
                "opened_on": office.opened_on,
                "hours": [
                    _stretch(row)
                    for row in sorted(office.hours.all(), key=lambda row: (row.weekday, row.opens))
                ],
                "stops": [
                    _stop(row)
                    for row in sorted(
                        office.stops.all(), key=lambda row: (row.week_of_month, row.weekday, row.opens)
                    )
                ],
            }
        )


class Communes(PublicView):
    """Lists the communes."""

    @documented(
        "communes_list",
        _("Communes, by official code"),
        serializers.CommunePage,
        ("region", _("A region's code.")),
        CURSOR,
        PAGE_SIZE,
    )
    def get(self, request: Request) -> Response:
        """List communes."""
        rows = Commune.objects.select_related("province").annotate(office_count=Count("offices"))
        if region := filters.code(request, "region"):
            rows = rows.filter(region=region)
        return Response(
            paging.page(request, rows, key="code", show=lambda found: [_commune(one) for one in found])
        )


def _in_commune(rows: QuerySet[Office], commune: str) -> QuerySet[Office]:
    stopping = MobileStop.objects.filter(commune=commune).values("office")
    return rows.filter(commune=commune) | rows.filter(pk__in=stopping)


def _row(request: Request, office: Office) -> dict[str, Any]:
    return {
        "code": office.code,
        "name": office.name,
        "kind": office.kind,
        "commune": _commune_ref(office.commune),
        "address": office.address,
        "latitude": office.latitude,
        "longitude": office.longitude,
        "time_zone": office.commune.time_zone,
        "is_synthetic": office.is_synthetic,
        "url": reverse("catalog-api:office", args=[office.code], request=request),
    }


def _commune_ref(commune: Commune) -> dict[str, Any]:
    return {"code": commune.code, "name": commune.name, "region": commune.region_id}


def _stretch(row: OpeningHours | MobileStop) -> dict[str, Any]:
    return {"weekday": row.weekday, "opens": f"{row.opens:%H:%M}", "closes": f"{row.closes:%H:%M}"}


def _stop(row: MobileStop) -> dict[str, Any]:
    place = row.place or {}
    return {
        **_stretch(row),
        "commune": _commune_ref(row.commune),
        "week_of_month": row.week_of_month,
        "place": {"es": place.get("es", ""), "en": place.get("en", "")},
    }


def _commune(commune: Any) -> dict[str, Any]:
    return {
        **_commune_ref(commune),
        "province": commune.province.name,
        "latitude": commune.latitude,
        "longitude": commune.longitude,
        "population_2015": commune.population_2015,
        "population_2024": commune.population_2024,
        "is_rural": commune.is_rural,
        "time_zone": commune.time_zone,
        "offices": commune.office_count,
    }
