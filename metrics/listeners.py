"""What the figures listen to: whatever changes a contact, a matter of it or its grade."""

from uuid import UUID

from events.registry import on
from metrics import tasks


@on(
    "interaction.opened",
    "interaction.attended",
    "interaction.ended",
    "interaction.wrapped_up",
    "enquiry.opened",
    "enquiry.closed",
    "case.begun",
    "case.submitted",
    "case.taken",
    "case.asked",
    "case.answered",
    "case.paper_added",
    "case.granted",
    "case.denied",
    "case.referred",
    "case.lapsed",
    "case.withdrawn",
    "case.stage_decided",
    "case.closed",
    "case.reopened",
    "survey.answered",
)
def recount(batch: list[UUID]) -> None:
    tasks.note_changes.delay(event_ids=[str(event) for event in batch])
