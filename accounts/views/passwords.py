"""Choosing and changing one's own password."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import actions, forms
from accounts.interrupted import never_kept
from accounts.models import User
from accounts.requests import ActorRequest
from common.errors import shown_on

LINK = "password_link"  # session: whose link was opened, so that its token leaves the address at once


@never_kept(instead="accounts:password")
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def change_password(request: ActorRequest) -> HttpResponse:
    """Change one's own password; this session goes on, all others end."""
    user: Any = request.user
    form = forms.ChangePassword(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with shown_on(form):
            user = actions.change_password(
                user, by=request.actor, old=form.cleaned_data["old"], new=form.cleaned_data["new"]
            )
    if form.is_bound and not form.errors:
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password is changed. Everywhere else you are signed out."))
        return redirect("accounts:rooms")
    return render(
        request, "accounts/change_password.html", {"form": form}, status=422 if form.errors else 200
    )


@login_not_required
def open_link(request: HttpRequest, user_id: UUID, token: str) -> HttpResponse:
    """Take the token out of the address before the page is shown, so that no history or log keeps it."""
    request.session.cycle_key()
    request.session[LINK] = [str(user_id), token]
    return redirect("accounts:choose-password")


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def choose_password(request: ActorRequest) -> HttpResponse:
    """Choose a password with the link an administrator gave."""
    user_id, token = request.session.get(LINK, (UUID(int=0), ""))
    form = forms.ChoosePassword(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with shown_on(form):
            user = get_object_or_404(User, pk=user_id)
            actions.choose_password(
                user, by=request.actor, token=token, password=form.cleaned_data["password"]
            )
    if form.is_bound and not form.errors:
        del request.session[LINK]
        messages.success(request, _("Your password is chosen. Sign in with it."))
        return redirect("accounts:sign-in")
    context = {"form": form, "known": bool(token)}
    return render(request, "accounts/choose_password.html", context, status=422 if form.errors else 200)
