"""What the house needs of a virus scanner."""

from typing import Protocol

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError


class ScanUnavailable(DomainError):
    """The scanner does not answer: no file is taken meanwhile (fail closed)."""

    code = "scan-unavailable"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            _("Files can not be taken at this moment. What you wrote is kept: try again in a few minutes.")
        )


class VirusScanClient(Protocol):
    """Says whether bytes are clean."""

    def is_clean(self, content: bytes) -> bool: ...


def get_client() -> VirusScanClient:
    """Return the client that settings name."""
    if settings.VIRUS_SCAN_CLIENT == "memory":
        from integrations.virus_scan.memory import MemoryScan

        return MemoryScan()
    from integrations.virus_scan.clamd import ClamdScan

    return ClamdScan()
