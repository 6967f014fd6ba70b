"""What follows from the queue: others are told how long the wait is now."""

from uuid import UUID

from events.registry import on
from offices import tasks
from offices.events import QUEUE_KINDS


@on(*[kind.code for kind in QUEUE_KINDS])
def tell_the_wait(batch: list[UUID]) -> None:
    tasks.write_queue_states.delay(event_ids=[str(event) for event in batch])
