"""
Text no database keeps: the NUL character, and halves of a character that is written in two (lone surrogates).

Nobody types them. Whatever carries one, in its address, form, JSON or cookies, is refused here for the whole product.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.shortcuts import render
from django.utils.translation import get_language_from_request, override

from common.problems import is_for_machines, problem

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class RefuseUnstorable:
    """Answer 400, as a page or as a problem document, to a request that holds text no database keeps."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _UNSTORABLE.search(request.path_info) or _is_unstorable_form(
            request.META.get("QUERY_STRING", "").encode("utf-8", "surrogatepass")
        ):
            return _refused(request)
        kept = {name: value for name, value in request.COOKIES.items() if not _UNSTORABLE.search(value)}
        if len(kept) < len(request.COOKIES):
            request.COOKIES = kept
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Look at what was sent, once it is known who reads it."""
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return None
        return _refused(request) if _is_unstorable_body(request, view) else None


def _is_unstorable_body(request: HttpRequest, view: Callable[..., Any]) -> bool:
    kind = request.content_type or ""
    if kind == "multipart/form-data":
        # Machines' doors take no files, and must be left their body to refuse it.
        return not getattr(view, "csrf_exempt", False) and any(
            _UNSTORABLE.search(text) for name, values in request.POST.lists() for text in (name, *values)
        )
    try:
        sent = request.body
    except (RequestDataTooBig, RawPostDataException):
        return False  # the view refuses it in its own words
    return (
        _is_unstorable_json(sent) if kind.endswith("json") else "form" in kind and _is_unstorable_form(sent)
    )


def _is_unstorable_form(sent: bytes) -> bool:
    return b"%00" in sent or b"\x00" in sent


def _is_unstorable_json(sent: bytes) -> bool:
    if b"\x00" in sent:
        return True
    if b"\\u" not in sent:
        return False
    try:
        return _holds_unstorable(json.loads(sent))
    except (ValueError, RecursionError):
        return False  # no JSON: the view says so


def _holds_unstorable(value: Any) -> bool:
    match value:
        case str():
            return bool(_UNSTORABLE.search(value))
        case dict():
            return any(_holds_unstorable(key) or _holds_unstorable(inner) for key, inner in value.items())
        case list():
            return any(map(_holds_unstorable, value))
    return False


def _refused(request: HttpRequest) -> HttpResponse:
    if is_for_machines(request):
        return problem(400, "unreadable", "This holds a character that can not be kept (NUL): leave it out.")
    with override(get_language_from_request(request, check_path=True)):
        return render(request, "400.html", status=400)
