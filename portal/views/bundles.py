"""Several procedures in one form: what a bundle does, and the beginning of its application."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from catalog.models import Bundle, ProcedureVersion
from catalog.queries.bundles import PartNow, parts_now, usable
from common.ids import new_secret
from common.languages import keeps_typed
from crm.queries.together import application_of
from portal import actions
from portal.forms import ChooseParts
from portal.models import Draft
from portal.queries.bundles import files_to_have_for, questions_apart
from portal.queries.drafts import draft_begun_with, may_be_for_other, question_count
from portal.queries.procedure_page import facts_of
from portal.views.beginning import PRESS, key_of_this_press, opened_draft
from portal.views.drafts import WEB, drafts_here
from portal.visitors import key_of, language_of, visitor_of


@login_not_required
@require_http_methods(WEB)
@keeps_typed
def show_bundle(request: HttpRequest, code: str) -> HttpResponse:
    """Say what is applied for together and what to have at hand; begin the application when the person is ready."""
    bundle = get_object_or_404(Bundle.objects.published().select_related("life_event"), code=code)
    parts = parts_now(bundle)
    begun = [one for one in drafts_here(request) if _is_of(one, bundle)]
    form = ChooseParts(usable(parts), request.POST if request.method == "POST" else None)
    is_busy = False
    if form.is_bound and form.is_valid():
        if opened := _begun(request, bundle, form.chosen, begun):
            return opened_draft(request, *opened)
        is_busy = True
    context = {"bundle": bundle, "begun": begun, "form": form, "is_busy": is_busy, **_said(request, parts)}
    status = 422 if form.errors else 429 if is_busy else 200
    return render(request, "portal/bundle.html", context, status=status)


def _said(request: HttpRequest, parts: list[PartNow]) -> dict[str, Any]:
    """What the page says of the procedures, and what its button sends."""
    versions = usable(parts)
    return {
        "parts": [(part, facts_of(part.sheet)) for part in parts if not part.left_out],
        "left_out": [part for part in parts if part.left_out],
        "files": files_to_have_for(versions),
        "count": question_count(versions),
        "apart": questions_apart(versions),
        "may_be_for_other": bool(versions) and may_be_for_other(versions[0]),
        "press": request.POST.get(PRESS) or new_secret(),
    }


def _is_of(draft: Draft, bundle: Bundle) -> bool:
    group = draft.case.bundle
    return group is not None and group.bundle_id == bundle.pk


def _begun(
    request: HttpRequest, bundle: Bundle, versions: Sequence[ProcedureVersion], here: list[Draft]
) -> tuple[Draft, str] | None:
    """
    Begin an application for these, and return it with its key; or what the same press began before, or what was left without an answer here.

    None when too many were begun from the same place.
    """
    wanted = [version.pk for version in versions]
    for draft in here:
        cases = application_of(draft.case).cases
        if [case.version_id for case in cases] == wanted and not any(case.answers for case in cases):
            return draft, key_of(request, draft)
    key = key_of_this_press(request, versions)
    if key is None:
        return None
    before = draft_begun_with(key)
    draft = before or actions.begin_bundle_draft(
        bundle, versions, by=visitor_of(request), key=key, language=language_of(request)
    )
    return draft, key
