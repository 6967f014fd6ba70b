"""One suite for every client of an agency's system: in memory, and over HTTP against the example."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.utils import formatdate

import pytest

from integrations.agency import AgencyClient, AgencyRefused, AgencyUnavailable, memory
from integrations.agency import http as over_http
from integrations.agency.http import HttpAgency
from integrations.agency.memory import MemoryAgency
from integrations.agency.signing import signed_headers
from integrations.example_agency import ExampleAgency

SECRET = "whsec_c2VjcmV0LW9mLXRoZS1zdWl0ZQ=="


class Place:
    """A client and where it speaks to."""

    def __init__(self, client: AgencyClient, url: str, example: ExampleAgency | None) -> None:
        self.client, self.url, self.example = client, url, example

    def trouble(self, kind: str) -> None:
        if self.example:
            self.example.trouble = {"away": "503", "refusing": "400"}[kind]
        else:
            getattr(memory, kind).add(self.url)


@pytest.fixture(params=["memory", "http"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    memory.forget()
    if request.param == "memory":
        memory.listed["http://127.0.0.1:1/reconciliation"] = b'{"items": [], "next": null}'
        yield Place(MemoryAgency(), "http://127.0.0.1:1/reconciliation", None)
    else:
        with ExampleAgency(SECRET) as example:
            yield Place(HttpAgency(), f"{example.url}/reconciliation", example)
    memory.forget()


@contextmanager
def answering(head: bytes, *, dribbling: bool = False) -> Iterator[str]:
    """Run a system that answers with these bytes, and where it dribbles with a blank every tenth of a second after them, for three seconds."""

    def serve() -> None:
        with suppress(OSError), server.accept()[0] as caller:
            caller.recv(65536)
            caller.sendall(head)
            for _blank in range(30 if dribbling else 0):
                time.sleep(0.1)
                caller.sendall(b" ")

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/reconciliation"


def headers(content: bytes) -> dict[str, str]:
    return signed_headers([SECRET], message_id="m-1", at=int(time.time()), content=content)


def message() -> bytes:
    return b'{"id": "m-1", "data": {"folio": "F", "revision": 1, "state_hash": "0"}}'


def test_a_message_is_taken(place: Place):
    place.client.send(place.url, message(), headers(message()))


def test_a_list_is_fetched(place: Place):
    assert b"items" in place.client.fetch(place.url, headers(b"/reconciliation"))


def test_a_system_that_is_away_is_unavailable(place: Place):
    place.trouble("away")

    with pytest.raises(AgencyUnavailable):
        place.client.send(place.url, message(), headers(message()))


def test_a_system_that_refuses_is_told_apart(place: Place):
    place.trouble("refusing")

    with pytest.raises(AgencyRefused):
        place.client.send(place.url, message(), headers(message()))


def test_an_address_that_may_not_be_called_is_refused(place: Place):
    with pytest.raises(AgencyRefused, match="address"):
        place.client.send("http://agency.cl/events", b"{}", {})


@pytest.mark.parametrize("trouble", ["500", "garbage", "silent", "hang"])
def test_whatever_else_happens_on_the_wire_is_unavailable(trouble, monkeypatch):
    monkeypatch.setattr(over_http, "TOTAL", 0.3)
    with ExampleAgency(SECRET, trouble=trouble) as example, pytest.raises(AgencyUnavailable):
        HttpAgency().send(f"{example.url}/events", message(), headers(message()))


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}",
        b"HTTP/1.0 200 OK\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nX-Long: ",
    ],
)
def test_a_system_that_dribbles_is_cut_off_however_its_answer_ends_and_half_an_answer_is_none(head):
    began = time.monotonic()
    with answering(head, dribbling=True) as url, pytest.raises(AgencyUnavailable, match="TimeoutError"):
        HttpAgency(total=0.4).fetch(url, {})

    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        ("1800", 1800, 1800),
        (1800, 1700, 1800),
        (7 * 86400, 3600, 3600),
        (-60, 0, 0),
        ("-5", 0, 0),
        ("Fri, 99 Nov 2026 07:00:00 GMT", 0, 0),
        ("soon", 0, 0),
        ("", 0, 0),
    ],
)
def test_a_system_that_says_when_to_come_back_in_seconds_or_as_a_date_is_heard_for_an_hour_at_most(
    asked, least, most
):
    if isinstance(asked, int):
        asked = formatdate(time.time() + asked, usegmt=True)
    head = f"HTTP/1.1 503 Busy\r\nRetry-After: {asked}\r\nContent-Length: 0\r\n\r\n"
    with answering(head.encode()) as url, pytest.raises(AgencyUnavailable) as refused:
        HttpAgency().send(url, message(), {})

    assert least <= refused.value.wait <= most


def test_nobody_listening_is_unavailable():
    with pytest.raises(AgencyUnavailable):
        HttpAgency().send("http://127.0.0.1:9/events", b"{}", {})


def test_a_list_without_measure_is_refused():
    with ExampleAgency(SECRET) as example, pytest.raises(AgencyRefused, match="large"):
        HttpAgency(max_bytes=5).fetch(f"{example.url}/reconciliation", headers(b"/reconciliation"))


def test_the_example_takes_nothing_that_is_not_signed():
    with ExampleAgency(SECRET) as example:
        with pytest.raises(AgencyRefused, match="401"):
            HttpAgency().send(f"{example.url}/events", message(), {})
        assert example.register.cases == {}
