"""The door of the agency API: who asks, may they, not too often, what they sent, and each write once."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import wraps
from math import isfinite
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags
from django.utils.translation import gettext
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.serializers import (
    CharField,
    ChoiceField,
    DateField,
    Field,
    IntegerField,
    Serializer,
    SlugField,
    UUIDField,
)
from rest_framework.views import APIView

from accounts.actions.credentials import PREFIX, credential_digest
from accounts.actors import Actor
from accounts.models import Scope
from accounts.queries.credentials import shown_credential
from catalog.api.documented import refuse_unknown
from common import problems
from common.errors import DomainError, StaleVersion, TooManyAttempts
from common.limits import allow
from common.origins import address_of
from crm import keys
from crm.actions.requests import Answer, answer_once, kept_answer

A_MINUTE = timedelta(minutes=1)
GUESSES = 60  # wrong credentials a minute from one address
MAX_BODY = 256 * 1024  # bytes
CLAIM_MARK = '"@claim-code"'
_KEY = re.compile(r"[\x21-\x7e]{1,80}")
_ETAG = re.compile(
    r'"(\d{1,9})(?:-([0-9a-f]{1,64}))?"'
)  # of a case: its revision; read in full, with a digest


class Refusal(DomainError):
    """The door does not open; `headers` go with the answer."""

    def __init__(
        self, status: int, code: str, sentence: str, *, headers: dict[str, str] | None = None, **fields: str
    ) -> None:
        super().__init__(sentence, **fields)
        self.status, self.code, self.headers = status, code, headers or {}


class Door(APIView):
    """An address of the agency API; `scope` is what a credential needs for it, `known` the parameters it takes."""

    scope: ClassVar[Scope]
    known: ClassVar[tuple[str, ...]] = ()
    actor: Actor

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Find out who asks, and whether they may: in the place of the framework's own steps, of which we use none."""
        self.actor = admitted(request._request, self.scope)
        refuse_unknown(request, self.known)

    def handle_exception(self, exc: Exception) -> Any:
        response = super().handle_exception(exc)
        for name, value in getattr(exc, "headers", {}).items():
            response[name] = value
        return response


def admitted(request: HttpRequest, scope: Scope) -> Actor:
    """
    Return the program that asks.

    :raises Refusal: it shows no credential in force, asks too often, or its credential is not for this
    """
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    is_one = scheme.lower() == "bearer" and secret.startswith(PREFIX) and len(secret) < 100
    credential = shown_credential(credential_digest(secret)) if is_one else None
    if credential is None:
        if is_one and not allow("api-guess", address_of(request), times=GUESSES, within=A_MINUTE):
            raise _too_many()
        sentence = gettext("Show a credential in force: “Authorization: Bearer …”.")
        raise Refusal(401, "no-credential", sentence, headers={"WWW-Authenticate": "Bearer"})
    if not allow("api", str(credential.pk), times=credential.rate, within=A_MINUTE):
        raise _too_many()
    actor = Actor.agency(credential)
    if not actor.may(scope):
        raise Refusal(
            403, "no-scope", gettext("This credential lacks the scope “%(scope)s”.") % {"scope": scope.value}
        )
    return actor


def _too_many() -> Refusal:
    sentence = gettext("That was too often. Ask again in a minute.")
    return Refusal(429, "too-many-requests", sentence, headers={"Retry-After": "60"})


def told(content: dict[str, Any], *, status: int = 200, etag: str = "") -> HttpResponse:
    """Return an answer as JSON."""
    return sent(Answer(status, written(content), etag))


