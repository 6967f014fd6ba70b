"""What agencies are asking of the citizen in a case."""

from datetime import date

from django.db.models import QuerySet

from crm.models import Case, Message, MessageKind, StageState


def open_questions(case: Case) -> QuerySet[Message]:
    """
    Return the questions that wait for an answer, the oldest first: with several agencies there may be several. One whose agency's part ended
    otherwise waits for nothing any more.
    """
    return (
        case.messages.filter(
            kind=MessageKind.QUESTION, answered_by__isnull=True, stage__state=StageState.AWAITING_CITIZEN
        )
        .select_related("stage__agency")
        .order_by("at", "pk")
    )


def questions_to_remind_of(until: date) -> QuerySet[Message]:
    """Return every question that waits for an answer and whose day to answer by is not later than `until`."""
    return Message.objects.filter(
        kind=MessageKind.QUESTION,
        answered_by__isnull=True,
        stage__state=StageState.AWAITING_CITIZEN,
        answer_by__lte=until,
    ).order_by("answer_by", "pk")
