"""Rendering a page or, for htmx, just the fragment that changed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    fragment: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render `template`, or only its partial `fragment` for an htmx request that is not a history restore."""
    htmx = getattr(request, "htmx", None)
    only = fragment if fragment and htmx and not htmx.history_restore_request else None
    response = render(request, f"{template}#{only}" if only else template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
