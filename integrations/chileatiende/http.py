"""Reading over HTTP: bounded in time and size, patient with a stumbling server, deaf to all but JSON; sent to the address that was checked."""

import ipaddress
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from integrations.chileatiende import envelopes
from integrations.chileatiende.port import PAGE_SIZE, CatalogueRefused, CatalogueUnavailable, FichaPage

ATTEMPTS = 4
MAX_BYTES = 20 * 1024 * 1024
MAX_REDIRECTS = 3
MAX_WAIT = 30.0  # seconds between attempts, whatever the server asks for
TIMEOUT = httpx.Timeout(20.0, connect=5.0)  # for each piece of an answer: one that drips never comes to it
DEADLINE = 120.0  # seconds for a whole answer, redirects included
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,29}")


class HttpCatalogue:
    """A server whose `/fichas` and `/servicios` stand below `url`."""

    def __init__(
        self,
        url: str,
        *,
        token: str = "",
        shape: str = "auto",
        sleep: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
        timeout: httpx.Timeout = TIMEOUT,
        max_bytes: int = MAX_BYTES,
        public_only: bool = False,
    ) -> None:
        """
        :param public_only: refuse a name that leads into a private network, as befits an address that was typed on a screen
        :raises CatalogueRefused: `url` is no http(s) address
        """
        try:
            parts = urlsplit(url)
        except ValueError:
            raise CatalogueRefused("The address can not be read.") from None
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise CatalogueRefused("The address must begin with http:// or https://.")
        self.url, self.token, self.shape, self.sleep = url.rstrip("/"), token, shape, sleep
        self.max_bytes, self.public_only = max_bytes, public_only
        self.http = httpx.Client(timeout=timeout, transport=transport, headers={"Accept": "application/json"})

    def fichas(self, page_token: str = "") -> FichaPage:
        """Return one page of sheets."""
        more = {"pageToken": page_token} if page_token else {}
        data = self._get("/fichas", maxResults=str(PAGE_SIZE), **more)
        return envelopes.read_page(data, self.shape)

    def agency(self, code: str) -> dict[str, Any] | None:
        """Return what the server says about an agency."""
        if not _CODE.fullmatch(code):
            return None
        return envelopes.read_agency(self._get(f"/servicios/{code}", missing=None))

    def _get(self, path: str, *, missing: Any = CatalogueRefused, **query: str) -> Any:
        """Return the JSON at an address; where there is nothing (404), `missing` unless that is a failure."""
        if self.token:
            query["access_token"] = self.token
        for attempt in range(1, ATTEMPTS + 1):
            wait = 0.5 * 2**attempt
            try:
                status, headers, body = self._fetch(self.url + path, query)
            except httpx.RequestError as error:
                trouble = type(error).__name__
            else:
                if status < 400:
                    return _json(body)
                if status == 404 and missing is not CatalogueRefused:
                    return missing
                if status < 500 and status != 429:
                    raise CatalogueRefused(_refusal(status))
                trouble = f"status {status}"
                wait = max(wait, _asked_wait(headers))
            if attempt < ATTEMPTS:
                self.sleep(min(wait, MAX_WAIT))
        raise CatalogueUnavailable(f"The server did not answer after {ATTEMPTS} attempts ({trouble}).")

    def _fetch(self, url: str, query: dict[str, str]) -> tuple[int, httpx.Headers, bytes]:
        request = self.http.build_request("GET", url, params=query)
        deadline = time.monotonic() + DEADLINE
        for _hop in range(MAX_REDIRECTS + 1):
            response = self.http.send(_to_public(request) if self.public_only else request, stream=True)
            response.stream = _Timed(response.stream, deadline)
            try:
                if not response.has_redirect_location:
                    return response.status_code, response.headers, self._body(response)
                request = self.http.build_request("GET", _redirect(request.url, response))
            finally:
                response.close()
        raise CatalogueRefused("The server sends us round in circles.")

    def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        for piece in response.iter_bytes():
            body += piece
            if len(body) > self.max_bytes:
                raise CatalogueRefused(f"The answer is larger than {self.max_bytes // 1024 // 1024} MB.")
        return bytes(body)


class _Timed(httpx.SyncByteStream):
    """An answer's body until a deadline: as it comes over the wire, because a packed one may drip and unpack to nothing."""

    def __init__(self, stream: Any, deadline: float) -> None:
        self.stream, self.deadline = stream, deadline

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.stream:
            if time.monotonic() > self.deadline:
                raise CatalogueUnavailable(
                    f"The server took more than {DEADLINE:.0f} seconds over one answer: ask whoever runs it why it is so slow."
                )
            yield piece

    def close(self) -> None:
        self.stream.close()


def _redirect(url: httpx.URL, response: httpx.Response) -> httpx.URL:
    """Return where a server sends us: never elsewhere, nor in the clear where https was promised."""
    try:
        there = url.join(response.headers["Location"])
    except (httpx.InvalidURL, ValueError):
        raise CatalogueRefused("The server sends us to an address that can not be read.") from None
    if there.host != url.host:
        raise CatalogueRefused("The server sends us to another server.")
    if (there.scheme, there.port) != (url.scheme, url.port):
        raise CatalogueRefused(
            "The server sends us to another scheme or port: give the address under which it answers itself."
        )
    return there


def _to_public(request: httpx.Request) -> httpx.Request:
    """
    Return a request to the address that was checked: the name is looked up once, and goes along in `Host` and for the certificate. One that
    means something else a moment later leads nowhere.
    """
    url = request.url
    if settings.AGENCY_ON_LOOPBACK and url.host in {"127.0.0.1", "localhost"}:
        return request
    try:
        found = socket.getaddrinfo(url.host, url.port or 443, type=socket.SOCK_STREAM)
    except OSError:
        raise CatalogueUnavailable("The server's name leads nowhere.") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(ipaddress.ip_address(address).is_global for address in addresses):
        raise CatalogueRefused("The address leads into a private network.")
    return httpx.Request(
        request.method,
        url.copy_with(host=addresses[0]),
        headers=request.headers,
        extensions={**request.extensions, "sni_hostname": url.host},
    )


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise CatalogueRefused("The answer is not JSON.") from None


def _refusal(status: int) -> str:
    if status in {401, 403}:
        return "The server refuses access: give a valid token with --token."
    if status == 404:
        return "There is no catalogue at this address."
    return f"The server refuses to answer (status {status})."


def _asked_wait(headers: httpx.Headers) -> float:
    asked = headers.get("Retry-After", "")
    return float(asked) if asked.isdecimal() else 0.0
