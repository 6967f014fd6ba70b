"""Papers of a case accepted, or refused with a reason."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common.errors import shown_on
from crm import actions, forms
from crm.models import Document
from crm.views.case import find_case, list_query, render_case


@room_required("agency")
@require_POST
def judge_paper(request: ActorRequest, folio: str, paper_id: UUID) -> HttpResponse:
    """Accept a paper, or refuse it."""
    case = find_case(request, folio)
    paper = get_object_or_404(Document.objects.visible_to(request.actor), pk=paper_id, case=case)
    form = forms.Judgement(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        with shown_on(form):
            actions.judge_document(
                paper,
                by=request.actor,
                state=given["state"],
                reason=given["reason"],
                valid_until=given["valid_until"],
                revision=given["revision"],
            )
    if form.errors:
        return render_case(request, find_case(request, folio), judgement=form, judged=paper.pk, status=422)
    messages.success(request, _("The citizen reads what you decided about this paper."))
    return redirect(reverse("crm:case", args=[case.folio]) + list_query(request))
