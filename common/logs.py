"""
One JSON line per log record: codes and ids, never free text a person wrote, never an address or a query string.

A request is told by the name of its route. Whatever else is said, an exception too, has everything masked that is shaped like
personal data or a key; what a database quotes of a row is left out.
"""

import json
import logging
import re
import time
from typing import Any

from django.http import HttpRequest

DROPPED = {"request", "ip", "user_agent", "exc_info"}
NO_ROUTE = "no such route"

_MASKED = re.compile(
    r"""
      (?P<id>(?<![0-9a-z])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-z]))  # an id of ours stays
    | (?P<mail>[^\s@<>"'(),;:=&?/\\[\]{}|]+(?:@|%40)[\w-]+(?:\.[\w-]+)+)
    | (?P<key>(?<![0-9A-Za-z])(?:
          [0-9A-Za-z]{5}(?:[- ][0-9A-Za-z]{5}){4}[- ][0-9A-Za-z]                    # a case's key as it is printed
        | [0-9a-z]{26} | [0-9A-Z]{26}                                               # the same at a stretch; a survey's token
        | (?=[\w-]*[A-Za-z])(?=[\w-]*\d)[\w-]{32,}                                  # of sessions, passwords, forms
        | (?=[A-Z]*\d)(?=\d*[A-Z])[2-9A-HJ-NP-Z]{8}                                 # a claim code
        | (?=[a-z]*\d)(?=\d*[a-z])[2-9a-hjkmnp-z]{10}                               # the number of a draft
        | (?=[a-z-]*\d)[2-9a-hjkmnp-z]{5}-[2-9a-hjkmnp-z]{5}
      )(?![0-9A-Za-z]))
    | (?P<number>(?<!\d)\+?\d(?:[\s.()\-\u2010-\u2015]{0,2}\d){5,}[\s.\-\u2010-\u2015]{0,2}[kKxX\d](?![A-Za-z]))  # RUN, folio, phone, date
    """,
    re.VERBOSE,
)
_OF_A_ROW = re.compile(
    r"^(DETAIL|CONTEXT|PARAMETERS):.*?(?=^\S+(?:Error|Exception|Warning)\b|^The above |^During |^Traceback |\Z)",
    re.DOTALL | re.MULTILINE,
)
_SENT = re.compile(r"<(?:QueryDict|MultiValueDict): .*?\}>", re.DOTALL)


def masked(text: str) -> str:
    """Return a text in which what is shaped like a RUN, folio, phone, e-mail or key is only named."""
    text = _SENT.sub("[what was sent]", _OF_A_ROW.sub(r"\1: [not logged]\n", text))
    return _MASKED.sub(lambda found: found[0] if found["id"] else f"[{found.lastgroup}]", text)


def route_of(request: HttpRequest) -> str:
    """Return the name of a request's route: which page, never whose."""
    match = request.resolver_match
    return match.view_name if match else NO_ROUTE


def note_route(request: HttpRequest, log_kwargs: dict[str, Any], **_more: Any) -> None:
    """Tell the route of a request that django-structlog writes about."""
    log_kwargs["method"], log_kwargs["route"] = request.method, route_of(request)


class JsonFormatter(logging.Formatter):
    """Write a record as one line of JSON, in UTC."""

    converter = time.gmtime  # type: ignore[assignment]  # its stub leaves out the argument

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest):
            line |= {"method": request.method, "route": route_of(request)}
            line["status"] = getattr(record, "status_code", None)
        message: Any = record.msg
        if isinstance(message, dict):  # structlog hands over its event as a dictionary
            line |= {key: _clean(value) for key, value in message.items() if key not in DROPPED}
        else:
            line["message"] = masked(_without_address(_said(record, request), request))
        if record.exc_info:
            line["exception"] = masked(_without_address(self.formatException(record.exc_info), request))
        return json.dumps(line, ensure_ascii=False, default=lambda value: masked(str(value)))


def _said(record: logging.LogRecord, request: object) -> str:
    """The message; of Django's about a request, without the address, which is its last word."""
    if isinstance(request, HttpRequest) and isinstance(record.args, tuple) and record.args:
        return str(record.msg) % (*record.args[:-1], route_of(request))
    return record.getMessage()


def _without_address(text: str, request: object) -> str:
    if not isinstance(request, HttpRequest):
        return text
    for address in (request.get_full_path(), request.path, request.META.get("QUERY_STRING", "")):
        text = text.replace(address, route_of(request)) if len(address) > 4 else text
    return text


def _clean(value: Any) -> Any:
    match value:
        case str():
            return masked(value)
        case dict():
            return {key: _clean(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_clean(inner) for inner in value]
    return value
