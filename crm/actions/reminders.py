"""Reminding the citizen of what an agency asked: shortly before the day to answer by, and once it is over."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import require
from crm.models import Case, Message
from crm.queries.questions import NEAR, OVER, open_questions, reminder
from crm.terms import NETWORK_ZONE
from events.record import once, record


@transaction.atomic
def remind_of_question(question: Message, *, by: Actor) -> None:
    """
    Tell the citizen that the day to answer by is near, or that it is over and the agency may end its part; each once for a question, and
    nothing where it was answered meanwhile.

    :raises NotAllowed: `by` is not the system
    """
    require(by.is_system, _("This is done by the calendar."))
    case = Case.objects.lock(question.case_id)
    asked = open_questions(case).filter(pk=question.pk, answer_by__isnull=False).first()
    if asked is None or asked.stage is None or asked.answer_by is None:
        return
    now = clock.now()
    is_over = asked.answer_by < clock.local_date(now, NETWORK_ZONE)
    kind = OVER if is_over else NEAR
    if not once(asked.pk, reminder(kind)):
        return
    record(
        kind,
        case,
        by=by,
        at=now,
        stage=str(asked.stage.pk),
        agency=asked.stage.agency.code,
        answer_by=str(asked.answer_by),
    )
