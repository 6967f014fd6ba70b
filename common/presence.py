"""Who looks at something just now: ids that expire by themselves, in the cache server. Losing them loses nothing."""

import logging
import time

from redis.exceptions import RedisError

from common.live import client

log = logging.getLogger(__name__)
SECONDS = 60


def look(place: str, who: str) -> list[str]:
    """
    Note that somebody looks at a place, and return who else did within the last minute.

    :param place: a kind and an id (`case:<id>`), never a name or a number of a person
    """
    key, now = f"presence:{place}", time.time()
    try:
        with client().pipeline() as asked:
            asked.zadd(key, {who: now})
            asked.zremrangebyscore(key, "-inf", now - SECONDS)
            asked.expire(key, SECONDS)
            asked.zrange(key, 0, -1)
            found = asked.execute()[-1]
    except (RedisError, OSError):
        log.warning({"event": "presence_not_known"})
        return []
    return [one for one in (name.decode() for name in found) if one != who]
