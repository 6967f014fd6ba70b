"""What happens in the catalogue after an event."""

from uuid import UUID

from catalog import tasks
from events.registry import on


@on(
    "agreement.made",
    "agreement.moved",
    "agreement.places_changed",
    "agreement.act_added",
    "agreement.act_ended",
    "agreement.ended",
    "agreement.taken_back",
)
def refresh_partners(batch: list[UUID]) -> None:
    tasks.refresh_partners.delay(event_ids=[str(event) for event in batch])


@on("version.published", "procedure.retired", "procedure.restored", "procedure.confirmed")
def refresh_pages(batch: list[UUID]) -> None:
    tasks.refresh_pages.delay(event_ids=[str(event) for event in batch])


@on("bundle.changed", "bundle.published", "bundle.withdrawn")
def refresh_lists(batch: list[UUID]) -> None:
    tasks.refresh_lists.delay(event_ids=[str(event) for event in batch])
