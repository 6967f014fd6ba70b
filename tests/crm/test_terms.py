"""Terms: when they begin, stand and end; who is told when they are over; what is promised."""

from datetime import date, datetime, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import translation

from accounts.actors import Actor
from accounts.models import Absence, Role
from common import clock
from common.errors import DomainError, IllegalMove, NotAllowed
from crm import actions, listeners, tasks
from crm.models import Case, ContactPoint, Stage, StageState, Task
from crm.queries.notifications import effect_of
from crm.queries.remedies import remedy_of
from crm.terms import due_after, due_on
from events.models import Event
from territory.models import Holiday
from territory.queries.calendar import KEPT_SECONDS, add_business_days, forget, is_business_day
from tests.factories import accounts as people
from tests.factories import catalog as sheets
from tests.factories import crm

MONDAY = datetime(2026, 11, 9, 12, tzinfo=ZoneInfo("America/Santiago"))


def days(count: int) -> datetime:
    return MONDAY + timedelta(days=count)


def officer_of(agency) -> Actor:
    return Actor.staff(people.staff(f"Oficial {agency.code}", Role.OFFICER, agency=agency))


@pytest.fixture
def agencies(db):
    return [people.AgencyFactory(code=code) for code in ("SAG", "SEREMI-SALUD", "ADUANA")]


@pytest.fixture
def shared_case(agencies):
    """Two agencies side by side, and one after both."""
    stages = [
        {"agency": "SAG", "order": 1, "required": True, "term_business_days": 10},
        {"agency": "SEREMI-SALUD", "order": 1, "required": True, "term_business_days": 5},
        {"agency": "ADUANA", "order": 2, "required": True, "term_business_days": 5},
    ]
    with clock.frozen(MONDAY):
        return crm.filed_case(sheets.publish(sheets.sheet(stages=stages), agency=agencies[2]))


def parts(case: Case) -> list[Stage]:
    return list(case.stages.select_related("agency").order_by("order", "term_business_days"))


def decide(stage: Stage, decision: str = "granted") -> None:
    by = officer_of(stage.agency)
    actions.take_stage(stage, by=by)
    actions.decide_stage(stage, by=by, decision=decision, reason="Porque sí.")


def test_the_promise_of_a_sequence_counts_each_agency_after_the_one_before(shared_case):
    health, farming, customs = parts(shared_case)

    assert (health.due_on, farming.due_on) == (date(2026, 11, 16), date(2026, 11, 23))
    assert (customs.counts_from, customs.due_on) == (None, date(2026, 11, 30))
    assert shared_case.promised_on == shared_case.receipt_promised_on == customs.due_on


def test_an_agencys_term_begins_when_it_receives_its_part(shared_case):
    health, farming, customs = parts(shared_case)

    with clock.frozen(days(2)):
        decide(health)
        decide(farming)

    customs.refresh_from_db()
    assert (customs.state, customs.counts_from, customs.due_on) == (
        StageState.RECEIVED,
        date(2026, 11, 11),
        date(2026, 11, 18),
    )
    shared_case.refresh_from_db()
    assert shared_case.promised_on == date(2026, 11, 18)
    assert shared_case.receipt_promised_on == date(2026, 11, 30)


def test_agencies_side_by_side_each_ask_and_stop_their_own_clock(shared_case):
    health, farming, _customs = parts(shared_case)
    for stage in (health, farming):
        actions.take_stage(stage, by=officer_of(stage.agency))
    with clock.frozen(days(1)):
        actions.ask_citizen(health, by=officer_of(health.agency), question="¿Qué lote?")
    holder = Actor.visitor(frozenset({shared_case.pk}))

    with clock.frozen(days(8)):
        actions.answer_agency(shared_case, by=holder, interaction=shared_case.source, text="El 4.")

    health, farming, customs = parts(shared_case)
    assert (health.due_on, farming.due_on) == (date(2026, 11, 23), date(2026, 11, 23))
    assert (health.stopped_seconds, farming.stopped_seconds) == (7 * 86400, 0)
    assert customs.due_on == date(2026, 11, 30)


