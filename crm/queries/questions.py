"""What agencies are asking of the citizen in a case."""

from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from crm.models import Case, Document, DocumentState, Message, MessageKind, RequestedPaper, StageState
from crm.models.stage import RANKS, StageQuerySet
from events.models import Handled

NEAR, OVER = "case.answer_due", "case.lapsing"  # what the citizen is told of the day to answer by
# A calendar that stood still for longer tells of no day before that; what was told is known for longer (`events.outbox.KEPT_FOR`).
MISSED = timedelta(days=60)


def open_questions(case: Case) -> QuerySet[Message]:
    """
    Return the questions that wait for an answer, the oldest first: with several agencies there may be several. One whose agency's part ended
    otherwise waits for nothing any more, also when it asks anew after it was opened again.
    """
    return (
        case.messages.filter(
            kind=MessageKind.QUESTION,
            answered_by__isnull=True,
            stage__state=StageState.AWAITING_CITIZEN,
            at__gte=F("stage__state_since"),
        )
        .select_related("stage__agency")
        .order_by("at", "pk")
    )


def questions_whose_papers_came(case: Case) -> QuerySet[Message]:
    """Return the open questions that asked for papers, all of which came since, and none was refused."""
    asked = RequestedPaper.objects.filter(question=OuterRef("pk"))
    came = (
        Document.objects.current()
        .filter(case=OuterRef("case"), requirement=OuterRef("requirement"), received_at__gt=OuterRef("at"))
        .exclude(state=DocumentState.REJECTED)
    )
    return open_questions(case).filter(Exists(asked), ~Exists(asked.exclude(Exists(came))))


def reminder(kind: str) -> str:
    """Under which name it is noted that a question was told of."""
    return f"crm.remind:{kind}"


def questions_to_remind_of(today: date, until: date) -> QuerySet[Message]:
    """
    Return the questions that wait for an answer and are to be told of: that the day to answer by, not later than `until`, is near, or that
    it is over. What was told is left out, however long it waits.
    """
    told = Handled.objects.filter(event_id=OuterRef("pk"))
    near = Q(answer_by__gte=today) & ~Exists(told.filter(listener=reminder(NEAR)))
    over = Q(answer_by__lt=today) & ~Exists(told.filter(listener=reminder(OVER)))
    return Message.objects.filter(
        near | over,
        kind=MessageKind.QUESTION,
        answered_by__isnull=True,
        stage__state=StageState.AWAITING_CITIZEN,
        at__gte=F("stage__state_since"),
        answer_by__gte=today - MISSED,
        answer_by__lte=until,
    ).order_by("answer_by", "pk")


def unanswered(stages: StageQuerySet, today: date) -> StageQuerySet:
    """Narrow stages to those of which the day is over until which the citizen could answer what was asked last: they may be ended."""
    asked = Message.objects.filter(
        stage=OuterRef("pk"),
        kind=MessageKind.QUESTION,
        answered_by__isnull=True,
        at__gte=OuterRef("state_since"),
    ).order_by()
    running = Q(answer_by__gte=today) | Q(answer_by__isnull=True)
    return stages.open().filter(
        Exists(asked.filter(answer_by__lt=today)),
        ~Exists(asked.filter(running)),
        rank=RANKS[StageState.AWAITING_CITIZEN],
    )
