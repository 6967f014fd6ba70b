"""Addresses for machines: no language in the path; old clients write them with or without a final slash."""

from typing import Any

from django.urls import URLPattern, path, re_path

from catalog.api import agencies, bundles, document, permalinks, places, procedures
from catalog.api.documented import undocumented
from catalog.api.legacy import views as legacy

app_name = "catalog-api"


def _both_shapes(route: str, view: Any, name: str) -> list[URLPattern]:
    return [
        re_path(rf"^api/{route}/?$", view, name=f"legacy-{name}"),
        re_path(rf"^api/chileatiende/{route}/?$", view, {"plain": True}, name=f"list-{name}"),
    ]


def _with_or_without_slash(route: str, view: Any, name: str) -> list[URLPattern]:
    return [path(route, view, name=name), path(f"{route}/", undocumented(view), name=f"{name}-slash")]


urlpatterns = [
    path("api/v1/openapi.json", document.OpenApi.as_view(), name="openapi"),
    path("api/v1/docs", document.find_developers, name="docs"),
    *_with_or_without_slash("api/v1/procedures", procedures.Procedures.as_view(), "procedures"),
    *_with_or_without_slash("api/v1/procedures/<str:ref>", procedures.ProcedureDetail.as_view(), "procedure"),
    *_with_or_without_slash("api/v1/agencies", agencies.Agencies.as_view(), "agencies"),
    *_with_or_without_slash("api/v1/bundles", bundles.Bundles.as_view(), "bundles"),
    *_with_or_without_slash("api/v1/life-events", agencies.LifeEvents.as_view(), "life-events"),
    *_with_or_without_slash("api/v1/themes", agencies.Themes.as_view(), "themes"),
    *_with_or_without_slash("api/v1/offices", places.Offices.as_view(), "offices"),
    *_with_or_without_slash("api/v1/offices/<str:code>", places.OfficeDetail.as_view(), "office"),
    *_with_or_without_slash("api/v1/communes", places.Communes.as_view(), "communes"),
    *_both_shapes("fichas", legacy.list_fichas, "fichas"),
    *_both_shapes(r"fichas/(?P<ref>[A-Za-z0-9_-]{1,60})", legacy.show_ficha, "ficha"),
    *_both_shapes("servicios", legacy.list_agencies, "agencies"),
    *_both_shapes(r"servicios/(?P<code>[A-Za-z0-9_-]{1,30})", legacy.show_agency, "agency"),
    *_both_shapes(
        r"servicios/(?P<code>[A-Za-z0-9_-]{1,30})/fichas", legacy.list_fichas_of_agency, "agency-fichas"
    ),
    *_both_shapes("sucursales", legacy.list_offices, "offices"),
    *_both_shapes(r"sucursales/(?P<code>[A-Za-z0-9_-]{1,20})", legacy.show_office, "office"),
    *_both_shapes("categories", legacy.list_categories, "categories"),
    *_both_shapes("suggest", legacy.suggest, "suggest"),
    re_path(
        r"^fichas/(?:ver/)?(?P<code>[A-Za-z0-9_]{1,20})(?:-[\w-]*)?/?$", permalinks.find_ficha, name="ficha"
    ),
]
