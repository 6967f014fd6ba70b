"""Who is away, and who stands in for them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions, forms
from accounts.models import Absence
from accounts.queries.teams import absences_shown_to, people_under
from accounts.requests import ActorRequest
from common.errors import require, shown_on


@require_http_methods(["GET", "HEAD", "POST"])
def show_absences(request: ActorRequest) -> HttpResponse:
    """Show who is away, and enter an absence: one's own, or of somebody one answers for."""
    require(request.actor.is_staff, _("This page is for whoever works here."))
    form = forms.Absence(request.POST if request.method == "POST" else None, actor=request.actor)
    if form.is_valid():
        given = dict(form.cleaned_data)
        with shown_on(form):
            actions.enter_absence(given.pop("user"), by=request.actor, **given)
    if form.is_bound and not form.errors:
        messages.success(
            request, _("It is noted. Their work shows at whoever stands in, from the first day to the last.")
        )
        return redirect("accounts:absences")
    answers_for = {request.actor.user_id, *people_under(request.actor).values_list("pk", flat=True)}
    context = {"form": form, "absences": absences_shown_to(request.actor), "answers_for": answers_for}
    return render(request, "accounts/absences.html", context, status=422 if form.errors else 200)


@require_POST
def end_absence(request: ActorRequest, absence_id: int) -> HttpResponse:
    """Say that somebody is back."""
    require(request.actor.is_staff, _("This page is for whoever works here."))
    absence = get_object_or_404(
        Absence.objects.filter(pk__in=absences_shown_to(request.actor).values("pk")), pk=absence_id
    )
    actions.end_absence(absence, by=request.actor)
    messages.success(request, _("It is noted."))
    return redirect("accounts:absences")
