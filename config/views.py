"""Pages of the house as a whole: health, robots, refusals."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language, gettext
from django.views import defaults

from common.errors import NotAllowed
from common.languages import remember_language
from common.problems import is_for_machines, problem


@login_not_required
def show_health(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


@login_not_required
def show_robots(request: HttpRequest) -> HttpResponse:
    """Let search engines read the catalogue, not the searches nor the staff rooms."""
    lines = [
        "User-agent: *",
        "Disallow: /es/staff/",
        "Disallow: /en/staff/",
        "Disallow: /*/buscar",
        "Sitemap: /sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@login_not_required
def choose_language(request: HttpRequest, code: str) -> HttpResponse:
    """Remember a language for a year, and go on to the page that was asked for: a bare address then speaks it."""
    if code not in dict(settings.LANGUAGES) or not check_for_language(code):
        raise Http404
    onwards = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(onwards, allowed_hosts=None) and onwards.startswith(f"/{code}/")
    response = redirect(onwards if safe else f"/{code}/")
    remember_language(response, code)
    return response


@login_not_required
def show_csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say what to do when a form is too old to be trusted."""
    return render(request, "403_csrf.html", status=403)


@login_not_required
def show_not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show the sentence of a refusal of ours; nothing of any other."""
    reason = str(exception) if isinstance(exception, NotAllowed) else ""
    if is_for_machines(request):
        return problem(403, "not-allowed", reason or gettext("You may not do this."))
    return render(request, "403.html", {"reason": reason}, status=403)


@login_not_required
def show_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is nothing at an address, to people and to machines."""
    if is_for_machines(request):
        return problem(404, "not-found", gettext("There is nothing at this address."))
    return defaults.page_not_found(request, exception)


@login_not_required
def show_unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that a request can not be read."""
    if is_for_machines(request):
        return problem(400, "unreadable", gettext("This request can not be read."))
    return defaults.bad_request(request, exception)


@login_not_required
def show_fault(request: HttpRequest) -> HttpResponse:
    """Say that something broke on our side, and nothing of what."""
    if is_for_machines(request):
        return problem(500, "fault", gettext("Something broke on our side. Try again in a few minutes."))
    return defaults.server_error(request)
