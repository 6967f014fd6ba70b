"""Where the permalinks of the catalogue's feeds lead: the page people read."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from catalog.models import Retirement, SearchEntry
from common import links


@login_not_required
@require_safe
def find_ficha(request: HttpRequest, code: str) -> HttpResponse:
    """Lead from `/fichas/ver/3430`, `/fichas/3430` or `/fichas/3430-a-title` to the procedure's page, which says so where it ended."""
    public = SearchEntry.objects.filter(language="es", code=code).values_list("slug", flat=True)
    ended = Retirement.objects.standing().filter(procedure__code=code)
    slug = public.first() or ended.values_list("procedure__slug", flat=True).first()
    address = links.url("procedure", slug) if slug else ""
    if not address:
        raise Http404
    return redirect(address)
