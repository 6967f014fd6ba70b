"""How long the wait on the line is now, for whoever must tell a citizen."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Avg

from accounts.actors import Actor
from callcentre.models import AgentState, AgentStateKind, Call
from callcentre.models.agent import AT_WORK
from common import clock
from crm.actions import write_queue_state as write_queue
from crm.models import Interaction, QueueState

USUAL_SECONDS = 240  # of a call, where nothing better is known
RECENT = timedelta(hours=2)


@transaction.atomic
def write_line_state(*, by: Actor) -> None:
    """
    Count who waits, and estimate the wait of whoever calls now: calls ahead × usual length ÷ agents at work.

    The row is locked before counting, so that of two calls at once the later counts both.
    """
    QueueState.objects.select_for_update().filter(channel="phone", office=None).first()
    waiting = Call.objects.waiting().count()
    write_queue("phone", by=by, waiting=waiting, estimated_seconds=_estimate(waiting))


def _estimate(waiting: int) -> int | None:
    states = list(AgentState.objects.open().filter(state__in=AT_WORK).values_list("state", flat=True))
    if not states:
        return None
    ahead = waiting + 1 - states.count(AgentStateKind.AVAILABLE)
    if ahead <= 0:
        return 0
    recent = Interaction.objects.filter(
        channel="phone", attended_at__isnull=False, ended_at__gte=clock.now() - RECENT
    )
    length = recent.aggregate(length=Avg("served_seconds"))["length"] or USUAL_SECONDS
    return int(ahead * length / len(states))
