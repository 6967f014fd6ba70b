"""The life of cases and stages: the tables, what the database refuses, and any sequence of acts."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as some

from accounts.actors import Actor, Post
from accounts.models import Role, User
from common import clock
from common.errors import DomainError, IllegalMove
from config.management.commands import draw_states
from crm import actions
from crm.models import Case, CaseState, Stage, StageState, state_of
from crm.models.case import DECIDED as CASE_DECIDED
from crm.models.case import NEXT as CASE_NEXT
from crm.models.case import clock_stands_since
from crm.models.stage import DECIDED, NEXT, RUNNING
from events.models import Event
from tests.factories import accounts as people
from tests.factories import catalog as sheets
from tests.factories import crm

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


# --- the tables -------------------------------------------------------------------------------------
def test_every_state_has_its_row():
    assert set(CASE_NEXT) == set(CaseState)
    assert set(NEXT) == set(StageState)


@pytest.mark.parametrize("new", CaseState)
@pytest.mark.parametrize("old", CaseState)
def test_a_case_moves_only_as_its_table_says(old, new):
    case = Case(state=old, state_since=NOON)

    if new in CASE_NEXT[old]:
        case.move_to(new, at=NOON)
        assert (case.state, case.state_since) == (new, NOON)
        assert (case.decided_at is not None) == (
            new in CASE_DECIDED or (new == CaseState.CLOSED and case.decided_at is not None)
        )
        assert (case.closed_at is not None) == (new == CaseState.CLOSED)
    else:
        with pytest.raises(IllegalMove):
            case.move_to(new, at=NOON)
        assert case.state == old


@pytest.mark.parametrize("new", StageState)
@pytest.mark.parametrize("old", StageState)
def test_a_stage_moves_only_as_its_table_says(old, new):
    stage = Stage(state=old, stopped_at=NOON if old == StageState.AWAITING_CITIZEN else None)

    if new in NEXT[old]:
        stage.move_to(new, at=NOON, reason="Porque sí.")
        assert (stage.state, stage.state_since) == (new, NOON)
        assert (stage.decided_at is not None) == (new in DECIDED)
        assert (stage.stopped_at is not None) == (new == StageState.AWAITING_CITIZEN)
    else:
        with pytest.raises(IllegalMove):
            stage.move_to(new, at=NOON, reason="")
        assert stage.state == old


def part(state: StageState, *, required: bool = True) -> Stage:
    return Stage(state=state, is_required=required)


S = StageState


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        ([part(S.RECEIVED)], CaseState.SUBMITTED),
        ([part(S.RECEIVED), part(S.WAITING)], CaseState.SUBMITTED),
        ([part(S.GRANTED), part(S.RECEIVED)], CaseState.IN_REVIEW),
        ([part(S.IN_REVIEW), part(S.AWAITING_CITIZEN)], CaseState.AWAITING_CITIZEN),
        ([part(S.DENIED), part(S.AWAITING_CITIZEN)], CaseState.DENIED),
        ([part(S.DENIED, required=False), part(S.GRANTED)], CaseState.GRANTED),
        ([part(S.DENIED, required=False), part(S.IN_REVIEW)], CaseState.IN_REVIEW),
        ([part(S.GRANTED), part(S.IN_REVIEW, required=False)], CaseState.IN_REVIEW),
        ([part(S.GRANTED), part(S.GRANTED)], CaseState.GRANTED),
        ([part(S.GRANTED), part(S.REFERRED)], CaseState.REFERRED),
        ([part(S.GRANTED), part(S.LAPSED)], CaseState.LAPSED),
        ([part(S.GRANTED), part(S.WITHDRAWN)], CaseState.WITHDRAWN),
        ([part(S.DENIED), part(S.MOOT)], CaseState.DENIED),
    ],
)
def test_a_cases_state_is_that_of_its_stages(stages, expected):
    for rows in (stages, stages[::-1]):
        assert state_of(rows) == expected


def test_the_drawing_is_what_the_models_say(tmp_path, monkeypatch):
    call_command("draw_states", check=True)
    monkeypatch.setattr(draw_states, "PATH", tmp_path / "states.md")

    with pytest.raises(CommandError):
        call_command("draw_states", check=True)


# --- what the database refuses ----------------------------------------------------------------------
@pytest.mark.parametrize(
    "impossible",
    [
        {"folio": None},
        {"submitted_at": None},
        {"state": "draft"},
        {"state": "granted"},
        {"state": "closed"},
        {"decided_at": NOON},
        {"closed_at": NOON},
        {"submitted_at": datetime(2001, 1, 1, tzinfo=UTC)},
        {"folio": "2026-9999999-9"},
        {"half_days": 5},
    ],
)
def test_the_database_refuses_an_impossible_case(impossible, submitted_case):
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=submitted_case.pk).update(**impossible)


@pytest.mark.parametrize(
    "impossible",
    [
        {"state": "granted"},
        {"state": "denied", "decided_at": NOON},
        {"state": "awaiting_citizen"},
        {"stopped_at": NOON},
        {"decided_at": NOON},
        {"counts_from": None},
        {"state": "waiting"},
    ],
)
def test_the_database_refuses_an_impossible_stage(impossible, submitted_case):
    with pytest.raises(IntegrityError), transaction.atomic():
        Stage.objects.filter(case=submitted_case).update(**impossible)


def test_nobody_rewrites_what_happened(submitted_case):
    from django.db import ProgrammingError

    for change in (lambda rows: rows.update(kind="case.granted"), lambda rows: rows._raw_delete(rows.db)):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            change(Event.objects.filter(subject_id=submitted_case.pk))


# --- any sequence of acts ---------------------------------------------------------------------------
SHAPES = {
    "one": [("SRCEI", 1, True)],
    "in turn": [("SRCEI", 1, True), ("IPS", 2, True)],
    "side by side": [("SRCEI", 1, True), ("IPS", 1, True)],
    "one may be missing": [("SRCEI", 1, True), ("IPS", 1, False)],
    "three": [("SRCEI", 1, True), ("IPS", 2, True), ("SII", 2, False)],
}
ACTS = (
    "take",
    "ask",
    "answer",
    "lapse",
    "grant",
    "deny",
    "refer",
    "withdraw",
    "close",
    "reopen",
    "note",
    "judge",
    "late",
    "assign",
    "give back",
    "undo closing",
)


def do(act: str, case: Case, stage: Stage, officer: Actor) -> Any:
    holder = Actor.visitor(frozenset({case.pk}))
    match act:
        case "take":
            return actions.take_stage(stage, by=officer)
        case "ask":
            return actions.ask_citizen(stage, by=officer, question="¿Qué hay?")
        case "answer":
            return actions.answer_agency(case, by=holder, interaction=case.source, text="Esto.")
        case "grant" | "deny" | "refer":
            decision = {"grant": "granted", "deny": "denied", "refer": "referred"}[act]
            return actions.decide_stage(stage, by=officer, decision=decision, reason="Porque sí.")
        case "withdraw":
            return actions.withdraw_case(case, by=holder, interaction=case.source)
        case "close":
            return actions.close_case(case, by=officer)
        case "reopen":
            return actions.reopen_stage(stage, by=officer, reason="Otra vez.")
        case "note":
            return actions.note_case(case, by=officer, text="Nota.")
        case "give back":
            return actions.give_back_stage(stage, by=officer)
        case "undo closing":
            return actions.undo_closing(case, by=officer)
        case "lapse":
            return actions.lapse_stage(stage, by=officer, reason="No llegó respuesta.")
        case "late":
            return actions.note_late(stage, by=Actor.system())
        case "assign":
            chief = replace(officer, posts=(*officer.posts, Post(Role.CHIEF, None, stage.agency_id)))
            return actions.assign_stage(stage, by=chief, to=User.objects.get(pk=officer.user_id))
        case "judge":
            return actions.judge_document(case.documents.get(), by=officer, state="accepted")
    raise AssertionError(act)


def snapshot(case: Case) -> Any:
    case.refresh_from_db()
    return (
        case.state,
        case.revision,
        [(stage.state, stage.assigned_to_id) for stage in case.stages.order_by("pk")],
        Event.objects.filter(subject_id=case.pk).count(),
        case.messages.count(),
    )


def folded(case: Case) -> tuple[str, dict[str, str]]:
    """The state of a case and of its stages as the case's events alone tell them."""
    state, stages = "draft", dict[str, str]()
    for event in Event.objects.about("case", case.pk):
        assert event.actor_kind
        assert event.at
        assert event.value("from") in (None, state), event.kind
        state = event.value("to") or state
        for stage, before, after in event.value("moved") or []:
            assert stages.get(stage, "") == before, event.kind
            stages[stage] = after
    return state, stages


