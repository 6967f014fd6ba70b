"""Applying online: what will be asked, and one press of “start”."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from catalog.models import ProcedureVersion
from common.ids import new_secret
from common.limits import allow
from common.origins import address_of
from crm import keys
from portal import actions
from portal.models import Draft
from portal.queries.drafts import (
    draft_begun_with,
    files_to_have,
    may_be_for_other,
    question_count,
)
from portal.queries.procedure_page import can_apply_online
from portal.views.drafts import WEB, drafts_here
from portal.views.procedures import public_version, told_when_ended
from portal.visitors import (
    hold_all,
    key_of,
    language_of,
    remember_key,
    visitor_of,
)

# From one address, which may be that of a whole office, or of all telephones of a company.
BEGINNINGS, BEGINNING = 600, timedelta(minutes=10)
PRESS = "press"  # what one press of “start” sends, and no other


@login_not_required
@require_http_methods(WEB)
@told_when_ended
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what will be asked and what to have at hand; begin the application when the person is ready."""
    version = public_version(slug)
    if not version.has_form:
        raise Http404
    possible = can_apply_online(version)
    begun = [one for one in drafts_here(request) if _is_of(one, version)]
    is_pressed = request.method == "POST" and possible
    if is_pressed and (opened := _begun(request, version, begun)):
        return opened_draft(request, *opened)
    context = {"possible": possible, "begun": begun, "is_busy": is_pressed, **_start(request, version)}
    return render(request, "portal/begin.html", context, status=429 if is_pressed else 200)


def _start(request: HttpRequest, version: ProcedureVersion) -> dict[str, Any]:
    """What the page of the beginning says of the procedure, and what its button sends."""
    return {
        "version": version,
        "files": files_to_have(version),
        "count": question_count([version]),
        "may_be_for_other": may_be_for_other(version),
        "press": request.POST.get(PRESS) or new_secret(),
    }


def _begun(request: HttpRequest, version: ProcedureVersion, here: list[Draft]) -> tuple[Draft, str] | None:
    """
    Begin an application, and return it with its key; or what the same press began before, or what was left without an answer here.

    None when too many were begun from the same place.
    """
    empty = next((one for one in here if one.case.version_id == version.pk and not one.case.answers), None)
    if empty is not None:
        return empty, key_of(request, empty)
    key = key_of_this_press(request, [version])
    if key is None:
        return None
    draft = draft_begun_with(key) or actions.begin_draft(
        version, by=visitor_of(request), key=key, language=language_of(request), once=True
    )
    return draft, key


def _is_of(draft: Draft, version: ProcedureVersion) -> bool:
    """Whether a draft is for a procedure alone."""
    return draft.case.bundle_id is None and draft.case.version.procedure_id == version.procedure_id


def key_of_this_press(request: HttpRequest, versions: Sequence[ProcedureVersion]) -> str | None:
    """
    Return the key of what this press of “start” begins, the same for the same press; None when too many were begun from the same place.
    """
    key = keys.key_of_press(
        request.POST.get(PRESS) or new_secret(),
        browser=request.COOKIES.get(settings.CSRF_COOKIE_NAME, ""),
        subject=" ".join(str(version.pk) for version in versions),
    )
    is_new = draft_begun_with(key) is None
    if is_new and not allow("begin", address_of(request), times=BEGINNINGS, within=BEGINNING):
        return None
    return key


def opened_draft(request: HttpRequest, draft: Draft, key: str) -> HttpResponse:
    """Go to the first page of a draft that was begun, and keep its key here."""
    hold_all(request, draft.case)
    response = redirect("portal:for-whom" if "for_other" in request.POST else "portal:draft", draft.code)
    remember_key(response, draft, key)
    return response
