"""Bodies whose length is told only by their end (RFC 9112 §7.1, chunked): Django reads none that does not say its length."""

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from io import BytesIO
from typing import Any

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class SizedBodies:
    """
    Give a body that came in pieces its length before the application reads it; one that is longer than `most` bytes is refused.

    Where the server does not tell where such a body ends, it is left as it is: it would be read for ever.
    """

    def __init__(self, application: Application, *, most: int) -> None:
        self.application, self.most = application, most

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        in_pieces = "HTTP_TRANSFER_ENCODING" in environ and not environ.get("CONTENT_LENGTH")
        if in_pieces and environ.get("wsgi.input_terminated"):
            body = environ["wsgi.input"].read(self.most + 1)
            if len(body) > self.most:
                return _too_large(start_response)
            environ["CONTENT_LENGTH"], environ["wsgi.input"] = str(len(body)), BytesIO(body)
        return self.application(environ, start_response)


def _too_large(start_response: Any) -> Iterable[bytes]:
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    said = json.dumps({"type": "about:blank", "title": status.phrase, "status": status}).encode()
    headers = [("Content-Type", "application/problem+json"), ("Content-Length", str(len(said)))]
    start_response(f"{status} {status.phrase}", headers)
    return [said]
