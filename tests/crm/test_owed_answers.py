"""What is promised by somebody here is a task of theirs: a citizen's message that waits for an answer, a call or an answer promised for a day."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Membership
from common import clock
from common.errors import DomainError, NotAllowed
from crm import actions, tasks
from crm.models import Case, Task, TaskKind, TaskState
from events.models import Event
from events.registry import effects

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def by(officer, actor_of):
    return actor_of(officer)


@pytest.fixture
def taken(submitted_case, by):
    actions.take_stage(submitted_case.stages.get(), by=by)
    return submitted_case


def written(case, text="¿Cuándo sale?"):
    return actions.write_to_agency(case, by=case.holder, interaction=case.source, text=text)


def settle():
    """Hand every event to the listener that settles answers, as the outbox does: at least once."""
    kinds = next(one.codes for one in effects() if one.name == "crm.settle_answers")
    events = [
        str(pk) for pk in Event.objects.filter(kind__in=kinds).order_by("seq").values_list("pk", flat=True)
    ]
    tasks.settle_answers(event_ids=events)
    tasks.settle_answers(event_ids=events)


def test_a_message_of_the_citizen_is_a_task_of_whoever_has_the_part_until_it_is_answered(taken, officer, by):
    written(taken)
    settle()
    task = Task.objects.get()
    stage = taken.stages.get()
    owed = (task.kind, task.owner, task.case, task.due_on)

    actions.write_to_citizen(stage, by=by, text="La próxima semana.")
    settle()

    task.refresh_from_db()
    assert owed == (TaskKind.ANSWER, officer, taken, stage.due_on)
    assert task.state == TaskState.DONE


@pytest.mark.parametrize(
    "answer",
    [
        lambda stage, by: actions.tell_citizen(stage, by=by, text="Vamos en la revisión."),
        lambda stage, by: actions.ask_citizen(stage, by=by, question="¿De qué comuna?"),
        lambda stage, by: actions.decide_stage(stage, by=by, decision="granted", reason=""),
    ],
    ids=["notice", "question", "decision"],
)
def test_whatever_the_agency_says_next_is_the_answer(answer, taken, by):
    written(taken)
    settle()

    answer(taken.stages.get(), by)
    settle()

    assert Task.objects.get().state == TaskState.DONE


def test_two_messages_are_one_answer_and_one_after_the_answer_is_another(taken, by):
    written(taken, "Uno")
    written(taken, "Dos")
    settle()
    actions.write_to_citizen(taken.stages.get(), by=by, text="Ya.")
    settle()
    written(taken, "Tres")
    settle()

    assert [one.state for one in Task.objects.order_by("created_at")] == ["done", "open"]


def test_what_was_written_before_anybody_had_the_part_is_theirs_who_take_it(submitted_case, officer, by):
    written(submitted_case)
    settle()
    nobodys = Task.objects.get().owner

    actions.take_stage(submitted_case.stages.get(), by=by)
    settle()

    assert nobodys is None
    assert Task.objects.get().owner == officer


def test_a_message_written_after_the_decision_is_owed_an_answer_too(taken, by):
    actions.decide_stage(taken.stages.get(), by=by, decision="granted", reason="")
    settle()

    written(taken, "¿Dónde lo retiro?")
    settle()

    assert Task.objects.get().state == TaskState.OPEN


def test_an_answer_is_settled_by_the_house_alone(taken, by):
    written(taken)
    event = Event.objects.get(kind="case.written_to_agency")

    with pytest.raises(NotAllowed):
        actions.settle_answers(event.pk, by=by)
    actions.settle_answers(event.pk, by=Actor.system())
    assert Task.objects.get().kind == TaskKind.ANSWER


# --- promised by hand -------------------------------------------------------------------------------
def test_whoever_promises_a_call_for_a_day_owes_it(agency, officer, client_of):
    client, day = client_of(officer), clock.now().date() + timedelta(days=3)
    given = {"what": "Llamar a la señora Amina", "team": f"agency-{agency.pk}", "kind": "call"}

    dayless = client.post(reverse("tasks:new"), given)
    client.post(reverse("tasks:new"), given | {"due_on": day.isoformat()})

    assert (dayless.status_code, "Write the day you promised it for." in dayless.text) == (422, True)
    task = Task.objects.get()
    assert (task.kind, task.owner, task.due_on) == (TaskKind.CALL, officer, day)


def test_a_call_promised_in_a_case_is_a_task_of_it_with_an_outcome_and_no_case_of_its_own(
    submitted_case, by, agency, officer
):
    task = actions.open_task(
        "Llamarla por el papel",
        by=by,
        kind=TaskKind.CALL,
        case=submitted_case,
        agency=agency,
        owner=officer,
        due_on=clock.now().date() + timedelta(days=3),
    )

    with pytest.raises(DomainError, match="what came of it"):
        actions.finish_task(task, by=by, outcome=" ")
    actions.finish_task(task, by=by, outcome="Hablamos: lo trae el lunes.")

    case = Case.objects.get()
    assert [one.outcome for one in case.tasks.all()] == ["Hablamos: lo trae el lunes."]
    assert (case.state, case.revision) == (submitted_case.state, submitted_case.revision)


def test_what_is_merely_to_be_done_has_nobody_until_somebody_takes_it(agency, officer, client_of):
    client_of(officer).post(reverse("tasks:new"), {"what": "Pedir la ficha", "team": f"agency-{agency.pk}"})

    assert (Task.objects.get().kind, Task.objects.get().owner) == (TaskKind.TODO, None)


def test_no_task_is_owned_by_whoever_has_left_the_agency(taken, officer):
    Membership.objects.filter(user=officer).update(ends_at=clock.now() - timedelta(seconds=1))
    written(taken)
    settle()

    assert Task.objects.get().owner is None
