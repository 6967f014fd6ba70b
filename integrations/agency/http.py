"""
Over HTTP: bounded in time and size, to the address that was checked and to no other, and along no redirect.

The name is looked up once, every address it stands for must be a public one, and the connection goes to one of them: a name that means
something else a moment later leads nowhere. A thread ends whatever takes longer than `TOTAL`, however it dawdles.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from contextlib import suppress
from urllib.parse import urlsplit

from django.conf import settings

from integrations.agency.port import AgencyRefused, AgencyUnavailable, is_allowed

CONNECT = 3.0  # seconds
TOTAL = 10.0
MAX_BYTES = 2 * 1024 * 1024
LATER = {408, 425, 429}
MOST_WAIT = 3600.0


class HttpAgency:
    """Speaks https to an agency's system; http on this machine where the settings allow it."""

    def __init__(self, *, total: float | None = None, max_bytes: int = MAX_BYTES) -> None:
        self.total, self.max_bytes = total or TOTAL, max_bytes

    def send(self, url: str, body: bytes, headers: dict[str, str]) -> None:
        self._ask("POST", url, body, headers, most=1024)  # what they say of it is of no interest

    def fetch(self, url: str, headers: dict[str, str]) -> bytes:
        return self._ask("GET", url, None, headers, most=self.max_bytes)

    def _ask(self, method: str, url: str, body: bytes | None, headers: dict[str, str], *, most: int) -> bytes:
        if not is_allowed(url):
            raise AgencyRefused("address")
        connection = _connected(url)
        guard = threading.Timer(self.total, _cut, [connection])
        guard.start()
        try:
            parts = urlsplit(url)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target, body, {"Accept": "application/json", **headers})
            answer = connection.getresponse()
            return self._read(answer, method, most)
        except (TimeoutError, OSError, http.client.HTTPException, ValueError) as error:
            raise AgencyUnavailable(type(error).__name__[:40]) from None
        finally:
            guard.cancel()
            connection.close()

    def _read(self, answer: http.client.HTTPResponse, method: str, most: int) -> bytes:
        status = answer.status
        if status >= 500 or status in LATER:
            asked = answer.headers.get("Retry-After", "")
            wait = float(asked) if asked.isdecimal() and len(asked) < 7 else 0.0
            raise AgencyUnavailable(f"status {status}", min(wait, MOST_WAIT))
        if not 200 <= status < 300:
            raise AgencyRefused(f"status {status}")
        if method == "POST":
            return b""
        content = answer.read(most + 1)
        if len(content) > most:
            raise AgencyRefused("too large")
        return content


def _connected(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    host, is_https = parts.hostname or "", parts.scheme == "https"
    address = _public_address(host, parts.port or (443 if is_https else 80))
    connection = http.client.HTTPConnection(host, parts.port or (443 if is_https else 80), timeout=CONNECT)
    try:
        plain = socket.create_connection(address, timeout=CONNECT)
        secure = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if is_https else plain
    except OSError as error:
        raise AgencyUnavailable(type(error).__name__[:40]) from None
    secure.settimeout(TOTAL)
    connection.sock = secure
    return connection


def _public_address(host: str, port: int) -> tuple[str, int]:
    """Look the name up, and refuse it where it leads into a private network."""
    try:
        found = [entry[4][:2] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError:
        raise AgencyUnavailable("no such name") from None
    if settings.AGENCY_ON_LOOPBACK and host in {"127.0.0.1", "localhost"}:
        return "127.0.0.1", port
    if not found or not all(ipaddress.ip_address(str(address)).is_global for address, _port in found):
        raise AgencyRefused("private address")
    return str(found[0][0]), port


def _cut(connection: http.client.HTTPConnection) -> None:
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)
