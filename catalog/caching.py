"""One number in the cache that every rendered catalogue page carries in its key: raising it makes all of them stale at once."""

import time

from django.core.cache import cache

KEY = "catalog:edition"


def edition() -> int:
    """Return the present edition of the catalogue's pages."""
    value = cache.get(KEY)
    if value is None:
        value = time.time_ns()
        cache.set(KEY, value, timeout=None)
    return int(value)


def forget_pages() -> None:
    """Begin a new edition."""
    cache.set(KEY, time.time_ns(), timeout=None)
