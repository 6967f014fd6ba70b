"""The addresses. Each is a function from a request to data; `legacy_view` does the rest."""

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest

from accounts.models import Agency
from catalog.api.legacy import fichas, shapes
from catalog.api.legacy.access import legacy_view
from catalog.api.legacy.offices import office_row
from catalog.api.legacy.rendering import LegacyRefusal
from catalog.cursors import sealed, unsealed
from catalog.models import ProcedureVersion, Publication, SearchEntry, Theme
from catalog.queries.search import search
from catalog.queries.searches import popular_searches
from territory.models import Office, OfficeKind

DEFAULT, MOST = 10, 100
MOST_OF_AGENCY = 500


@legacy_view()
def list_fichas(request: HttpRequest, *, plain: bool) -> dict[str, Any]:
    """Sheets by code, or the best for a query; paged."""
    rows = _published()
    query = " ".join(request.GET.get("query", "").replace("\x00", "").split())[:200]
    if query:
        items, token, total = _searched(request, rows, query)
    else:
        items, token = _page(request, rows, "procedure__code", lambda version: version.procedure.code)
        total = SearchEntry.objects.filter(language="es").count()
    return shapes.feed(
        "fichas",
        "ficha",
        "Listado de Fichas",
        _fichas(items, plain),
        plain=plain,
        total=total,
        next_token=token,
    )


@legacy_view()
def show_ficha(request: HttpRequest, ref: str, *, plain: bool) -> dict[str, Any]:
    """One sheet, by its number or by agency and number (`AD009-12`)."""
    agency, _dash, code = ref.rpartition("-")
    found = list(
        _published().filter(
            Q(procedure__code=ref) | (Q(procedure__code=code) & _is_agency("procedure__agency", agency))
        )
    )
    if not found:
        raise LegacyRefusal(404, "No existe una ficha con ese código", "No encontrado")
    exact = next((one for one in found if one.procedure.code == ref), found[0])
    return {"ficha": _fichas([exact], plain)[0]}


@legacy_view()
def list_agencies(request: HttpRequest, *, plain: bool) -> dict[str, Any]:
    """All agencies, by name."""
    items = [fichas.agency_row(agency) for agency in Agency.objects.by_name()]
    return shapes.feed("servicios", "servicio", "Listado de Servicios", items, plain=plain, total=len(items))


@legacy_view()
def show_agency(request: HttpRequest, code: str, *, plain: bool) -> dict[str, Any]:
    """One agency."""
    return {"servicio": fichas.agency_row(_agency(code))}


@legacy_view()
def list_fichas_of_agency(request: HttpRequest, code: str, *, plain: bool) -> dict[str, Any]:
    """An agency's sheets: all at once unless a page is asked for; always a plain list, in both shapes."""
    agency = _agency(code)
    rows = _published().filter(procedure__agency=agency)
    size = None if "maxResults" in request.GET or "pageToken" in request.GET else MOST_OF_AGENCY
    items, token = _page(request, rows, "procedure__code", lambda version: version.procedure.code, size=size)
    title = f"Listado de Fichas - {agency.name_es}"
    return shapes.feed("fichas", "ficha", title, _fichas(items, plain), plain=True, next_token=token)


@legacy_view()
def list_offices(request: HttpRequest, *, plain: bool) -> dict[str, Any]:
    """The network's offices; `mobileOffices=true` or `false` narrows them."""
    rows = Office.objects.select_related("commune__region").prefetch_related("hours", "stops__commune")
    wanted = request.GET.get("mobileOffices", "").lower()
    if wanted in {"true", "1"}:
        rows = rows.filter(kind=OfficeKind.MOBILE)
    elif wanted in {"false", "0"}:
        rows = rows.filter(kind=OfficeKind.FIXED)
    total = rows.count()
    size = None if "maxResults" in request.GET or "pageToken" in request.GET else MOST_OF_AGENCY
    items, token = _page(request, rows, "code", lambda office: office.code, size=size)
    return shapes.feed(
        "sucursales",
        "sucursal",
        "Listado de Sucursales",
        [office_row(one) for one in items],
        plain=True,  # this feed is younger than the legacy shape and never had it
        total=total,
        next_token=token,
    )


