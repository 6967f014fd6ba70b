"""
Over HTTP: bounded in time and size, to the address that was checked and to no other, and along no redirect.

The name is looked up once, every address it stands for must be a public one, and the connection goes to one of them: a name that means
something else a moment later leads nowhere. A thread ends whatever takes longer than `TOTAL` from then on, however it dawdles and
however its answer ends.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from email.utils import parsedate_to_datetime
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
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        address = _public_address(host, port)
        connection = http.client.HTTPConnection(host, port, timeout=CONNECT)
        ends = time.monotonic() + self.total
        try:
            connection.sock = _connected(address, host if parts.scheme == "https" else "")
            with _guarded(connection.sock, ends):
                connection.request(method, target, body, {"Accept": "application/json", **headers})
                with closing(connection.getresponse()) as answer:
                    content = self._read(answer, method, most)
            if time.monotonic() >= ends:  # cut off, and what was read may be half of it
                raise TimeoutError
            return content
        except (TimeoutError, OSError, http.client.HTTPException, ValueError) as error:
            trouble = "TimeoutError" if time.monotonic() >= ends else type(error).__name__[:40]
            raise AgencyUnavailable(trouble) from None
        finally:
            connection.close()

    def _read(self, answer: http.client.HTTPResponse, method: str, most: int) -> bytes:
        status = answer.status
        if status >= 500 or status in LATER:
            raise AgencyUnavailable(f"status {status}", _wait_asked(answer.headers.get("Retry-After", "")))
        if not 200 <= status < 300:
            raise AgencyRefused(f"status {status}")
        if method == "POST":
            return b""
        content = answer.read(most + 1)
        if len(content) > most:
            raise AgencyRefused("too large")
        return content


def _wait_asked(retry_after: str) -> float:
    """How many seconds they ask to be left alone, an hour at most: a number of them, or a date."""
    if retry_after.isdecimal() and len(retry_after) < 7:
        return min(float(retry_after), MOST_WAIT)
    try:
        until = parsedate_to_datetime(retry_after).timestamp()
    except (ValueError, OverflowError):
        return 0.0
    return min(max(until - time.time(), 0.0), MOST_WAIT)


def _connected(address: tuple[str, int], secure_name: str) -> socket.socket:
    """Connect within `CONNECT`; encrypted where the certificate must bear a name."""
    held = socket.create_connection(address, timeout=CONNECT)
    if secure_name:
        held = ssl.create_default_context().wrap_socket(held, server_hostname=secure_name)
    held.settimeout(TOTAL)
    return held


def _public_address(host: str, port: int) -> tuple[str, int]:
    """Look the name up, and refuse it where it leads into a private network."""
    try:
        found = [entry[4][:2] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise AgencyUnavailable("no such name") from None
    if settings.AGENCY_ON_LOOPBACK and host in {"127.0.0.1", "localhost"}:
        return "127.0.0.1", port
    if not found or not all(ipaddress.ip_address(str(address)).is_global for address, _port in found):
        raise AgencyRefused("private address")
    return str(found[0][0]), port


@contextmanager
def _guarded(held: socket.socket, ends: float) -> Iterator[None]:
    """Shut a socket at a moment of the monotonic clock; http.client lets go of its own while an answer is still read."""
    guard = threading.Timer(max(ends - time.monotonic(), 0), _cut, [held])
    guard.daemon = True
    guard.start()
    try:
        yield
    finally:
        guard.cancel()


def _cut(held: socket.socket) -> None:
    with suppress(OSError):  # the plain socket's own way: another thread is reading what is encrypted over it
        socket.socket.shutdown(held, socket.SHUT_RDWR)
