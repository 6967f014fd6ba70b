"""What people say about the sheets: errors they report, sheets that did not help, words that led nowhere."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from catalog import actions
from catalog.models import ErrorReport, Procedure
from catalog.queries import editing, searches

VIEWS = ("reports", "settled", "votes", "searches")


@room_required("catalogue")
@require_safe
def show_feedback(request: ActorRequest) -> HttpResponse:
    """Show one of the lists, the latest first."""
    view = request.GET.get("view", "reports")
    view = view if view in VIEWS else "reports"
    typed = request.GET.get("before", "")
    before = int(typed[:18]) if typed.isascii() and typed.isdigit() else None
    rows: list[Any]
    match view:
        case "votes":
            rows = editing.unhappy_votes(request.actor, before=before)
        case "searches":
            rows = searches.lost_searches(limit=editing.PAGE)
        case _:
            rows = editing.open_reports(request.actor, settled=view == "settled", before=before)
    more = len(rows) > editing.PAGE
    rows = rows[: editing.PAGE]
    last: Any = rows[-1] if rows else None
    context = {
        "view": view,
        "rows": rows,
        "next": f"?view={view}&before={last.pk}" if more else "",
        "first": f"?view={view}" if before else "",
    }
    return render(request, "catalog/feedback.html", context)


@room_required("catalogue")
@require_POST
def settle_report(request: ActorRequest, report: int) -> HttpResponse:
    """Say that a report has been dealt with."""
    mine = ErrorReport.objects.filter(version__procedure__in=Procedure.objects.visible_to(request.actor))
    actions.settle_report(get_object_or_404(mine, pk=report), by=request.actor)
    messages.success(request, _("The report is settled."))
    return redirect("catalog:feedback")
