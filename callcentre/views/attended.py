"""What all views of a call share: only the call one attends oneself, and one screen that shows it."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from callcentre import forms
from callcentre.queries.contacts import contact_screen
from callcentre.queries.ringing import phone_at
from common.pages import render_page
from crm.models import Interaction
from crm.panels.possible import possible_now

AttendedView = Callable[..., HttpResponse]
DRAWN = (
    "person__home__commune",
    "person__merged_into",
    "represented__merged_into",
    "mandate__grantor__merged_into",
    "mandate__agent__merged_into",
)


def attended(view: AttendedView) -> AttendedView:
    """
    Give the view the call that this agent attends; one finished leads back to the console, any other is not
    found.
    """

    @room_required("console")
    @wraps(view)
    def guarded(request: ActorRequest, ref: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        calls = Interaction.objects.filter(channel="phone", call__isnull=False)
        interaction = calls.present_of(request.actor).select_related(*DRAWN).filter(pk=ref).first()
        if interaction is not None:
            return view(request, interaction, *args, **kwargs)
        if calls.filter(pk=ref, agent=request.actor.user_id).exists():
            messages.info(request, _("This call is finished."))
            return redirect("callcentre:console")
        raise Http404

    return guarded


def show(
    request: ActorRequest,
    interaction: Interaction,
    *,
    fragment: str | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Show the call with whatever was just found or refused; forms not given are shown empty."""
    screen = contact_screen(interaction, actor=request.actor, chosen=request.GET.get("matter", ""))
    possible = possible_now(interaction, without=screen.procedures, said=more.pop("said", None))
    context = {
        "contact": screen,
        "phone": phone_at(request.actor, interaction),
        "find": forms.FindCaller(),
        "new": forms.NewCaller(),
        "knowledge": forms.KnowledgeAnswers(screen.questions),
        "bring": forms.BringCase(),
        "find_represented": forms.FindRepresented(auto_id="for_%s"),
        "search": forms.SearchCatalogue(),
        "outcome": forms.Outcome(auto_id=False),
        "note": forms.Note(),
        "finish": forms.Finish(),
        "possible": possible,
        **more,
    }
    status = 422 if possible.form.errors else status
    return render_page(request, "callcentre/contact.html", context, fragment=fragment, status=status)
