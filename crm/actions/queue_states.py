"""How long the wait is now."""

from django.db import transaction

from accounts.actors import Actor
from common import clock
from crm.models import QueueState
from territory.models import Office


@transaction.atomic
def write_queue_state(
    channel: str, *, by: Actor, office: Office | None = None, waiting: int, estimated_seconds: int | None
) -> None:
    """Write the present queue of an office, or of the phone line when there is no office."""
    QueueState.objects.update_or_create(
        channel=channel,
        office=office,
        defaults={"waiting": waiting, "estimated_seconds": estimated_seconds, "updated_at": clock.now()},
    )
