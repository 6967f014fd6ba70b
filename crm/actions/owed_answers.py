"""The answers that agencies owe: a citizen's message that nobody has answered yet is a task of whoever has the part."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import require
from crm.actions.escalations import lapsing_key
from crm.actions.owed_work import end_task_of, hand_over_task, open_task
from crm.models import Case, Stage, Task, TaskKind
from crm.models.task import HOUSE_WORDS
from crm.queries.messages import is_answer_owed
from crm.queries.teams import holder_of
from crm.terms import NETWORK_ZONE
from events.models import Event
from events.record import once

GIVEN = ("case.taken", "case.reassigned")  # the part has somebody else now


@transaction.atomic
def settle_answers(event_id: UUID, *, by: Actor) -> None:
    """
    Bring the tasks of the answers owed in a case to what its messages say, after something was said, decided or taken in it: opened for
    whoever has the part, by the day on which the part is due; ended once anybody of the agency wrote to the citizen, or the part ended. A
    second time does nothing, and the order of the events does not matter. Whoever is given a part is given its open tasks too, also the
    one about an answer of the citizen that did not come.

    :raises NotAllowed: `by` is not the system
    """
    require(by.is_system, _("Only Ventanilla itself opens tasks with a key."))
    if not once(event_id, "crm.settle_answers"):
        return
    event = Event.objects.get(pk=event_id)
    case = Case.objects.defer("answers").lock(event.subject_id)
    with translation.override(settings.LANGUAGE_CODE):
        for stage in case.stages.select_related("agency", "assigned_to"):
            task = Task.objects.open().filter(key=f"answer:{stage.pk}").first()
            if not is_answer_owed(stage):
                _end(stage, by)
            elif task is None:
                _open(case, stage, by)
            if event.kind in GIVEN and event.value("stage") == str(stage.pk):
                _hand_over(stage, by)


def _open(case: Case, stage: Stage, by: Actor) -> None:
    open_task(
        str(HOUSE_WORDS["answer"]),
        by=by,
        kind=TaskKind.ANSWER,
        case=case,
        agency=stage.agency,
        owner=holder_of(stage),
        due_on=stage.due_on if stage.is_open else clock.local_date(clock.now(), NETWORK_ZONE),
        key=f"answer:{stage.pk}",
    )


def _end(stage: Stage, by: Actor) -> None:
    answered = gettext("The agency wrote to the citizen.")
    outcome = answered if stage.is_open else gettext("The agency's part has ended.")
    end_task_of(f"answer:{stage.pk}", by=by, outcome=outcome)


def _hand_over(stage: Stage, by: Actor) -> None:
    owner = holder_of(stage)
    if owner is None:
        return
    keys = [f"answer:{stage.pk}", lapsing_key(stage)]
    for task in Task.objects.open().filter(key__in=keys).exclude(owner=owner):
        hand_over_task(task, by=by, to=owner)
