"""What all addresses of the open API share: no sign-in, a limit, a validator, leave for any page to read."""

import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from common.origins import address_of

CACHE_CONTROL = "public, max-age=0, must-revalidate"  # kept, and asked for again with its validator


class PublicThrottle(SimpleRateThrottle):
    """So many requests a minute from one address, which is hashed; without a cache nobody is kept out."""

    scope = "public"

    def get_ident(self, request: Request) -> str:
        return address_of(request)

    def get_cache_key(self, request: Request, view: APIView) -> str:
        digest = hmac.new(
            settings.SECRET_KEY.encode(), self.get_ident(request).encode(), hashlib.sha256
        ).hexdigest()[:32]
        return self.cache_format % {"scope": self.scope, "ident": digest}

    def allow_request(self, request: Request, view: APIView) -> bool:
        try:
            return super().allow_request(request, view)
        except (RedisError, OSError):
            return True


def open_to_all(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Let caches and other sites' pages keep and read an answer; 304 when the caller has it already."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response["Access-Control-Expose-Headers"] = "ETag, Link, Retry-After"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    if response.status_code != 200:
        response.headers.setdefault("Cache-Control", "no-store")
        return response
    tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'  # type: ignore[attr-defined]
    if tag in request.headers.get("If-None-Match", ""):
        fresh = HttpResponseNotModified()
        for name in ("Access-Control-Allow-Origin", "Cross-Origin-Resource-Policy"):
            fresh[name] = response[name]
        response = fresh
    response["ETag"] = tag
    response["Cache-Control"] = CACHE_CONTROL
    return response


class PublicView(APIView):
    """An open, read-only address."""

    throttle_classes = [PublicThrottle]
    http_method_names = ["get", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if isinstance(response, Response):
            response.render()
        return open_to_all(request, response)