def written(content: Any) -> str:
    """Return JSON as it goes out."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str)


def sent(answer: Answer, code: str = "") -> HttpResponse:
    """Return an answer as it goes out; `code` stands where its mark is."""
    body = answer.body.replace(CLAIM_MARK, json.dumps(code)) if code else answer.body
    kind = "application/json" if answer.status < 400 else problems.CONTENT_TYPE
    response = HttpResponse(body.encode(), status=answer.status, content_type=kind)
    if answer.etag:
        response["ETag"] = answer.etag
    return response


def revision_in(request: HttpRequest, *, needed: bool = True) -> int | None:
    """
    Return the revision that If-Match names: what the ETag says besides, of people and of days, changes with no act on the case.

    :param needed: whether going without is refused
    :raises Refusal: 428 without one that is needed; 400 where it is none of our ETags
    """
    given = request.headers.get("If-Match", "")
    if not given and needed:
        sentence = gettext(
            "Send If-Match with the ETag of the case you looked at: somebody may have changed it."
        )
        raise Refusal(428, "precondition-missing", sentence)
    match = _ETAG.fullmatch(given)
    if given and not match:
        raise Refusal(400, "invalid", gettext('If-Match takes one ETag of ours, like "7".'))
    return int(match[1]) if match else None


def known_etags(request: HttpRequest) -> list[tuple[int, str]]:
    """
    Return the revisions and digests that If-None-Match names; whatever else stands there is known to nobody, nor is a revision alone, as a
    write answers it.
    """
    given = parse_etags(request.headers.get("If-None-Match", ""))
    found = (_ETAG.fullmatch(one.removeprefix("W/")) for one in given)
    return [(int(one[1]), one[2]) for one in found if one and one[2]]


def unchanged(etag: str) -> HttpResponse:
    """Return the answer to whoever has it already."""
    response = HttpResponse(status=304)
    response["ETag"] = etag
    return response


def body_of(request: HttpRequest, *, most: int = MAX_BODY) -> bytes:
    """
    Return what was sent.

    :raises Refusal: it is larger than `most` bytes
    """
    too_large = Refusal(
        413, "too-large", gettext("At most %(most)s kB are taken here.") % {"most": most // 1024}
    )
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > most:
        raise too_large
    sent: bytes | None = getattr(request, "_sent", None)  # a large one can be read only once
    if sent is None:
        try:
            sent = request.body
        except (RequestDataTooBig, RawPostDataException):
            sent = request.read(most + 1)
        request._sent = sent  # type: ignore[attr-defined]
    if len(sent) > most:
        raise too_large
    return sent


def json_in(request: HttpRequest, shape: type[Serializer[Any]]) -> dict[str, Any]:
    """
    Return what was sent, of the shape that this address takes.

    :raises Refusal: 415 no JSON by its type, 400 no JSON by its content, or fields that are wrong or unknown
    """
    sent = body_of(request)
    if sent and request.content_type != "application/json":
        raise Refusal(415, "unsupported-media-type", gettext("Send application/json."))
    try:
        data = json.loads(sent or b"{}", parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError):
        raise Refusal(400, "unreadable", gettext("This is no JSON.")) from None
    if not isinstance(data, dict):
        raise Refusal(400, "unreadable", gettext("Send a JSON object."))
    serializer = shape(data=data)
    errors: dict[str, Any] = {} if serializer.is_valid() else _sentences(serializer)
    unknown = [name for name in data if name not in serializer.fields]
    errors |= {name[:60]: gettext("There is no such field here.") for name in unknown}
    if errors:
        names = ", ".join(errors)
        raise Refusal(400, "invalid", gettext("Not accepted: %(names)s.") % {"names": names}, **errors)
    found: dict[str, Any] = serializer.validated_data
    return found


def _sentences(serializer: Serializer[Any]) -> dict[str, str]:
    """What is wrong with each field; what is wrong inside of one, with its place (RFC 6901)."""
    return {
        name: " ".join(_faults(told, serializer.fields[name], f"/{name}"))
        for name, told in serializer.errors.items()
    }


def _faults(
    told: Any, field: Field[Any, Any, Any, Any], place: str, *, is_inside: bool = False
) -> Iterator[str]:
    if isinstance(told, dict):
        for step, inner in told.items():
            yield from _faults(inner, getattr(field, "child", field), f"{place}/{step}", is_inside=True)
        return
    for fault in told:
        yield f"{place}: {_in_words(fault, field)}" if is_inside else _in_words(fault, field)


def _in_words(fault: ErrorDetail, field: Field[Any, Any, Any, Any]) -> str:
    """What to send instead: the framework's own words would show what came as Python writes it."""
    match fault.code, field:
        case "not_a_list", _:
            return gettext("Send a list here.")
        case "not_a_dict", _:
            return gettext("Send a JSON object here.")
        case "invalid_choice", ChoiceField():
            return gettext("Send one of these: %(choices)s.") % {
                "choices": ", ".join(map(str, field.choices))
            }
        case "invalid", UUIDField():
            return gettext("Send an id as it was told to you, in the form of a UUID.")
        case "invalid" | "max_string_length", IntegerField():
            return gettext("Send a whole number here.")
        case "invalid" | "datetime", DateField():
            return gettext("Send a day here, as in “2026-11-25”.")
        case "invalid", SlugField():
            return gettext("This is no code: letters, digits, - and _ only.")
        case "invalid", CharField():
            return gettext("Send a text here.")
    return str(fault)


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _finite(text: str) -> float:
    """A number as large as 1e999 is read as one without an end, which nothing of ours can keep."""
    number = float(text)
    return number if isfinite(number) else _no_number(text)


