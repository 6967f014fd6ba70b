"""A program's write, done once however often it is sent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common.errors import DomainError
from crm.models import KeyedRequest

KEPT_FOR = timedelta(days=7)
_TABLE = KeyedRequest._meta.db_table
_CLAIM = f"""
INSERT INTO {_TABLE} (credential_id, key, digest, etag, body, at) VALUES (%s, %s, %s, '', '', clock_now())
ON CONFLICT DO NOTHING RETURNING id
"""  # noqa: S608  # a name of ours
_SETTLE = f"UPDATE {_TABLE} SET status = %s, etag = %s, body = %s WHERE id = %s"  # noqa: S608  # likewise


class KeyUsed(DomainError):
    """The key came before with something else."""

    code = "key-used"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("This Idempotency-Key came before with another request. Use a new one."))


@dataclass(frozen=True)
class Answer:
    """What a write is answered; a secret stands in it as a mark (`crm.models.request`)."""

    status: int
    body: str
    etag: str = ""


def kept_answer(*, by: Actor, key: str, digest: bytes) -> Answer | None:
    """
    Return what was answered under a key; None where nothing was yet.

    :raises KeyUsed: the key came before with another digest
    """
    earlier = KeyedRequest.objects.filter(credential=by.credential_id, key=key).first()
    return _answer_of(earlier, digest) if earlier else None


def _answer_of(earlier: KeyedRequest, digest: bytes) -> Answer:
    if bytes(earlier.digest) != digest or earlier.status is None:
        raise KeyUsed
    return Answer(earlier.status, earlier.body, earlier.etag)


def answer_once(
    *,
    by: Actor,
    key: str,
    digest: bytes,
    act: Callable[[], Answer],
    refused: Callable[[DomainError], Answer | None],
) -> Answer:
    """
    Carry out `act` and keep its answer under a key; sent again, the kept answer is returned and nothing is done.

    Two at once with one key: the second waits for the first. A refusal is an answer too, and leaves nothing else: whatever changed
    meanwhile, the same request is answered the same.

    :param digest: of all that was asked
    :param refused: the answer to a refusal; None where it is to be asked anew
    :raises KeyUsed: the key came before with another digest
    :raises DomainError: what `refused` does not answer; nothing is kept then
    """
    try:
        return _answered(by, key, digest, act)
    except KeyUsed:
        raise
    except DomainError as refusal:
        kept = refused(refusal)
        if kept is None:
            raise
        answer = kept
    return _answered(by, key, digest, lambda: answer)


@transaction.atomic
def _answered(by: Actor, key: str, digest: bytes, act: Callable[[], Answer]) -> Answer:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [by.credential_id, key, digest])
        claimed = cursor.fetchone()
    if claimed is None:
        return _answer_of(KeyedRequest.objects.get(credential=by.credential_id, key=key), digest)
    answer = act()
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [answer.status, answer.etag, answer.body, claimed[0]])
    return answer


@transaction.atomic
def forget_requests(*, by: Actor, before: datetime, most: int = 5000) -> int:
    """Forget keys older than a moment, so many at a time; return how many there were."""
    old = KeyedRequest.objects.filter(at__lt=before).order_by("at").values("pk")[:most]
    return KeyedRequest.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]
