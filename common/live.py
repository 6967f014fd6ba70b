"""Telling live screens that something changed: only a topic's name travels, never data. Losing a message loses nothing: screens poll too."""

import logging

from django.conf import settings
from django.db import transaction
from redis import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
CHANNEL = "live"
_client: Redis | None = None


def client() -> Redis:
    """Return the connection to the cache server."""
    global _client
    if _client is None:
        _client = Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    return _client


def publish(*topics: str) -> None:
    """After the commit, tell whoever watches these topics to look again."""

    def send() -> None:
        try:
            for topic in topics:
                client().publish(f"{CHANNEL}:{topic}", topic)
        except (RedisError, OSError):
            log.warning({"event": "live_not_published"})

    transaction.on_commit(send)
