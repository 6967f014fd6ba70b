"""What happens after an event of a case or a person: tasks, started once the event is safely written."""

from uuid import UUID

from crm import tasks
from events.registry import on


@on("case.submitted", "case.asked", "case.granted", "case.denied", "case.referred")
def notify_citizen(batch: list[UUID]) -> None:
    tasks.notify_citizens.delay(event_ids=[str(event) for event in batch])


@on(
    "case.submitted",
    "case.answered",
    "case.paper_added",
    "case.written_to_agency",
    "case.withdrawn",
    "case.stage_decided",
    "case.reopened",
)
def announce_to_agencies(batch: list[UUID]) -> None:
    tasks.announce_to_agencies.delay(event_ids=[str(event) for event in batch])


@on("retention_rule.changed")
def refresh_pages(batch: list[UUID]) -> None:
    tasks.refresh_pages.delay(event_ids=[str(event) for event in batch])


@on("person.known", "person.told", "person.corrected")
def suspect_duplicates(batch: list[UUID]) -> None:
    tasks.suspect_duplicates.delay(event_ids=[str(event) for event in batch])
