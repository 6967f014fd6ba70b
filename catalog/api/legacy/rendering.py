"""How answers are written: JSON, JSONP or XML; refusals as the clients of each shape read them."""

import json
import re
from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse
from django.utils.translation import override

from catalog.api.legacy.shapes import PlainItems
from catalog.api.public import open_to_all
from common.problems import problem

_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]{0,99}")
_RESERVED = (
    " break case catch class const continue debugger default delete do else enum export extends false "
    "finally for function if implements import in instanceof interface let new null package private "
    "protected public return static super switch this throw true try typeof var void while with yield "
    "await eval arguments undefined "
)
# What XML 1.0 can not hold, whatever the escaping.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class LegacyRefusal(Exception):  # refusals read better than …Error
    """A request that is answered with a status and a sentence."""

    def __init__(self, status: int, sentence: str, title: str = "Solicitud no válida") -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.title = status, sentence, title


def callback_of(request: HttpRequest) -> str:
    """
    Return the JSONP callback asked for; an empty one means plain JSON.

    :raises LegacyRefusal: it is not a JavaScript identifier
    """
    name = request.GET.get("callback", "")
    if name and (not _IDENTIFIER.fullmatch(name) or f" {name} " in _RESERVED):
        raise LegacyRefusal(400, "callback debe ser un identificador de JavaScript")
    return name


def type_of(request: HttpRequest) -> str:
    """Return json or xml; anything else was always read as json."""
    return "xml" if request.GET.get("type", "").lower() == "xml" else "json"


def answer(request: HttpRequest, data: Any) -> HttpResponse:
    """Write an answer in the form asked for."""
    callback = callback_of(request)
    if type_of(request) == "xml":
        response = HttpResponse(as_xml(data), content_type="text/xml; charset=utf-8")
    else:
        body = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        if callback:
            # The comment keeps the first bytes ours; two separators end a line in JavaScript, not in JSON.
            safe = body.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("</", "<\\/")
            response = HttpResponse(
                f"/**/{callback}({safe});", content_type="application/javascript; charset=utf-8"
            )
        else:
            response = HttpResponse(body.encode(), content_type="application/json")
    return open_to_all(request, response)  # type: ignore[return-value]


def refusal(request: HttpRequest, error: LegacyRefusal, *, as_list: bool) -> HttpResponse:
    """Write a refusal: HTML that is also XML for the oldest clients, problem details under the list shape."""
    if as_list:
        with override("es"):  # the sentences of these shapes are in Spanish
            response: HttpResponse = problem(error.status, "refused", error.sentence)
    else:
        title, sentence = escape(error.title), escape(error.sentence)
        response = HttpResponse(
            f"<html><head><title>{title}</title></head><body>"
            f'<div id="content"><h1>{title}</h1><p>{sentence}</p></div></body></html>',
            content_type="text/html; charset=utf-8",
            status=error.status,
        )
    if error.status == 429:
        response["Retry-After"] = "60"
    return open_to_all(request, response)  # type: ignore[return-value]


def as_xml(data: dict[str, Any]) -> str:
    """Return a document whose tags are the keys; a list becomes siblings of the same name."""
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + "".join(
        _element(key, value) for key, value in data.items()
    )


def _element(tag: str, value: Any) -> str:
    match value:
        case None | "":
            return f"<{tag}/>"
        case dict():
            return f"<{tag}>" + "".join(_element(key, inner) for key, inner in value.items()) + f"</{tag}>"
        case PlainItems():
            return _element(tag, {value.one: list(value)})
        case list():
            return "".join(_element(tag, inner) for inner in value)
        case bool():
            return f"<{tag}>{'true' if value else 'false'}</{tag}>"
    return f"<{tag}>{escape(_NOT_XML.sub('', str(value)))}</{tag}>"
