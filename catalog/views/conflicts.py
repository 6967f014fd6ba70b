"""What came from elsewhere and differs from what is written here: compared word by word, taken as a draft or left."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from catalog import actions, permissions
from catalog.carrying import carried_over
from catalog.models import ConflictState, ImportConflict
from catalog.queries.conflicts import open_conflicts, present_text
from catalog.queries.differences import differences
from catalog.views.procedure import open_draft
from common.errors import DomainError, NotAllowed


def conflict_or_404(request: ActorRequest, conflict: int) -> ImportConflict:
    """Return what came for a procedure on which this person works."""
    mine = ImportConflict.objects.visible_to(request.actor).select_related("procedure__agency", "settled_by")
    return get_object_or_404(mine, pk=conflict)


@room_required("catalogue")
@require_safe
def list_conflicts(request: ActorRequest) -> HttpResponse:
    """Show what came from elsewhere and waits for an editor."""
    page = open_conflicts(request.actor, place=request.GET.get("place", ""))
    return render(request, "catalog/conflicts.html", {"rows": page.rows, "pages": page.links(request.GET)})


@room_required("catalogue")
@require_safe
def show_conflict(request: ActorRequest, conflict: int) -> HttpResponse:
    """Compare a text from elsewhere with ours."""
    found = conflict_or_404(request, conflict)
    ours = present_text(found.procedure)
    context = {
        "conflict": found,
        "procedure": found.procedure,
        "changes": differences(ours, carried_over(ours, found.content)),
        "is_open": found.state == ConflictState.OPEN,
        "draft": open_draft(found.procedure),
        "can_edit": permissions.can_edit(request.actor, found.procedure),
    }
    return render(request, "catalog/conflict.html", context)


@room_required("catalogue")
@require_POST
def take_conflict(request: ActorRequest, conflict: int) -> HttpResponse:
    """Begin a draft with the text from elsewhere."""
    said = _("A draft with the text from elsewhere is open: look it over, then send it to review.")
    return _decided(request, conflict, actions.take_conflict, said, "catalog:edit")


@room_required("catalogue")
@require_POST
def keep_ours(request: ActorRequest, conflict: int) -> HttpResponse:
    """Leave what is written here."""
    said = _("Ours stays. The same text from elsewhere does not ask again.")
    return _decided(request, conflict, actions.keep_ours, said, "")


def _decided(
    request: ActorRequest, conflict: int, act: Callable[..., Any], said: str, then: str
) -> HttpResponse:
    found = conflict_or_404(request, conflict)
    try:
        act(found, by=request.actor)
    except NotAllowed:
        raise
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("catalog:conflict", found.pk)
    messages.success(request, said)
    return redirect(then, found.procedure.code) if then else redirect("catalog:conflicts")
