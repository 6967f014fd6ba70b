"""How long decisions take: the estimate against an independent library, what it counts, what a receipt says of it."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from scipy import stats

from accounts.actors import Actor
from accounts.models import Role
from common import clock
from common.errors import NotAllowed
from crm import actions
from crm.models import Case, DecisionTime
from crm.panels.promises import estimate_of
from crm.queries import durations
from crm.queries.durations import LEAST, decision_time
from tests.factories import accounts as people
from tests.factories import catalog as sheets
from tests.factories import crm

START = datetime(2026, 9, 1, 12, tzinfo=UTC)
NOW = START + timedelta(days=60)
DAY = 86_400


@pytest.fixture
def version(db):
    agency = people.AgencyFactory(code="SRCEI")
    return sheets.publish(sheets.sheet(), agency=agency)


@pytest.fixture
def officer(version):
    return Actor.staff(people.staff("Olga Vidal", Role.OFFICER, agency=version.procedure.agency))


def ran(version, officer: Actor, *, filed: float, decided: float | None = None, waited: float = 0) -> Case:
    """A case filed so many days after the start, decided after so many more, of which it waited some for its citizen."""
    with clock.frozen(START + timedelta(days=filed)):
        case = crm.filed_case(version)
        stage = actions.take_stage(case.stages.get(), by=officer)
        if waited:
            actions.ask_citizen(stage, by=officer, question="¿Qué hay?")
    if waited:
        with clock.frozen(START + timedelta(days=filed + waited)):
            holder = Actor.visitor(frozenset({case.pk}))
            actions.answer_agency(case, by=holder, interaction=case.source, text="Esto.")
    if decided is not None:
        with clock.frozen(START + timedelta(days=filed + decided)):
            actions.decide_stage(stage, by=officer, decision="granted", reason="")
    return Case.objects.get(pk=case.pk)


def estimate(version) -> DecisionTime | None:
    with clock.frozen(NOW):
        actions.estimate_decision_times(by=Actor.system())
    return DecisionTime.objects.filter(procedure=version.procedure).first()


def test_the_clock_of_a_decision_stands_while_the_case_waits_for_its_citizen(version, officer):
    case = ran(version, officer, filed=0, decided=10, waited=4)

    assert (case.stopped_seconds, case.running_seconds) == (4 * DAY, 6 * DAY)


def test_what_one_agency_asks_takes_nothing_off_the_time_in_which_another_works(
    version, officer, other_agency, other_officer
):
    agency = version.procedure.agency
    rows = [{"agency": one.code, "order": 1, "required": True} for one in (agency, other_agency)]
    version = sheets.publish(sheets.sheet(code="9001", slug="de-dos", stages=rows), agency=agency)
    theirs = Actor.staff(other_officer)
    with clock.frozen(START):
        case = crm.filed_case(version)
        asking = actions.take_stage(case.stages.get(agency=agency), by=officer)
        actions.ask_citizen(asking, by=officer, question="¿Qué hay?")
        working = actions.take_stage(case.stages.get(agency=other_agency), by=theirs)
    with clock.frozen(START + timedelta(days=10)):
        assert running_now(case) == 10 * DAY
        actions.decide_stage(working, by=theirs, decision="granted", reason="")
    with clock.frozen(START + timedelta(days=15)):
        assert running_now(case) == 10 * DAY
        holder = Actor.visitor(frozenset({case.pk}))
        actions.answer_agency(case, by=holder, interaction=case.source, text="Esto.")
    with clock.frozen(START + timedelta(days=17)):
        assert running_now(case) == 12 * DAY
        actions.decide_stage(asking, by=officer, decision="granted", reason="")

    case.refresh_from_db()
    assert (case.stopped_seconds, case.running_seconds) == (5 * DAY, 12 * DAY)


def running_now(case) -> int:
    """For how long a case has run, as the estimator reads it."""
    with connection.cursor() as cursor:
        cursor.execute(durations._RUNS, {"now": clock.now(), "since": START})
        return next(
            seconds for procedure, seconds, _decided in cursor if procedure == case.version.procedure_id
        )


def test_a_reopened_case_keeps_the_time_of_its_first_decision(version, officer):
    case = ran(version, officer, filed=0, decided=10)
    with clock.frozen(START + timedelta(days=20)):
        actions.close_case(case, by=officer)
        stage = actions.reopen_stage(case.stages.get(), by=officer, reason="Faltó algo.")
        actions.decide_stage(stage, by=officer, decision="granted", reason="")

    assert Case.objects.get(pk=case.pk).running_seconds == 10 * DAY


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_half_and_nine_of_ten_are_those_of_an_independent_estimator(version, officer, seed):
    dice = random.Random(seed)  # noqa: S311  # the same cases every time
    for _case in range(40):
        filed, waited = dice.uniform(0, 55), dice.choice([0, 0, 0, dice.uniform(1, 5)])
        decided = waited + dice.choice([dice.uniform(1, 40), float(dice.randint(1, 20))])
        is_open = filed + decided > 60
        ran(
            version,
            officer,
            filed=filed,
            decided=None if is_open else decided,
            waited=waited if filed + waited < 60 else 0,
        )

    ours = estimate(version)

    cases = list(Case.objects.all())
    decided_after = [case.running_seconds for case in cases if case.running_seconds is not None]
    still_open = [
        int((NOW - case.submitted_at).total_seconds()) - case.stopped_seconds
        for case in cases
        if case.running_seconds is None
    ]
    curve = stats.ecdf(stats.CensoredData(uncensored=decided_after, right=still_open)).sf
    theirs = {
        share: next(
            (
                int(at)
                for at, left in zip(curve.quantiles, curve.probabilities, strict=True)
                if left <= share + 1e-9
            ),
            None,
        )
        for share in (0.5, 0.1)
    }
    assert (ours.cases, ours.decided) == (len(cases), len(decided_after))
    assert (ours.half_seconds, ours.most_seconds) == (theirs[0.5], theirs[0.1])


def test_open_cases_make_the_estimate_longer_than_the_decided_ones_alone_would(version, officer):
    for number in range(16):
        ran(version, officer, filed=number, decided=5)
    for number in range(20):
        ran(version, officer, filed=number)  # nobody has decided these

    ours = estimate(version)

    assert ours.half_seconds is None  # of the decided ones alone: five days
    assert decision_time(version.procedure_id) is None


def test_nothing_is_told_of_fewer_than_thirty_cases(version, officer):
    for number in range(LEAST - 1):
        ran(version, officer, filed=number, decided=3)
    estimate(version)
    assert decision_time(version.procedure_id) is None

    ran(version, officer, filed=30, decided=3)
    estimate(version)

    told = decision_time(version.procedure_id)
    assert (told.half_days, told.most_days, told.cases) == (3, 3, LEAST)


def test_a_withdrawn_case_was_watched_only_until_then(version, officer):
    for number in range(LEAST):
        ran(version, officer, filed=number, decided=10)
    for number in range(LEAST):
        case = ran(version, officer, filed=number)
        with clock.frozen(START + timedelta(days=number + 1)):
            holder = Actor.visitor(frozenset({case.pk}))
            actions.withdraw_case(case, by=holder, interaction=case.source)

    ours = estimate(version)

    assert (ours.cases, ours.decided, ours.half_seconds) == (2 * LEAST, LEAST, 10 * DAY)


def test_a_receipt_keeps_what_it_said_and_moves_only_with_the_stops(version, officer):
    for number in range(LEAST):
        ran(version, officer, filed=number, decided=3 + number % 10)
    estimate(version)
    with clock.frozen(NOW):
        case = crm.filed_case(version)
    said = estimate_of(case)

    DecisionTime.objects.update(half_seconds=99 * DAY, most_seconds=99 * DAY)
    case.refresh_from_db()
    assert estimate_of(case) == said
    assert said.half_on == (NOW + timedelta(days=case.half_days)).date()
    with clock.frozen(NOW):
        stage = actions.take_stage(case.stages.get(), by=officer)
        actions.ask_citizen(stage, by=officer, question="¿Qué hay?")
    with clock.frozen(NOW + timedelta(days=5)):
        holder = Actor.visitor(frozenset({case.pk}))
        actions.answer_agency(case, by=holder, interaction=case.source, text="Esto.")

    case.refresh_from_db()
    assert estimate_of(case).half_on == said.half_on + timedelta(days=5)


def test_only_the_calendar_makes_estimates(version, officer):
    with pytest.raises(NotAllowed):
        actions.estimate_decision_times(by=officer)
