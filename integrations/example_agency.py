"""
A small agency's system, as an example and for the tests: it takes signed messages, knows repetitions, keeps what it was told, and answers
the nightly comparison. Standard library only: whoever writes the real one can read it whole.

    POST /events            a CloudEvents 1.0 message, structured, signed
    GET  /reconciliation    its folios and their state hashes, signed, in pages
"""

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from integrations.agency.signing import SignatureWrong, verify

MAX_BODY = 64 * 1024
PAGE = 500


@dataclass
class Register:
    """What the agency has been told: its cases by folio, and the messages it has had its effect for."""

    cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    effects: dict[str, int] = field(
        default_factory=dict
    )  # message id: how often it took effect, which is once
    repeated: int = 0
    out_of_order: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, message: dict[str, Any]) -> None:
        """Let a message have its effect, once; an older one than what is known changes nothing any more."""
        data = message["data"]
        with self.lock:
            if message["id"] in self.effects:
                self.repeated += 1
                return
            self.effects[message["id"]] = 1
            known = self.cases.get(data["folio"])
            if known and known["revision"] > data["revision"]:
                self.out_of_order += 1
                return
            self.cases[data["folio"]] = data

    def page(self, after: str) -> dict[str, Any]:
        """A page of what is known, by folio."""
        with self.lock:
            folios = sorted(folio for folio in self.cases if folio > after)
            rows = [{"folio": one, "state_hash": self.cases[one]["state_hash"]} for one in folios[:PAGE]]
        return {"items": rows, "next": folios[PAGE - 1] if len(folios) > PAGE else None}


class ExampleAgency:
    """The system on a port of its own; a test may let it misbehave by `trouble`."""

    def __init__(self, secret: str, *, host: str = "127.0.0.1", port: int = 0, trouble: str = "") -> None:
        self.secret, self.register = secret, Register()
        self.trouble = trouble  # "", "500", "400", "hang", "garbage", "silent"
        self.answers_lost = 0  # so many of the next messages take effect, and their answers never arrive
        self.seen = 0
        agency = self

        class Handler(_Handler):
            here = agency

        self.server = ThreadingHTTPServer((host, port), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *args: None  # type: ignore[method-assign]  # a caller may hang up
        self.url = f"http://{host}:{self.server.server_port}"

    def __enter__(self) -> "ExampleAgency":
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(self, *args: object) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Handler(BaseHTTPRequestHandler):
    here: ExampleAgency
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        body = self.rfile.read(min(int(length) if length.isdecimal() else 0, MAX_BODY))
        self.here.seen += 1
        if self._misbehaves():
            return
        try:
            verify(self.here.secret, self._headers(), body, at=int(time.time()))
            message = json.loads(body)
            self.here.register.take(message)
        except SignatureWrong:
            self._answer(401, {"error": "signature"})
        except (ValueError, KeyError, TypeError):
            self._answer(400, {"error": "message"})
        else:
            if self.here.answers_lost > 0:
                self.here.answers_lost -= 1
                self.close_connection = True
                self.connection.close()
                return
            self._answer(200, {"taken": True})

    def do_GET(self) -> None:
        if self._misbehaves():
            return
        try:
            verify(self.here.secret, self._headers(), self.path.encode(), at=int(time.time()))
        except SignatureWrong:
            self._answer(401, {"error": "signature"})
            return
        after = parse_qs(urlsplit(self.path).query).get("cursor", [""])[0]
        self._answer(200, self.here.register.page(after))

    def _misbehaves(self) -> bool:
        trouble = self.here.trouble
        if trouble in {"500", "400", "503"}:
            self._answer(int(trouble), {"error": "trouble"})
        elif trouble == "hang":
            time.sleep(3600)
        elif trouble == "garbage":
            self.wfile.write(b"\x00\x01 this is no HTTP\r\n\r\n")
            self.close_connection = True
        elif trouble == "silent":
            self.close_connection = True
            self.connection.close()
        return bool(trouble)

    def _headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Keep quiet: what comes is nobody's business."""