@legacy_view()
def show_office(request: HttpRequest, code: str, *, plain: bool) -> dict[str, Any]:
    """One office."""
    office = (
        Office.objects.select_related("commune__region")
        .prefetch_related("hours", "stops__commune")
        .filter(code=code)
        .first()
    )
    if office is None:
        raise LegacyRefusal(404, "No existe una sucursal con ese código", "No encontrado")
    return {"sucursal": office_row(office)}


@legacy_view(token=False)
def list_categories(request: HttpRequest, *, plain: bool) -> dict[str, Any]:
    """The themes."""
    items = [
        {"id": theme.code, "nombre": theme.title_es} for theme in Theme.objects.order_by("position", "code")
    ]
    return shapes.feed(
        "categories", "category", "Listado de Categorías", items, plain=plain, total=len(items)
    )


@legacy_view(token=False)
def suggest(request: HttpRequest, *, plain: bool) -> dict[str, Any]:
    """What others often looked for lately, and titles that match: never what only a few have typed."""
    query = " ".join(request.GET.get("query", "").replace("\x00", "").lower().split())[:60]
    if len(query) < 2:
        return {"suggestions": []}
    popular = [one for one in popular_searches() if one.startswith(query)][:5]
    titles = [entry.title for entry in search(query, language="es", limit=8).entries]
    return {"suggestions": list(dict.fromkeys([*popular, *titles]))[:8]}


def _published() -> QuerySet[ProcedureVersion]:
    """The public versions; everything a ficha tells, in one query."""
    begun = Publication.objects.filter(version=OuterRef("pk"), begun_at__isnull=False).order_by("-begun_at")
    entries = SearchEntry.objects.filter(language="es")
    return (
        ProcedureVersion.objects.filter(pk__in=entries.values("version"))
        .select_related("procedure__agency")
        .annotate(published_at=Subquery(begun.values("begun_at")[:1]))
    )


def _fichas(versions: list[ProcedureVersion], plain: bool) -> list[dict[str, Any]]:
    themes = dict(Theme.objects.values_list("code", "title_es"))
    return [fichas.ficha(version, themes, plain=plain) for version in versions]


def _agency(code: str) -> Agency:
    agency = Agency.objects.filter(_is_agency("", code)).first()
    if agency is None:
        raise LegacyRefusal(404, "No existe un servicio con ese código", "No encontrado")
    return agency


def _is_agency(path: str, code: str) -> Q:
    """The agency a code names: by the State's code, by ours only where there is none: no two answer."""
    at = f"{path}__" if path else ""
    return Q(**{f"{at}official_code": code}) & ~Q(**{f"{at}official_code": ""}) | Q(
        **{f"{at}code": code, f"{at}official_code": ""}
    )


def _size(request: HttpRequest) -> int:
    typed = request.GET.get("maxResults", "")
    return min(max(int(typed[:6]), 1), MOST) if typed.isascii() and typed.isdigit() else DEFAULT


def _page(
    request: HttpRequest, rows: QuerySet[Any], key: str, key_of: Any, *, size: int | None = None
) -> tuple[list[Any], str]:
    """Return a page and the token of the next one, empty on the last."""
    size = size or _size(request)
    if token := request.GET.get("pageToken", ""):
        try:
            rows = rows.filter(**{f"{key}__gt": unsealed(token)})
        except ValueError:
            raise LegacyRefusal(400, "pageToken no es válido") from None
    found = list(rows.order_by(key)[: size + 1])
    return found[:size], sealed(key_of(found[size - 1])) if len(found) > size else ""


def _searched(
    request: HttpRequest, rows: QuerySet[ProcedureVersion], query: str
) -> tuple[list[ProcedureVersion], str, int]:
    """Return the page of a search; its token is how many came before, because rank is no key."""
    token = request.GET.get("pageToken", "")
    try:
        before = int(unsealed(token)) if token else 0
    except ValueError:
        raise LegacyRefusal(400, "pageToken no es válido") from None
    size = _size(request)
    best = [entry.version_id for entry in search(query, language="es", limit=MOST * 5).entries]
    wanted = best[max(before, 0) : max(before, 0) + size]
    by_id = {version.pk: version for version in rows.filter(pk__in=wanted)}
    more = sealed(str(before + size)) if before + size < len(best) else ""
    return [by_id[one] for one in wanted if one in by_id], more, len(best)
