"""The calendar of legal terms as people read it."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from crm.models import CalendarChange, Case, CaseState, Message, MessageKind
from crm.models.case import OPEN
from events.models import Event
from territory.models import Holiday

SHOWN = 60  # days off ahead: about three years


def days_ahead(today: date) -> QuerySet[Holiday]:
    """The listed days after today, in order: days off, and days that count although they would not."""
    return Holiday.objects.filter(day__gt=today).order_by("day")[:SHOWN]


def changes() -> QuerySet[CalendarChange]:
    """What was changed by hand, the latest first."""
    return CalendarChange.objects.select_related("by").order_by("-at")[:30]


def cases_counting(event_id: UUID) -> Iterator[UUID]:
    """The open cases of which a term, to decide or to answer, may run over the day an event tells of; or whose agencies wait for such a one."""
    day = date.fromisoformat(Event.objects.get(pk=event_id).value("day"))
    asked = Message.objects.filter(case=OuterRef("pk"), kind=MessageKind.QUESTION, answer_by__gte=day)
    return (
        Case.objects.filter(
            Q(promised_on__gte=day) | Q(state=CaseState.AWAITING_CITIZEN) & Exists(asked), state__in=OPEN
        )
        .order_by("pk")
        .values_list("pk", flat=True)
        .iterator(chunk_size=1000)
    )
