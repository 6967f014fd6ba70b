"""Where a page begins, as a word that stands in any address: the key of the last row before it."""

import base64
import binascii


def sealed(key: str) -> str:
    """Return a key as a word that stands in any address."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def unsealed(cursor: str) -> str:
    """
    Return the key in a cursor.

    :raises ValueError: it is none of ours
    """
    try:
        key = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError("no cursor of ours") from error
    if not key or len(key) > 150 or not key.isprintable():
        raise ValueError("no cursor of ours")
    return key
