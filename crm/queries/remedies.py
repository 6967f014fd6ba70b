"""How, with whom and until when a citizen may ask that a refusal be reviewed: every decision must say so (Ley 19.880, arts. 41 and 59)."""

from dataclasses import dataclass
from datetime import date, datetime

from common import clock
from crm.models import Case, Notification, StageState
from crm.models.notification import NotificationState
from crm.queries.notifications import effect_of
from crm.terms import NETWORK_ZONE, review_until


@dataclass(frozen=True)
class Remedy:
    """Whom to ask for a review, and the last day to do it."""

    agencies: list[str]
    until: date


def remedy_of(case: Case, *, told_on: date | None = None) -> Remedy | None:
    """
    Return the remedy against a refusal; None where nothing was refused, or where another law says how (data rights; complaints).

    :param told_on: the day on which the decision takes effect; without it, the day that our messages tell, else the day it was decided
    """
    content = case.version.content
    if case.decided_at is None or content.get("right") or content.get("voice"):
        return None
    refused = case.stages.filter(state=StageState.DENIED).select_related("agency").order_by("order", "pk")
    if not any(stage.is_required for stage in refused):
        return None
    agencies = list(dict.fromkeys(stage.agency.name for stage in refused))
    return Remedy(agencies, review_until(told_on or _told_on(case, case.decided_at)))


def _told_on(case: Case, decided_at: datetime) -> date:
    """When this decision takes effect; what was told of one before the case was opened again counts for nothing."""
    if (effect := effect_of(case)) and effect.effective_on:
        return effect.effective_on
    told = Notification.objects.filter(
        case=case,
        template="denied",
        at__gte=decided_at,
        state__in=[NotificationState.SENT, NotificationState.DELIVERED],
    )
    first = told.order_by("sent_at").values_list("sent_at", flat=True).first()
    return clock.local_date(first or decided_at, NETWORK_ZONE)
