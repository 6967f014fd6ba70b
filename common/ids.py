"""Identifiers made here, so that a row's id is known before it is written."""

import os
import secrets
import time
import uuid


def new_id() -> uuid.UUID:
    """Return a UUID version 7 (RFC 9562 §5.7): time-ordered, so that index pages fill in order."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def new_secret() -> str:
    """Return 128 random bits as they are written."""
    return written_secret(secrets.randbits(128))


def written_secret(number: int) -> str:
    """Return 128 bits as 26 readable characters (Crockford base 32, lower case, no i l o u)."""
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    return "".join(alphabet[number >> shift & 31] for shift in range(125, -1, -5))


def new_code(alphabet: str, length: int) -> str:
    """Return so many characters to be read aloud or copied by hand; see `is_mixed`."""
    while not is_mixed(code := "".join(secrets.choice(alphabet) for _ in range(length))):
        pass
    return code


def is_mixed(code: str) -> bool:
    """Whether a code has letters and digits: what is written to the logs is masked by its shape, and a code must not look like a word."""
    return any(one.isdigit() for one in code) and any(one.isalpha() for one in code)
