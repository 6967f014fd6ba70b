"""How an address describes itself in the OpenAPI document."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from catalog import serializers

CURSOR = ("cursor", _("Where the page begins: take it from “next”."))
PAGE_SIZE = ("page_size", _("How many rows: 1 to 100, 50 unless told."))


def documented(
    operation: str, summary: str, answer: Any, *parameters: tuple[str, str], missing: bool = False
) -> Callable[[Any], Any]:
    """Describe a GET: what it is called, what it answers, what may be asked; anything else asked is refused."""
    known = [name for name, _words in parameters]
    describe = extend_schema(
        operation_id=operation,
        summary=summary,
        auth=[],
        parameters=[
            OpenApiParameter(
                name, OpenApiTypes.INT if name == "page_size" else OpenApiTypes.STR, description=words
            )
            for name, words in parameters
        ],
        responses={
            200: answer,
            400: serializers.Problem,
            **({404: serializers.Problem} if missing else {}),
            429: serializers.Problem,
        },
    )

    def make(view: Callable[..., Any]) -> Any:
        @wraps(view)
        def strict(self: Any, request: Request, *args: Any, **kwargs: Any) -> Any:
            refuse_unknown(request, known)
            return view(self, request, *args, **kwargs)

        return describe(strict)

    return make


def refuse_unknown(request: Request, known: Iterable[str]) -> None:
    """Refuse a parameter that this address does not have: left out in silence, its answer would mislead."""
    known = list(known)
    sentence = (
        gettext("There is no such parameter here. There are: %(names)s.") % {"names": ", ".join(known)}
        if known
        else gettext("There is no such parameter here: this address takes none.")
    )
    if unknown := [name[:60] for name in request.query_params if name not in known]:
        raise ValidationError({name: [sentence] for name in unknown})


def undocumented(view: Callable[..., Any]) -> Callable[..., Any]:
    """Return the same view for a second spelling of its address, which the document does not repeat."""

    def same(request: Any, **kwargs: Any) -> Any:
        return view(request, **kwargs)

    of_drf = {"cls", "initkwargs", "actions", "view_class", "view_initkwargs"}
    same.__dict__.update({name: value for name, value in vars(view).items() if name not in of_drf})
    same.__doc__, same.__module__, same.__name__ = view.__doc__, view.__module__, view.__name__
    return same
