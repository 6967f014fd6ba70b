"""One suite for every client that sends texts: in memory, and over HTTP against a gateway that keeps the contract of docs/operations.md."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from integrations.sms import SmsClient, SmsReceipt, SmsRefused, SmsUnavailable
from integrations.sms.http import HttpSms
from integrations.sms.memory import MemorySms

TO, TOKEN = "+56987654321", "secreto"


@contextmanager
def gateway() -> Iterator[tuple[str, dict[str, dict[str, Any]]]]:
    """A real server on the loopback that takes messages by name, once each."""
    kept: dict[str, dict[str, Any]] = {}

    class Handler(BaseHTTPRequestHandler):
        def answer(self, status: int, body: object = None) -> None:
            content = json.dumps(body).encode() if body is not None else b""
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_PUT(self) -> None:
            given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                return self.answer(401)
            if not str(given["to"]).startswith("+"):
                return self.answer(422, {"error": "to"})
            kept.setdefault(self.path.rpartition("/")[2], given)
            return self.answer(202)

        def do_GET(self) -> None:
            known = self.path.rpartition("/")[2] in kept
            self.answer(200, {"state": "delivered" if known else "unknown"})

        def log_message(self, *args: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", kept
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(params=["memory", "http"])
def client(request: pytest.FixtureRequest) -> Iterator[SmsClient]:
    if request.param == "memory":
        yield MemorySms()
        return
    with gateway() as (url, _kept):
        yield HttpSms(url, token=TOKEN, sender="Ventanilla")


def test_what_is_handed_over_arrives(client):
    client.send(to=TO, text="Hola", message_id="1")

    assert client.receipt("1") == SmsReceipt.DELIVERED


def test_the_same_message_twice_is_one(client):
    client.send(to=TO, text="Hola", message_id="1")
    client.send(to=TO, text="Hola", message_id="1")

    assert client.receipt("1") == SmsReceipt.DELIVERED


def test_of_a_message_nobody_knows_nothing_is_known(client):
    assert client.receipt("never sent") == SmsReceipt.UNDERWAY


def test_what_is_no_number_is_refused(client):
    with pytest.raises(SmsRefused):
        client.send(to="987", text="Hola", message_id="1")


def test_it_is_sent_once_with_the_sender_and_the_words():
    with gateway() as (url, kept):
        client = HttpSms(url, token=TOKEN, sender="Ventanilla")
        for _time in range(3):
            client.send(to=TO, text="Hola ñandú", message_id="a/b")

    assert kept == {"a%2Fb": {"to": TO, "text": "Hola ñandú", "from": "Ventanilla"}}


def answering(status: int, body: bytes = b"") -> HttpSms:
    return HttpSms(
        "https://gateway.invalid",
        token=TOKEN,
        transport=httpx.MockTransport(lambda request: httpx.Response(status, content=body)),
    )


@pytest.mark.parametrize("status", [302, 401, 403, 408, 409, 425, 429, 500, 502, 503])
def test_what_may_pass_is_tried_again(status):
    with pytest.raises(SmsUnavailable) as said:
        answering(status).send(to=TO, text="Hola", message_id="1")

    assert TO not in str(said.value)
    assert "Hola" not in str(said.value)


@pytest.mark.parametrize("status", [400, 404, 410, 422])
def test_what_will_not_pass_is_given_up(status):
    with pytest.raises(SmsRefused):
        answering(status).send(to=TO, text="Hola", message_id="1")


def test_a_gateway_that_is_not_there_is_tried_again():
    with pytest.raises(SmsUnavailable):
        HttpSms("http://127.0.0.1:9", token=TOKEN).send(to=TO, text="Hola", message_id="1")


@pytest.mark.parametrize(
    ("word", "receipt"),
    [
        ("delivered", "delivered"),
        ("FAILED", "undelivered"),
        ("expired", "undelivered"),
        ("queued", "underway"),
    ],
)
def test_the_gateways_words_are_mapped_to_ours(word, receipt):
    assert answering(200, json.dumps({"state": word}).encode()).receipt("1") == SmsReceipt(receipt)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b"null"])
def test_an_answer_that_says_nothing_is_asked_for_again(body):
    with pytest.raises(SmsUnavailable):
        answering(200, body).receipt("1")


@pytest.mark.parametrize(
    "url",
    ["", "gateway.invalid", "ftp://gateway.invalid", "https://", "https://[", "https://gateway.invalid:port"],
)
def test_without_an_address_to_ask_no_number_is_blamed(url):
    with pytest.raises(SmsUnavailable, match="SMS_URL"):
        HttpSms(url, token=TOKEN)


@pytest.mark.parametrize("token", ["contraseña", "two\nlines"])
def test_with_a_credential_that_can_not_be_sent_no_number_is_blamed(token):
    with pytest.raises(SmsUnavailable, match="SMS_TOKEN"):
        HttpSms("https://gateway.invalid", token=token)
