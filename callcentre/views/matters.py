"""What the caller asks about: found in the catalogue, added, given an outcome."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import ActorRequest
from callcentre import actions, forms
from callcentre.views.attended import attended, show
from catalog.queries.published import published_version
from catalog.queries.search import search
from common.errors import DomainError, NotAllowed, shown_on
from crm.actions import close_enquiry
from crm.actions.enquiries import drop_enquiry
from crm.models import Interaction

RESULTS = 8


@attended
@require_POST
def search_catalogue(request: ActorRequest, interaction: Interaction) -> HttpResponse:
    """Find procedures in the caller's words; a POST, for people say their numbers."""
    form = forms.SearchCatalogue(request.POST)
    if not form.is_valid():
        return show(request, interaction, fragment="results", search=form, status=422)
    results = search(form.cleaned_data["q"], language=(get_language() or "es")[:2], limit=RESULTS)
    return show(request, interaction, fragment="results", search=form, results=results)


@attended
@require_POST
def ask_possible(request: ActorRequest, interaction: Interaction) -> HttpResponse:
    """Show what else is possible with what the caller says, which is kept nowhere."""
    return show(request, interaction, fragment="possible", said=request.POST)


@attended
@require_POST
def add_matter(request: ActorRequest, interaction: Interaction) -> HttpResponse:
    """Add a matter: a procedure, or something else."""
    slug = request.POST.get("procedure", "")[:150]
    version = published_version(slug) if slug else None
    if slug and version is None:
        messages.error(request, _("This procedure is not published any more. Search again."))
        return redirect("callcentre:contact", interaction.pk)
    matter = actions.add_matter(interaction, by=request.actor, version=version)
    return redirect(reverse("callcentre:contact", args=[interaction.pk]) + f"?matter={matter.pk}#matter")


@attended
@require_POST
def close_matter(request: ActorRequest, interaction: Interaction, matter: UUID) -> HttpResponse:
    """Give a matter its outcome."""
    enquiry = get_object_or_404(interaction.enquiries, pk=matter)
    form = forms.Outcome(request.POST)
    if form.is_valid():
        with shown_on(form):
            close_enquiry(enquiry, by=request.actor, outcome=form.cleaned_data["outcome"])
    if form.errors:
        return show(
            request,
            interaction,
            refused_matter=enquiry.pk,
            outcome_error=form.errors["outcome"][0],
            status=422,
        )
    return redirect("callcentre:contact", interaction.pk)


@attended
@require_POST
def drop_matter(request: ActorRequest, interaction: Interaction, matter: UUID) -> HttpResponse:
    """Take back a matter added by mistake."""
    enquiry = get_object_or_404(interaction.enquiries, pk=matter)
    try:
        drop_enquiry(enquiry, by=request.actor)
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("callcentre:contact", interaction.pk)
