"""One suite for every client that sends mail: in memory, and over SMTP to a server on this machine that says what it is told to."""

import smtplib
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.cache import cache

from integrations.mail import MailClient, MailRefused, MailUnavailable
from integrations.mail.memory import MemoryMail
from integrations.mail.memory import sent as kept_in_memory
from integrations.mail.smtp import SmtpMail

TO = "amina@test.invalid"
LETTER = {"to": TO, "subject": "Su trámite", "body": "Está en revisión.\n", "message_id": "1"}


class Server(socketserver.ThreadingTCPServer):
    """
    A real server on the loopback; `says` are its answers in the place of the usual ones, by command (`.` is the end of a message).
    """

    allow_reuse_address = daemon_threads = True

    def __init__(self, **says: str) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.says = says
        self.taken: list[EmailMessage] = []


class Session(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        self.say("greeting", "220 mail.test.invalid")
        while line := self.rfile.readline().decode():
            command = line[:4].strip().upper()
            if command == "RCPT" and "@" not in line:
                self.say("", "501 5.1.3 Bad address")
            elif command == "DATA":
                self.say(command, "354 Go on")
                self.take()
            elif command == "QUIT":
                return self.say(command, "221 Bye")
            else:
                self.say(command, "250 mail.test.invalid")
        return None

    def take(self) -> None:
        if self.server.says.get("DATA"):
            return
        content = b""
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            content += line
        if "." not in self.server.says:
            self.server.taken.append(message_from_bytes(content, policy=policy.default))
        self.say(".", "250 Kept")

    def say(self, command: str, usual: str) -> None:
        self.wfile.write(self.server.says.get(command, usual).encode() + b"\r\n")


@contextmanager
def answering(settings: Any, **says: str) -> Iterator[Server]:
    """Have a mail server that settings name."""
    server = Server(**says)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(params=["memory", "smtp"])
def client(request: pytest.FixtureRequest, settings: Any) -> Iterator[tuple[MailClient, Any]]:
    """A client, and what asks for the subjects of the letters it handed over."""
    if request.param == "memory":
        cache.clear()
        yield MemoryMail(), lambda: [one["subject"] for one in kept_in_memory()]
        return
    with answering(settings) as server:
        yield SmtpMail(), lambda: [one["Subject"] for one in server.taken]


def test_what_is_handed_over_is_taken_with_all_its_letters(client):
    post, taken = client

    post.send(**LETTER)

    assert taken() == ["Su trámite"]


def test_what_is_no_address_is_refused(client):
    post, taken = client

    with pytest.raises(MailRefused):
        post.send(**LETTER | {"to": "amina"})

    assert taken() == []


def test_a_letter_is_sent_in_our_name_under_the_id_it_was_given(settings):
    with answering(settings) as server:
        SmtpMail().send(**LETTER)

    (letter,) = server.taken
    assert (letter["To"], letter["From"]) == (TO, settings.DEFAULT_FROM_EMAIL)
    assert letter["Message-ID"] == f"<1@{settings.EMAIL_MESSAGE_DOMAIN}>"
    assert letter.get_content().strip() == "Está en revisión."


@pytest.mark.parametrize(
    "says",
    [
        {"RCPT": "450 4.2.0 Greylisted, try again in 300 seconds"},
        {"RCPT": "451 4.3.0 Local error"},
        {"RCPT": "452 4.2.2 The mailbox is full"},
        {"RCPT": "421 4.3.2 We close"},
        {".": "451 4.7.1 Later, please"},
        {"DATA": "451 4.3.0 Not now"},
        {"MAIL": "553 5.7.1 We do not know this sender"},  # ours: no fault of whom it goes to
        {"greeting": "554 5.7.1 Not from there"},
    ],
    ids=str,
)
def test_what_may_pass_is_tried_again(says, settings):
    with answering(settings, **says) as server, pytest.raises(MailUnavailable) as said:
        SmtpMail().send(**LETTER)

    assert server.taken == []
    assert TO not in str(said.value)


@pytest.mark.parametrize(
    "says",
    [
        {"RCPT": "550 5.1.1 Nobody of that name"},
        {"RCPT": "553 5.1.3 No such box"},
        {".": "554 5.6.0 Not taken"},
        {"DATA": "554 5.5.1 No"},
    ],
    ids=str,
)
def test_what_will_not_pass_is_given_up(says, settings):
    with answering(settings, **says), pytest.raises(MailRefused) as said:
        SmtpMail().send(**LETTER)

    assert TO not in str(said.value)


def test_a_server_that_is_not_there_is_tried_again(settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    with pytest.raises(MailUnavailable):
        SmtpMail().send(**LETTER)


def test_a_server_that_ciphers_must_show_whose_it_is(settings, monkeypatch):
    settings.EMAIL_USE_TLS = True
    asked = []
    monkeypatch.setattr(smtplib.SMTP, "starttls", lambda self, *, context: asked.append(context))

    with answering(settings):
        SmtpMail().send(**LETTER)

    assert [(one.verify_mode, one.check_hostname) for one in asked] == [(ssl.CERT_REQUIRED, True)]
