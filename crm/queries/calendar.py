"""The calendar of legal terms as people read it."""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from crm.models import CalendarChange, Case, CaseState, Message, MessageKind, Notification, Stage
from crm.models.case import OPEN
from events.models import Event
from territory.models import Holiday

SHOWN = 60  # days off ahead: about three years


def days_ahead(today: date) -> QuerySet[Holiday]:
    """The listed days after today, in order: days off, and days that count although they would not."""
    return Holiday.objects.filter(day__gt=today).order_by("day")[:SHOWN]


def last_listed_day() -> date | None:
    """The last day off that the published calendar lists; what was entered by hand tells nothing of how far that goes."""
    listed = Holiday.objects.filter(is_override=False, is_business_day=False)
    return listed.order_by("-day").values_list("day", flat=True).first()


def changes() -> QuerySet[CalendarChange]:
    """What was changed by hand, the latest first."""
    return CalendarChange.objects.select_related("by").order_by("-at")[:30]


def cases_counting(event_id: UUID) -> Iterator[UUID]:
    """
    The open cases of which a term, to decide or to answer, may run over the day an event tells of; or whose agencies wait for such a one. A
    part that nobody must wait for has a term too, which may be longer than the promise. Then the cases of which a decision takes effect on
    that day or later.
    """
    day = date.fromisoformat(Event.objects.get(pk=event_id).value("day"))
    asked = Message.objects.filter(case=OuterRef("pk"), kind=MessageKind.QUESTION, answer_by__gte=day)
    running = Stage.objects.open().filter(case=OuterRef("pk"), due_on__gte=day)
    counting = (
        Case.objects.filter(
            Q(promised_on__gte=day) | Exists(running) | Q(state=CaseState.AWAITING_CITIZEN) & Exists(asked),
            state__in=OPEN,
        )
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    effects = Notification.objects.filter(effective_on__gte=day, case__isnull=False).order_by("case")
    taking_effect = effects.values_list("case", flat=True).distinct()
    return chain(counting.iterator(chunk_size=1000), taking_effect.iterator(chunk_size=1000))
