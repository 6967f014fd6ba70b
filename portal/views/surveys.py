"""The one-time survey of a contact. Its token is no personal data: it opens this page and nothing else."""

from contextlib import suppress

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.actors import Actor
from accounts.requests import ActorRequest
from common import channels, clock
from common.errors import AlreadyDone, shown_on
from common.languages import keeps_typed
from crm import actions as crm
from crm.actions.surveys import hashed_token
from crm.models import SurveyInvitation
from portal.forms import Survey
from portal.visitors import visitor_of


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_typed
def answer_survey(request: ActorRequest, token: str) -> HttpResponse:
    """Ask how the contact went, once."""
    invitations = SurveyInvitation.objects.select_related("office", "procedure", "answer")
    invitation = get_object_or_404(invitations, token_hash=hashed_token(token))
    if hasattr(invitation, "answer"):
        return render(request, "portal/survey_done.html", {"is_answered": True})
    if invitation.expires_at < clock.now():
        return render(request, "portal/survey_done.html", {"is_answered": False})
    form = Survey(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with shown_on(form):
            with suppress(AlreadyDone):  # the second click of the same answer
                crm.answer_survey(invitation, by=_answering(request), **form.answers())
            return redirect("portal:survey", token)
    context = {"form": form, "invitation": invitation, "channel": channels.get(invitation.channel)}
    return render(request, "portal/survey.html", context, status=422 if form.errors else 200)


def _answering(request: ActorRequest) -> Actor:
    """Staff who are signed in here write it down for the citizen: the answer bears that mark, and nobody grades themselves unseen."""
    return request.actor if request.actor.is_staff else visitor_of(request)
