"""A process that was forked uses no connection of the one it came from."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest
from django.db import connection, connections

from common.forks import leave_connections


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _child(tell: Any) -> None:
    leave_connections()
    tell.send(backend())


def _fork_where_a_loop_runs() -> tuple[int, int, int]:
    """Return the backend before, that of a forked process, and that after."""
    before = backend()
    asyncio._set_running_loop(loop := asyncio.new_event_loop())
    try:
        connections.close_all()  # not that of before: it stands with those of the time without a loop
        context = get_context("fork")
        hear, tell = context.Pipe(duplex=False)
        child = context.Process(target=_child, args=(tell,))
        child.start()
        assert hear.poll(30)
        told = hear.recv()
        child.join(30)
    finally:
        asyncio._set_running_loop(None)
        loop.close()
    after = backend()
    connections.close_all()
    return before, told, after


@pytest.mark.django_db(transaction=True)
def test_a_forked_process_opens_its_own_connection_even_where_a_loop_runs():
    with ThreadPoolExecutor(1) as thread:  # the browser's loop may run in this one
        before, told, after = thread.submit(_fork_where_a_loop_runs).result(60)

    assert told != before
    assert after == before, "and leaves its parent's alone"
