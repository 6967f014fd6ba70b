"""What happens in the catalogue after an event."""

from uuid import UUID

from catalog import tasks
from events.registry import on


@on("version.published", "procedure.retired", "procedure.confirmed")
def refresh_pages(batch: list[UUID]) -> None:
    tasks.refresh_pages.delay(event_ids=[str(event) for event in batch])
