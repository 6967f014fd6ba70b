"""Servers that are read again and again: whichever is due, one at a time, each by one worker at a time."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection
from django.db.models import QuerySet

from accounts.actors import Actor
from catalog import actions
from catalog.importer.run import CatalogueWalk, ImportStopped
from catalog.models import ImportRun, ImportSource
from catalog.queries.imports import trials_under_way
from common.clock import ClockNow
from integrations.chileatiende import CatalogueClient, CatalogueRefused
from integrations.chileatiende.http import HttpCatalogue

TURN = 300  # sheets a server has its turn for; then the next one, and it goes on later
UNKNOWN = "It ended in a way nobody foresaw: see the worker's log."
TOO_LONG = "The time for reading servers was over before this one had answered: ask whoever runs it why it is so slow."


def due_sources() -> QuerySet[ImportSource]:
    """The servers that are to be read now, the one that waits longest first."""
    return ImportSource.objects.filter(is_active=True, next_at__lte=ClockNow()).order_by("next_at", "pk")


def client_for(source: ImportSource) -> CatalogueClient:
    """
    Return what reads a server; the token comes from the environment, each time anew.

    :raises CatalogueRefused: the variable that is named holds none
    """
    token = os.environ.get(source.token_variable, "") if source.token_variable else ""
    if source.token_variable and not token:
        raise CatalogueRefused(f"The environment has no {source.token_variable}: the token is not there.")
    return HttpCatalogue(source.url, token=token, shape=source.shape, public_only=True)


def sync_source(
    source_id: int, *, by: Actor, client_of: Callable[[ImportSource], CatalogueClient] = client_for
) -> bool:
    """Read a server if it is due and nobody else reads it; return whether this was done. No transaction is open meanwhile."""
    with _claimed(source_id) as mine:
        source = due_sources().filter(pk=source_id).first() if mine else None
        if source is None:
            return False
        run = actions.begin_sync(source, by=by)
        trouble = UNKNOWN
        try:
            trouble = _walked(source, run, by, client_of)
        except SoftTimeLimitExceeded:
            trouble = TOO_LONG
            raise
        finally:
            actions.end_sync(source, by=by, trouble=trouble)
        return True


def try_source(
    run: ImportRun, *, by: Actor, client_of: Callable[[ImportSource], CatalogueClient] = client_for
) -> bool:
    """
    Go on for a turn with a reading that takes nothing over, if nobody else reads the server; return whether this was done. What goes wrong
    ends it: whoever asked reads why.
    """
    source = run.source
    if source is None:
        return False
    with _claimed(source.pk) as mine:
        if not mine or not trials_under_way().filter(pk=run.pk).exists():
            return False
        run.refresh_from_db()
        trouble = UNKNOWN
        try:
            trouble = _walked(source, run, by, client_of)
        except SoftTimeLimitExceeded:
            trouble = TOO_LONG
            raise
        finally:
            if trouble:
                actions.end_run(run, by=by, stopped_because=trouble)
        return True


def _walked(
    source: ImportSource, run: ImportRun, by: Actor, client_of: Callable[[ImportSource], CatalogueClient]
) -> str:
    """Walk for a turn; return what went wrong."""
    try:
        client = client_of(source)
        limit = run.items.count() + TURN
        CatalogueWalk(client, origin=source.url, by=by, run=run, limit=limit).go()
    except (CatalogueRefused, ImportStopped) as stop:
        return str(stop)
    return ""


@contextmanager
def _claimed(source_id: int) -> Iterator[bool]:
    """Hold a server against other workers; yield whether it was free. A lost worker holds nothing."""
    lock = f"import:{source_id}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 103))", [lock])
        mine: bool = cursor.fetchone()[0]
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 103))", [lock])
