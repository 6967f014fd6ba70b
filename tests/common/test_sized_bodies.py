"""A body that does not say how long it is (chunked) is read whole, or refused as too large; never thrown away."""

from io import BytesIO

from common.sized_bodies import SizedBodies


def send(pieces: bytes, *, most: int = 10, **environ) -> tuple[list[str], bytes]:
    """Return the statuses that were begun, and what the application read."""
    statuses: list[str] = []

    def application(environ, start_response):
        start_response("200 OK", [])
        return [environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))]

    environ = {"wsgi.input": BytesIO(pieces), "wsgi.input_terminated": True, **environ}
    read = SizedBodies(application, most=most)(environ, lambda status, headers: statuses.append(status))
    return statuses, b"".join(read)


def test_a_body_in_pieces_is_read_to_its_end():
    assert send(b"0123456789", HTTP_TRANSFER_ENCODING="chunked") == (["200 OK"], b"0123456789")


def test_one_that_is_longer_than_may_be_is_refused_unread():
    statuses, said = send(b"01234567890", HTTP_TRANSFER_ENCODING="chunked")

    assert statuses == ["413 Request Entity Too Large"]
    assert b'"status": 413' in said


def test_a_body_that_says_its_length_is_left_as_it_is():
    assert send(b"0123456789", CONTENT_LENGTH="4") == (["200 OK"], b"0123")


def test_a_server_that_can_not_tell_where_it_ends_is_not_waited_for():
    terminated = {"wsgi.input_terminated": False}

    assert send(b"01", HTTP_TRANSFER_ENCODING="chunked", **terminated) == (["200 OK"], b"")