def test_a_question_of_an_agency_whose_part_ended_is_asked_no_more(shared_case, client):
    health, farming, _customs = parts(shared_case)
    actions.take_stage(health, by=officer_of(health.agency))
    actions.ask_citizen(health, by=officer_of(health.agency), question="¿Qué lote?")

    decide(farming, "denied")

    holder = Actor.visitor(frozenset({shared_case.pk}))
    with pytest.raises(DomainError, match=r"Nobody|Nadie"):
        actions.answer_agency(shared_case, by=holder, interaction=shared_case.source, text="El 4.")
    assert [stage.state for stage in parts(shared_case)] == ["moot", "denied", "moot"]


def test_taking_a_part_and_giving_it_back_renews_no_term(shared_case):
    health, _farming, _customs = parts(shared_case)
    by, due = officer_of(health.agency), health.due_on

    with clock.frozen(days(4)):
        actions.take_stage(health, by=by)
        actions.give_back_stage(health, by=by)

    health.refresh_from_db()
    assert (health.state, health.counts_from, health.due_on) == (StageState.RECEIVED, MONDAY.date(), due)


def test_what_can_not_come_any_more_is_not_waited_for(shared_case):
    health, farming, customs = parts(shared_case)

    decide(farming, "referred")
    decide(health)

    customs.refresh_from_db()
    shared_case.refresh_from_db()
    assert (customs.state, shared_case.state) == ("moot", "referred")


# --- no answer ------------------------------------------------------------------------------------------
def asked(case: Case, by: Actor) -> Stage:
    stage = case.stages.get()
    with clock.frozen(MONDAY):
        actions.take_stage(stage, by=by)
        return actions.ask_citizen(stage, by=by, question="¿Qué hay?", days=5)


@pytest.fixture
def by(officer, actor_of):
    return actor_of(officer)


def test_a_part_lapses_by_an_officer_once_the_day_to_answer_is_over(submitted_case, by):
    stage = asked(submitted_case, by)

    with clock.frozen(days(7)), pytest.raises(DomainError, match=r"time to answer|plazo"):  # the last day
        actions.lapse_stage(stage, by=by, reason="No llegó.")
    with clock.frozen(days(8)):
        actions.lapse_stage(stage, by=by, reason="No llegó respuesta.")

    submitted_case.refresh_from_db()
    assert submitted_case.state == "lapsed"
    assert submitted_case.running_seconds is None  # nobody decided it
    assert Event.objects.filter(kind="case.lapsed", subject_id=submitted_case.pk).exists()


def test_the_citizen_is_reminded_before_the_day_to_answer_and_told_once_it_is_over(submitted_case, by):
    asked(submitted_case, by)  # on Monday the 9th, to be answered by Monday the 16th
    told = Event.objects.filter(subject_id=submitted_case.pk, kind__in=["case.answer_due", "case.lapsing"])

    kinds = {}
    for day in range(1, 10):
        with clock.frozen(days(day)):
            tasks.remind_of_questions()
            tasks.remind_of_questions()
        kinds[day] = list(told.order_by("seq").values_list("kind", flat=True))

    assert kinds[2] == []
    assert kinds[3] == ["case.answer_due"]  # Thursday: two business days are left
    assert kinds[7] == ["case.answer_due"]
    assert kinds[9] == ["case.answer_due", "case.lapsing"]


def test_nobody_is_reminded_of_what_was_answered(submitted_case, by):
    asked(submitted_case, by)
    with clock.frozen(days(1)):
        holder = Actor.visitor(frozenset({submitted_case.pk}))
        actions.answer_agency(submitted_case, by=holder, interaction=submitted_case.source, text="Esto.")

    with clock.frozen(days(5)):
        tasks.remind_of_questions()

    assert not Event.objects.filter(kind="case.answer_due").exists()


@pytest.mark.parametrize("given", [0, 4, 61, -1])
def test_the_citizen_is_given_5_to_60_business_days(submitted_case, by, given):
    stage = submitted_case.stages.get()
    actions.take_stage(stage, by=by)

    with pytest.raises(DomainError) as refused:
        actions.ask_citizen(stage, by=by, question="¿Qué hay?", days=given)

    assert "days" in refused.value.fields


# --- terms in which every day counts ---------------------------------------------------------------
@pytest.mark.parametrize(
    ("filed", "days", "due"),
    [
        ("2026-11-09", 30, "2026-12-09"),  # Monday to Wednesday
        ("2026-11-14", 30, "2026-12-16"),  # on a Saturday: from Monday on
        ("2026-11-15", 1, "2026-11-17"),  # on a Sunday, as a term of one business day
        ("2026-11-09", 5, "2026-11-16"),  # the last day would be a Saturday
        ("2026-11-08", 29, "2026-12-09"),  # on a Sunday; the last day would be the holiday of the 8th
    ],
)
def test_a_term_of_every_day_begins_after_a_business_day_and_ends_on_one(db, filed, days, due):
    Holiday.objects.update_or_create(
        day=date(2026, 12, 8), defaults={"is_business_day": False, "name": "Inmaculada"}
    )
    forget()

    last = due_after(date.fromisoformat(filed), business_days=None, calendar_days=days)

    assert last == date.fromisoformat(due)


