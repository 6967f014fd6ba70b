"""Editing a draft: nothing typed is lost, whoever saved meanwhile."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from catalog import actions, plain_language
from catalog.eligibility.grammar import RulesInvalid
from catalog.forms import SheetForms
from catalog.forms.sheet import ROWS, with_more_rows
from catalog.models import ProcedureVersion, VersionStatus
from catalog.queries.agencies import agencies_listed
from catalog.queries.differences import Difference, differences
from catalog.queries.documents import kinds_of_document
from catalog.views.procedure import open_draft, procedure_or_404, typed_into, version_or_404
from common.errors import DomainError, NotAllowed, StaleVersion


@room_required("catalogue")
@require_http_methods(["GET", "HEAD", "POST"])
def edit_draft(request: ActorRequest, code: str) -> HttpResponse:
    """Show the open draft for editing, and save it."""
    procedure = procedure_or_404(request, code)
    version = open_draft(procedure)
    before = typed_into(request, procedure)
    if before is not None and before != version:
        return _show_ended(request, before) if version is None else _show_replaced(request, version)
    if version is None or (
        request.method != "POST" and version.status in {VersionStatus.IN_REVIEW, VersionStatus.REVIEWED}
    ):
        messages.info(request, _("There is no draft to edit."))
        return redirect("catalog:procedure", code)
    if request.method != "POST":
        return _show(request, version, SheetForms(version.content, revision=version.revision))
    if (kind := request.POST.get("add", "")) in ROWS:
        data = with_more_rows(request.POST, kind, ROWS[kind])
        return _show(
            request, version, SheetForms(version.content, revision=version.revision, data=data).quiet()
        )
    return _save(request, version)


def _save(request: ActorRequest, version: ProcedureVersion) -> HttpResponse:
    typed = SheetForms(version.content, revision=version.revision, data=request.POST)
    if not typed.is_valid():
        return _show(request, version, typed, status=422)
    try:
        actions.edit_version(version, by=request.actor, content=typed.content(), revision=typed.revision)
    except NotAllowed:
        raise
    except StaleVersion as error:
        return _show_stale(request, version, error)
    except DomainError as error:
        typed.refuse(error)
        return _show(request, version, typed, status=error.status)
    messages.success(request, _("The draft is saved. A reviewer sees it once you send it to review."))
    return redirect("catalog:version", version.procedure.code, version.number)


def _show_ended(request: ActorRequest, version: ProcedureVersion) -> HttpResponse:
    """Keep what was typed into a draft that is open no more."""
    typed = SheetForms(version.content, revision=version.revision, data=request.POST)
    typed.is_valid()
    typed.refuse(
        DomainError(
            _(
                "This draft was ended meanwhile. Your text is kept below: begin a draft on another tab, then save here."
            )
        )
    )
    return _show(request, version, typed, status=409)


def _show_replaced(request: ActorRequest, version: ProcedureVersion) -> HttpResponse:
    """Keep what was typed into an earlier draft, beside the one that is open now."""
    told = _("Another draft was begun meanwhile. Your text is kept below: compare and save again.")
    return _show_stale(request, version, StaleVersion(told))


def _show_stale(request: ActorRequest, version: ProcedureVersion, error: StaleVersion) -> HttpResponse:
    """Keep what was typed, beside what somebody else saved; saving again is then a decision."""
    data: QueryDict = request.POST.copy()
    data["revision"] = str(version.revision)
    typed = SheetForms(version.content, revision=version.revision, data=data)
    beside = differences(version.content, typed.content()) if typed.is_valid() else None
    typed.refuse(error)
    return _show(request, version, typed, status=error.status, beside=beside)


def _show(
    request: ActorRequest,
    version: ProcedureVersion,
    typed: SheetForms,
    *,
    status: int = 200,
    beside: list[Difference] | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "procedure": version.procedure,
        "version": version,
        "typed": typed,
        "beside": beside,
        "kinds": kinds_of_document(version.procedure),
        "agencies": agencies_listed(),
        "comments": version.comments.filter(settled_at__isnull=True).select_related("author").order_by("pk"),
        **_help(version.content),
    }
    return render(request, "catalog/edit.html", context, status=status)


def _help(content: dict[str, Any]) -> dict[str, Any]:
    return {
        "reading": plain_language.reading_of_sheet(content),
        "advice": plain_language.advice_on(content),
    }


@room_required("catalogue")
@require_POST
def advise(request: ActorRequest, code: str) -> HttpResponse:
    """Say what could be plainer in what stands typed on the screen, without saving it."""
    version = open_draft(procedure_or_404(request, code))
    if version is None:
        raise Http404
    typed = SheetForms(version.content, revision=version.revision, data=request.POST)
    typed.is_valid()
    try:
        content = typed.content()
    except (AttributeError, KeyError, RulesInvalid):
        content = version.content  # something does not stand yet as it must: what is saved is advised on
    return render(request, "catalog/_advice.html", _help(content))


@room_required("catalogue")
@require_POST
def send_draft(request: ActorRequest, code: str, number: int) -> HttpResponse:
    """Hand the draft to a second person."""
    version = version_or_404(request, code, number)
    try:
        actions.send_to_review(version, by=request.actor)
    except NotAllowed:
        raise
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("A reviewer of the agency reads it next; then a publisher makes it public.")
        )
    return redirect("catalog:version", code, number)
