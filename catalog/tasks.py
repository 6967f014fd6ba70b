"""The catalogue's background work."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from redis.exceptions import RedisError

from accounts.actors import Actor
from catalog import actions, caching, readings
from catalog.bulk.working import work_on
from catalog.importer.sync import due_sources, sync_source, try_source
from catalog.queries.bulk import unfinished_files
from catalog.queries.bundles import is_offered_together
from catalog.queries.imports import trials_under_way
from catalog.queries.published import naming
from events.models import Event

logger = logging.getLogger(__name__)


# A page that nobody was told to draw anew would stay as it was for ten minutes.
UNTIL_TOLD: dict[str, Any] = {
    "autoretry_for": (RedisError, OSError),
    "retry_backoff": True,
    "max_retries": None,
}

# However large a file of sheets is, the queue goes on after so many seconds: what is left is done the next time.
BULK_LIMITS: dict[str, Any] = {"soft_time_limit": 900, "time_limit": 1200}

# However slowly servers answer, the worker and their locks are free again after so many seconds: what is left is read the next time.
SYNC_LIMITS: dict[str, Any] = {"soft_time_limit": 1800, "time_limit": 2100}


@shared_task(name="catalog.refresh_pages", acks_late=True, **UNTIL_TOLD)
def refresh_pages(*, event_ids: list[str]) -> None:
    """Have the pages drawn anew that tell of these events' procedures, or list them; doing it twice does no harm."""
    scopes = {scope for event in Event.objects.filter(pk__in=event_ids) for scope in _scopes_of(event)}
    caching.forget_pages_of(sorted(scopes))


@shared_task(name="catalog.refresh_partners", acks_late=True, **UNTIL_TOLD)
def refresh_partners(*, event_ids: list[str]) -> None:
    """Have the page of the agencies that take part drawn anew; doing it twice does no harm."""
    caching.forget_pages_of([caching.PARTNERS])


@shared_task(name="catalog.refresh_lists", acks_late=True, **UNTIL_TOLD)
def refresh_lists(*, event_ids: list[str]) -> None:
    """Have the pages drawn anew on which bundles of procedures are offered; doing it twice does no harm."""
    caching.forget_pages_of([caching.LISTS])


def _scopes_of(event: Event) -> set[str]:
    procedure = str(event.value("procedure") or event.subject_id)
    stands_alone = event.value("listed") is False and not is_offered_together(UUID(procedure))
    if event.kind == "procedure.confirmed" or stands_alone:
        return {procedure}
    return {procedure, caching.LISTS, *map(str, naming(UUID(procedure)))}


@shared_task(name="catalog.begin_publications", acks_late=True)
def begin_publications() -> None:
    """Tell of the versions whose day has come; doing it twice does no harm."""
    actions.begin_due_publications(by=Actor.system())


@shared_task(name="catalog.remind_of_reviews", acks_late=True)
def remind_of_reviews() -> None:
    """Write down who is to be reminded today that a sheet is to be read again."""
    actions.note_due_reviews(by=Actor.system())


@shared_task(name="catalog.send_reminders", acks_late=True)
def send_reminders() -> None:
    """Send the reminders that wait; what could not be sent is sent the next time."""
    actions.send_reminders(by=Actor.system())


@shared_task(name="catalog.keep_readings", acks_late=True)
def keep_readings() -> None:
    """Write down how often pages were read. Cut short just before its end it counts some twice: no service hangs on them."""
    if counts := readings.taken():
        actions.keep_readings(counts, by=Actor.system())
    readings.kept()


@shared_task(name="catalog.sync_sources", acks_late=True, **SYNC_LIMITS)
def sync_sources() -> None:
    """Read the catalogues that are due, one after the other, then those only to be tried; two workers at once read each once."""
    for source_id in list(due_sources().values_list("pk", flat=True)):
        with _alone(f"source {source_id}"):
            sync_source(source_id, by=Actor.system())
    for run in list(trials_under_way().select_related("source")):
        with _alone(f"trial {run.pk}"):
            try_source(run, by=Actor.system())


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Whatever is wrong with one reading holds no other up; only the end of the time for all of them does."""
    try:
        yield
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("the reading of %s ended in a way nobody foresaw", name)


@shared_task(name="catalog.work_on_bulk", acks_late=True, **BULK_LIMITS)
def work_on_bulk(*, bulk_id: str) -> None:
    """Judge, or once it is confirmed do, the rows of a file; doing it twice does each row once."""
    work_on(UUID(bulk_id))


@shared_task(name="catalog.finish_bulk", acks_late=True, **BULK_LIMITS)
def finish_bulk() -> None:
    """Go on with the files that a lost worker left, and forget those whose time is over."""
    actions.forget_bulk_imports(by=Actor.system())
    for bulk_id in unfinished_files():
        try:
            work_on(bulk_id)
        except Exception:  # whatever is wrong with one file holds no other up
            logger.exception("the file of sheets %s could not be gone on with", bulk_id)
