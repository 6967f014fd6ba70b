"""A case in a call: brought in, told as far as the level reaches, answered, given a code for."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import ActorRequest
from callcentre import actions, forms
from callcentre.queries.contacts import contact_screen
from callcentre.queries.ringing import phone_at
from callcentre.views.attended import attended, show
from common import clock
from common.errors import DomainError, NotAllowed, shown_on
from common.pages import render_page
from crm.actions import bring_case as bring
from crm.actions.messages import may_still_write
from crm.models import Case, Interaction
from crm.panels.cards import case_file
from crm.queries.cases import find_case
from crm.queries.levels import level_in


@attended
@require_POST
def bring_case(request: ActorRequest, interaction: Interaction) -> HttpResponse:
    """Bring a case into the call by its folio; of somebody else, only with a reason the citizen can read."""
    form = forms.BringCase(request.POST)
    case = find_case(form.cleaned_data["folio"]) if form.is_valid() else None
    if form.is_valid() and case is None:
        form.add_error("folio", _("There is no case with this folio. Ask for it again."))
    if case is not None:
        with shown_on(form):
            bring(interaction, by=request.actor, case=case, reason=form.cleaned_data["reason"])
    if form.errors or case is None:
        return show(request, interaction, bring=form, found_case=case, status=422)
    return redirect("callcentre:case", interaction.pk, case.pk)


@attended
@require_safe
def show_case(request: ActorRequest, interaction: Interaction, case_ref: UUID) -> HttpResponse:
    """Show a case of this call, as far as it may be told."""
    return _show(request, interaction, _case(request, case_ref))


@attended
@require_POST
def tell_status(request: ActorRequest, interaction: Interaction, case_ref: UUID) -> HttpResponse:
    """Note that the caller was told how it goes."""
    case = _case(request, case_ref)
    try:
        actions.tell_status(interaction, by=request.actor, case=case)
    except NotAllowed:
        raise
    except DomainError as refusal:
        return _show(request, interaction, case, refusal=str(refusal), status=422)
    messages.success(request, _("It is noted that you told how the case goes."))
    return redirect("callcentre:contact", interaction.pk)


@attended
@require_POST
def answer_agency(request: ActorRequest, interaction: Interaction, case_ref: UUID) -> HttpResponse:
    """Answer the agency in the caller's words."""
    case = _case(request, case_ref)
    form = forms.Answer(request.POST)
    if form.is_valid():
        with shown_on(form):
            given = form.cleaned_data
            actions.answer_for_citizen(
                interaction, by=request.actor, case=case, text=given["text"], question_id=given["question"]
            )
    if form.errors:
        return _show(request, interaction, case, form=form, status=422)
    messages.success(request, _("The agency has the answer; its clock runs again."))
    return redirect("callcentre:case", interaction.pk, case.pk)


@attended
@require_POST
def write_to_agency(request: ActorRequest, interaction: Interaction, case_ref: UUID) -> HttpResponse:
    """Write to the agency in the caller's words, where it asked nothing."""
    case = _case(request, case_ref)
    form = forms.Letter(request.POST, auto_id="letter_%s")
    if form.is_valid():
        with shown_on(form):
            actions.write_for_citizen(
                interaction, by=request.actor, case=case, text=form.cleaned_data["text"]
            )
    if form.errors:
        return _show(request, interaction, case, letter=form, status=422)
    messages.success(request, _("The agency has what the caller said."))
    return redirect("callcentre:case", interaction.pk, case.pk)


@attended
@require_POST
def give_claim_code(request: ActorRequest, interaction: Interaction, case_ref: UUID) -> HttpResponse:
    """Make a code to read out; shown this once."""
    case = _case(request, case_ref)
    try:
        code = actions.give_claim_code(interaction, by=request.actor, case=case)
    except NotAllowed:
        raise
    except DomainError as refusal:
        return _show(request, interaction, case, refusal=str(refusal), status=422)
    return _show(request, interaction, case, code=code)


def _case(request: ActorRequest, ref: UUID) -> Case:
    cases = Case.objects.visible_to(request.actor).submitted().select_related("version__procedure__agency")
    return get_object_or_404(cases, pk=ref)


def _show(
    request: ActorRequest, interaction: Interaction, case: Case, *, status: int = 200, **more: object
) -> HttpResponse:
    level = level_in(interaction, case, "status")
    context = {
        "contact": contact_screen(interaction, actor=request.actor),
        "phone": phone_at(request.actor, interaction),
        "case": case,
        "level": level,
        "answer_level": level_in(interaction, case, "answer"),
        "file": case_file(case, actor=request.actor) if level.is_enough else None,
        "form": forms.Answer(),
        "letter": forms.Letter(auto_id="letter_%s"),
        "may_write": may_still_write(case, clock.now()),
        **more,
    }
    return render_page(request, "callcentre/case.html", context, status=status)
