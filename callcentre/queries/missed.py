"""Calls nobody answered."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from callcentre.models import Call
from common import phone

PAGE = 30


@dataclass(frozen=True)
class Missed:
    """A call nobody answered: `returned` when somebody spoke with the same number afterwards."""

    call: Call
    number: str
    waited_seconds: int
    ending: str
    returned: bool
    at: datetime


def missed_calls(before: tuple[datetime, UUID] | None = None, *, limit: int = PAGE) -> list[Missed]:
    """Return the latest unanswered calls, or those before one of them."""
    later = Call.objects.filter(
        from_number=OuterRef("from_number"), started_at__gt=OuterRef("started_at"), answered_at__isnull=False
    )
    calls = Call.objects.unanswered().select_related("option", "interaction")
    if before:
        calls = calls.filter(Q(started_at__lt=before[0]) | Q(started_at=before[0], id__lt=before[1]))
    marked = calls.annotate(returned=Q(from_number__gt="") & Exists(later)).order_by("-started_at", "-id")[
        :limit
    ]
    return [
        Missed(
            call=call,
            number=phone.pretty(call.from_number or ""),
            waited_seconds=int((call.ended_at - call.started_at).total_seconds()) if call.ended_at else 0,
            ending=call.interaction.get_ending_display() if call.interaction else "",
            returned=bool(call.returned),  # type: ignore[attr-defined]  # annotated above
            at=call.started_at,
        )
        for call in marked
    ]
