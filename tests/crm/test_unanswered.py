"""The day to answer is over: whoever has the part is told, with a task, until the case moves on; and nobody is told twice."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import translation

from accounts.models import Role
from common import clock
from crm import actions, tasks
from crm.models import Task, TaskState
from crm.queries.questions import open_questions, questions_to_remind_of
from events.models import Event
from events.registry import effects
from tests.factories import accounts as people

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 9, 12, tzinfo=ZoneInfo("America/Santiago"))
OVER = MONDAY + timedelta(days=8)  # asked for five business days: the Monday after is the last to answer


@pytest.fixture
def by(officer, actor_of):
    return actor_of(officer)


@pytest.fixture
def asked(submitted_case, by):
    with clock.frozen(MONDAY):
        actions.take_stage(submitted_case.stages.get(), by=by)
        actions.ask_citizen(submitted_case.stages.get(), by=by, question="¿Qué hay?", days=5)
    return submitted_case


def told():
    """Do what the morning does, and hand what came of it to its listener: at least once."""
    tasks.remind_of_questions()
    kinds = next(one.codes for one in effects() if one.name == "crm.open_tasks")
    events = [str(pk) for pk in Event.objects.filter(kind__in=kinds).values_list("pk", flat=True)]
    for _again in range(2):
        tasks.open_tasks(event_ids=events)


def answer(case):
    actions.answer_agency(case, by=case.holder, interaction=case.source, text="Esto.")


def settle(kind):
    tasks.settle_answers(event_ids=[str(Event.objects.filter(kind=kind).latest("seq").pk)])


def test_whoever_has_the_part_has_one_task_once_the_day_to_answer_is_over(asked, officer, agency):
    for days in (7, 8, 9):
        with clock.frozen(MONDAY + timedelta(days=days)):
            told()
        assert Task.objects.count() == (days > 7)

    task = Task.objects.get()
    assert (task.owner, task.agency, task.case, task.kind) == (officer, agency, asked, "overdue")
    assert task.due_on == OVER.date()
    with translation.override("en"):
        assert task.words.startswith("The citizen did not answer in time")


@pytest.mark.parametrize(
    "on",
    [
        lambda case, by: actions.lapse_stage(case.stages.get(), by=by, reason="No llegó."),
        lambda case, by: answer(case),
        lambda case, by: actions.withdraw_case(case, by=case.holder, interaction=case.source),
    ],
    ids=["ended", "answered", "withdrawn"],
)
def test_the_task_ends_when_the_case_moves_on(on, asked, by):
    with clock.frozen(OVER):
        told()
        on(asked, by)

    assert Task.objects.get().state == TaskState.DONE


def test_no_task_is_opened_for_what_was_answered_before_the_worker_came(asked, by):
    with clock.frozen(OVER):
        tasks.remind_of_questions()
        answer(asked)
        told()

    assert not Task.objects.exists()


def test_asked_once_more_the_earlier_day_calls_for_nothing(asked, by):
    with clock.frozen(OVER):
        tasks.remind_of_questions()
        answer(asked)
        actions.ask_citizen(asked.stages.get(), by=by, question="¿Y de qué comuna?", days=5)
        told()

    assert not Task.objects.exists()


def test_the_task_goes_with_the_part_and_to_nobody_where_its_officer_left(asked, officer, agency, actor_of):
    colleague = people.staff("Ana Pinto", Role.OFFICER, agency=agency)
    chief = actor_of(people.staff("Ofelia Rivas", Role.CHIEF, agency=agency))
    officer.memberships.all().delete()
    with clock.frozen(OVER):
        told()
        without = Task.objects.get().owner
        actions.assign_stage(asked.stages.get(), by=chief, to=colleague)
        settle("case.reassigned")

    assert without is None
    assert Task.objects.get().owner == colleague


def test_what_was_told_is_not_walked_again_however_long_it_waits(asked):
    walked = []
    for days in (3, 4, 5, 8, 9, 60, 400):
        with clock.frozen(MONDAY + timedelta(days=days)):
            today = clock.now().date()
            walked.append(questions_to_remind_of(today, today + timedelta(days=4)).count())
            tasks.remind_of_questions()

    assert walked == [1, 0, 0, 1, 0, 0, 0]
    assert Event.objects.filter(kind__in=["case.answer_due", "case.lapsing"]).count() == 2


def test_what_the_calendar_missed_for_some_days_is_told_when_it_runs_again(asked):
    with clock.frozen(OVER + timedelta(days=20)):
        tasks.remind_of_questions()

    assert list(
        Event.objects.filter(kind__startswith="case.", data__has_key="answer_by").values_list("kind")
    ) == [("case.lapsing",)]


def test_the_morning_reads_the_questions_of_its_days_from_an_index(asked):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")

    plan = questions_to_remind_of(OVER.date(), OVER.date()).values("pk").explain()

    assert "message_question_due" in plan, plan


def test_a_question_of_before_is_not_asked_again_once_the_part_is_opened_anew(asked, by):
    with clock.frozen(OVER + timedelta(days=7)):
        actions.lapse_stage(asked.stages.get(), by=by, reason="No hubo respuesta.")
        actions.close_case(asked, by=by)
        actions.reopen_stage(asked.stages.get(), by=by, reason="Apela.")
        actions.ask_citizen(asked.stages.get(), by=by, question="¿Y esto?", days=10)
        today = clock.local_date(clock.now(), "America/Santiago")

        assert [one.text for one in open_questions(asked)] == ["¿Y esto?"]
        assert not questions_to_remind_of(today, today).exists()