def test_a_term_of_every_day_that_is_longer_ends_on_a_business_day_too(db):
    stage = Stage(
        state=StageState.IN_REVIEW, counts_from=date(2026, 11, 14), term_calendar_days=5, stopped_days=1
    )  # a Saturday: Monday 16, Sunday 22

    before = due_on(stage)
    stage.extended_at = MONDAY

    assert (before, due_on(stage)) == (date(2026, 11, 23), date(2026, 12, 23))


# --- the calendar ------------------------------------------------------------------------------------------
@pytest.fixture
def administrator(db):
    yield people.staff("Adela Marín", Role.ADMINISTRATOR)
    forget()


def tell(kind: str) -> None:
    event = Event.objects.filter(kind=kind).latest("seq")
    for pk in actions.prepare_notifications(event.pk, by=Actor.system()):
        actions.send_notification(pk, by=Actor.system())


def deny_at_domicile(case: Case, by: Actor) -> None:
    """On Monday the citizen is told of a refusal at their electronic domicile."""
    ContactPoint.objects.filter(kind="email").update(is_domicile=True)
    with clock.frozen(MONDAY):
        stage = actions.take_stage(case.stages.get(), by=by)
        actions.decide_stage(stage, by=by, decision="denied", reason="No cumple.")
        tell("case.denied")


def moved_by_calendar() -> None:
    tasks.move_terms(
        event_ids=[
            str(pk) for pk in Event.objects.filter(kind="calendar.changed").values_list("pk", flat=True)
        ]
    )


def test_terms_move_once_every_process_has_read_the_new_calendar(monkeypatch):
    """A case filed by one that had not yet is moved with the others."""
    after_seconds = []
    monkeypatch.setattr(
        tasks.move_terms, "apply_async", lambda kwargs, countdown: after_seconds.append(countdown)
    )

    listeners.move_terms([])

    assert after_seconds[0] >= KEPT_SECONDS + 15  # and what was being filed meanwhile is filed


def test_a_day_off_moves_the_terms_that_run_over_it_and_the_promise_with_them(shared_case, administrator):
    with clock.frozen(MONDAY):
        actions.change_day(
            date(2026, 11, 12), by=Actor.staff(administrator), is_business=False, reason="Decreto de duelo"
        )
        moved_by_calendar()
        moved_by_calendar()  # events come at least once

    health, farming, customs = parts(shared_case)
    assert (health.due_on, farming.due_on) == (date(2026, 11, 17), date(2026, 11, 24))
    assert customs.due_on == date(2026, 12, 1)
    shared_case.refresh_from_db()
    assert shared_case.promised_on == date(2026, 12, 1)
    assert shared_case.receipt_promised_on == date(2026, 11, 30)
    assert Event.objects.filter(kind="case.due_moved", subject_id=shared_case.pk).count() == 1


def test_a_day_off_before_a_decision_takes_effect_puts_that_off_and_the_citizen_is_told(
    submitted_case, by, administrator
):
    deny_at_domicile(submitted_case, by)
    with clock.frozen(MONDAY):
        case = actions.close_case(submitted_case, by=by)
        assert (effect_of(case).effective_on, remedy_of(case).until) == (
            date(2026, 11, 12),
            date(2026, 11, 19),
        )
        actions.change_day(
            date(2026, 11, 11), by=Actor.staff(administrator), is_business=False, reason="Duelo"
        )
        moved_by_calendar()
        moved_by_calendar()
        tell("case.due_moved")

    assert (effect_of(case).effective_on, remedy_of(case).until) == (date(2026, 11, 13), date(2026, 11, 20))
    assert case.notifications.get(template="due_moved").state == "sent"


