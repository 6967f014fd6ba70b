"""The administrators' list of programs that are let in: issued, told once, revoked."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, forms, rooms
from accounts.queries.credentials import credential_page, credentials
from accounts.requests import ActorRequest
from common import clock
from common.errors import shown_on

SHOWN_ONCE = "new_credential"  # session: [name, secret], shown once


@rooms.room_required("people")
@require_safe
def show_credentials(request: ActorRequest) -> HttpResponse:
    """List every credential; a new one's secret is shown this once."""
    page = credential_page(request.actor, place=request.GET.get("place", ""))
    name, secret = request.session.pop(SHOWN_ONCE, ("", ""))
    context = {
        "credentials": page.rows,
        "pages": page.links(request.GET),
        "now": clock.now(),
        "new_name": name,
        "secret": secret,
    }
    return render(request, "accounts/credentials.html", context)


@rooms.room_required("people")
@require_http_methods(["GET", "HEAD", "POST"])
def issue_credential(request: ActorRequest) -> HttpResponse:
    """Issue a credential; the list shows its secret next."""
    form = forms.NewCredential(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with shown_on(form):
            credential, secret = _issue(request, form.cleaned_data)
    if form.is_bound and not form.errors:
        request.session[SHOWN_ONCE] = [credential.name, secret]
        return redirect("accounts:credentials")
    return render(request, "accounts/new_credential.html", {"form": form}, status=422 if form.errors else 200)


@rooms.room_required("people")
@require_POST
def revoke_credential(request: ActorRequest, credential_id: UUID) -> HttpResponse:
    """Revoke a credential."""
    credential = get_object_or_404(credentials(request.actor), pk=credential_id)
    actions.revoke_credential(credential, by=request.actor)
    messages.success(request, _("The credential is revoked: it opens nothing any more."))
    return redirect("accounts:credentials")


@transaction.atomic
def _issue(request: ActorRequest, given: dict[str, Any]) -> tuple[Any, str]:
    code, name = given.pop("channel_code"), given.pop("channel_name")
    channel = actions.add_channel(by=request.actor, code=code, name_es=name) if code else None
    return actions.issue_credential(by=request.actor, channel=channel, **given)
