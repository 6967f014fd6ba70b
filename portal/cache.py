"""
Published pages, rendered once and answered from memory.

A view marked `@published_page` is drawn for nobody in particular: no cookie, session or message of whoever
asked reaches it. Its whole answer, headers included as every middleware left them, is kept under the edition
of the catalogue until what it tells of changes; a new edition forgets all.
"""

import gzip
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import cache
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.request import split_domain_port, validate_host
from django.utils.encoding import escape_uri_path
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from accounts.actors import Actor
from catalog import caching
from catalog.readings import tally

EDITION_SECONDS = 0.0 if settings.TESTING else 1.0  # how long a process may believe the edition it read
PAGE_SECONDS = 600.0  # figures on a page (half are decided by…) are never older than this
MOST_PAGES = 2000  # in one process
POLICY = "public, max-age=0, must-revalidate"
NOT_KEPT = {"set-cookie", "content-length", "vary", "etag"}


@dataclass(frozen=True)
class Page:
    """A rendered answer: plain and packed, with the headers it left the house with."""

    headers: dict[str, str]
    body: bytes
    packed: bytes
    tag: str
    born: float
    about: str = ""  # whose readings are counted: a procedure's id
    scope: str = caching.LISTS
    stamp: int = 0


class _Memory:
    """This process's own copies, the oldest forgotten first; each step is atomic, so threads need no lock."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.known = caching.Present()
        self.read_at = 0.0

    def clear(self) -> None:
        self.__init__()  # type: ignore[misc]

    def present(self) -> caching.Present:
        """Return what is known of the catalogue's changes, asked of Redis at most once a second."""
        if time.monotonic() - self.read_at > EDITION_SECONDS:
            known = caching.present(self.known)
            if known.edition != self.known.edition:
                self.pages.clear()
            self.known, self.read_at = known, time.monotonic()
        return self.known

    def keep(self, key: str, page: Page) -> None:
        self.pages[key] = page
        while len(self.pages) > MOST_PAGES:
            self.pages.pop(next(iter(self.pages), ""), None)


memory = _Memory()


def published_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """
    Mark a public view whose page is the same for everybody until the catalogue changes.

    Its answer may say in `scope` of what (`catalog.caching`); else it is taken to list procedures.
    """

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = POLICY
        return response

    shown.is_published_page = True  # type: ignore[attr-defined]
    return login_not_required(require_safe(shown))


class CachedPages:
    """Answer a published page from memory; draw it, for nobody in particular, when there is none yet."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.redirects = bool(settings.SECURE_SSL_REDIRECT)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            request.method not in {"GET", "HEAD"}
            or request.META.get("QUERY_STRING")
            or self._must_redirect(request)
        ):
            return self.get_response(request)
        host = _our_host(request)
        try:
            present = memory.present() if host else caching.Present()
            key = _key_of(request, host, present.edition) if host else ""
            page = self._found(key, present) if key else None
        except (RedisError, OSError):
            key, page = "", None
        if not key:
            return self.get_response(request)
        if page is None:
            response = self.get_response(request)
            if not self._may_keep(request, response):
                return response
            page = _page_of(response, present.number)
            self._keep(key, page)
        if page.about and request.method == "GET":
            tally.add(page.about, request.META.get("HTTP_USER_AGENT", ""))
        return _answer(request, page)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """Before a published page is drawn, forget who asks."""
        if getattr(view, "is_published_page", False):
            request.COOKIES = {}
            request.session = SessionBase()
            request.user = AnonymousUser()
            request.actor = Actor.visitor()  # type: ignore[attr-defined]
            request.published = True  # type: ignore[attr-defined]

    def _must_redirect(self, request: HttpRequest) -> bool:
        return self.redirects and not request.is_secure()

    def _found(self, key: str, present: caching.Present) -> Page | None:
        page = memory.pages.get(key)
        if page is None or not present.is_fresh(page.scope, page.stamp):
            stored = cache.get(key) if len(key) < 200 else None
            page = Page(**stored) if stored else None
            if page:
                memory.keep(key, page)
        if page is None or not present.is_fresh(page.scope, page.stamp):
            return None
        return page if time.time() - page.born < PAGE_SECONDS else None

    def _may_keep(self, request: HttpRequest, response: HttpResponse) -> bool:
        return (
            getattr(request, "published", False)
            and request.method == "GET"
            and response.status_code == 200
            and not response.streaming
            and not response.cookies
        )

    def _keep(self, key: str, page: Page) -> None:
        memory.keep(key, page)
        if len(key) < 200:
            try:
                cache.set(key, page.__dict__, timeout=int(timedelta(seconds=PAGE_SECONDS).total_seconds()))
            except (RedisError, OSError):
                return


def _our_host(request: HttpRequest) -> str:
    """
    Return the entry of `ALLOWED_HOSTS` that lets this request in, nothing for a host that is not ours: then nothing is looked up or kept.

    What is drawn depends neither on a port nor on a name before ours, so there are no more keys than entries.
    """
    try:
        domain, _port = split_domain_port(request.get_host())
    except DisallowedHost:
        return ""
    return next((host for host in settings.ALLOWED_HOSTS if validate_host(domain, [host])), "")


def _key_of(request: HttpRequest, host: str, edition: int) -> str:
    return f"page:{edition}:{request.scheme}:{host}:{escape_uri_path(request.path_info)}"


def _page_of(response: HttpResponse, stamp: int) -> Page:
    headers = {name: value for name, value in response.headers.items() if name.lower() not in NOT_KEPT}
    body = response.content
    return Page(
        headers={**headers, "Vary": "Accept-Encoding"},
        body=body,
        packed=gzip.compress(body, 9, mtime=0),
        tag=hashlib.sha256(body).hexdigest()[:24],
        born=time.time(),
        about=getattr(response, "about", ""),
        scope=getattr(response, "scope", caching.LISTS),
        stamp=stamp,
    )


def _answer(request: HttpRequest, page: Page) -> HttpResponse:
    packed = "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
    tag = f'"{page.tag}-gz"' if packed else f'"{page.tag}"'
    if page.tag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(page.packed if packed else page.body)
        response.headers["Content-Length"] = str(len(response.content))
        if packed:
            response.headers["Content-Encoding"] = "gzip"
    for name, value in page.headers.items():
        if name != "Content-Type" or response.status_code == 200:
            response.headers[name] = value
    response.headers["ETag"] = tag
    return response