def stood(case: Case) -> tuple[int, bool]:
    """For how many seconds the case waited for nobody but its citizen, and whether it does, as its events alone tell it."""
    required = set(map(str, case.stages.filter(is_required=True).values_list("pk", flat=True)))
    stages, seconds, since = dict[str, str](), 0, None
    for event in Event.objects.about("case", case.pk):
        stages |= {stage: after for stage, _before, after in event.value("moved") or []}
        working = any(state in RUNNING for stage, state in stages.items() if stage in required)
        if since is not None:
            seconds += int((event.at - since).total_seconds())
        since = event.at if "awaiting_citizen" in stages.values() and not working else None
    return seconds, since is not None


def hold_true(case: Case, folio: str) -> None:
    """What is true of a case whatever was done to it."""
    case.refresh_from_db()
    rows = list(case.stages.all())
    told = state_of(rows)
    assert case.state == told or (case.state == CaseState.CLOSED and told in CASE_DECIDED)
    assert folded(case) == (case.state, {str(row.pk): row.state for row in rows})
    assert case.folio == folio
    assert case.receipt_promised_on is not None
    # The promise is that of the slowest required part; it stands while only parts that may be missing go on.
    due = [row.due_on for row in rows if row.is_required and row.is_open]
    assert case.promised_on == max(due, default=case.promised_on)
    seconds, stands = stood(case)
    since = clock_stands_since(rows)
    assert (since is not None) == stands
    now_standing = (
        int((Event.objects.about("case", case.pk).last().at - since).total_seconds()) if since else 0
    )
    assert case.stopped_seconds + now_standing == seconds
    if case.running_seconds is not None:
        assert case.running_seconds + case.stopped_seconds >= 0
    waiting = [row.order for row in rows if row.state == StageState.WAITING]
    running = [row.order for row in rows if row.is_open and row.state != StageState.WAITING]
    assert not waiting or min(running) < min(waiting), "a stage waits for nothing"
    still_open = [row.order for row in rows if row.is_open]
    assert not running or max(running) == min(still_open), "a stage overtakes an earlier one"
    for row in rows:
        assert row.due_on is None or row.counts_from is None or row.due_on > row.counts_from
        assert row.late_at is None or row.counts_from is not None


