"""Pages of the house as a whole: health, robots, refusals."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from common.errors import NotAllowed


@login_not_required
def show_health(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


@login_not_required
def show_robots(request: HttpRequest) -> HttpResponse:
    """Let search engines read the catalogue, not the searches nor the staff rooms."""
    lines = ["User-agent: *", "Disallow: /es/staff/", "Disallow: /en/staff/", "Disallow: /*/buscar", "Sitemap: /sitemap.xml"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@login_not_required
def show_csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say what to do when a form is too old to be trusted."""
    return render(request, "403_csrf.html", status=403)


@login_not_required
def show_not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show the sentence of a refusal of ours; nothing of any other."""
    reason = str(exception) if isinstance(exception, NotAllowed) else ""
    return render(request, "403.html", {"reason": reason}, status=403)
