"""Whoever is at the desk speaks for another: found, chosen by a mandate or registered with its document, and for themselves again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from catalog.models import Procedure
from common.errors import DomainError, NotAllowed, shown_on
from crm import actions as crm
from crm import files
from crm.mandate_forms import NewMandate
from crm.models import Mandate, Person
from crm.panels.mandates import name_of
from crm.queries.mandates import organisations_of
from crm.queries.people import find_people
from offices import actions, forms
from offices.models import Visit
from offices.views.visit import render_visit, to_visit, visit_of

HERE, FOUND = "here", "found"


@require_POST
@room_required("desk")
def find_represented(request: ActorRequest, visit_id: UUID) -> HttpResponse:
    """Show the people meant by a RUN, a name or a phone; the search and what it showed are logged."""
    visit = visit_of(request, visit_id)
    form = forms.PersonSearch(request.POST, auto_id="for_%s")
    if not form.is_valid():
        return render_visit(request, visit, status=422, represented_form=form)
    people = find_people(form.cleaned_data["text"], by=request.actor, limit=6)
    crm.log_access(
        "search", by=request.actor, interaction=visit.interaction, shown=[one.pk for one in people]
    )
    return render_visit(request, visit, represented_form=form, represented_found=people, has_looked=True)


@require_POST
@room_required("desk")
def enter_represented(request: ActorRequest, visit_id: UUID) -> HttpResponse:
    """Enter somebody we do not know yet, and go on to the mandate."""
    visit = visit_of(request, visit_id)
    form = forms.NewRepresented(request.POST, auto_id="fornew_%s")
    if form.is_valid():
        with shown_on(form):
            person = actions.enter_represented_here(visit, by=request.actor, **form.cleaned_data)
            return render_visit(request, visit, **_asked(visit, person))
    return render_visit(request, visit, status=422, new_represented_form=form)


@require_POST
@room_required("desk")
def register_mandate(request: ActorRequest, visit_id: UUID) -> HttpResponse:
    """Ask what the document says, then register the mandate."""
    visit = visit_of(request, visit_id)
    person = _person(request.POST.get("person", ""))
    if "kind" not in request.POST:
        return render_visit(request, visit, **_asked(visit, person))
    form = _form(visit, person, data=request.POST, files=request.FILES)
    if form.is_valid():
        with shown_on(form):
            mandate = _register(request, visit, person, form.cleaned_data)
            messages.success(request, _registered(mandate))
            return to_visit(visit)
    return render_visit(request, visit, status=422, mandate_form=form, mandate_with=person)


@require_POST
@room_required("desk")
def represent(request: ActorRequest, visit_id: UUID) -> HttpResponse:
    """Say for whom somebody speaks: by a mandate of theirs, or as they say."""
    visit = visit_of(request, visit_id)
    try:
        if "mandate" in request.POST:
            mandates = Mandate.objects.select_related("grantor")  # whether it is theirs, the action asks
            mandate = get_object_or_404(mandates, pk=_uuid(request.POST["mandate"]))
            crm.represent(visit.interaction, by=request.actor, represented=mandate.grantor, mandate=mandate)
        else:
            person = _person(request.POST.get("person", ""))
            crm.represent(visit.interaction, by=request.actor, represented=person)
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return to_visit(visit)


@require_POST
@room_required("desk")
def stop_representing(request: ActorRequest, visit_id: UUID) -> HttpResponse:
    """Whoever is here speaks for themselves again."""
    visit = visit_of(request, visit_id)
    crm.stop_representing(visit.interaction, by=request.actor)
    return to_visit(visit)


def _asked(visit: Visit, person: Person) -> dict[str, Any]:
    return {"mandate_form": _form(visit, person), "mandate_with": person}


def _form(visit: Visit, person: Person, **given: Any) -> NewMandate:
    matters = visit.matters.select_related("version__procedure", "case__version__procedure")
    versions = [matter.version or matter.case.version for matter in matters]  # type: ignore[union-attr]
    procedures = {str(version.procedure_id): version.title for version in versions}
    roles = _roles(visit, person)
    initial = {"roles": roles[0][0]} if roles else {}
    return NewMandate(
        roles=roles, procedures=list(procedures.items()), initial=initial, auto_id="mandate_%s", **given
    )


def _roles(visit: Visit, person: Person) -> list[tuple[str, str]]:
    """The two of a mandate, as sentences: whoever is here, or an organisation of theirs, for whom was found; or the other way round."""
    here = visit.interaction.person
    if here is None:
        return []
    agents = [(HERE, here)]
    agents += [
        (str(one.pk), one) for one in organisations_of(visit.interaction) if one.pk != person.survivor_id
    ]
    acts_for = gettext("%(agent)s acts for %(grantor)s")
    offered = [
        (value, acts_for % {"agent": name_of(agent), "grantor": name_of(person)}) for value, agent in agents
    ]
    return [*offered, (FOUND, acts_for % {"agent": name_of(person), "grantor": name_of(here)})]


def _register(request: ActorRequest, visit: Visit, person: Person, told: dict[str, Any]) -> Mandate:
    here = visit.interaction.person
    if here is None:
        raise DomainError(gettext("Say first who is here."))
    grantor, agent = (here, person) if told["roles"] == FOUND else (person, here)
    if told["roles"] not in {HERE, FOUND}:
        agent = _person(told["roles"])
    return actions.register_mandate_here(
        visit,
        by=request.actor,
        grantor=grantor,
        agent=agent,
        kind=told["kind"],
        acts=told["acts"],
        procedures=Procedure.objects.filter(pk__in=told.get("procedures") or []),
        ends_on=told["ends_on"],
        evidence=told["evidence"],
        file=files.store(told["file"]) if told["file"] else None,
    )


def _registered(mandate: Mandate) -> str:
    return gettext("The mandate is registered: %(agent)s acts for %(grantor)s.") % {
        "agent": name_of(mandate.agent),
        "grantor": name_of(mandate.grantor),
    }


def _person(text: str) -> Person:
    return get_object_or_404(Person.objects.standing(), pk=_uuid(text))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
