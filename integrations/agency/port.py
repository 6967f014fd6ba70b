"""What the house needs of an agency's system: that it takes a message, and that it gives a list."""

import re
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings

_NAME = re.compile(rb"[a-z0-9._-]{1,253}")


class AgencyUnavailable(Exception):  # refusals read better than …Error
    """The system does not answer: try again, after `wait` seconds if it says so."""

    def __init__(self, trouble: str, wait: float = 0) -> None:
        super().__init__(trouble)
        self.trouble, self.wait = trouble, wait


class AgencyRefused(Exception):
    """The system answers, and does not take this."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class AgencyClient(Protocol):
    """Speaks to the address an agency has given us; `headers` carry the signature."""

    def send(self, url: str, body: bytes, headers: dict[str, str]) -> None:
        """
        Hand a message over; returning means that it was acknowledged.

        :raises AgencyUnavailable: nobody answers, or not now
        :raises AgencyRefused: it is not taken
        """
        ...

    def fetch(self, url: str, headers: dict[str, str]) -> bytes:
        """Return what lies at an address; raises as `send` does."""
        ...


def get_client() -> AgencyClient:
    """Return the client that settings name."""
    if settings.AGENCY_CLIENT == "memory":
        from integrations.agency.memory import MemoryAgency

        return MemoryAgency()
    from integrations.agency.http import HttpAgency

    return HttpAgency()


def is_allowed(url: str) -> bool:
    """Whether a message may be sent to this address: https, by name, without a password in it; in the demo and tests http on this machine."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
        name = host.encode("idna")  # as it is looked up
    except ValueError:
        return False
    if not _NAME.fullmatch(name):
        return False
    if parts.username or parts.password or parts.fragment:
        return False
    if settings.AGENCY_ON_LOOPBACK and parts.scheme == "http" and host in {"127.0.0.1", "localhost"}:
        return True
    return parts.scheme == "https" and "." in host.strip(".")
