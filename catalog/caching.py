"""
What of the public catalogue changed, so that pages drawn before are drawn anew: all of them by a new edition, or those of some scopes.

The scope of a page is the id of the procedure it tells of, `LISTS` where procedures are listed, `PARTNERS` where agencies are, `HOUSE` where
none is spoken of. Changes are numbered; a page is stamped with the number of the last one known before it was drawn, and is stale once its
scope changed after it.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.cache import cache

EDITION, NUMBER = "catalog:edition", "catalog:changes"
LISTS, PARTNERS, HOUSE, ALL = "lists", "partners", "house", "all"
MOST_KNOWN = 500  # changes that a process looks back; of what is older it takes everything to be changed
KEPT_FOR = 2 * 24 * 3600  # seconds


@dataclass
class Present:
    """What one process knows: the edition, the number of the last change, and of each scope the number of its last."""

    edition: int = 0
    number: int = 0
    last: dict[str, int] = field(default_factory=dict)

    def is_fresh(self, scope: str, stamp: int) -> bool:
        """Whether a page of this scope, stamped so, is as it would be drawn now."""
        return stamp >= max(self.last.get(ALL, 0), self.last.get(scope, 0))


def edition() -> int:
    """Return the present edition of the catalogue's pages."""
    value = cache.get(EDITION)
    if value is None:
        value = time.time_ns()
        cache.set(EDITION, value, timeout=None)
    return int(value)


def forget_pages() -> None:
    """Begin a new edition: every page is drawn anew."""
    cache.set(EDITION, time.time_ns(), timeout=None)


def forget_pages_of(scopes: Iterable[str]) -> None:
    """Have only the pages of these scopes drawn anew."""
    _number()
    number = cache.incr(NUMBER)
    cache.set(_key(number), list(scopes), timeout=KEPT_FOR)


def _number() -> int:
    """Return the number of the last change; where it was lost, one above any of before, so that all is taken to be changed."""
    cache.add(NUMBER, time.time_ns(), timeout=None)
    return int(cache.get(NUMBER) or 0)


def present(known: Present) -> Present:
    """Return what is known now, from what was known before: three questions, and one more where something changed."""
    now = edition()
    number = _number()
    # Where the cache lost some, what was drawn before could look fresh under a number told twice.
    if number < known.number:
        forget_pages()
        now = edition()
    if now != known.edition:
        known = Present(now)
    if number == known.number:
        return known
    since = max(known.number, number - MOST_KNOWN)
    found = cache.get_many([_key(one) for one in range(since + 1, number + 1)])
    last = dict(known.last)
    if since > known.number:
        last[ALL] = since
    for one in range(since + 1, number + 1):
        for scope in found.get(_key(one), [ALL]):  # not written yet, or forgotten: it may have been anything
            last[scope] = one
    return Present(now, number, last)


def _key(number: int) -> str:
    return f"{NUMBER}:{number}"