def test_a_day_off_after_a_decision_took_effect_moves_nothing(submitted_case, by, administrator):
    deny_at_domicile(submitted_case, by)
    with clock.frozen(days(4)):
        actions.change_day(
            date(2026, 11, 16), by=Actor.staff(administrator), is_business=False, reason="Duelo"
        )
        moved_by_calendar()

    submitted_case.refresh_from_db()
    assert effect_of(submitted_case).effective_on == date(2026, 11, 12)
    assert not Event.objects.filter(kind="case.due_moved").exists()


def test_a_day_off_before_the_last_day_to_answer_takes_no_day_from_the_citizen(
    submitted_case, by, administrator
):
    stage = submitted_case.stages.get()
    with clock.frozen(MONDAY):
        actions.take_stage(stage, by=by)
        actions.ask_citizen(stage, by=by, question="¿Qué hay?", days=5)
        question = submitted_case.messages.get(kind="question")
        assert question.answer_by == date(2026, 11, 16)
        actions.change_day(
            date(2026, 11, 16), by=Actor.staff(administrator), is_business=False, reason="Decreto"
        )
    with clock.frozen(days(8)), pytest.raises(DomainError):  # the calendar's work is still to be done
        actions.lapse_stage(stage, by=by, reason="Nada vino.")
    with clock.frozen(MONDAY):
        moved_by_calendar()

    question.refresh_from_db()
    assert question.answer_by == date(2026, 11, 17)
    with clock.frozen(days(8)), pytest.raises(DomainError):
        actions.lapse_stage(stage, by=by, reason="Nada vino.")
    with clock.frozen(days(9)):
        assert actions.lapse_stage(stage, by=by, reason="Nada vino.").state == StageState.LAPSED


def test_a_day_off_moves_an_optional_part_that_runs_longer_than_the_promise(agencies, administrator):
    stages = [
        {"agency": "SAG", "order": 1, "required": True, "term_business_days": 5},
        {"agency": "ADUANA", "order": 1, "required": False, "term_business_days": 30},
    ]
    with clock.frozen(MONDAY):
        case = crm.filed_case(sheets.publish(sheets.sheet(stages=stages), agency=agencies[0]))
        optional = case.stages.get(is_required=False)
        actions.change_day(
            date(2026, 11, 25), by=Actor.staff(administrator), is_business=False, reason="Decreto"
        )
        moved_by_calendar()

    assert case.promised_on < date(2026, 11, 25) < optional.due_on
    assert case.stages.get(is_required=False).due_on == add_business_days(optional.due_on, 1)
    case.refresh_from_db()
    assert case.promised_on == case.receipt_promised_on


def test_a_saturday_made_to_count_never_shortens_what_the_citizen_was_told(submitted_case, by, administrator):
    stage = submitted_case.stages.get()
    with clock.frozen(MONDAY):
        actions.take_stage(stage, by=by)
        actions.ask_citizen(stage, by=by, question="¿Qué hay?", days=5)
        actions.change_day(
            date(2026, 11, 14), by=Actor.staff(administrator), is_business=True, reason="Decreto"
        )
        moved_by_calendar()

    assert submitted_case.messages.get(kind="question").answer_by == date(2026, 11, 16)


@pytest.mark.parametrize(("answered", "longer"), [(0, 0), (1, 1), (3, 3), (4, 4), (5, 4), (6, 4), (7, 5)])
def test_only_business_days_between_question_and_answer_make_a_term_of_business_days_longer(
    submitted_case, by, answered, longer
):
    """Asked on a Monday evening: the answer of Saturday and that of Sunday make it no longer than Friday's."""
    stage = submitted_case.stages.get()
    Stage.objects.filter(pk=stage.pk).update(counts_from=MONDAY.date(), due_on=date(2026, 11, 30))
    holder = Actor.visitor(frozenset({submitted_case.pk}))
    with clock.frozen(MONDAY + timedelta(hours=6)):
        actions.take_stage(stage, by=by)
        actions.ask_citizen(stage, by=by, question="¿Qué hay?")
    with clock.frozen(days(answered) + timedelta(hours=7)):
        actions.answer_agency(submitted_case, by=holder, interaction=submitted_case.source, text="Esto.")

    stage.refresh_from_db()
    assert stage.stopped_days == longer


