"""One suite for every catalogue client: in memory, and over HTTP against a server of either shape."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from integrations.chileatiende import CatalogueClient, CatalogueRefused, CatalogueUnavailable
from integrations.chileatiende.http import ATTEMPTS, HttpCatalogue
from integrations.chileatiende.memory import MemoryCatalogue
from tests.catalog.sheets import AGENCIES, ficha

ROWS = [ficha(number) for number in range(1, 6)]
Answer = tuple[int, dict[str, str], bytes]


class FakeServer:
    """A real server on the loopback; `answer(path, query)` says what it serves, `asked` what it was asked."""

    def __init__(self, answer: Callable[[str, dict[str, str]], Answer]) -> None:
        asked: list[tuple[str, dict[str, str]]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {key: values[0] for key, values in parse_qs(parts.query).items()}
                asked.append((parts.path, query))
                status, headers, body = answer(parts.path, query)
                self.send_response(status)
                for name, value in {
                    "Content-Type": "application/json",
                    "Content-Length": str(len(body)),
                    **headers,
                }.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Keep quiet."""

        self.asked = asked
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *args: None  # a client may hang up  # type: ignore[method-assign]
        self.url = f"http://127.0.0.1:{self.server.server_port}/api"

    def __enter__(self) -> "FakeServer":
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()
        return self

    def __exit__(self, *args: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def serve(shape: str, *, numbers: bool = False) -> Callable[[str, dict[str, str]], Answer]:
    """Return the answers of a server of one shape, two a page; its tokens may be numbers, then null."""

    def answer(path: str, query: dict[str, str]) -> Answer:
        if path == "/api/fichas":
            start = int(query.get("pageToken", "0"))
            rows, more = ROWS[start : start + 2], start + 2 < len(ROWS)
            feed: dict[str, Any] = {
                "titulo": "Listado de Fichas",
                "tipo": "chileatiende#fichasFeed",
                "total": len(ROWS),
            }
            feed["items"] = {"ficha": rows if len(rows) > 1 else rows[0]} if shape == "legacy" else rows
            if more or numbers:
                feed["nextPageToken"] = (start + 2 if numbers else str(start + 2)) if more else None
            return 200, {}, json.dumps({"fichas": feed}).encode()
        if path == "/api/servicios/AD009":
            return 200, {}, json.dumps({"servicio": AGENCIES[0]}).encode()
        return 404, {"Content-Type": "text/html"}, b"<html>nothing</html>"

    return answer


def patient(url: str, **more: Any) -> HttpCatalogue:
    """A client that does not really wait."""
    return HttpCatalogue(url, sleep=lambda seconds: None, **more)


@contextmanager
def a_client(kind: str) -> Iterator[CatalogueClient]:
    if kind == "memory":
        yield MemoryCatalogue(ROWS, AGENCIES, page_size=2)
    else:
        shape, _, numbers = kind.partition("+")
        with FakeServer(serve(shape, numbers=bool(numbers))) as server:
            yield patient(server.url)


@pytest.fixture(params=["memory", "legacy", "list", "list+numbers"])
def client(request: pytest.FixtureRequest) -> Iterator[CatalogueClient]:
    with a_client(request.param) as made:
        yield made


def test_every_page_is_read_once_to_the_end(client: CatalogueClient):
    found, token, pages = [], "", 0
    while True:
        page = client.fichas(token)
        found += [row["id"] for row in page.fichas]
        pages += 1
        if not page.next_token:
            break
        token = page.next_token

    assert (found, pages, page.total) == (["1", "2", "3", "4", "5"], 3, 5)


def test_a_sheet_comes_with_everything_it_says(client: CatalogueClient):
    assert client.fichas().fichas[0] == ROWS[0]


def test_an_agency_is_known_by_its_code_or_not_at_all(client: CatalogueClient):
    assert client.agency("AD009")["nombre"] == "Servicio de Ejemplo"
    assert client.agency("ZZ999") is None
    assert client.agency("../../etc/passwd") is None


def test_the_token_and_the_size_of_a_page_are_sent():
    with FakeServer(serve("legacy")) as server:
        patient(server.url, token="secret").fichas()

        assert server.asked == [("/api/fichas", {"maxResults": "50", "access_token": "secret"})]


@pytest.mark.parametrize(("shape", "asked"), [("legacy", "list"), ("list", "legacy")])
def test_the_other_shape_is_refused_when_one_is_asked_for(shape, asked):
    with FakeServer(serve(shape)) as server, pytest.raises(CatalogueRefused, match=asked):
        patient(server.url, shape=asked).fichas()


def test_a_server_that_stumbles_is_asked_again():
    answers = iter(
        [
            (503, {}, b""),
            (429, {"Retry-After": "7"}, b""),
            (200, {}, json.dumps({"fichas": {"items": []}}).encode()),
        ]
    )
    waits: list[float] = []
    with FakeServer(lambda path, query: next(answers)) as server:
        page = HttpCatalogue(server.url, sleep=waits.append).fichas()

    assert page.fichas == ()
    assert waits == [1.0, 7.0]


def test_a_server_that_keeps_failing_is_given_up():
    with (
        FakeServer(lambda path, query: (500, {}, b"")) as server,
        pytest.raises(CatalogueUnavailable, match="status 500"),
    ):
        patient(server.url).fichas()

    assert len(server.asked) == ATTEMPTS


def test_a_server_that_does_not_answer_in_time_is_given_up():
    wait = threading.Event()

    def hang(path: str, query: dict[str, str]) -> Answer:
        wait.wait(5)
        return 200, {}, b"{}"

    with FakeServer(hang) as server:
        with pytest.raises(CatalogueUnavailable, match="Timeout"):
            patient(server.url, timeout=httpx.Timeout(0.05)).fichas()
        wait.set()


def test_nobody_listening_is_unavailable():
    with pytest.raises(CatalogueUnavailable, match="ConnectError"):
        patient("http://127.0.0.1:9/api").fichas()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((401, {}, b"<html/>"), "--token"),
        ((403, {}, b""), "--token"),
        ((404, {}, b""), "no catalogue"),
        ((200, {"Content-Type": "text/html"}, b"<html>hello</html>"), "not JSON"),
        ((200, {}, b"[" * 200_000), "not JSON"),
        ((200, {}, b'{"something": 1}'), "no feed"),
        ((200, {}, b'{"fichas": [1, 2]}'), "no feed"),
        ((200, {}, b"[]"), "no feed"),
        ((200, {}, b" " * 5000), "larger"),
        ((302, {"Location": "http://127.0.0.2:1/api/fichas"}, b""), "another server"),
        ((302, {"Location": "/api/fichas"}, b""), "circles"),
    ],
)
def test_an_answer_that_can_not_be_used_is_refused_at_once(answer, sentence):
    with FakeServer(lambda path, query: answer) as server, pytest.raises(CatalogueRefused, match=sentence):
        patient(server.url, max_bytes=4000 if "larger" in sentence else 1_000_000).fichas()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://host/api", "host/api", "http://"])
def test_only_addresses_of_the_web_are_read(url):
    with pytest.raises(CatalogueRefused, match="http"):
        HttpCatalogue(url)


def test_entries_that_are_no_sheets_come_as_empty_ones():
    body = json.dumps({"fichas": {"items": [None, 3, "x", ficha(1)]}}).encode()
    with FakeServer(lambda path, query: (200, {}, body)) as server:
        page = patient(server.url).fichas()

    assert [row.get("id") for row in page.fichas] == [None, None, None, "1"]
