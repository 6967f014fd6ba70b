"""
Live screens: a small ASGI process on its own port that streams "something changed" (server-sent events).

It holds no database connection while it waits, carries only names of topics, asks for a signed-in session where a topic is not public,
and checks that session again every few seconds. Screens that can not reach it poll.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from asgiref.sync import sync_to_async  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import parse_cookie  # noqa: E402
from redis.asyncio import Redis  # noqa: E402
from redis.exceptions import RedisError  # noqa: E402

from accounts.live import may_watch  # noqa: E402
from common.live import CHANNEL  # noqa: E402

HEARTBEAT = 5.0
MAX_TOPICS = 10
Send = Callable[[dict[str, Any]], Awaitable[None]]


def _allowed(cookies: dict[str, str], topics: list[str]) -> bool:
    try:
        return may_watch(cookies.get(settings.SESSION_COOKIE_NAME, ""), topics)
    finally:
        connection.close()


def _headers(extra: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [
        (b"access-control-allow-origin", settings.SITE_URL.encode()),
        (b"access-control-allow-credentials", b"true"),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        (b"referrer-policy", b"same-origin"),
        (b"strict-transport-security", b"max-age=63072000; includeSubDomains; preload"),
        *extra,
    ]


async def _answer(send: Send, status: int, body: bytes) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": _headers([(b"content-type", b"text/plain")]),
        }
    )
    await send({"type": "http.response.body", "body": body})


async def application(
    scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Send
) -> None:
    """Answer `/healthz`, and `/live?topics=…` with a stream."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    if scope["type"] != "http":
        return
    if scope["path"] == "/healthz":
        await _answer(send, 200, b"ok")
        return
    query = parse_qs(scope.get("query_string", b"").decode("ascii", "replace"))
    topics = [topic for value in query.get("topics", []) for topic in value.split(",") if topic][:MAX_TOPICS]
    raw = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
    if raw.get("origin") not in {None, settings.SITE_URL}:
        await _answer(send, 403, b"another origin")
        return
    cookies = parse_cookie(raw.get("cookie", ""))
    if not topics or not await sync_to_async(_allowed)(cookies, topics):
        await _answer(send, 403, b"not allowed")
        return
    await _stream(cookies, topics, receive, send)


async def _lifespan(receive: Callable[[], Awaitable[dict[str, Any]]], send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _stream(cookies: dict[str, str], topics: list[str], receive: Any, send: Send) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": _headers([(b"content-type", b"text/event-stream")]),
        }
    )
    gone = asyncio.create_task(_until_gone(receive))
    redis = Redis.from_url(settings.REDIS_URL)
    try:
        async with redis.pubsub() as watch:
            await watch.subscribe(*[f"{CHANNEL}:{topic}" for topic in topics])
            await send({"type": "http.response.body", "body": b"retry: 2000\n\n", "more_body": True})
            last_check = asyncio.get_running_loop().time()
            while not gone.done():
                message = await watch.get_message(ignore_subscribe_messages=True, timeout=1.0)
                now = asyncio.get_running_loop().time()
                body = b""
                if message is not None:
                    body = b"event: changed\ndata: " + message["data"] + b"\n\n"
                if now - last_check >= HEARTBEAT:
                    last_check = now
                    if not await sync_to_async(_allowed)(cookies, topics):
                        break
                    body += b": still here\n\n"
                if body:
                    await send({"type": "http.response.body", "body": body, "more_body": True})
    except (RedisError, OSError):
        pass  # the screen polls, and its browser comes back in two seconds
    finally:
        gone.cancel()
        await redis.aclose()
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