@pytest.mark.parametrize(("answered", "longer"), [(1, 0), (2, 0), (3, 1)])
def test_what_is_filed_and_asked_on_a_weekend_has_no_longer_a_term_than_what_is_filed_on_monday(
    procedure_version, by, answered, longer
):
    """The term counts from Tuesday, for it was filed before a Monday: an answer of Sunday or of Monday took none of its days."""
    saturday = MONDAY - timedelta(days=2)
    with clock.frozen(saturday):
        case = crm.filed_case(procedure_version)
        stage = actions.take_stage(case.stages.get(), by=by)
        due = stage.due_on
        actions.ask_citizen(stage, by=by, question="¿Qué hay?")
    with clock.frozen(saturday + timedelta(days=answered, hours=1)):
        actions.answer_agency(case, by=case.holder, interaction=case.source, text="Esto.")

    stage.refresh_from_db()
    assert stage.stopped_days == longer
    assert (stage.due_on - due).days == longer


def test_only_days_ahead_change_and_only_by_administrators(db, administrator, officer, actor_of):
    by = Actor.staff(administrator)
    with clock.frozen(MONDAY):
        with pytest.raises(DomainError) as refused:
            actions.change_day(MONDAY.date(), by=by, is_business=False, reason="Hoy")
        assert "day" in refused.value.fields
        with pytest.raises(DomainError) as refused:
            actions.change_day(date(2026, 11, 12), by=by, is_business=False, reason=" ")
        assert "reason" in refused.value.fields
        with pytest.raises(NotAllowed):
            actions.change_day(
                date(2026, 11, 12), by=actor_of(officer), is_business=False, reason="Porque sí"
            )
        assert actions.change_day(date(2026, 11, 12), by=by, is_business=True, reason="Ya lo es") is None
        assert actions.change_day(date(2026, 11, 14), by=by, is_business=True, reason="Sábado hábil")

    assert is_business_day(date(2026, 11, 14))


def test_the_calendar_page_says_what_is_wrong_at_the_field(client, administrator):
    client.force_login(administrator)
    wrong = {"day_day": "31", "day_month": "2", "day_year": "2027", "counts": "off", "reason": "Ley 99"}

    page = client.post("/en/staff/calendar/", wrong)
    assert page.status_code == 422
    assert "That date does not exist" in page.text
    assert "Ley 99" in page.text

    page = client.post("/en/staff/calendar/", {**wrong, "day_day": "26"}, follow=True)
    assert "The day is changed" in page.text
    assert "Ley 99" in page.text


def test_the_calendar_is_listed_for_years_ahead_and_what_was_entered_by_hand_stays(db, administrator, caplog):
    with clock.frozen(MONDAY):
        actions.change_day(
            date(2027, 9, 18), by=Actor.staff(administrator), is_business=True, reason="Por ley"
        )
        tasks.load_holidays()
        listed = Holiday.objects.count()
        tasks.load_holidays()

    assert Holiday.objects.count() == listed
    assert {day.year for day in Holiday.objects.values_list("day", flat=True)} == set(range(2023, 2030))
    assert is_business_day(date(2027, 9, 18))
    assert not is_business_day(date(2029, 9, 18))
    assert "calendar_ends" not in caplog.text


@pytest.mark.parametrize(
    ("last", "aloud"), [(date(2028, 5, 1), True), (date(2028, 12, 25), False), (None, True)]
)
def test_a_calendar_that_ends_in_less_than_eighteen_months_is_said_aloud(
    last, aloud, db, caplog, monkeypatch
):
    monkeypatch.setattr("holidays.country_holidays", lambda *args, **more: {})
    Holiday.objects.all().delete()
    Holiday.objects.create(day=date(2040, 1, 2), name="A mano", is_override=True)
    if last:
        Holiday.objects.create(day=last, name="Feriado")

    with clock.frozen(MONDAY + timedelta(days=60)):
        tasks.load_holidays()

    assert ("calendar_ends" in caplog.text) == aloud


# --- late -------------------------------------------------------------------------------------------------
def after(day):
    """The first moment of the day after."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), ZoneInfo("America/Santiago"))


def begun_before(case, day):
    """Let the term of a case's only part have begun so long ago that it is due on a day."""
    counts_from = next(
        begun
        for begun in (day - timedelta(days=number) for number in range(60))
        if add_business_days(begun, 10) == day
    )
    case.stages.update(counts_from=counts_from, due_on=day, term_business_days=10)
    return case.stages.get()


def tell_chiefs(case):
    late = Event.objects.filter(kind="case.late", subject_id=case.pk)
    tasks.open_tasks(event_ids=[str(pk) for pk in late.values_list("pk", flat=True)])


