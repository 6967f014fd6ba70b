"""
Papers handed out: to whoever may see the case, in every room and to the citizen who holds its key; to
nobody else.
"""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.requests import ActorRequest
from crm.models import Document, Mandate
from crm.panels.papers import guarded, hand_out, hand_out_evidence


@login_not_required
@require_safe
def download_paper(request: ActorRequest, paper_id: UUID) -> HttpResponseBase:
    """Send a paper to whoever may see its case, or say that it is lost."""
    paper = get_object_or_404(Document.objects.visible_to(request.actor), pk=paper_id)
    given: HttpResponseBase | None = hand_out(paper, by=request.actor)
    return given or guarded(render(request, "crm/paper_missing.html", {"paper": paper}, status=410))


@login_not_required
@require_safe
def download_evidence(request: ActorRequest, mandate_id: UUID) -> HttpResponseBase:
    """Send what was seen of a mandate to whoever may see a case it is used in, or has one of the two before them."""
    mandate = get_object_or_404(Mandate.objects.visible_to(request.actor).exclude(sha256=""), pk=mandate_id)
    given: HttpResponseBase | None = hand_out_evidence(mandate, by=request.actor)
    return given or guarded(render(request, "crm/paper_missing.html", {"paper": mandate}, status=410))
