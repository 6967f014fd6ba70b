"""One's own judgement of a paper, or note, taken back."""

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
def undo_judgement(request: ActorRequest, folio: str, paper_id: UUID) -> HttpResponse:
    """Undo what was just decided about a paper."""
    case = find_case(request, folio)
    paper = get_object_or_404(Document.objects.visible_to(request.actor), pk=paper_id, case=case)
    form = forms.Act(request.POST)
    if form.is_valid():
        with shown_on(form):
            actions.undo_judgement(paper, by=request.actor, revision=form.cleaned_data["revision"])
    if form.errors:
        return render_case(request, find_case(request, folio), form=form, status=422)
    messages.success(request, _("This paper is as it was before you judged it."))
    return redirect(reverse("crm:case", args=[case.folio]) + list_query(request))


@room_required("agency")
@require_POST
def withdraw_note(request: ActorRequest, folio: str, note_id: UUID) -> HttpResponse:
    """Take back a note of one's own."""
    case = find_case(request, folio)
    note = get_object_or_404(case.messages, pk=note_id)
    form = forms.Act(request.POST)
    if form.is_valid():
        with shown_on(form):
            actions.withdraw_note(note, by=request.actor, revision=form.cleaned_data["revision"])
    if form.errors:
        return render_case(request, find_case(request, folio), form=form, status=422)
    messages.success(request, _("Your note is taken back."))
    return redirect(reverse("crm:case", args=[case.folio]) + list_query(request))