def test_late_work_is_told_once_and_only_while_its_clock_runs(submitted_case, by):
    stage = submitted_case.stages.get()
    told = Event.objects.filter(kind="case.late", subject_id=submitted_case.pk)

    for moment in (stage.due_on, stage.due_on + timedelta(days=1), stage.due_on + timedelta(days=2)):
        with clock.frozen(datetime.combine(moment, datetime.min.time(), ZoneInfo("America/Santiago"))):
            tasks.note_late_work()
        assert told.count() == (moment > stage.due_on)


def test_late_work_becomes_a_task_of_the_agencys_chief_once(submitted_case, agency):
    chief = people.staff("Ofelia Rivas", Role.CHIEF, agency=agency)
    over = submitted_case.stages.get().due_on + timedelta(days=1)
    with clock.frozen(datetime.combine(over, datetime.min.time(), ZoneInfo("America/Santiago"))):
        tasks.note_late_work()
        late = Event.objects.get(kind="case.late", subject_id=submitted_case.pk)
        for _again in range(2):
            tasks.open_tasks(event_ids=[str(late.pk)])

    task = Task.objects.get()
    assert (task.owner, task.agency, task.case, task.kind) == (chief, agency, submitted_case, "overdue")
    for language, begins in (("es", "El plazo venció"), ("en", "The term is over")):
        with translation.override(language):
            assert task.words.startswith(begins)


def test_whoever_stands_in_for_the_chief_gives_out_work_and_no_other_officer_does(
    submitted_case, agency, by, client_of
):
    chief = people.staff("Ofelia Rivas", Role.CHIEF, agency=agency)
    deputy, colleague = (
        people.staff(name, Role.OFFICER, agency=agency) for name in ("Dora Paz", "Caro Soto")
    )
    stage = submitted_case.stages.get()
    today = clock.local_date(clock.now(), "America/Santiago")
    with pytest.raises(NotAllowed):
        actions.assign_stage(stage, by=Actor.staff(deputy), to=colleague)
    Absence.objects.create(user=chief, deputy=deputy, first_day=today, last_day=today, entered_by=chief)

    offered = client_of(deputy).get(reverse("crm:case", args=[submitted_case.folio]))
    actions.assign_stage(stage, by=Actor.staff(deputy), to=colleague)

    assert "assign" in [offer.act.name for offer in offered.context["acts"]]
    assert submitted_case.stages.get().assigned_to == colleague
    with pytest.raises(NotAllowed):
        actions.assign_stage(stage, by=Actor.staff(colleague), to=deputy)


def test_the_chiefs_task_ends_by_itself_when_the_part_is_not_late_any_more(submitted_case, agency, by):
    stage = submitted_case.stages.get()
    over = datetime.combine(
        stage.due_on + timedelta(days=1), datetime.min.time(), ZoneInfo("America/Santiago")
    )
    with clock.frozen(over):
        tasks.note_late_work()
        late = Event.objects.get(kind="case.late", subject_id=submitted_case.pk)
        tasks.open_tasks(event_ids=[str(late.pk)])
        actions.take_stage(stage, by=by)
        assert Task.objects.get().state == "open"
        actions.decide_stage(stage, by=by, decision="granted", reason="")

    assert Task.objects.get().state == "done"
    assert Event.objects.filter(kind="task.done").count() == 1


def test_no_task_is_opened_for_what_was_decided_before_the_worker_came(submitted_case, agency, by):
    stage = submitted_case.stages.get()
    with clock.frozen(after(stage.due_on)):
        tasks.note_late_work()
        actions.take_stage(stage, by=by)
        actions.decide_stage(stage, by=by, decision="granted", reason="")
        tell_chiefs(submitted_case)

    assert not Task.objects.exists()


@pytest.mark.parametrize("worker_came", ["before the question", "after it"])
@pytest.mark.parametrize("answered", [0, 1, 30])
def test_asking_makes_nobody_forget_that_a_part_is_late(submitted_case, by, answered, worker_came):
    """The clock stood for as many days as the term is longer by: it is as late as before, its chief knows, and nobody is told twice."""
    stage = begun_before(submitted_case, date(2026, 12, 3))  # a Thursday
    over = after(stage.due_on)
    with clock.frozen(over):
        tasks.note_late_work()
        if worker_came == "before the question":
            tell_chiefs(submitted_case)
        actions.take_stage(stage, by=by)
        actions.ask_citizen(stage, by=by, question="¿Qué hay?")
        tell_chiefs(submitted_case)
    with clock.frozen(over + timedelta(days=answered, hours=1)):
        actions.answer_agency(
            submitted_case, by=submitted_case.holder, interaction=submitted_case.source, text="Esto."
        )
        tasks.note_late_work()

    assert Event.objects.filter(kind="case.late", subject_id=submitted_case.pk).count() == 1
    assert Task.objects.get().state == "open"
    with clock.frozen(over + timedelta(days=answered, hours=2)):
        actions.decide_stage(stage, by=by, decision="granted", reason="")
    assert Task.objects.get().state == "done"


