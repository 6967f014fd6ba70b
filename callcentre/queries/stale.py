"""What the exchange, or people, forgot to end."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from callcentre.models import AgentState, AgentStateKind, Call, CallState

RINGING_LIMIT = timedelta(minutes=30)  # nobody lets it ring longer: the hang-up was lost
SPEAKING_LIMIT = timedelta(hours=3)
WRAP_UP_LIMIT = timedelta(hours=1)
SHIFT_LIMIT = timedelta(hours=12)


def lost_calls(at: datetime) -> QuerySet[Call]:
    """The calls that ring or speak for longer than calls do."""
    ringing = Q(state=CallState.RINGING, started_at__lt=at - RINGING_LIMIT)
    speaking = Q(state=CallState.CONNECTED, answered_at__lt=at - SPEAKING_LIMIT)
    return Call.objects.filter(ringing | speaking).order_by("started_at")


def forgotten_wrap_ups(at: datetime) -> QuerySet[Call]:
    """The calls that are over and whose wrap-up nobody finished."""
    left = Call.objects.filter(
        interaction__wrapped_up_at__isnull=True, interaction__ended_at__lt=at - WRAP_UP_LIMIT
    )
    return left.order_by("started_at")


def forgotten_shifts(at: datetime) -> QuerySet[AgentState]:
    """The agents who have been available for longer than anybody works."""
    rows = AgentState.objects.open().filter(state=AgentStateKind.AVAILABLE, starts_at__lt=at - SHIFT_LIMIT)
    return rows.select_related("user").order_by("starts_at")
