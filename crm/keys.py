"""The key of a case and the token of a survey: what opens them, and what of it is stored."""

import base64
import hashlib
import hmac
import json
from itertools import count
from uuid import UUID

from django.conf import settings

from common.ids import is_mixed, new_code, new_secret, written_secret

CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 O 1 I: it is read aloud and copied by hand


def new_key() -> str:
    """Return a new key of a case (128 random bits)."""
    return new_secret()


def tidy(key: str) -> str:
    """Return a typed key in its one form: case, blanks and dashes are forgiven; o is 0, i and l are 1, as in Crockford's base 32."""
    plain = "".join(key.split()).replace("-", "").lower()
    return plain.replace("o", "0").replace("i", "1").replace("l", "1")


def hashed(key: str) -> bytes:
    """Return what is stored of a key: SHA-256 is enough for 128 random bits."""
    return hashlib.sha256(tidy(key).encode()).digest()


def opens(key: str, stored: bytes | memoryview | None) -> bool:
    """Whether a key is the one whose hash is stored, in constant time."""
    return stored is not None and hmac.compare_digest(hashed(key), bytes(stored))


def pretty(key: str) -> str:
    """Return a key in groups, as it is shown and printed."""
    return "-".join(key[start : start + 5] for start in range(0, len(key), 5))


def _derived(purpose: str, subject: object) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), f"{purpose}:{subject}".encode(), hashlib.sha256).digest()


def key_of_press(press: str, *, browser: str, subject: object) -> str:
    """Return the key of what one press of a button begins: pressed again in the same browser, it is the same."""
    derived = _derived("press", json.dumps([press, browser, str(subject)]))
    return written_secret(int.from_bytes(derived[:16]))


def survey_token(interaction_id: UUID) -> str:
    """Return the token of an interaction's survey: derived, so that screen, paper and mail show the same one-time link."""
    return base64.b32encode(_derived("survey", interaction_id)[:16]).decode().rstrip("=").lower()


def new_claim_code() -> str:
    """Return eight characters that a clerk can read aloud."""
    return new_code(CODE_ALPHABET, 8)


def claim_code_of_press(press: str, *, who: object) -> str:
    """Return the claim code of what one request of a program makes: asked again with the same key, it is the same."""
    codes = (_code_of(_derived("claim-of-press", json.dumps([press, str(who), turn]))) for turn in count())
    return next(code for code in codes if is_mixed(code))


def _code_of(derived: bytes) -> str:
    return "".join(CODE_ALPHABET[byte % len(CODE_ALPHABET)] for byte in derived[:8])


def looks_like_claim_code(typed: str) -> bool:
    """Whether somebody typed a claim code where a key could stand too."""
    return len(_plain_code(typed)) == 8


def _plain_code(code: str) -> str:
    return "".join(code.split()).replace("-", "").upper()


def is_claim(case_id: UUID, code: str, stored: bytes | memoryview) -> bool:
    """Whether a claim code is the one that is stored, in constant time."""
    return hmac.compare_digest(claim_hmac(case_id, code), bytes(stored))


def claim_hmac(case_id: UUID, code: str) -> bytes:
    """Return what is stored of a claim code: keyed, because the code is short."""
    plain = _plain_code(code)
    return hmac.new(
        settings.SECRET_KEY.encode(), f"claim:{case_id}:{plain}".encode(), hashlib.sha256
    ).digest()


def signing_secret(subscription_id: UUID, number: int) -> str:
    """Return the secret that signs what an agency is told: derived, so it lies nowhere; another number gives another."""
    return "whsec_" + base64.b64encode(_derived("agency-signature", f"{subscription_id}:{number}")).decode()
