"""The administrators' page of other servers' catalogues: from where they are read, and what each reading came to."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from catalog import actions, permissions, tasks
from catalog.forms import NewSource, Source
from catalog.models import ImportRun, ImportSource, Outcome
from catalog.queries import imports
from common import clock
from common.csv_files import csv_answer
from common.errors import DomainError, NotAllowed, require, shown_on


@room_required("catalogue")
@require_safe
def list_imports(request: ActorRequest) -> HttpResponse:
    """Show from where catalogues are read, and the readings."""
    _let_in(request)
    page = imports.import_runs(place=request.GET.get("place", ""))
    context = {
        "sources": imports.sources(),
        "runs": page.rows,
        "pages": page.links(request.GET),
        "now": clock.now(),
    }
    return render(request, "catalog/imports.html", context)


@room_required("catalogue")
@require_safe
def show_run(request: ActorRequest, run: int) -> HttpResponse:
    """Show what became of each sheet in a reading."""
    found = _run_or_404(request, run)
    outcome = _outcome(request)
    page = imports.import_items(found, outcome, place=request.GET.get("place", ""))
    counts = imports.run_counts(found)[found.pk]
    context = {
        "run": found,
        "outcome": outcome,
        "tabs": [("", _("All"), sum(counts.values()))]
        + [(one.value, str(one.label), counts[one.value]) for one in Outcome],
        "items": page.rows,
        "pages": page.links(request.GET),
    }
    return render(request, "catalog/import_run.html", context)


@room_required("catalogue")
@require_safe
def save_run(request: ActorRequest, run: int) -> HttpResponse:
    """Hand out the report of a reading as a file."""
    found = _run_or_404(request, run)
    rows = (
        (
            item.name_said,
            item.get_outcome_display(),
            item.reason_said,
            item.procedure.code if item.procedure else "",
            localtime(item.at).isoformat(timespec="seconds"),
        )
        for item in imports.items_of(found, _outcome(request)).order_by("pk").iterator(chunk_size=1000)
    )
    header = (_("Sheet"), _("What became of it"), _("Why"), _("Procedure"), _("When"))
    return csv_answer(f"import-{found.pk}", header, rows)


@room_required("catalogue")
@require_http_methods(["GET", "HEAD", "POST"])
def add_source(request: ActorRequest) -> HttpResponse:
    """Say which server is to be read again and again."""
    _let_in(request)
    form = NewSource(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with shown_on(form):
            actions.add_source(by=request.actor, **form.cleaned_data)
    if form.is_bound and not form.errors:
        tasks.sync_sources.delay_on_commit()
        messages.success(
            request,
            _("It is paused, and tried now: what would be done appears below. Look again in a moment.")
            if form.cleaned_data["only_tried"]
            else _("It is read now, and then as often as you said."),
        )
        return redirect("catalog:imports")
    return render(request, "catalog/source.html", {"form": form}, status=422 if form.errors else 200)


@room_required("catalogue")
@require_http_methods(["GET", "HEAD", "POST"])
def change_source(request: ActorRequest, source: int) -> HttpResponse:
    """Change how a server is read."""
    found = _source_or_404(request, source)
    initial = {name: getattr(found, name) for name in ("shape", "every_hours", "token_variable")}
    form = Source(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        with shown_on(form):
            actions.change_source(found, by=request.actor, **form.cleaned_data)
    if form.is_bound and not form.errors:
        messages.success(request, _("Kept."))
        return redirect("catalog:imports")
    context = {"form": form, "source": found}
    return render(request, "catalog/source.html", context, status=422 if form.errors else 200)


@room_required("catalogue")
@require_POST
def pause_source(request: ActorRequest, source: int) -> HttpResponse:
    """Let a server rest, or be read again."""
    found = _source_or_404(request, source)
    is_active = request.POST.get("active") == "1"
    actions.change_source(found, by=request.actor, is_active=is_active)
    messages.success(
        request, _("It is read again when it is due.") if is_active else _("It is paused: nobody reads it.")
    )
    return redirect("catalog:imports")


@room_required("catalogue")
@require_POST
def run_source(request: ActorRequest, source: int) -> HttpResponse:
    """Have a server read now."""
    said = _("It is read next. The reading appears below; look again in a moment.")
    return _asked(request, source, actions.ask_source, said)


@room_required("catalogue")
@require_POST
def try_source(request: ActorRequest, source: int) -> HttpResponse:
    """Have a server read only to see what would be done."""
    said = _("It is tried next, and changes nothing. The reading stands below; look again in a moment.")
    return _asked(request, source, actions.ask_trial, said)


def _asked(request: ActorRequest, source: int, ask: Callable[..., object], said: str) -> HttpResponse:
    found = _source_or_404(request, source)
    try:
        ask(found, by=request.actor)
    except NotAllowed:
        raise
    except DomainError as error:
        messages.error(request, str(error))
    else:
        tasks.sync_sources.delay_on_commit()
        messages.success(request, said)
    return redirect("catalog:imports")


def _let_in(request: ActorRequest) -> None:
    require(permissions.can_import(request.actor), permissions.NOT_AN_IMPORTER)


def _run_or_404(request: ActorRequest, run: int) -> ImportRun:
    _let_in(request)
    return get_object_or_404(ImportRun, pk=run)


def _source_or_404(request: ActorRequest, source: int) -> ImportSource:
    _let_in(request)
    return get_object_or_404(ImportSource, pk=source)


def _outcome(request: ActorRequest) -> str:
    asked = request.GET.get("outcome", "")
    return asked if asked in Outcome.values else ""
