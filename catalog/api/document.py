"""The OpenAPI document of the house, and the page that shows it without anything from elsewhere."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.public import PublicView


@lru_cache(maxsize=1)
def openapi() -> dict[str, Any]:
    """Return the document; it depends on the code alone, so it is made once."""
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    _make_nullable_once(document)
    return document


def _make_nullable_once(part: Any) -> None:
    """`oneOf` of anything and of null takes no null, which fits both: say object or null instead."""
    if isinstance(part, dict):
        if part.get("oneOf") == [{}, {"type": "null"}]:
            del part["oneOf"]
            part["type"] = ["object", "null"]
        for one in part.values():
            _make_nullable_once(one)
    elif isinstance(part, list):
        for one in part:
            _make_nullable_once(one)


class OpenApi(PublicView):
    """Tells machines what there is."""

    schema = None

    def get(self, request: Request) -> Response:
        """Return the OpenAPI 3.1 document."""
        return Response(openapi())


@dataclass(frozen=True)
class Field:
    """A line of the documentation: a parameter or a field of an answer."""

    name: str
    kind: str
    words: str


@dataclass(frozen=True)
class Operation:
    """One address and what it does."""

    path: str
    summary: str
    anchor: str
    parameters: list[Field]
    fields: list[Field]
    has_hole: bool  # the address holds a {placeholder}: it can not be tried as it stands


@dataclass(frozen=True)
class Guarded:
    """One address of those that ask for a credential."""

    method: str
    path: str
    summary: str


def guarded_operations() -> list[Guarded]:
    """Return the addresses for agencies and outside channels, in their order."""
    return [
        Guarded(method.upper(), path, _in_words(operation.get("summary")))
        for path, methods in openapi()["paths"].items()
        for method, operation in methods.items()
        if operation.get("security")
    ]


def operations() -> list[Operation]:
    """Return what the page shows of what is open to anybody, in the order of the addresses."""
    document = openapi()
    rows = []
    for path, methods in document["paths"].items():
        if not (operation := methods.get("get")) or operation.get("security"):
            continue
        rows.append(
            Operation(
                path=path,
                summary=_in_words(operation.get("summary")),
                anchor=operation["operationId"],
                parameters=[
                    Field(one["name"], _kind(one.get("schema", {})), _in_words(one.get("description")))
                    for one in operation.get("parameters", [])
                ],
                fields=_fields(document, operation),
                has_hole="{" in path,
            )
        )
    return rows


def _fields(document: dict[str, Any], operation: dict[str, Any]) -> list[Field]:
    content = operation.get("responses", {}).get("200", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    component = _component(document, schema)
    results = component.get("properties", {}).get("results")
    if results:
        component = _component(document, results.get("items", {}))
    return [
        Field(name, _kind(one), _in_words(one.get("description")))
        for name, one in component.get("properties", {}).items()
    ]


def _in_words(text: str | None) -> str:
    """Return a text of the document in the language of the page; the document itself is in English."""
    return gettext(text) if text else ""


def _component(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document.get("components", {}).get("schemas", {}).get(name, schema)
    return found


def _kind(schema: dict[str, Any]) -> str:
    if "allOf" in schema:
        schema = schema["allOf"][0]
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    kind = schema.get("type", "")
    if isinstance(kind, list):
        return " | ".join(kind)
    if kind == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    return str(schema.get("format") or kind)


@login_not_required
@require_safe
def show_developers(request: HttpRequest) -> HttpResponse:
    """Explain the open catalogue to people who write programs."""
    context = {"operations": operations(), "guarded": guarded_operations()}
    return render(request, "catalog/developers.html", context)


@login_not_required
@require_safe
def find_developers(request: HttpRequest) -> HttpResponse:
    """Send whoever looks beside the API to the page, in their language."""
    return redirect("catalog-public:developers")
