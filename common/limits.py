"""Rate limits on what can be guessed. Keys are hashed: the cache learns no address, folio or number."""

import hashlib
import hmac
import logging
import time
from datetime import timedelta
from functools import cache

from django.conf import settings
from redis.commands.core import Script
from redis.exceptions import RedisError

from common.live import client

log = logging.getLogger(__name__)
_ONE_MORE = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return count
"""


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
    key = f"{settings.CACHES['default']['KEY_PREFIX']}:limit:{purpose}:{digest}:{int(time.time()) // period}"
    try:
        return _counted(key, period) <= times
    except (RedisError, OSError):
        log.warning({"event": "limit_not_counted", "purpose": purpose})
        return True


def _counted(key: str, period: int) -> int:
    """Count one more, in one trip, in a count that begins with the first of the period."""
    return int(_count()(keys=[key], args=[period]))


@cache
def _count() -> Script:
    return client().register_script(_ONE_MORE)
