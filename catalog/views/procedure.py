"""A procedure's page, and any version of its sheet."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from catalog import actions, permissions, plain_language
from catalog.forms import Care
from catalog.models import Procedure, ProcedureVersion, VersionStatus
from catalog.models.procedure import OPEN
from catalog.queries import editing, journal, previews
from catalog.queries.bundles import bundles_with
from catalog.queries.published import current_version, scheduled_publication
from catalog.queries.retirements import standing_retirement
from catalog.queries.variants import placed_variants
from catalog.views.waits import is_turn, waits_for
from common.errors import DomainError, NotAllowed, shown_on


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
    return procedure.versions.filter(status__in=OPEN).select_related("author", "reviewer").first()


def typed_into(request: ActorRequest, procedure: Procedure) -> ProcedureVersion | None:
    """The version into which what is posted was typed, where the screen says so: drafts are set aside and others begun meanwhile."""
    number = number_read(request)
    return procedure.versions.filter(number=number).first() if number else None


def number_read(request: ActorRequest) -> int:
    """The number of the version that stood on the screen; 0 where it does not say."""
    number = request.POST.get("number", "")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0


@room_required("catalogue")
@require_safe
def show_procedure(request: ActorRequest, code: str) -> HttpResponse:
    """Show what is public, what is being worked on, the history, who sees to it, and what people say."""
    return _show(request, procedure_or_404(request, code))


def _show(
    request: ActorRequest, procedure: Procedure, *, care: Care | None = None, status: int = 200
) -> HttpResponse:
    actor = request.actor
    before = request.GET.get("before", "")
    history, earlier = editing.versions_of(
        procedure, before=int(before[:9]) if before.isascii() and before.isdigit() else None
    )
    draft = open_draft(procedure)
    published = current_version(procedure)
    context = {
        "procedure": procedure,
        "published": published,
        "bundles": bundles_with(procedure.pk),
        "published_number": published.number if published else None,
        "retired": None if published else standing_retirement(procedure),
        "scheduled": scheduled_publication(procedure),
        "may_call_off": permissions.is_publisher(actor, procedure),
        "draft": draft,
        "is_turn": draft is not None and is_turn(draft, actor),
        "waits": waits_for(draft, actor) if draft else "",
        "can_edit": permissions.can_edit(actor, procedure),
        "history": history,
        "earlier": f"?before={earlier}" if earlier else "",
        "feedback": editing.feedback_about(procedure),
        "comments": journal.comments_on(procedure),
        "deeds": journal.deeds_of(procedure),
        "care": care or Care(procedure),
    }
    return render(request, "catalog/procedure.html", context, status=status)


@room_required("catalogue")
@require_POST
def look_after(request: ActorRequest, code: str) -> HttpResponse:
    """Say who sees to a sheet, and by when it is read again."""
    procedure = procedure_or_404(request, code)
    form = Care(procedure, request.POST)
    if form.is_valid():
        with shown_on(form):
            actions.look_after(procedure, by=request.actor, **form.cleaned_data)
    if form.errors:
        return _show(request, procedure, care=form, status=422)
    messages.success(request, _("Kept."))
    return redirect("catalog:procedure", code)


@room_required("catalogue")
@require_POST
def confirm_sheet(request: ActorRequest, code: str) -> HttpResponse:
    """Say that the public sheet was read through and is true."""
    procedure = procedure_or_404(request, code)
    try:
        actions.confirm_sheet(procedure, by=request.actor, number=number_read(request))
    except NotAllowed:
        raise
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The public page says that it was read through today."))
    return redirect("catalog:procedure", code)


@room_required("catalogue")
@require_POST
def set_aside(request: ActorRequest, code: str, number: int) -> HttpResponse:
    """End an open draft without publishing it."""
    return _ended(
        request, code, number, actions.set_aside, _("The draft is set aside; it stays in the history.")
    )


@room_required("catalogue")
@require_POST
def restore_version(request: ActorRequest, code: str, number: int) -> HttpResponse:
    """Begin a draft with an earlier text."""
    said = _("A draft with the text of version %(number)s is open.") % {"number": number}
    return _ended(request, code, number, actions.restore_version, said)


def _ended(
    request: ActorRequest, code: str, number: int, act: Callable[..., ProcedureVersion], said: str
) -> HttpResponse:
    version = version_or_404(request, code, number)
    try:
        act(version, by=request.actor)
    except NotAllowed:
        raise
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("catalog:version", code, number)
    messages.success(request, said)
    return redirect("catalog:procedure", code)


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
        "variants": placed_variants(version.sheet),
        "questions": previews.question_rows(version) if version.has_form else [],
        "is_open": version.status in OPEN,
        "can_edit": permissions.can_edit(request.actor, version.procedure),
        "is_turn": is_turn(version, request.actor),
        "missing": plain_language.missing_parts(version.content),
        "reading": plain_language.reading_of_sheet(version.content),
        "advice": plain_language.advice_on(version.content) if version.status in OPEN else [],
    }
    return render(request, "catalog/version.html", context)


@room_required("catalogue")
@require_POST
def begin_draft(request: ActorRequest, code: str) -> HttpResponse:
    """Begin a draft, or go on with the open one."""
    version = actions.begin_version(procedure_or_404(request, code), by=request.actor)
    if version.status in {VersionStatus.IN_REVIEW, VersionStatus.REVIEWED}:
        messages.info(
            request, _("A version is being read: it can be edited once it is returned, or set aside.")
        )
        return redirect("catalog:version", code, version.number)
    return redirect("catalog:edit", code)
