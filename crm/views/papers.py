"""
Papers handed out: to whoever may see the case, in every room and to the citizen who holds its key; to
nobody else.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.requests import ActorRequest
from crm import actions, files
from crm.models import Document, Interaction


@login_not_required
@require_safe
def download_paper(request: ActorRequest, paper_id: UUID) -> HttpResponseBase:
    """
    Send a paper as a file to be kept: never shown inside our pages, never run, never cached by anybody.

    A part of it can not be asked for: the whole file is the answer to a Range request too.
    """
    paper = get_object_or_404(Document.objects.visible_to(request.actor), pk=paper_id)
    try:
        content = files.path_of(paper.sha256).open("rb")
    except OSError:
        return _guarded(render(request, "crm/paper_missing.html", {"paper": paper}, status=410))
    present = Interaction.objects.present_of(request.actor).first()
    actions.log_access(
        "download",
        by=request.actor,
        case_id=paper.case_id,
        shown=[paper.pk],
        interaction=present,
        reason=paper.requirement,
    )
    response = FileResponse(content, as_attachment=True, filename=paper.name, content_type=paper.content_type)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response.headers["Accept-Ranges"] = "none"
    return _guarded(response)


def _guarded(response: Any) -> HttpResponse:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response  # type: ignore[no-any-return]
