"""Where the product listens: on this machine's own address alone."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass

from devtools.problems import Problem

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Ports:
    """Where the two web processes listen."""

    site: int
    live: int

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.site}"


def wanted_ports(environ: Mapping[str, str]) -> Ports:
    """Read PORT and LIVE_PORT; the first must be free, the second moves aside unless it was asked for."""
    site = port_number("PORT", environ.get("PORT") or "8000")
    require_free("PORT", site)
    if asked := environ.get("LIVE_PORT"):
        live = port_number("LIVE_PORT", asked)
        require_free("LIVE_PORT", live)
        return Ports(site, live)
    beside = site + 1
    return Ports(site, beside if beside < 65536 and is_free(beside) else any_free_port())


def port_number(name: str, text: str) -> int:
    """Read a port's number."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise Problem(f"{name} must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def is_free(port: int) -> bool:
    """Tell whether one may listen there; a port below 1024 may be forbidden altogether."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def require_free(name: str, port: int) -> None:
    """Refuse a port that cannot be had, and name one that can."""
    if not is_free(port):
        why = (
            "is in use by another program"
            if port >= 1024
            else "is in use, or below 1024 and reserved to root"
        )
        other = next(
            (near for near in range(max(port, 8000) + 10, 65000, 10) if is_free(near)), any_free_port()
        )
        raise Problem(f"port {port} {why}. Choose another: `{name}={other} python3 dev.py run`.")


def any_free_port() -> int:
    """Let the kernel choose."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
