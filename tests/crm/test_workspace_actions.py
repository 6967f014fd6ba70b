"""
What the agency does, through the actions alone: wrong role, wrong state, stale, missing, too long, and two
at once.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.models import Role
from common.errors import DomainError, IllegalMove, NotAllowed, StaleVersion
from crm import actions
from crm.models import Case, CaseState, Message, MessageKind, Stage, StageState
from events.models import Event
from tests.factories import accounts as people
from tests.factories import catalog as sheets
from tests.factories import crm

LONG = "a" * 5001


def acts(case, stage, paper):
    """Every act of an agency, ready to be tried as anybody."""
    return {
        "take": lambda by, **more: actions.take_stage(stage, by=by, **more),
        "ask": lambda by, **more: actions.ask_citizen(stage, by=by, question="¿Qué?", **more),
        "grant": lambda by, **more: actions.decide_stage(stage, by=by, decision="granted", reason="", **more),
        "deny": lambda by, **more: actions.decide_stage(
            stage, by=by, decision="denied", reason="No.", **more
        ),
        "refer": lambda by, **more: actions.decide_stage(
            stage, by=by, decision="referred", reason="Allá.", **more
        ),
        "note": lambda by, **more: actions.note_case(case, by=by, text="Nota.", **more),
        "judge": lambda by, **more: actions.judge_document(paper, by=by, state="accepted", **more),
        "close": lambda by, **more: actions.close_case(case, by=by, **more),
        "reopen": lambda by, **more: actions.reopen_stage(stage, by=by, reason="Otra vez.", **more),
    }


ALL = ("take", "ask", "grant", "deny", "refer", "note", "judge", "close", "reopen")


@pytest.fixture
def by(officer, actor_of):
    return actor_of(officer)


@pytest.fixture
def stage(submitted_case):
    return submitted_case.stages.get()


@pytest.fixture
def every(submitted_case, stage):
    return acts(submitted_case, stage, submitted_case.documents.get())


def in_state(state, case, stage, by):
    """Bring a case into a state."""
    if state == "received":
        return
    actions.take_stage(stage, by=by)
    match state:
        case "awaiting_citizen":
            actions.ask_citizen(stage, by=by, question="¿Qué?")
        case "granted" | "denied" | "referred" | "closed":
            decision = "granted" if state == "closed" else state
            actions.decide_stage(stage, by=by, decision=decision, reason="Así.")
        case "withdrawn":
            actions.withdraw_case(case, by=case.holder, interaction=case.source)
    if state == "closed":
        actions.close_case(case, by=by)


# --- who ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("act", ALL)
@pytest.mark.parametrize(
    "who", ["other_officer", "clerk", "agent", "supervisor", "editor", "administrator", "stranger"]
)
def test_nobody_else_acts_for_the_agency(act, who, request, every, submitted_case, actor_of):
    before = Event.objects.count()

    with pytest.raises(NotAllowed):
        every[act](actor_of(request.getfixturevalue(who)))

    assert Event.objects.count() == before


@pytest.mark.parametrize("act", ALL)
def test_neither_the_citizen_nor_a_visitor_acts_for_the_agency(act, every, submitted_case):
    for actor in (submitted_case.holder, Actor.visitor()):
        with pytest.raises(NotAllowed):
            every[act](actor)


# --- when --------------------------------------------------------------------------------------------
POSSIBLE = {
    "received": {"take", "note", "judge"},
    "in_review": {"take", "ask", "grant", "deny", "refer", "note", "judge"},
    "awaiting_citizen": {"take", "note", "judge"},
    "granted": {"note", "close"},
    "denied": {"note", "close"},
    "referred": {"note", "close"},
    "withdrawn": {"note", "close"},
    "closed": {"note", "reopen"},
}


@pytest.mark.parametrize("act", ALL)
@pytest.mark.parametrize("state", POSSIBLE)
def test_each_act_has_its_time(state, act, every, submitted_case, stage, by):
    in_state(state, submitted_case, stage, by)
    before = Event.objects.count()

    if act in POSSIBLE[state]:
        every[act](by)
        assert Event.objects.count() == before + (0 if act == "take" and state != "received" else 1)
    else:
        with pytest.raises(DomainError) as refused:
            every[act](by)
        assert not isinstance(refused.value, NotAllowed)
        assert Event.objects.count() == before


@pytest.mark.parametrize("act", ALL)
def test_a_stale_act_is_refused(act, every, submitted_case, stage, by):
    state = {"take": "received", "close": "granted", "reopen": "closed"}.get(act, "in_review")
    in_state(state, submitted_case, stage, by)

    with pytest.raises(StaleVersion):
        every[act](by, revision=1)
    every[act](by, revision=Case.objects.get().revision)


@pytest.mark.parametrize("act", ALL)
def test_every_act_raises_the_revision(act, every, submitted_case, stage, by):
    in_state(
        {"take": "received", "close": "granted", "reopen": "closed"}.get(act, "in_review"),
        submitted_case,
        stage,
        by,
    )
    before = Case.objects.get().revision

    every[act](by)

    assert Case.objects.get().revision == before + 1


# --- what is written ---------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["", "  \n ", LONG])
def test_a_text_is_there_and_has_an_end(text, submitted_case, stage, by):
    actions.take_stage(stage, by=by)
    tries = {
        "question": lambda: actions.ask_citizen(stage, by=by, question=text),
        "reason": lambda: actions.decide_stage(stage, by=by, decision="denied", reason=text),
        "text": lambda: actions.note_case(submitted_case, by=by, text=text),
    }

    for field, attempt in tries.items():
        with pytest.raises(DomainError) as refused:
            attempt()
        assert set(refused.value.fields) == {field}
    assert not Message.objects.exists()


@pytest.mark.parametrize("decision", ["", "lapsed", "moot", "in_review", "GRANTED", "'; --"])
def test_a_decision_is_one_of_three(decision, stage, by):
    actions.take_stage(stage, by=by)

    with pytest.raises(DomainError) as refused:
        actions.decide_stage(stage, by=by, decision=decision, reason="Porque sí.")

    assert set(refused.value.fields) == {"decision"}


def test_a_refused_paper_is_replaced_by_the_next_one_and_not_judged_again(submitted_case, by):
    from crm import files

    old = submitted_case.documents.get()
    actions.judge_document(old, by=by, state="rejected", reason="No se lee.")
    newer = files.store(crm.pdf(content=crm.PDF + b"%newer"))
    actions.add_document(submitted_case, by=submitted_case.holder, file=newer, requirement="proof")

    with pytest.raises(DomainError, match=r"newer|nuevo"):
        actions.judge_document(old, by=by, state="accepted")


def test_two_papers_for_one_requirement_are_both_kept_like_the_sides_of_a_card(submitted_case):
    from crm import files

    back = files.store(crm.pdf(content=crm.PDF + b"%back"))
    actions.add_document(submitted_case, by=submitted_case.holder, file=back, requirement="proof")

    assert submitted_case.documents.current().filter(requirement="proof").count() == 2


# --- parts of several agencies -----------------------------------------------------------------------
@pytest.fixture
def two_parts(agency, other_agency):
    """A case that two agencies decide side by side."""
    rows = [
        {"agency": code, "order": 1, "required": True, "term_business_days": 10} for code in ("SRCEI", "IPS")
    ]
    return crm.filed_case(sheets.publish(sheets.sheet(stages=rows), agency=agency))


def part_of(case, agency):
    return case.stages.get(agency=agency)


def test_a_decided_part_is_not_taken_back_by_taking_it_again(two_parts, agency, by):
    stage = part_of(two_parts, agency)
    actions.take_stage(stage, by=by)
    actions.decide_stage(stage, by=by, decision="granted", reason="")

    with pytest.raises(IllegalMove):
        actions.take_stage(stage, by=by)

    assert part_of(two_parts, agency).state == StageState.GRANTED


def test_an_answer_to_a_question_that_is_moot_changes_nothing(
    two_parts, agency, other_agency, by, other_officer, actor_of
):
    mine, theirs = part_of(two_parts, agency), part_of(two_parts, other_agency)
    actions.take_stage(mine, by=by)
    actions.ask_citizen(mine, by=by, question="¿Qué?")
    actions.take_stage(theirs, by=actor_of(other_officer))
    actions.decide_stage(theirs, by=actor_of(other_officer), decision="denied", reason="No.")

    with pytest.raises(DomainError):
        actions.answer_agency(two_parts, by=two_parts.holder, interaction=crm.web_contact(), text="Esto.")

    assert part_of(two_parts, agency).state == StageState.MOOT
    assert Case.objects.get().state == CaseState.DENIED


def test_what_a_denial_cut_short_begins_again_with_the_reopening(
    two_parts, agency, other_agency, by, other_officer, actor_of
):
    mine, theirs = part_of(two_parts, agency), part_of(two_parts, other_agency)
    actions.take_stage(mine, by=by)
    actions.decide_stage(mine, by=by, decision="denied", reason="No.")
    actions.close_case(two_parts, by=by)

    actions.reopen_stage(mine, by=by, reason="Nos equivocamos.")
    assert part_of(two_parts, other_agency).state == StageState.RECEIVED
    actions.decide_stage(mine, by=by, decision="granted", reason="")
    actions.take_stage(theirs, by=actor_of(other_officer))
    actions.decide_stage(theirs, by=actor_of(other_officer), decision="granted", reason="")

    assert Case.objects.get().state == CaseState.GRANTED


@pytest.mark.usefixtures("in_english")
def test_in_a_sequence_the_second_agency_does_not_open_the_case_again_before_the_first(
    agency, other_agency, by, other_officer, actor_of
):
    rows = [
        {"agency": code, "order": order, "required": True, "term_business_days": 10}
        for order, code in enumerate(("SRCEI", "IPS"), 1)
    ]
    case = crm.filed_case(sheets.publish(sheets.sheet(stages=rows), agency=agency))
    actions.withdraw_case(case, by=case.holder, interaction=crm.web_contact())
    actions.close_case(case, by=by)

    with pytest.raises(DomainError, match=r"anterior a la suya|before yours"):
        actions.reopen_stage(part_of(case, other_agency), by=actor_of(other_officer), reason="Insiste.")
    assert part_of(case, other_agency).state == StageState.WITHDRAWN

    actions.reopen_stage(part_of(case, agency), by=by, reason="Insiste.")
    assert part_of(case, other_agency).state == StageState.WAITING


def test_a_colleague_takes_over_and_it_is_told(submitted_case, stage, by, agency, actor_of):
    actions.take_stage(stage, by=by)
    colleague = people.staff("Otto Vera", Role.OFFICER, agency=agency)

    actions.take_stage(stage, by=actor_of(colleague))

    assert Stage.objects.get().assigned_to == colleague
    assert Event.objects.about("case", submitted_case.pk).last().kind == "case.reassigned"


# --- two at once -------------------------------------------------------------------------------------
def test_the_case_is_locked_before_its_stages(stage, by):
    with CaptureQueriesContext(connection) as asked:
        actions.take_stage(stage, by=by)

    locks = [query["sql"] for query in asked if "FOR UPDATE" in query["sql"]]
    assert "crm_case" in locks[0]
    assert "crm_stage" not in locks[0]
    assert any("crm_stage" in sql for sql in locks)


def at_once(*tries):
    """
    Carry all of these out at the same moment, each on its own connection; return what each gave or raised.
    """
    gate = threading.Barrier(len(tries))

    def run(one):
        gate.wait()
        try:
            return one()
        except DomainError as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tries)) as pool:
        return list(pool.map(run, tries))


@pytest.mark.django_db(transaction=True)
def test_two_who_take_at_once_one_has_it(submitted_case, stage, by, agency, actor_of):
    colleague = actor_of(people.staff("Otto Vera", Role.OFFICER, agency=agency))
    revision = Case.objects.get().revision

    results = at_once(
        *[lambda who=who: actions.take_stage(stage, by=who, revision=revision) for who in (by, colleague)]
    )

    assert sum(isinstance(result, StaleVersion) for result in results) == 1
    winner = next(result for result in results if isinstance(result, Stage))
    assert Stage.objects.get().assigned_to_id == winner.assigned_to_id
    assert Event.objects.filter(kind="case.taken").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("with_revision", [True, False])
def test_granting_twice_at_once_grants_once(with_revision, submitted_case, stage, by):
    actions.take_stage(stage, by=by)
    revision = Case.objects.get().revision if with_revision else None

    results = at_once(
        *[
            lambda: actions.decide_stage(stage, by=by, decision="granted", reason="", revision=revision)
            for _ in range(4)
        ]
    )

    assert sum(isinstance(result, Stage) for result in results) == 1
    assert Event.objects.filter(kind="case.granted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_asking_while_another_decides_does_one_of_both(submitted_case, stage, by, agency, actor_of):
    actions.take_stage(stage, by=by)
    colleague = actor_of(people.staff("Otto Vera", Role.OFFICER, agency=agency))
    revision = Case.objects.get().revision

    results = at_once(
        lambda: actions.ask_citizen(stage, by=by, question="¿Qué?", revision=revision),
        lambda: actions.decide_stage(stage, by=colleague, decision="denied", reason="No.", revision=revision),
        lambda: actions.take_stage(stage, by=colleague, revision=revision),
        lambda: actions.note_case(submitted_case, by=by, text="Nota.", revision=revision),
    )

    assert sum(isinstance(result, StaleVersion) for result in results) == 3
    asked = Message.objects.filter(kind=MessageKind.QUESTION).count()
    case = Case.objects.get()
    assert (case.state == CaseState.AWAITING_CITIZEN) == (asked == 1)
    assert case.revision == revision + 1


@pytest.mark.django_db(transaction=True)
def test_the_citizen_withdraws_while_the_agency_grants(submitted_case, stage, by):
    actions.take_stage(stage, by=by)
    holder = submitted_case.holder

    results = at_once(
        lambda: actions.decide_stage(stage, by=by, decision="granted", reason=""),
        lambda: actions.withdraw_case(submitted_case, by=holder, interaction=submitted_case.source),
    )

    assert sum(isinstance(result, IllegalMove) for result in results) == 1
    case = Case.objects.get()
    assert (case.state, case.stages.get().state) in {("granted", "granted"), ("withdrawn", "withdrawn")}


@pytest.mark.django_db(transaction=True)
def test_two_parts_decided_at_once_settle_the_case(
    two_parts, agency, other_agency, by, other_officer, actor_of
):
    other = actor_of(other_officer)
    mine, theirs = part_of(two_parts, agency), part_of(two_parts, other_agency)
    actions.take_stage(mine, by=by)
    actions.take_stage(theirs, by=other)

    results = at_once(
        lambda: actions.decide_stage(mine, by=by, decision="granted", reason=""),
        lambda: actions.decide_stage(theirs, by=other, decision="granted", reason=""),
    )

    assert all(isinstance(result, Stage) for result in results)
    assert Case.objects.get().state == CaseState.GRANTED


# --- telling live screens ----------------------------------------------------------------------------
def test_the_agencies_of_a_case_are_told_to_look_again(submitted_case, agency, monkeypatch):
    from crm import tasks

    told = []
    monkeypatch.setattr("common.live.publish", lambda *topics: told.extend(topics))
    filed = Event.objects.get(kind="case.submitted")

    tasks.announce_to_agencies(event_ids=[str(filed.pk), str(filed.pk)])
    tasks.announce_to_agencies(event_ids=[])

    assert told == [f"agency:{agency.pk}"]
