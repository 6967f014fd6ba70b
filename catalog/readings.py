"""
How often each procedure's page is read, counted without slowing a page down: in this process first, then in the cache, then as rows.

A process that dies loses the counts of its last seconds; nobody is served on them. Robots that say who they are do not count.
"""

import re
import threading
import time
from collections import Counter

from redis.exceptions import RedisError, ResponseError

from common.live import client

EVERY_SECONDS = 5.0  # how long a process keeps counts to itself
WAITING, TAKEN = "ventanilla:readings", "ventanilla:readings:taken"
_ROBOT = re.compile(r"bot|crawl|spider|slurp|preview|monitor", re.IGNORECASE)


class Tally:
    """The counts of this process that are in the cache not yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._handed_at = time.monotonic()

    def add(self, procedure: str, agent: str) -> None:
        """Count one reading of a procedure's page, unless a robot read it."""
        if not procedure or _ROBOT.search(agent):
            return
        with self._lock:
            self._counts[procedure] += 1
            if time.monotonic() - self._handed_at < EVERY_SECONDS:
                return
            counts, self._counts = self._counts, Counter()
            self._handed_at = time.monotonic()
        hand_over(counts)


def hand_over(counts: Counter[str]) -> None:
    """Add counts to those that wait to become rows; without a cache they are lost."""
    try:
        with client().pipeline(transaction=False) as pipe:
            for procedure, count in counts.items():
                pipe.hincrby(WAITING, procedure, count)
            pipe.execute()
    except (RedisError, OSError):
        return


def taken() -> dict[str, int]:
    """Take the counts that wait, for `actions.keep_readings`; what another took and did not keep comes first. Call `kept` after."""
    cache = client()
    if not cache.exists(TAKEN):
        try:
            cache.rename(WAITING, TAKEN)
        except ResponseError:  # nothing waits
            return {}
    found: dict[bytes, bytes] = cache.hgetall(TAKEN)  # type: ignore[assignment]
    return {name.decode(): int(count) for name, count in found.items()}


def kept() -> None:
    """Forget the counts that were taken."""
    client().delete(TAKEN)


tally = Tally()
