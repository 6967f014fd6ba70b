"""The catalogue's background work."""

from celery import shared_task

from accounts.actors import Actor
from catalog import actions, caching, readings


@shared_task(name="catalog.refresh_pages", acks_late=True)
def refresh_pages(*, event_ids: list[str]) -> None:
    """Make every cached page of the catalogue stale; doing it twice does no harm."""
    caching.forget_pages()


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
