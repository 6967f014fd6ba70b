"""How long the wait on the line is now, for whoever must tell a citizen."""

from django.db import transaction

from accounts.actors import Actor
from callcentre.models import AgentState, AgentStateKind, Call, CallState
from callcentre.models.agent import AT_WORK
from crm.actions import write_queue_state as write_queue
from crm.models import QueueState

USUAL_SECONDS = 240  # of a call, where nothing better is known
RECENT = 50  # calls


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
    return int(ahead * _usual_seconds() / len(states))


def _usual_seconds() -> float:
    """Return how long a call lasts: the mean of the latest answered ones."""
    latest = Call.objects.incoming().filter(state=CallState.ENDED, answered_at__isnull=False)
    lengths = [
        (ended - answered).total_seconds()
        for answered, ended in latest.order_by("-started_at", "id").values_list("answered_at", "ended_at")[
            :RECENT
        ]
        if answered and ended
    ]
    return sum(lengths) / len(lengths) if lengths else USUAL_SECONDS
