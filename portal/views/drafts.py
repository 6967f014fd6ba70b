"""Applying online: leaving and coming back. Whoever holds the key goes on."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from common.languages import NOT_TYPED, keeps_typed
from common.limits import allow
from common.origins import address_of
from crm import keys
from portal.forms import Resume
from portal.models import Draft
from portal.queries.drafts import (
    draft_alone,
    draft_by_code,
    drafts_among,
    ended_part,
    is_over,
)
from portal.visitors import (
    COOKIE,
    admit,
    key_of,
    language_of,
    remember_key,
)

GUESSES = timedelta(minutes=15)
WEB = ["GET", "HEAD", "POST"]


@login_not_required
@require_http_methods(WEB)
@keeps_typed
def resume(request: HttpRequest) -> HttpResponse:
    """Come back to a draft with its number and key; those of this device need neither."""
    form = Resume(
        request.POST if request.method == "POST" else None,
        initial={"code": request.GET.get("draft", "")[:20]},
    )
    if form.is_bound and form.is_valid():
        draft = draft_by_code(form.cleaned_data["code"])
        if draft and admit(request, draft, form.cleaned_data["key"]):
            response = redirect("portal:draft", draft.code)
            remember_key(response, draft, keys.tidy(form.cleaned_data["key"]))
            return response
        form.add_error(None, _refused_key(request, form.cleaned_data["code"]))
    context = {"form": form, "drafts": drafts_here(request)}
    return render(request, "portal/resume.html", context, status=422 if form.errors else 200)


def _refused_key(request: HttpRequest, code: str) -> str:
    """Count a wrong key, and say so. Only failures count: no guesses of others keep out whoever holds the right one."""
    counted = allow("draft-key", code, times=20, within=GUESSES) and allow(
        "key-address", address_of(request), times=120, within=GUESSES
    )
    if not counted:
        return gettext("This was tried too many times. Wait fifteen minutes, or call line 101.")
    return gettext("This number and this key do not belong together. Check both against what you wrote down.")


def for_holder(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let only the draft's holder in; anybody else is asked for the key, keeping what was sent."""
    return _held(view)


def for_holder_of_ended(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Likewise, also where a procedure of the draft ended meanwhile: for what is done about that."""
    return _held(view, also_ended=True)


def _held(view: Callable[..., HttpResponse], *, also_ended: bool = False) -> Callable[..., HttpResponse]:
    @wraps(view)
    def held(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponse:
        draft = draft_alone(code) if request.method == "POST" else draft_by_code(code)
        typed = request.POST.get("resume_key", "")
        if draft is None or not admit(request, draft, typed):
            return _ask_key(request, code, _refused_key(request, code) if typed else "")
        if is_over(draft):
            return render(request, "portal/draft_over.html", {"draft": draft}, status=410)
        looks = request.method != "POST" and not also_ended
        if looks and (ending := ended_part(draft, language_of(request))):
            # What is sent is kept first: the page that follows says that it can not be filed any more.
            context = {"draft": draft, "ending": ending}
            return render(request, "portal/draft_ended.html", context, status=410)
        response = view(request, draft, *args, **kwargs)
        if typed:
            remember_key(response, draft, keys.tidy(typed))
        return response

    return login_not_required(require_http_methods(WEB)(held))


def _ask_key(request: HttpRequest, code: str, error: str) -> HttpResponse:
    """Ask for the key of a draft, existing or not, keeping what was sent in the page itself."""
    kept = [
        (name, value) for name, values in request.POST.lists() for value in values if name not in NOT_TYPED
    ]
    context = {"code": code, "error": error, "kept": kept, "had_files": bool(request.FILES)}
    return render(request, "portal/ask_key.html", context, status=403)


def drafts_here(request: HttpRequest) -> list[Draft]:
    """The drafts whose key this browser keeps."""
    codes = [name.removeprefix(COOKIE) for name in request.COOKIES if name.startswith(COOKIE)]
    return [draft for draft in drafts_among(codes) if key_of(request, draft)] if codes else []
