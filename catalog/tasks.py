"""The catalogue's background work."""

from celery import shared_task

from catalog import caching


@shared_task(name="catalog.refresh_pages", acks_late=True)
def refresh_pages(*, event_ids: list[str]) -> None:
    """Make every cached page of the catalogue stale; doing it twice does no harm."""
    caching.forget_pages()