def test_a_term_that_moved_to_a_day_ahead_is_not_late_and_told_of_again_when_it_is(submitted_case, by):
    """Due on a Friday, asked on the Saturday, answered on the Monday: it is due that day."""
    stage = begun_before(submitted_case, date(2026, 12, 4))
    with clock.frozen(after(stage.due_on)):
        tasks.note_late_work()
        tell_chiefs(submitted_case)
        actions.take_stage(stage, by=by)
        actions.ask_citizen(stage, by=by, question="¿Qué hay?")
    with clock.frozen(after(date(2026, 12, 6))):
        actions.answer_agency(
            submitted_case, by=submitted_case.holder, interaction=submitted_case.source, text="Esto."
        )
    stage.refresh_from_db()
    assert (stage.due_on, stage.late_at) == (date(2026, 12, 7), None)
    assert Task.objects.get().state == "done"

    with clock.frozen(after(date(2026, 12, 7))):
        tasks.note_late_work()
        tell_chiefs(submitted_case)

    assert Event.objects.filter(kind="case.late", subject_id=submitted_case.pk).count() == 2
    assert Task.objects.filter(state="open").count() == 1


def test_a_part_decided_while_its_task_is_being_opened_leaves_no_open_task(
    transactional_db, agency, procedure_version, monkeypatch
):
    """The case is locked before it is looked at: the decision waits, and ends the task."""
    from crm.actions import escalations

    by = officer_of(agency)
    case = crm.filed_case(procedure_version)
    stage = actions.take_stage(case.stages.get(), by=by)
    Stage.objects.filter(pk=stage.pk).update(due_on=date(2020, 1, 1), counts_from=date(2019, 12, 1))
    actions.note_late(stage, by=Actor.system())
    late = Event.objects.get(kind="case.late", subject_id=case.pk)
    chief_of, deciding = escalations._chief_of, []

    def decide_now():
        try:
            actions.decide_stage(stage, by=by, decision="granted", reason="")
        finally:
            connections.close_all()

    def slowly(agency_id):
        deciding.append(Thread(target=decide_now))
        deciding[0].start()
        deciding[0].join(1)
        return chief_of(agency_id)

    monkeypatch.setattr(escalations, "_chief_of", slowly)
    actions.open_task_for(late.pk, by=Actor.system())
    deciding[0].join(10)

    assert Stage.objects.get(pk=stage.pk).state == StageState.GRANTED
    assert Task.objects.get().state == "done"


def test_what_waits_for_the_citizen_is_never_late(submitted_case, by):
    asked(submitted_case, by)

    with clock.frozen(days(200)):
        tasks.note_late_work()

    assert not Event.objects.filter(kind="case.late").exists()


def test_a_chief_gives_work_to_an_officer_of_the_agency_and_nobody_else_does(submitted_case, agency, by):
    stage = submitted_case.stages.get()
    chief = Actor.staff(people.staff("Ofelia Rivas", Role.CHIEF, agency=agency))
    colleague = people.staff("Otto Vera", Role.OFFICER, agency=agency)
    stranger = people.staff("Óscar Núñez", Role.OFFICER, agency=people.AgencyFactory(code="IPS"))

    with pytest.raises(NotAllowed):
        actions.assign_stage(stage, by=by, to=colleague)
    with pytest.raises(DomainError) as refused:
        actions.assign_stage(stage, by=chief, to=stranger)
    assert "to" in refused.value.fields
    actions.assign_stage(stage, by=chief, to=colleague)

    stage.refresh_from_db()
    assert (stage.assigned_to, stage.state) == (colleague, StageState.RECEIVED)
    decide(stage)
    with pytest.raises(IllegalMove):
        actions.assign_stage(stage, by=chief, to=chief_user(chief))


def chief_user(chief: Actor):
    from accounts.models import User

    return User.objects.get(pk=chief.user_id)
