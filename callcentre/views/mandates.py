"""The caller speaks for another: by a mandate registered before, or as they say; by phone none is registered."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.requests import ActorRequest
from callcentre import forms
from callcentre.views.attended import attended, show
from common.errors import DomainError, NotAllowed
from crm import actions as crm
from crm.models import Interaction, Mandate, Person
from crm.panels.people import as_candidates
from crm.queries.people import find_people


@attended
@require_POST
def find_represented(request: ActorRequest, interaction: Interaction) -> HttpResponse:
    """Find whom the caller speaks for: masked, as whoever calls."""
    form = forms.FindRepresented(request.POST, auto_id="for_%s")
    if not form.is_valid():
        return show(request, interaction, find_represented=form, status=422)
    people = find_people(form.cleaned_data["text"], by=request.actor)
    crm.log_access("search", by=request.actor, interaction=interaction, shown=[one.pk for one in people])
    found = as_candidates(people)
    return show(request, interaction, find_represented=form, represented_found=found, has_looked=True)


@attended
@require_POST
def represent(request: ActorRequest, interaction: Interaction) -> HttpResponse:
    """Say for whom the caller speaks: by a mandate of theirs, or as they say."""
    try:
        if "mandate" in request.POST:
            mandates = Mandate.objects.select_related("grantor")  # whether it is theirs, the action asks
            mandate = get_object_or_404(mandates, pk=_uuid(request.POST["mandate"]))
            crm.represent(interaction, by=request.actor, represented=mandate.grantor, mandate=mandate)
        else:
            person = get_object_or_404(Person.objects.standing(), pk=_uuid(request.POST.get("person", "")))
            crm.represent(interaction, by=request.actor, represented=person)
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("callcentre:contact", interaction.pk)


@attended
@require_POST
def stop_representing(request: ActorRequest, interaction: Interaction) -> HttpResponse:
    """The caller speaks for themselves again."""
    crm.stop_representing(interaction, by=request.actor)
    return redirect("callcentre:contact", interaction.pk)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
