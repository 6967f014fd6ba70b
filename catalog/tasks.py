"""The catalogue's background work."""

from celery import shared_task

from accounts.actors import Actor
from catalog import actions, caching, readings
from events.models import Event


@shared_task(name="catalog.refresh_pages", acks_late=True)
def refresh_pages(*, event_ids: list[str]) -> None:
    """Have the pages drawn anew that tell of these events' procedures, or list them; doing it twice does no harm."""
    scopes = {scope for event in Event.objects.filter(pk__in=event_ids) for scope in _scopes_of(event)}
    caching.forget_pages_of(sorted(scopes))


@shared_task(name="catalog.refresh_partners", acks_late=True)
def refresh_partners(*, event_ids: list[str]) -> None:
    """Have the page of the agencies that take part drawn anew; doing it twice does no harm."""
    caching.forget_pages_of([caching.PARTNERS])


def _scopes_of(event: Event) -> list[str]:
    procedure = str(event.value("procedure") or event.subject_id)
    return (
        [procedure]
        if event.kind == "procedure.confirmed" or event.value("listed") is False
        else [procedure, caching.LISTS]
    )


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
