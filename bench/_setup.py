"""
What the benchmarks share: a database in production's settings, servers of the production kind, and a client in a process of its own.

`python3 dev.py bench <name>` gives throw-away servers; the settings are switched from the tests' to the product's own (connections that
last, caches that are believed for a second), because those are what is measured.
"""

import json
import os
import pickle
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SERVER_THREADS = 4


@dataclass(frozen=True)
class Load:
    """What a client saw: requests done, seconds, how often each status came, waits in milliseconds, its own share of a core."""

    done: int
    seconds: float
    statuses: dict[str, int]
    p50: float
    p95: float
    p99: float
    client_cpu: float

    @property
    def rate(self) -> float:
        return self.done / self.seconds


def as_product(reference: bool = True) -> None:
    """Set Django up as the product runs, on a migrated database with the reference data and collected static files."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TESTING": "0",
        "DEMO": "1",
        "DEBUG": "0",
        "SECRET_KEY": os.environ.get("SECRET_KEY") or "bench",
        "STATIC_ROOT": tempfile.mkdtemp(prefix="ventanilla-bench-static-"),
        "MEDIA_ROOT": tempfile.mkdtemp(prefix="ventanilla-bench-media-"),
        "LOG_LEVEL": "ERROR",
    }
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    with redirect_stdout(StringIO()):
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        connections["owner"].close()
        call_command("collectstatic", verbosity=0, interactive=False)
        if reference:
            call_command("load_reference")
            call_command("load_cast")
    import_module("config.wsgi")  # as a web worker begins


@contextmanager
def serving(application: str, **env: str) -> Iterator[int]:
    """Run an application on granian, one worker with four threads, and yield its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws",
        "--workers", "1", "--blocking-threads", str(SERVER_THREADS), "--log-level", "error", application,
    ]  # fmt: skip
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env})  # our own words
    try:
        _wait_for(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The server did not start.")


def get(path: str, headers: Mapping[str, str] | None = None) -> bytes:
    """Return a GET as it goes over the wire."""
    return _request("GET", path, headers or {}, b"")


def post(path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Return a form's POST as it goes over the wire."""
    told = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body)), **headers}
    return _request("POST", path, told, body)


def _request(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def load(port: int, requests: Sequence[bytes], *, connections: int = 8, seconds: float | None = None) -> Load:
    """Send requests from a process of its own: each once, or, with `seconds`, again and again for so long."""
    spec = {"port": port, "requests": list(requests), "connections": connections, "seconds": seconds}
    done = subprocess.run(  # our own words
        [sys.executable, "-m", "bench._load"],
        cwd=ROOT,
        input=pickle.dumps(spec),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return Load(**json.loads(done.stdout))


def verdict(name: str, ratio: float, target: float) -> int:
    """Print a ratio beside its target; return 0 if it is met."""
    met = ratio >= target
    print(f"  {name}: ratio {ratio:.2f}, target ≥ {target:.2f}: {'met' if met else 'NOT met'}", flush=True)
    return int(not met)


def percentiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return p50, p95 and p99."""
    ordered = sorted(values)
    return tuple(ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.5, 0.95, 0.99))  # type: ignore[return-value]
