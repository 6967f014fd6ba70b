"""Applying online for several procedures: which they are, and going on without one of them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from common.errors import DomainError, NotAllowed
from crm.queries.together import application_of
from portal import actions
from portal.models import Draft
from portal.queries.drafts import ended_procedures
from portal.views.drafts import for_holder_of_ended
from portal.visitors import visitor_of


@for_holder_of_ended
def choose_parts(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Show the procedures of an application, and go on without one of them; also without one that ended meanwhile."""
    if not draft.case.is_draft:
        return redirect("portal:receipt", draft.code)
    if draft.case.bundle_id is None:
        return redirect("portal:draft", draft.code)
    error: DomainError | None = None
    place = request.POST.get("without", "")
    if place.isascii() and place.isdigit() and len(place) < 3:
        try:
            actions.leave_out(draft, int(place), by=visitor_of(request))
            return redirect("portal:parts", draft.code)
        except NotAllowed:
            raise
        except DomainError as refusal:
            error = refusal
    application = application_of(draft.case)
    context = {
        "draft": draft,
        "cases": application.cases,
        "ended": ended_procedures(draft),
        "error": error,
    }
    return render(request, "portal/parts.html", context, status=409 if error else 200)