@pytest.mark.parametrize("shape", SHAPES)
@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    database=None,
)
@given(
    sequence=some.lists(
        some.tuples(some.sampled_from(ACTS), some.integers(0, 2), some.integers(0, 40)),
        min_size=4,
        max_size=28,
    )
)
@example(sequence=[("withdraw", 0, 0), ("close", 0, 0), ("reopen", 1, 0), ("grant", 1, 1)])
@example(
    sequence=[("take", 0, 0), ("ask", 0, 30), ("answer", 0, 0), ("late", 0, 0), ("ask", 0, 1), ("late", 0, 0)]
)
def test_whatever_is_tried_state_stages_and_events_tell_the_same(db, shape, sequence):
    with clock.frozen(NOON), transaction.atomic():
        agencies = {code: people.AgencyFactory(code=code) for code, _order, _required in SHAPES[shape]}
        stages = [
            {"agency": code, "order": order, "required": required, "term_business_days": 10}
            for code, order, required in SHAPES[shape]
        ]
        version = sheets.publish(sheets.sheet(stages=stages), agency=agencies["SRCEI"])
        case = crm.filed_case(version)
        folio, now = case.folio, NOON
        officers = {
            agency.pk: Actor.staff(people.staff(f"Oficial {code}", Role.OFFICER, agency=agency))
            for code, agency in agencies.items()
        }
        for act, which, days in sequence:
            now += timedelta(days=days, minutes=1)
            clock.move(now)
            rows = list(case.stages.select_related("agency").order_by("order", "agency__code"))
            stage = rows[which % len(rows)]
            before = snapshot(case)
            try:
                with transaction.atomic():
                    do(act, Case.objects.get(pk=case.pk), stage, officers[stage.agency_id])
            except DomainError:
                assert snapshot(case) == before
            hold_true(case, folio)
        transaction.set_rollback(True)


def test_a_long_walk_reaches_every_state_that_acts_can_reach(db):
    chance = random.Random(101)  # noqa: S311  # the same walk every time
    agency = people.AgencyFactory(code="SRCEI")
    officer = Actor.staff(people.staff("Olga Vidal", Role.OFFICER, agency=agency))
    version = sheets.publish(sheets.sheet(), agency=agency)
    seen = set()
    for _case in range(24):
        case = crm.filed_case(version)
        for step in range(30):
            try:
                later = clock.now() + timedelta(days=20 * (step + 1))
                with clock.frozen(later), transaction.atomic():
                    do(chance.choice(ACTS), Case.objects.get(pk=case.pk), case.stages.get(), officer)
            except DomainError:
                pass
            case.refresh_from_db()
            seen.add(CaseState(case.state))

    assert seen == set(CaseState) - {CaseState.DRAFT}
