"""Was this useful? Is something wrong? On pages of their own, so that the procedure's page needs no token."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from catalog import actions as catalog
from catalog.models import ProcedureVersion
from common.errors import shown_on
from common.languages import keeps_typed
from common.limits import allow
from portal.forms import Mistake, Usefulness
from portal.views.procedures import public_version, told_when_ended
from portal.visitors import language_of, visitor_of


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@told_when_ended
@keeps_typed
def vote(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask whether a page was useful and whether it saved a visit."""
    version = public_version(slug)
    form = Usefulness(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if _is_first(request, "vote", version):
            given = form.cleaned_data
            catalog.record_vote(
                version,
                by=visitor_of(request),
                is_useful=given["is_useful"] == "yes",
                saved_visit=given["saved_visit"],
                comment=given["comment"],
                language=language_of(request),
            )
        return redirect("portal:thanks", slug)
    return _ask(request, form, version, "portal/vote.html")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@told_when_ended
@keeps_typed
def report_mistake(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a report that something on a page is wrong."""
    version = public_version(slug)
    form = Mistake(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with shown_on(form):
            if _is_first(request, "mistake", version):
                catalog.report_error(version, by=visitor_of(request), text=form.cleaned_data["text"])
            return redirect("portal:thanks", slug)
    return _ask(request, form, version, "portal/mistake.html")


@login_not_required
@require_safe
@told_when_ended
def show_thanks(request: HttpRequest, slug: str) -> HttpResponse:
    """Say thank you, and go back to the page."""
    return render(request, "portal/thanks.html", {"version": public_version(slug)})


def _is_first(request: HttpRequest, what: str, version: ProcedureVersion) -> bool:
    """Whether this is not the second click on the same button."""
    browser = request.COOKIES.get("csrftoken", "")
    return not browser or allow(what, f"{browser}:{version.pk}", times=1, within=timedelta(minutes=1))


def _ask(
    request: HttpRequest, form: Usefulness | Mistake, version: ProcedureVersion, template: str
) -> HttpResponse:
    return render(request, template, {"form": form, "version": version}, status=422 if form.errors else 200)
