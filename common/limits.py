"""Rate limits on what can be guessed. Keys are hashed: the cache learns no address, folio or number."""

import hashlib
import hmac
import logging
import time
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def allow(purpose: str, subject: str, *, times: int, within: timedelta) -> bool:
    """
    Count one attempt and say whether it is still among the first `times` of this period.

    Without a cache there is no counting: the attempt is allowed and the failure is logged, because what is guarded has 128 bits
    or a limit of its own in the database.
    """
    period = int(within.total_seconds())
    digest = hmac.new(
        settings.SECRET_KEY.encode(), f"{purpose}:{subject}".encode(), hashlib.sha256
    ).hexdigest()[:32]
    key = f"limit:{purpose}:{digest}:{int(time.time()) // period}"
    try:
        return _counted(key, period) <= times
    except (RedisError, ValueError, OSError):
        log.warning({"event": "limit_not_counted", "purpose": purpose})
        return True


def _counted(key: str, period: int) -> int:
    """Count one more, in a count that begins with the first of the period."""
    try:
        return cache.incr(key)
    except ValueError:
        cache.add(key, 0, timeout=period)
        return cache.incr(key)
