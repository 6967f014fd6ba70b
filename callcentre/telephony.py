"""
What a telephone exchange posts, read into one form: event, callId, from, to, direction, user (repeated),
answeringNumber, cause and, beyond the common set, menu (the keys pressed on the line). Exchanges send it as JSON or as either
encoding of a form. Refusals are for whoever sets the exchange up, and in one language.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from callcentre.models import Direction, EventSource, EventType
from common import phone
from common.errors import DomainError

PROVIDER = "cti"
MAX_BODY = 32_768
MAX_USERS = 50
MAX_FIELDS = 200
_WITHHELD = {
    "",
    "anonymous",
    "unknown",
    "withheld",
    "restricted",
    "private",
    "unavailable",
    "blocked",
    "none",
    "null",
}
_DIRECTIONS = {"in": Direction.IN, "inbound": Direction.IN, "out": Direction.OUT, "outbound": Direction.OUT}


class EventUnreadable(DomainError):
    """What was posted is no event of a call."""

    code = "unreadable-event"
    status = 400


@dataclass(frozen=True)
class Told:
    """One event of a call, read."""

    type: str
    call_id: str
    provider: str = PROVIDER
    source: str = EventSource.EXCHANGE
    payload: dict[str, Any] = field(default_factory=dict)


def read(content_type: str, body: bytes) -> Told:
    """
    Read an event: a form in either encoding, or JSON.

    :raises EventUnreadable: none of the three, or without a known event and a call's id
    """
    fields = _fields(content_type, body)
    kind, call_id = _one(fields, "event"), _one(fields, "callId")
    provider = _one(fields, "provider").lower() or PROVIDER
    if kind not in EventType.values:
        raise EventUnreadable("The event must be newCall, answer or hangup.")
    if not call_id or len(call_id) > 120:
        raise EventUnreadable("The event must carry its callId, of at most 120 characters.")
    if not re.fullmatch(r"[a-z0-9_-]{1,30}", provider):
        raise EventUnreadable("The provider is named with at most 30 letters, figures and dashes.")
    return Told(kind, call_id, provider, payload=_payload(fields))


def number_of(text: str) -> str:
    """Return a caller's number in E.164; nothing when it is withheld or can not be one."""
    plain = (
        re.sub(r"^(sips?|tel):", "", text.strip(), flags=re.IGNORECASE)
        .partition("@")[0]
        .partition(";")[0]
        .strip()
    )
    if plain.lower() in _WITHHELD:
        return ""
    return (phone.normalise(plain) or "")[:20]


def _payload(fields: dict[str, list[str]]) -> dict[str, Any]:
    """Keep what folding needs: the citizen's number, the agents' phones, the keys pressed, the cause."""
    direction = _DIRECTIONS.get(_one(fields, "direction").lower(), "")
    users = fields.get("answeringNumber", [])[:1] + fields.get("user[]", []) + fields.get("user", [])
    menu = re.sub(r"[^0-9.*#]", "", _one(fields, "menu"))[:20].strip(".")
    kept = {
        "direction": str(direction),
        "number": number_of(_one(fields, "to" if direction == Direction.OUT else "from")),
        "menu": menu,
        "cause": re.sub(r"[^A-Za-z0-9_-]", "", _one(fields, "cause"))[:40],
        "users": list(dict.fromkeys(user[:254] for user in users if user))[:MAX_USERS],
    }
    return {name: value for name, value in kept.items() if value}


def _one(fields: dict[str, list[str]], name: str) -> str:
    values = fields.get(name, [])
    return values[0] if values else ""


def _fields(content_type: str, body: bytes) -> dict[str, list[str]]:
    if len(body) > MAX_BODY:
        raise EventUnreadable("An event has at most 32 kB.")
    try:
        match content_type.partition(";")[0].strip().lower():
            case "application/json":
                return _from_json(json.loads(body.decode()))
            case "application/x-www-form-urlencoded":
                return _gathered(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS))
            case "multipart/form-data":
                return _gathered(_parts(content_type, body))
    except (ValueError, RecursionError, MultiPartParserError, SuspiciousOperation):
        raise EventUnreadable("The event could not be read.") from None
    raise EventUnreadable("Send the event as a form, urlencoded or multipart, or as JSON.")


class _NoFiles(FileUploadHandler):
    """An event carries no files: what is sent as one is left aside."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


def _parts(content_type: str, body: bytes) -> Iterable[tuple[str, str]]:
    meta = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body))}
    fields, _files = MultiPartParser(meta, BytesIO(body), [_NoFiles()]).parse()
    return [(name, value) for name, values in fields.lists() for value in values]


def _from_json(data: Any) -> dict[str, list[str]]:
    if not isinstance(data, dict):
        raise EventUnreadable("The event must be a JSON object.")
    return _gathered(
        (name, one)
        for name, value in data.items()
        for one in (value if isinstance(value, list) else [value])
        if isinstance(one, str | int) and not isinstance(one, bool)
    )


def _gathered(pairs: Any) -> dict[str, list[str]]:
    """Gather the values of each name; half a character, which no database keeps, is a `ValueError`."""
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        f"{name}{value}".encode()
        fields.setdefault(str(name), []).append(str(value).replace("\0", "").strip())
    return fields
