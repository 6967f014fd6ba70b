"""Agencies' systems in this process, for development and tests: `taken` holds what each was handed, `listed` what each would list."""

from integrations.agency.port import AgencyRefused, AgencyUnavailable, is_allowed

taken: list[tuple[str, bytes, dict[str, str]]] = []
listed: dict[str, bytes] = {}
away: set[str] = set()  # addresses at which nobody answers
refusing: set[str] = set()


def forget() -> None:
    """Begin anew."""
    taken.clear()
    listed.clear()
    away.clear()
    refusing.clear()


class MemoryAgency:
    """Takes everything, unless it is away or refuses."""

    def send(self, url: str, body: bytes, headers: dict[str, str]) -> None:
        _require_there(url)
        taken.append((url, body, headers))

    def fetch(self, url: str, headers: dict[str, str]) -> bytes:
        _require_there(url)
        if url not in listed:
            raise AgencyRefused("status 404")
        return listed[url]


def _require_there(url: str) -> None:
    if not is_allowed(url):
        raise AgencyRefused("address")
    if url in away:
        raise AgencyUnavailable("ConnectionRefusedError")
    if url in refusing:
        raise AgencyRefused("status 400")
