"""A procedure's page, and any version of its sheet."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from catalog import actions, permissions
from catalog.models import Procedure, ProcedureVersion, VersionStatus
from catalog.queries import editing, previews
from catalog.queries.published import current_version


def procedure_or_404(request: ActorRequest, code: str) -> Procedure:
    """Return a procedure this person edits."""
    return get_object_or_404(Procedure.objects.visible_to(request.actor).select_related("agency"), code=code)


def version_or_404(request: ActorRequest, code: str, number: int) -> ProcedureVersion:
    """Return a version of a procedure this person edits."""
    versions = ProcedureVersion.objects.visible_to(request.actor).select_related(
        "procedure__agency", "author", "reviewer"
    )
    return get_object_or_404(versions, procedure__code=code, number=number)


def open_draft(procedure: Procedure) -> ProcedureVersion | None:
    """Return the version that is being worked on."""
    return (
        procedure.versions.exclude(status=VersionStatus.APPROVED).select_related("author", "reviewer").first()
    )


@room_required("catalogue")
@require_safe
def show_procedure(request: ActorRequest, code: str) -> HttpResponse:
    """Show what is public, what is being worked on, the history, and what people say."""
    procedure = procedure_or_404(request, code)
    before = request.GET.get("before", "")
    history, earlier = editing.versions_of(
        procedure, before=int(before[:9]) if before.isascii() and before.isdigit() else None
    )
    draft = open_draft(procedure)
    context = {
        "procedure": procedure,
        "published": current_version(procedure),
        "draft": draft,
        "can_publish": draft is not None and permissions.can_publish(request.actor, draft),
        "history": history,
        "earlier": f"?before={earlier}" if earlier else "",
        "feedback": editing.feedback_about(procedure),
    }
    return render(request, "catalog/procedure.html", context)


@room_required("catalogue")
@require_safe
def show_version(request: ActorRequest, code: str, number: int) -> HttpResponse:
    """Show one version as people read it, with its form."""
    version = version_or_404(request, code, number)
    context = {
        "procedure": version.procedure,
        "version": version,
        "sheet": version.sheet,
        "costs": previews.cost_rows(version.sheet),
        "ways": previews.ways(version.sheet),
        "questions": previews.question_rows(version) if version.has_form else [],
        "can_publish": permissions.can_publish(request.actor, version),
    }
    return render(request, "catalog/version.html", context)


@room_required("catalogue")
@require_POST
def begin_draft(request: ActorRequest, code: str) -> HttpResponse:
    """Begin a draft, or go on with the open one."""
    version = actions.begin_version(procedure_or_404(request, code), by=request.actor)
    if version.status == VersionStatus.IN_REVIEW:
        messages.info(
            request, _("A version is waiting for a second person: it can be edited once it is returned.")
        )
        return redirect("catalog:version", code, version.number)
    return redirect("catalog:edit", code)
