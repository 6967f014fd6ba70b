"""
What was sent when the session had ended: kept inside the sign-in page itself, and sent once more after signing in.

It travels signed, so what comes back is what arrived here, for the address to which it was sent. The server keeps none of it.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, translate_url
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import forms
from common.languages import NOT_TYPED

FIELD = "kept"
_SALT = "accounts.interrupted"


@dataclass(frozen=True)
class Kept:
    """A form that could not be taken in: its address here, its fields, and whether files came with it."""

    path: str
    fields: list[tuple[str, str]]
    had_files: bool = False

    @property
    def signed(self) -> str:
        """How it travels in a page."""
        return signing.dumps(asdict(self), salt=_SALT, compress=True)


def never_kept(instead: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a view whose form is not kept (passwords, the way out): after signing in one goes to the page `instead`."""

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        view.instead = instead  # type: ignore[attr-defined]
        return view

    return mark


def kept_in(request: HttpRequest) -> Kept | None:
    """Return what a sign-in page brought back; nothing when it brought nothing, or nothing of ours."""
    try:
        kept = Kept(**signing.loads(request.POST.get(FIELD, ""), salt=_SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return None
    is_ours = kept.path.startswith("/") and url_has_allowed_host_and_scheme(kept.path, allowed_hosts=None)
    return kept if is_ours else None


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Answer a form that came without a session: the sign-in page, with what was sent in it."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    sent = [(name, value) for name, value in fields if name not in NOT_TYPED]
    kept = Kept(request.get_full_path(), sent, bool(request.FILES))
    context = {"form": forms.SignIn(request=request), **page_of(kept)}
    return render(request, "accounts/sign_in.html", context, status=401)


def page_of(kept: Kept) -> dict[str, Any]:
    """Return what the sign-in page needs to keep it, in another language too."""
    path = reverse("accounts:sign-in")
    return {
        "kept": kept,
        "page_languages": [
            (code, str(name), "", translate_url(path, code)) for code, name in settings.LANGUAGES
        ],
        "page_typed": [(FIELD, kept.signed)],
    }
