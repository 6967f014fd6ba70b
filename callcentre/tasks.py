"""The background work of the line."""

from celery import shared_task

from accounts.actors import Actor
from callcentre import actions
from callcentre.models import AgentStateKind
from callcentre.queries import stale
from common import clock

AT_ONCE = 500


@shared_task(name="callcentre.end_stale_calls", acks_late=True)
def end_stale_calls() -> None:
    """End what the exchange or people forgot to end, and tell anew how long the wait is."""
    now, system = clock.now(), Actor.system()
    for call in stale.lost_calls(now)[:AT_ONCE]:
        actions.end_lost_call(call, by=system)
    for call in stale.forgotten_wrap_ups(now)[:AT_ONCE]:
        actions.finish_forgotten(call, by=system)
    for row in stale.forgotten_shifts(now)[:AT_ONCE]:
        actions.settle_agent(row.user, by=system, state=AgentStateKind.AWAY)
    actions.write_line_state(by=system)
