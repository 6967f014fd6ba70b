"""
Signatures of what goes to and comes from an agency's system, after Standard Webhooks: HMAC-SHA256 over id, moment and content.

Both sides use the same few lines: the house to sign, an agency (and our example of one) to verify.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence

TOLERANCE = 300  # seconds by which the two clocks may differ
PREFIX = "whsec_"


class SignatureWrong(Exception):
    """What came was not signed by whoever knows the secret, or not now."""


def signed_headers(secrets: Sequence[str], *, message_id: str, at: int, content: bytes) -> dict[str, str]:
    """
    Return the headers that prove who sent `content`.

    :param secrets: one, or two while a secret is being changed
    :param at: seconds since the epoch
    :param content: the body; for a GET, its path with the query
    """
    marks = [f"v1,{_mark(secret, message_id, at, content)}" for secret in secrets]
    return {"webhook-id": message_id, "webhook-timestamp": str(at), "webhook-signature": " ".join(marks)}


def verify(secret: str, headers: Mapping[str, str], content: bytes, *, at: int) -> str:
    """
    Return the id of what was signed.

    :param headers: by lower-case name
    :param at: now, in seconds since the epoch
    :raises SignatureWrong:
    """
    message_id, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not moment.isdecimal() or abs(int(moment) - at) > TOLERANCE:
        raise SignatureWrong("no id, or not of now")
    wanted = f"v1,{_mark(secret, message_id, int(moment), content)}".encode()
    given = headers.get("webhook-signature", "").encode("utf-8", "replace").split()
    if not any(hmac.compare_digest(wanted, one) for one in given):
        raise SignatureWrong("not signed with this secret")
    return message_id


def _mark(secret: str, message_id: str, at: int, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(
        hmac.new(key, f"{message_id}.{at}.".encode() + content, hashlib.sha256).digest()
    ).decode()
