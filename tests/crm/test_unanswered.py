"""The day to answer is over: whoever has the part is told, with a task, until the case moves on; and nobody is told twice."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import translation

from accounts.models import Role
from common import clock
from common.errors import IllegalMove
from crm import actions, files, tasks
from crm.models import Task, TaskState
from crm.queries.questions import open_questions, questions_to_remind_of
from crm.queries.requirements import day_of_judgement, requirements_of
from events.models import Event
from events.registry import effects
from tests.crm.programs import program_of
from tests.factories import accounts as people
from tests.factories import catalog as sheets
from tests.factories import crm

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


# --- what was asked for came, without a word ----------------------------------------------------------
def hand_in(case, requirement, words, *, by=None):
    file = files.store(crm.pdf(f"{words}.pdf", crm.pdf_of(words)))
    return actions.add_document(case, by=by or case.holder, file=file, requirement=requirement)


@pytest.fixture
def asked_for_papers(procedure_version, by, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with clock.frozen(MONDAY - timedelta(days=3)):
        case = crm.filed_case(procedure_version)
    with clock.frozen(MONDAY):
        actions.take_stage(case.stages.get(), by=by)
        actions.ask_citizen(
            case.stages.get(),
            by=by,
            question="Mándenos el comprobante y el contrato.",
            papers=["proof"],
            other_paper="Contrato de arriendo",
            days=5,
        )
    return case


def test_the_last_of_the_papers_that_were_asked_for_answers_the_question(asked_for_papers, by):
    case, stage = asked_for_papers, asked_for_papers.stages.get()
    due = stage.due_on
    with clock.frozen(MONDAY + timedelta(days=1)):
        hand_in(case, "proof", "uno")
        assert case.stages.get().is_awaiting_citizen
    with clock.frozen(MONDAY + timedelta(days=2)):
        hand_in(case, "asked-1", "dos")

    stage = case.stages.get()
    assert (stage.state, stage.stopped_days, stage.due_on > due) == ("in_review", 2, True)
    answered = case.messages.get(kind="answer")
    assert answered.answers == case.messages.get(kind="question")
    assert answered.text == "Los documentos que se pidieron están en el caso."
    with clock.frozen(OVER):
        told()
        with pytest.raises(IllegalMove):
            actions.lapse_stage(stage, by=by, reason="No llegó respuesta.")
    assert not Task.objects.exists()
    assert not Event.objects.filter(kind__in=["case.answer_due", "case.lapsing"]).exists()


def test_a_paper_that_was_refused_answers_nothing(asked_for_papers, by):
    case = asked_for_papers
    with clock.frozen(MONDAY + timedelta(days=1)):
        actions.judge_document(hand_in(case, "proof", "uno"), by=by, state="rejected", reason="No se lee.")
        hand_in(case, "asked-1", "dos")
        assert case.stages.get().is_awaiting_citizen
    with clock.frozen(MONDAY + timedelta(days=2)):
        hand_in(case, "proof", "tres")

    assert not case.stages.get().is_awaiting_citizen


def test_what_the_agency_got_by_itself_answers_too_and_another_paper_does_not(asked_for_papers, by):
    case = asked_for_papers
    with clock.frozen(MONDAY + timedelta(days=1)):
        hand_in(case, "", "foto")
        hand_in(case, "proof", "uno", by=by)
        assert case.stages.get().is_awaiting_citizen
        hand_in(case, "asked-1", "dos", by=by)

    assert case.messages.get(kind="answer").interaction is None
    assert not case.stages.get().is_awaiting_citizen


def test_what_one_agency_puts_into_a_case_answers_nothing_that_another_asked(
    agency, other_agency, officer, other_officer, actor_of, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    row = {"required": True, "term_business_days": 10}
    rows = [{"agency": "SRCEI", "order": 1, **row}, {"agency": "IPS", "order": 2, **row}]
    case = crm.filed_case(sheets.publish(sheets.sheet(stages=rows), agency=agency))
    asks = case.stages.get(order=1)
    actions.take_stage(asks, by=actor_of(officer))
    actions.ask_citizen(asks, by=actor_of(officer), question="El plano.", other_paper="Plano")

    hand_in(case, "asked-1", "de otra", by=actor_of(other_officer))

    assert case.stages.get(order=1).is_awaiting_citizen
    hand_in(case, "asked-1", "del ciudadano")
    assert not case.stages.get(order=1).is_awaiting_citizen


def test_what_a_question_asked_for_is_asked_of_nobody_once_its_part_was_ended_by_anothers_refusal(
    agency, other_agency, officer, other_officer, actor_of
):
    row = {"order": 1, "required": True, "term_business_days": 10}
    rows = [{"agency": "SRCEI", **row}, {"agency": "IPS", **row}]
    case = crm.filed_case(sheets.publish(sheets.sheet(stages=rows), agency=agency))
    parts = {one.agency_id: one for one in case.stages.all()}
    asks = actions.take_stage(parts[agency.pk], by=actor_of(officer))
    denies = actions.take_stage(parts[other_agency.pk], by=actor_of(other_officer))
    actions.ask_citizen(asks, by=actor_of(officer), question="El plano.", other_paper="Plano")
    program = program_of(agency)
    assert [one["words"] for one in program.get(f"cases/{case.folio}").json()["requested"]] == ["Plano"]

    actions.decide_stage(denies, by=actor_of(other_officer), decision="denied", reason="No cumple.")
    actions.close_case(case, by=actor_of(other_officer))
    actions.reopen_stage(denies, by=actor_of(other_officer), reason="Antecedentes nuevos.")

    case.refresh_from_db()
    assert case.is_open
    assert "Plano" not in [one.label for one in requirements_of(case, day_of_judgement(case))]
    assert program.get(f"cases/{case.folio}").json()["requested"] == []


def test_a_question_in_words_alone_is_answered_by_no_paper(asked, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with clock.frozen(MONDAY + timedelta(days=1)):
        hand_in(asked, "proof", "uno")

    assert asked.stages.get().is_awaiting_citizen


def test_who_answers_with_words_and_a_paper_is_read_in_their_own_words(
    submitted_case, by, client, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    actions.take_stage(submitted_case.stages.get(), by=by)
    actions.ask_citizen(submitted_case.stages.get(), by=by, question="¿Y el comprobante?", papers=["proof"])
    client.post("/es/seguir/", {"folio": submitted_case.folio, "key": submitted_case.key})

    sent = client.post(
        f"/es/casos/{submitted_case.folio}/responder/",
        {
            "text": "Aquí va, con timbre.",
            "requirement": "proof",
            "question": str(submitted_case.messages.get(kind="question").pk),
            "file": crm.pdf("nuevo.pdf", crm.pdf_of("nuevo")),
        },
    )

    assert sent.status_code == 302, sent.content.decode()
    assert [one.text for one in submitted_case.messages.filter(kind="answer")] == ["Aquí va, con timbre."]
    assert submitted_case.documents.filter(name="nuevo.pdf").exists()
