"""Many sheets at once: saved as a file, sent back as one, looked over row by row before anything changes."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from catalog import actions, permissions, tasks
from catalog.bulk import document, spreadsheet
from catalog.bulk.judging import first_text
from catalog.bulk.reading import read_file
from catalog.bulk.working import AT_ONCE, work_on
from catalog.forms import NewProcedure, Upload
from catalog.models import BulkImport, BulkState
from catalog.queries import bulk as queries
from common.csv_files import csv_answer
from common.errors import DomainError, NotAllowed, require, shown_on
from common.pages import render_page

KINDS = {
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@room_required("catalogue")
@require_safe
def show_files(request: ActorRequest) -> HttpResponse:
    """Show how sheets are saved as a file, and the files one sent."""
    return _show_files(request, Upload())


@room_required("catalogue")
@require_POST
def send_file(request: ActorRequest) -> HttpResponse:
    """Take in a file; its report comes next, and nothing of the catalogue changes."""
    require(permissions.can_send_files(request.actor), _("Only editors send files of sheets."))
    form = Upload(request.POST, request.FILES)
    if form.is_valid():
        with shown_on(form):
            bulk = _begun(request, form.cleaned_data["file"])
    if form.errors:
        return _show_files(request, form, status=422)
    _work(bulk, bulk.rows.count())
    return redirect("catalog:bulk-import", bulk.pk)


@room_required("catalogue")
@require_safe
def save_sheets(request: ActorRequest, kind: str) -> HttpResponse:
    """Hand out the sheets on which this person works as one file."""
    agency = request.GET.get("agency", "")[:30]
    versions = queries.exported(request.actor, agency=agency).iterator(chunk_size=200)
    content: Any = document.written(versions) if kind == "json" else spreadsheet.written(versions)
    answer = HttpResponse(content, content_type=KINDS[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="fichas.{kind}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@room_required("catalogue")
@require_safe
def show_bulk(request: ActorRequest, bulk_id: UUID) -> HttpResponse:
    """Show what each row of a file would do, and what was done."""
    bulk = bulk_or_404(request, bulk_id)
    kind = _kind(request)
    page = queries.bulk_rows(bulk, kind, place=request.GET.get("place", ""))
    progress = queries.progress_of(bulk)
    context = {
        "bulk": bulk,
        "kind": kind,
        "progress": progress,
        "tabs": _tabs(progress),
        "rows": page.rows,
        "pages": page.links(request.GET),
        "is_busy": bulk.state in {BulkState.READING, BulkState.CONFIRMED},
        "may_confirm": bulk.state == BulkState.READ and progress.to_do > 0,
    }
    return render_page(request, "catalog/bulk_import.html", context, fragment="report")


@room_required("catalogue")
@require_POST
def confirm_bulk(request: ActorRequest, bulk_id: UUID) -> HttpResponse:
    """Have the rows of a file done."""
    bulk = bulk_or_404(request, bulk_id)
    try:
        bulk = actions.confirm_bulk(bulk, by=request.actor)
    except NotAllowed:
        raise
    except DomainError as error:
        messages.error(request, str(error))
    else:
        _work(bulk, queries.progress_of(bulk).to_do)
    return redirect("catalog:bulk-import", bulk.pk)


@room_required("catalogue")
@require_safe
def save_report(request: ActorRequest, bulk_id: UUID) -> HttpResponse:
    """Hand out the report of a file as a file."""
    bulk = bulk_or_404(request, bulk_id)
    rows = (
        (row.number, row.code, row.get_outcome_display(), row.reason, row.get_result_display(), row.said)
        for row in queries.rows_of(bulk, _kind(request)).order_by("number").iterator(chunk_size=1000)
    )
    header = (_("Row"), _("Number"), _("What it would do"), _("Why"), _("What was done"), _("Why"))
    return csv_answer(f"report-{bulk.pk}", header, rows)


@room_required("catalogue")
@require_http_methods(["GET", "HEAD", "POST"])
def new_procedure(request: ActorRequest) -> HttpResponse:
    """Add a procedure; its draft is written next."""
    require(permissions.can_add_procedures(request.actor), _("Only an administrator adds a procedure."))
    form = NewProcedure(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("code", "slug", "agency")}
        content = {**first_text(given["agency"]), **form.content()}
        with shown_on(form):
            actions.create_procedure(by=request.actor, content=content, **given)
    if form.is_bound and not form.errors:
        messages.success(request, _("The procedure is added: write its draft."))
        return redirect("catalog:edit", form.cleaned_data["code"])
    return render(request, "catalog/new_procedure.html", {"form": form}, status=422 if form.errors else 200)


def bulk_or_404(request: ActorRequest, bulk_id: UUID) -> BulkImport:
    """Return a file this person sent."""
    return get_object_or_404(BulkImport.objects.visible_to(request.actor), pk=bulk_id)


def _show_files(request: ActorRequest, form: Upload, *, status: int = 200) -> HttpResponse:
    page = queries.files_of(request.actor, place=request.GET.get("place", ""))
    context = {
        "form": form,
        "files": page.rows,
        "pages": page.links(request.GET),
        "agencies": queries.agencies_of(request.actor),
        "may_send": permissions.can_send_files(request.actor),
        "may_add": permissions.can_add_procedures(request.actor),
    }
    return render(request, "catalog/bulk.html", context, status=status)


def _begun(request: ActorRequest, file: Any) -> BulkImport:
    kind, given = read_file(file.read())
    name, sheet = file.name or "", given[0].sheet
    return actions.begin_bulk(
        by=request.actor,
        file_name=_("%(file)s, sheet “%(sheet)s”") % {"file": name[:70], "sheet": sheet} if sheet else name,
        kind=kind,
        language=(get_language() or "es")[:2],
        given=given,
    )


def _work(bulk: BulkImport, rows: int) -> None:
    """Do it while the person waits where that is short; else have a worker do it."""
    if rows <= AT_ONCE:
        work_on(bulk.pk)
    else:
        tasks.work_on_bulk.delay_on_commit(bulk_id=str(bulk.pk))


def _kind(request: ActorRequest) -> str:
    asked = request.GET.get("kind", "")
    return asked if asked in queries.KINDS else ""


def _tabs(progress: queries.Progress) -> list[tuple[str, str, int]]:
    """The kinds of row there are in a file, each with how many."""
    there = [(kind, str(queries.KINDS[kind]), count) for kind, count in progress.kinds.items() if count]
    return [("", _("All"), progress.total), *there]
