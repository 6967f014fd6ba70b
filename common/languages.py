"""
Changing a page's language: the choice that sticks, and what was typed on a page that was refused.

Such a page offers the other language as a button that sends what was typed to its address there, with `SWITCH`: it is drawn again
as it stood, in that language, and nothing is done. Views say by `keeps_typed` that they do so.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

SWITCH = "only_the_language"
NOT_TYPED = {SWITCH, "csrfmiddlewaretoken", "resume_key"}


def keeps_typed(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that draws what was typed again when only the language changes."""
    view.keeps_typed = True  # type: ignore[attr-defined]
    return view


def is_switching(request: HttpRequest) -> bool:
    """Whether a page was sent only to be read in another language."""
    return request.method == "POST" and SWITCH in request.POST


def typed_on(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was sent from the page that is drawn again now, if it can be drawn in another language too."""
    match = request.resolver_match
    if request.method != "POST" or match is None or not getattr(match.func, "keeps_typed", False):
        return []
    sent = request.POST.lists()
    return [(name, value) for name, values in sent for value in values if name not in NOT_TYPED]


def remember_language(response: HttpResponse, code: str) -> None:
    """Keep a choice of language for a year."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )


class TypedForm(forms.Form):
    """A form that is never taken as sent while only the language changes."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if SWITCH in self.data and not self.errors:
            self.add_error(None, _("The language has changed. Check what you wrote, and send it once more."))
        return cleaned


class OnlyTheLanguage:
    """Remember the language of a page that was sent only to be read in it; a view that can not draw it again is asked afresh."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "changes_language", False):
            remember_language(response, get_language() or settings.LANGUAGE_CODE)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Nothing is done by changing the language, whatever the page would do when it is sent."""
        if getattr(view, "csrf_exempt", False) or not is_switching(request):
            return None
        request.changes_language = True  # type: ignore[attr-defined]
        return None if getattr(view, "keeps_typed", False) else redirect(request.get_full_path())
