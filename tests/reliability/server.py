"""A real granian on this database, 2 workers of 4 threads, behind https as its proxy tells it; and a browser that speaks to it."""

import http.client
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from threading import Barrier
from typing import Any

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.offices.rush import ROOT, environment

WORKERS, THREADS = 2, 4
HTTPS = {"X-Forwarded-Proto": "https"}
STARTS_WITHIN = 120  # seconds, on a machine that is busy with the rest of the suite


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def location(self) -> str:
        return self.headers.get("location", "")

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True)
class Server:
    """A running server: where, and the file with everything it says."""

    port: int
    output: Path

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace")


@dataclass(frozen=True)
class Post:
    """A form ready to be sent, once or many times."""

    path: str
    fields: Mapping[str, Any]
    cookies: Mapping[str, str]


@contextmanager
def serving(
    *, production: bool, application: str = "config.wsgi:application", interface: str = "wsgi"
) -> Iterator[Server]:
    """
    Serve the product as `dev.py run` and the image do (without the server's own access log); everything it says is kept.

    :param production: with the settings of production; otherwise of the tests, which need no collected files
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ventanilla-serving-")))
        env = {**environment(), **_settings(production, folder)}
        if production and interface == "wsgi":
            subprocess.run(
                [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"],
                cwd=ROOT,
                env=env,
                check=True,
                capture_output=True,
            )
        port, output = _free_port(), folder / "output"
        granian = [sys.executable, "-m", "granian", "--interface", interface, "--host", "127.0.0.1", "--port", str(port), "--no-ws"]  # fmt: skip
        size = [
            "--workers",
            str(WORKERS),
            *(["--blocking-threads", str(THREADS)] if interface == "wsgi" else []),
        ]
        with output.open("wb") as file:
            process = subprocess.Popen(
                [*granian, *size, application], cwd=ROOT, env=env, stdout=file, stderr=file
            )
            stack.callback(_end, process)
        server = Server(port, output)
        _wait_for(server, process)
        yield server


def _settings(production: bool, folder: Path) -> dict[str, str]:
    from django.conf import settings

    given = {
        "SECRET_KEY": settings.SECRET_KEY,  # sessions are made by the test itself
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "TELEPHONY_TOKEN": settings.TELEPHONY_TOKEN,
        "BEHIND_PROXY": "1",
        "SITE_URL": "https://127.0.0.1",
        "LOG_LEVEL": "DEBUG",
        "MAIL_CLIENT": "memory",
        "VIRUS_SCAN_CLIENT": "memory",
    }
    kind = {"TESTING": "0", "DEMO": "0", "DEBUG": "0", "STATIC_ROOT": str(folder / "static")}
    return given | (kind if production else {"TESTING": "1"})


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(server: Server, process: "subprocess.Popen[bytes]") -> None:
    """Wait until each worker has answered, as far as many questions can tell."""
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if Browser(server).get("/healthz").status == 200:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
    raise RuntimeError(f"The server did not start:\n{server.said()[-2000:]}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@dataclass
class Browser:
    """Somebody at a server: keeps cookies, sends the page's token, and notes every address it went to or was sent to."""

    server: Server
    cookies: dict[str, str] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: Mapping[str, Any], **headers: str) -> Answer:
        """Send a form, with the token of the page it is on."""
        self.cookies.setdefault("csrftoken", TOKEN)
        body = encode_multipart(BOUNDARY, {"csrfmiddlewaretoken": self.cookies["csrftoken"], **fields})
        return self._ask("POST", path, body, {"Content-Type": MULTIPART_CONTENT, **headers})

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        answer = _exchange(connection, self.server, method, path, body, self.cookies, headers)
        self.addresses += [one for one in (path, answer.location) if one]
        for name, morsel in SimpleCookie(answer.headers.get("set-cookie", "")).items():
            if name != "csrftoken":
                self.cookies[name] = morsel.value
        return answer


TOKEN = "abcdefghijklmnopqrstuvwxyzabcdef"  # what a page and its cookie agree on


def _exchange(
    connection: http.client.HTTPConnection,
    server: Server,
    method: str,
    path: str,
    body: bytes | None,
    cookies: Mapping[str, str],
    headers: Mapping[str, str],
) -> Answer:
    told = {
        "Host": server.host,
        "Referer": f"https://{server.host}/",
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        **HTTPS,
        **headers,
    }
    try:
        connection.request(method, path, body, told)
        got = connection.getresponse()
        lines: dict[str, str] = {}
        for name, value in got.getheaders():
            lines[name.lower()] = f"{lines[name.lower()]}\r\n{value}" if name.lower() in lines else value
        return Answer(got.status, lines, got.read())
    finally:
        connection.close()


def at_once(server: Server, post: Post, times: int) -> list[Answer]:
    """Send the same form so many times at the same moment, each on a connection of its own that is open already."""
    cookies = {**post.cookies, "csrftoken": TOKEN}
    body = encode_multipart(BOUNDARY, {"csrfmiddlewaretoken": TOKEN, **post.fields})
    ready = Barrier(times)

    def click(_number: int) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        connection.connect()
        ready.wait(timeout=60)
        return _exchange(
            connection, server, "POST", post.path, body, cookies, {"Content-Type": MULTIPART_CONTENT}
        )

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(click, range(times)))


def session_of(user: Any) -> dict[str, str]:
    """Return the cookies of somebody who has signed in."""
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    return {"sessionid": client.cookies["sessionid"].value}


def found(pattern: str, texts: Sequence[str]) -> list[str]:
    """Return whatever a pattern finds in these texts."""
    return [match for text in texts for match in re.findall(pattern, text)]
