"""
Text no database keeps: the NUL character, and halves of a character that is written in two (lone surrogates).

Nobody types them. Whatever carries one, in its address, form, JSON or cookies, is refused here for the whole product.
"""

import json
import re
from collections.abc import Callable
from itertools import chain
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.shortcuts import render
from django.utils.translation import get_language_from_request, gettext, override

from common.problems import is_for_machines, problem

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class RefuseUnstorable:
    """Answer 400, as a page or as a problem document, to a request that holds text no database keeps."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "").encode("utf-8", "surrogatepass")
        if found := _in_text(request.path_info) or _in_form(query):
            return _refused(request, found)
        kept = {name: value for name, value in request.COOKIES.items() if not _in_text(value)}
        if len(kept) < len(request.COOKIES):
            request.COOKIES = kept
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Look at what was sent, once it is known who reads it."""
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return None
        found = _in_body(request, view)
        return _refused(request, found) if found else None


# Each of these returns the first such character, empty where there is none.
def _in_body(request: HttpRequest, view: Callable[..., Any]) -> str:
    kind = request.content_type or ""
    if kind == "multipart/form-data":
        # Machines' doors take no files, and must be left their body to refuse it.
        return "" if getattr(view, "csrf_exempt", False) else _in_value(dict(request.POST.lists()))
    try:
        sent = request.body
    except (RequestDataTooBig, RawPostDataException):
        return ""  # the view refuses it in its own words
    if kind.endswith("json"):
        return _in_json(sent)
    return _in_form(sent) if "form" in kind else ""


def _in_form(sent: bytes) -> str:
    return "\0" if b"%00" in sent or b"\x00" in sent else ""


def _in_json(sent: bytes) -> str:
    if b"\x00" in sent:
        return "\0"
    if b"\\u" not in sent:
        return ""
    try:
        return _in_value(json.loads(sent))
    except (ValueError, RecursionError):
        return ""  # no JSON: the view says so


def _in_value(value: Any) -> str:
    match value:
        case str():
            return _in_text(value)
        case dict():
            return next(filter(None, map(_in_value, chain.from_iterable(value.items()))), "")
        case list():
            return next(filter(None, map(_in_value, value)), "")
    return ""


def _in_text(text: str) -> str:
    found = _UNSTORABLE.search(text)
    return found[0] if found else ""


def _refused(request: HttpRequest, found: str) -> HttpResponse:
    with override(get_language_from_request(request, check_path=True)):
        if is_for_machines(request):
            return problem(400, "unreadable", _sentence(found))
        return render(request, "400.html", status=400)


def _sentence(found: str) -> str:
    if found == "\0":
        return gettext("This holds a character that can not be kept (NUL): leave it out.")
    half = gettext(
        "This holds one half of a character that is written in two (a lone surrogate, %(half)s): send both halves, or leave it out."
    )
    return half % {"half": f"\\u{ord(found):04x}"}