Write = Callable[..., Callable[[], Answer]]


def keyed(prepare: Write) -> Callable[..., HttpResponseBase]:
    """
    Make a write of a method that reads the request and returns what then is to be done.

    A request that was answered before is answered the same whatever was changed meanwhile, and its file is not looked through again. What
    is wrong with the request itself is refused under no key; whatever depends on what there is, also that there is nothing, belongs to
    what is done, and is kept.
    """

    @wraps(prepare)
    def write(self: Door, request: Request, **kwargs: Any) -> HttpResponseBase:
        asked = request._request
        key = asked.headers.get("Idempotency-Key", "")
        if not _KEY.fullmatch(key):
            sentence = gettext(
                "Send Idempotency-Key: 1 to 80 letters, new for each request, the same when you repeat it."
            )
            raise Refusal(400, "key-missing", sentence)
        digest = _digest(asked)
        is_file = asked.content_type != "application/json"
        answer = kept_answer(by=self.actor, key=key, digest=digest) if is_file else None
        if answer is None:
            act = _within(prepare(self, asked, **kwargs))
            answer = answer_once(by=self.actor, key=key, digest=digest, act=act, refused=_refused)
        return sent(
            answer, keys.claim_code_of_press(key, who=self.actor.id) if CLAIM_MARK in answer.body else ""
        )

    return write


def _within(act: Callable[[], Answer]) -> Callable[[], Answer]:
    """The same act; that there is nothing at this address is an answer like every other."""

    def done() -> Answer:
        try:
            return act()
        except Http404:
            raise Refusal(404, "not-found", gettext("There is nothing at this address.")) from None

    return done


def key_of(request: HttpRequest) -> str:
    """The key a write came with."""
    return request.headers["Idempotency-Key"]


def _digest(request: HttpRequest) -> bytes:
    parts = (
        (request.method or "").encode(),
        request.get_full_path().encode(),
        request.headers.get("If-Match", "").encode(),
        request.headers.get("Content-Type", "").encode(),
        request.headers.get("Content-Disposition", "").encode(),
        body_of(request, most=settings.UPLOAD_MAX_BYTES),
    )
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.digest()


def _refused(refusal: DomainError) -> Answer | None:
    """The answer to a refusal, which is kept; what has to do with the moment alone is not."""
    if refusal.status >= 500 or isinstance(refusal, TooManyAttempts):
        return None
    status = 412 if isinstance(refusal, StaleVersion) else refusal.status
    return Answer(status, written(problems.refusal_body(refusal, status=status)))
