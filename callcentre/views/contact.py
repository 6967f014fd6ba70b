"""The call before the agent: who is calling, notes, its end."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import ActorRequest
from callcentre import actions, forms
from callcentre.models import Call
from callcentre.queries import knowledge
from callcentre.views.attended import attended, show
from common.errors import shown_on
from crm.actions import log_access
from crm.models import Interaction, Person
from crm.panels.people import as_candidates, known_otherwise
from crm.queries.blocks import why_not_found
from crm.queries.cases import find_case
from crm.queries.people import find_people


@attended
@require_safe
def show_contact(request: ActorRequest, interaction: Interaction) -> HttpResponse:
    """Show the call."""
    return show(request, interaction)


@attended
@require_POST
def find_caller(request: ActorRequest, interaction: Interaction) -> HttpResponse:
    """Find somebody by RUN, number, name or folio: masked, until the agent has asked."""
    form = forms.FindCaller(request.POST)
    if not form.is_valid():
        return show(request, interaction, find=form, status=422)
    text = form.cleaned_data["text"]
    if case := find_case(text):
        bring = forms.BringCase(initial={"folio": case.folio})
        return show(request, interaction, find=form, bring=bring, found_case=case)
    people = find_people(text, by=request.actor)
    if not people and (blocked := why_not_found(text)):
        messages.warning(request, blocked)
    log_access("search", by=request.actor, interaction=interaction, shown=[person.pk for person in people])
    return show(request, interaction, find=form, found=as_candidates(people), has_searched=True)


@attended
@require_POST
def choose_caller(request: ActorRequest, interaction: Interaction) -> HttpResponse:
    """The caller says they are this person."""
    ref = request.POST.get("person", "")
    people = Person.objects.standing()
    person = get_object_or_404(people, pk=ref) if _is_uuid(ref) else None
    if person is None:
        return show(request, interaction, status=422)
    actions.choose_caller(interaction, by=request.actor, person=person)
    return redirect("callcentre:contact", interaction.pk)


@attended
@require_POST
def enter_caller(request: ActorRequest, interaction: Interaction) -> HttpResponse:
    """The caller says who they are; nobody was found."""
    form = forms.NewCaller(request.POST)
    if form.is_valid():
        with shown_on(form):
            actions.enter_caller(interaction, by=request.actor, **form.cleaned_data)
            if strange := known_otherwise(interaction.pk, form.cleaned_data["name"]):
                messages.warning(request, strange)
    if form.errors:
        return show(request, interaction, new=form, status=422)
    return redirect("callcentre:contact", interaction.pk)


@attended
@require_POST
def forget_caller(request: ActorRequest, interaction: Interaction) -> HttpResponse:
    """It was somebody else."""
    actions.forget_caller(interaction, by=request.actor)
    messages.info(request, _("Nobody is identified in this call now."))
    return redirect("callcentre:contact", interaction.pk)


@attended
@require_POST
def check_knowledge(request: ActorRequest, interaction: Interaction) -> HttpResponse:
    """Check the two answers."""
    questions = knowledge.questions_for(interaction.person, interaction) if interaction.person else []
    form = forms.KnowledgeAnswers(questions, request.POST)
    if form.is_valid():
        with shown_on(form):
            if actions.check_knowledge(interaction, by=request.actor, given=form.cleaned_data):
                messages.success(request, _("Both answers are right: what level 300 allows may be told now."))
            else:
                form.add_error(
                    None, _("The answers do not agree with what we know. We do not say which one.")
                )
    if form.errors:
        return show(request, interaction, knowledge=form, status=422)
    return redirect("callcentre:contact", interaction.pk)


@attended
@require_POST
def write_note(request: ActorRequest, interaction: Interaction) -> HttpResponse:
    """Write something down."""
    form = forms.Note(request.POST)
    if form.is_valid():
        with shown_on(form):
            actions.write_note(_call_of(interaction), by=request.actor, text=form.cleaned_data["text"])
    if form.errors:
        return show(request, interaction, note=form, status=422)
    messages.success(request, _("The note is written."))
    return redirect("callcentre:contact", interaction.pk)


@attended
@require_POST
def end_call(request: ActorRequest, interaction: Interaction) -> HttpResponse:
    """The call is over, though the exchange has not said so."""
    actions.end_call(_call_of(interaction), by=request.actor)
    return redirect("callcentre:contact", interaction.pk)


@attended
@require_POST
def finish_call(request: ActorRequest, interaction: Interaction) -> HttpResponse:
    """Finish the wrap-up and go on."""
    form = forms.Finish(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        state = given["next_state"] or "available"
        with shown_on(form):
            actions.finish_call(interaction, by=request.actor, next_state=state, no_matter=given["no_matter"])
    if form.errors:
        return show(request, interaction, finish=form, status=422)
    messages.success(request, _("The call is finished."))
    return redirect("callcentre:console")


def _call_of(interaction: Interaction) -> Call:
    return Call.objects.get(interaction=interaction)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
