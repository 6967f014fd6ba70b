"""The agency's list: in an order an index keeps, narrowed, kept under a name, and many of it taken at once."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership, Role
from common import clock
from common.errors import DomainError, NotAllowed
from crm import actions
from crm.models import SavedFilter, Stage
from crm.queries import counts as counting
from crm.queries import work
from crm.queries.work import ORDER, WorkFilter, agency_work, work_page
from tests.crm.programs import program_of
from tests.factories import accounts as people
from tests.factories import catalog as sheets
from tests.factories import crm

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer_client(officer, client_of):
    return client_of(officer)


@pytest.fixture
def colleague(agency):
    from accounts.models import Role
    from tests.factories import accounts as people

    return people.staff("Otilia Rey", Role.OFFICER, agency=agency)


def states():
    return list(Stage.objects.order_by(*ORDER).values_list("state", flat=True))


# --- what the database keeps ------------------------------------------------------------------------
def test_a_stage_knows_its_procedure_and_channel_whoever_wrote_it(submitted_case):
    stage = submitted_case.stages.get()
    assert (stage.procedure_id, stage.channel) == (submitted_case.version.procedure_id, "web")

    Stage.objects.update(procedure=None, channel="nonsense", to_close=True)

    stage.refresh_from_db()
    assert (stage.procedure_id, stage.channel, stage.to_close) == (
        submitted_case.version.procedure_id,
        "web",
        False,
    )


def test_a_case_waits_to_be_closed_from_its_decision_to_its_closing(submitted_case, officer, actor_of):
    by, stage = actor_of(officer), submitted_case.stages.get()
    waits = []

    actions.take_stage(stage, by=by)
    waits.append(Stage.objects.get().to_close)
    actions.decide_stage(stage, by=by, decision="granted", reason="")
    waits.append(Stage.objects.get().to_close)
    actions.close_case(submitted_case, by=by)
    waits.append(Stage.objects.get().to_close)
    actions.reopen_stage(stage, by=by, reason="Faltó un papel")
    waits.append(Stage.objects.get().to_close)

    assert waits == [False, True, False, False]


def test_what_was_received_comes_first_and_what_waits_for_others_last(
    agency, other_agency, officer, actor_of
):
    rows = [{"agency": "SRCEI", "order": order, "required": True} for order in (1, 2)]
    rows[0]["agency"] = "IPS"
    version = sheets.publish(sheets.sheet(stages=rows), agency=agency)
    crm.filed_case(version)
    single = sheets.publish(sheets.sheet(code="3431", slug="otro"), agency=agency)
    asked, taken, received = (crm.filed_case(single) for _ in range(3))
    for case in (asked, taken):
        actions.take_stage(case.stages.get(), by=actor_of(officer))
    actions.ask_citizen(asked.stages.get(), by=actor_of(officer), question="¿Dirección?")

    shown = [row.state for row in work_page(actor_of(officer), WorkFilter()).rows]

    assert shown == ["received", "in_review", "awaiting_citizen", "waiting"]
    assert received.folio


@pytest.mark.parametrize(
    "narrowed",
    [
        WorkFilter(),
        WorkFilter(state="received"),
        WorkFilter(state="decided"),
        WorkFilter(state="late"),
        WorkFilter(state="unanswered"),
        WorkFilter(procedure="3430"),
        WorkFilter(state="decided", procedure="3430"),
        WorkFilter(channel="web"),
    ],
    ids=lambda one: "".join((one.state, one.procedure, one.channel)) or "all",
)
def test_each_page_is_read_from_an_index_in_its_order(narrowed, submitted_case, officer, actor_of):
    """With the other ways closed to the planner, what is left sorts nothing."""
    first = work_page(actor_of(officer), WorkFilter())
    stages = agency_work(actor_of(officer), narrowed)
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off"
        )

    plan = stages.order_by(*narrowed.order).values("pk")[:31].explain()

    assert "Sort" not in plan, plan
    assert "Index" in plan
    assert first.rows


def test_a_page_deep_in_the_list_is_one_range_of_the_index(procedure_version, officer, actor_of, monkeypatch):
    monkeypatch.setattr(work, "PAGE", 2)
    for _ in range(5):
        crm.filed_case(procedure_version)
    place = work_page(actor_of(officer), WorkFilter()).after

    with CaptureQueriesContext(connection) as asked:
        second = work_page(actor_of(officer), WorkFilter(), place=place)

    assert len(second.rows) == 2
    assert any(
        '("crm_stage"."rank", "crm_stage"."due_by", "crm_stage"."id") > ' in one["sql"] for one in asked
    )


# --- narrowed to a procedure ------------------------------------------------------------------------
@pytest.fixture
def another_procedure(agency):
    return sheets.publish(sheets.sheet(code="9999", slug="otro"), agency=agency)


def decided(case, by):
    stage = actions.take_stage(case.stages.get(), by=by)
    actions.decide_stage(stage, by=by, decision="granted", reason="")
    return case


def listed(client, **narrowed):
    page = client.get(reverse("crm:agency-work"), narrowed)
    return [line.folio for line in page.context["lines"]]


def test_a_procedure_of_which_nothing_is_open_any_more_still_narrows(
    submitted_case, another_procedure, officer, officer_client, actor_of
):
    decided(submitted_case, actor_of(officer))
    other = crm.filed_case(another_procedure)
    decided(crm.filed_case(another_procedure), actor_of(officer))

    assert listed(officer_client, procedure="3430") == []
    assert listed(officer_client, procedure="3430", state="decided") == [submitted_case.folio]
    assert listed(officer_client, procedure="9999") == [other.folio]


def test_a_procedure_that_only_has_cases_to_close_can_be_chosen(
    submitted_case, another_procedure, officer, actor_of
):
    crm.filed_case(another_procedure)
    decided(submitted_case, actor_of(officer))

    before = [code for code, _title in work.procedures_at_work(actor_of(officer))]
    actions.close_case(submitted_case, by=actor_of(officer))

    assert sorted(before) == ["3430", "9999"]
    assert [code for code, _title in work.procedures_at_work(actor_of(officer))] == ["9999"]


def test_a_choice_whose_cases_are_all_over_is_kept_and_shows_what_it_counts(
    submitted_case, another_procedure, officer, officer_client, actor_of
):
    crm.filed_case(another_procedure)
    actions.close_case(decided(submitted_case, actor_of(officer)), by=actor_of(officer))

    kept = officer_client.post(f"{reverse('crm:keep-filter')}?procedure=3430", {"name": "Certificados"})

    page = officer_client.get(kept.url)
    assert SavedFilter.objects.get().procedure == "3430"
    assert [(one.count.number, one.is_present) for one in page.context["kept"]] == [(0, True)]
    assert page.context["lines"] == []


@pytest.mark.parametrize("wrong", ["state", "procedure", "channel"])
def test_what_is_none_of_the_choices_narrows_nothing_says_so_and_is_not_kept(
    wrong, submitted_case, officer_client, in_english
):
    page = officer_client.get(reverse("crm:agency-work"), {wrong: "nonsense"})
    kept = officer_client.post(f"{reverse('crm:keep-filter')}?{wrong}=nonsense", {"name": "Hoy"})

    assert [line.folio for line in page.context["lines"]] == [submitted_case.folio]
    assert "The list is not narrowed by this" in page.text
    assert kept.status_code == 422
    assert "The list is not narrowed by this" in kept.text
    assert not SavedFilter.objects.exists()


# --- kept choices -----------------------------------------------------------------------------------
def test_a_choice_is_kept_under_a_name_counted_and_let_go(submitted_case, officer_client):
    address = f"{reverse('crm:keep-filter')}?state=received"

    kept = officer_client.post(address, {"name": "  Por   tomar "})
    choice = SavedFilter.objects.get()
    listed = officer_client.get(kept.url).context["kept"]
    let_go = officer_client.post(address, {"drop": choice.pk})

    assert let_go.status_code == 302
    assert (choice.name, choice.state) == ("Por tomar", "received")
    assert [(one.name, one.count.number, one.is_present) for one in listed] == [("Por tomar", 1, True)]
    assert not SavedFilter.objects.exists()


def test_the_same_name_again_is_the_newer_choice_and_nobody_lets_go_anothers(
    agency, officer, colleague, client_of
):
    mine, theirs = client_of(officer), client_of(colleague)
    address = reverse("crm:keep-filter")
    mine.post(f"{address}?state=received", {"name": "Hoy"})
    mine.post(f"{address}?state=late", {"name": "Hoy"})

    theirs.post(address, {"drop": SavedFilter.objects.get().pk})

    assert list(SavedFilter.objects.values_list("name", "state")) == [("Hoy", "late")]


@pytest.mark.parametrize("name", ["", "x" * 61])
def test_a_choice_without_a_good_name_is_refused_and_kept_on_the_page(name, agency, officer_client):
    answer = officer_client.post(f"{reverse('crm:keep-filter')}?state=late", {"name": name})

    assert answer.status_code == 422
    assert name in answer.content.decode()
    assert not SavedFilter.objects.exists()


def test_nobody_keeps_more_choices_than_are_counted_at_a_glance(officer, actor_of, in_english):
    for number in range(12):
        actions.save_filter(WorkFilter(), by=actor_of(officer), name=f"n{number}")

    with pytest.raises(DomainError, match="twelve"):
        actions.save_filter(WorkFilter(), by=actor_of(officer), name="n12")
    actions.save_filter(WorkFilter(state="late"), by=actor_of(officer), name="n3")

    assert SavedFilter.objects.get(name="n3").state == "late"


def test_a_clerk_keeps_no_choices(clerk, actor_of):
    with pytest.raises(NotAllowed):
        actions.save_filter(WorkFilter(), by=actor_of(clerk), name="Hoy")


def test_few_are_counted_and_many_are_estimated(procedure_version, officer, actor_of, monkeypatch):
    monkeypatch.setattr(counting, "EXACT", 2)
    for _ in range(2):
        crm.filed_case(procedure_version)
    stages = agency_work(actor_of(officer), WorkFilter())

    few = counting.counts([stages, stages.filter(channel="phone")])
    crm.filed_case(procedure_version)
    many = counting.counts([stages])

    assert [(one.number, one.is_estimate) for one in few] == [(2, False), (0, False)]
    assert many[0].is_estimate
    assert many[0].number >= 3


def test_kept_choices_cost_one_question_together(submitted_case, officer, officer_client, actor_of):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            officer_client.get(reverse("crm:agency-work"))
        return len(queries)

    actions.save_filter(WorkFilter(), by=actor_of(officer), name="a")
    one = asked()
    for name in "bcdef":
        actions.save_filter(WorkFilter(state="late"), by=actor_of(officer), name=name)

    assert asked() - one <= 5  # the day of "late", asked of the clock by each


# --- many at once -----------------------------------------------------------------------------------
def test_many_are_taken_and_each_says_what_became_of_it(
    procedure_version, other_agency, officer, colleague, officer_client, actor_of
):
    free, mine, theirs, decided = (crm.filed_case(procedure_version) for _ in range(4))
    actions.take_stage(mine.stages.get(), by=actor_of(officer))
    actions.take_stage(theirs.stages.get(), by=actor_of(colleague))
    actions.withdraw_case(decided, by=decided.holder, interaction=decided.source)
    other = crm.filed_case(
        sheets.publish(
            sheets.sheet(code="9", slug="ajeno", stages=[{"agency": "IPS", "order": 1, "required": True}]),
            agency=other_agency,
        )
    )
    chosen = [str(case.stages.get().pk) for case in (free, mine, theirs, decided, other)]

    answer = officer_client.post(reverse("crm:take-many"), {"stage": [*chosen, "nonsense"]})

    assert [row.result for row in answer.context["results"]] == ["taken", "yours", "gone", "over", "foreign"]
    assert Stage.objects.get(case=free).assigned_to == officer
    assert Stage.objects.get(case=theirs).assigned_to == colleague
    text = answer.content.decode()
    assert "Otilia Rey" in text
    assert other.folio not in text


def test_nothing_selected_says_how_to_select(agency, officer_client):
    assert officer_client.post(reverse("crm:take-many")).status_code == 422


def test_taking_again_what_one_has_changes_nothing(submitted_case, officer, actor_of):
    stage = submitted_case.stages.get()
    actions.take_stages([stage.pk, stage.pk], by=actor_of(officer))
    before = Stage.objects.get().state_since

    again = actions.take_stages([stage.pk], by=actor_of(officer))

    assert [row.result for row in again] == ["yours"]
    assert Stage.objects.get().state_since == before


def test_what_the_chief_gave_to_a_colleague_is_not_taken_with_many_others(
    submitted_case, officer, agency, actor_of
):
    chief = people.staff("Ofelia Rivas", Role.CHIEF, agency=agency)
    colleague = people.staff("Otto Vera", Role.OFFICER, agency=agency)
    stage = submitted_case.stages.get()
    actions.assign_stage(stage, by=actor_of(chief), to=colleague)

    (theirs,) = actions.take_stages([stage.pk], by=actor_of(officer))
    (own,) = actions.take_stages([stage.pk], by=actor_of(colleague))

    assert (theirs.result, theirs.with_whom, own.result) == ("gone", "Otto Vera", "taken")
    assert Stage.objects.get().assigned_to == colleague


@pytest.mark.parametrize("began", [False, True], ids=["received", "in review"])
def test_what_was_given_to_whoever_has_left_is_taken_like_what_nobody_has(
    began, submitted_case, officer, agency, actor_of
):
    chief = people.staff("Ofelia Rivas", Role.CHIEF, agency=agency)
    leaver = people.staff("Otto Vera", Role.OFFICER, agency=agency)
    stage = submitted_case.stages.get()
    actions.assign_stage(stage, by=actor_of(chief), to=leaver)
    if began:
        actions.take_stage(stage, by=actor_of(leaver))
    Membership.objects.filter(user=leaver).update(ends_at=clock.now() - timedelta(days=1))

    (one,) = actions.take_stages([stage.pk], by=actor_of(officer))

    assert one.result == "taken"
    assert Stage.objects.get().assigned_to == officer


def test_what_the_agencys_program_reviews_is_said_to_be_with_it(
    submitted_case, agency, officer_client, in_english
):
    program = program_of(agency)
    program.post(f"cases/{submitted_case.folio}/take", match=program.revision(submitted_case.folio))

    page = officer_client.post(reverse("crm:take-many"), {"stage": [submitted_case.stages.get().pk]})

    assert [row.result for row in page.context["results"]] == ["program"]
    assert "program reviews it: open the case to take it over" in page.text
    assert Stage.objects.get().assigned_to is None


def test_what_waits_for_an_earlier_agency_can_not_be_taken_whoever_once_had_it(
    agency, other_agency, officer, other_officer, actor_of
):
    rows = [
        {"agency": code, "order": order, "required": True} for order, code in enumerate(("IPS", "SRCEI"), 1)
    ]
    case = crm.filed_case(sheets.publish(sheets.sheet(stages=rows), agency=agency))
    first, second = case.stages.order_by("order")
    Stage.objects.filter(pk=second.pk).update(assigned_to=officer)

    (one,) = actions.take_stages([second.pk], by=actor_of(officer))

    assert (first.state, one.result) == ("received", "over")


# --- the case before and the case after -------------------------------------------------------------
def test_a_case_leads_on_to_the_next_of_the_list_it_came_from_even_once_it_is_taken(
    procedure_version, officer, officer_client, actor_of
):
    for _ in range(3):
        crm.filed_case(procedure_version)
    lines = officer_client.get(reverse("crm:agency-work")).context["lines"]
    second = officer_client.get(reverse("crm:case", args=[lines[1].folio]), {"in": lines[1].place})
    actions.take_stages([lines[1].stage_id], by=actor_of(officer))
    taken = officer_client.get(reverse("crm:case", args=[lines[1].folio]), {"in": lines[1].place})

    for page in (second, taken):
        beside = page.context["beside"]
        assert (beside.before.folio, beside.after.folio) == (lines[0].folio, lines[2].folio)


def test_a_place_that_was_tampered_with_leads_nowhere_and_breaks_nothing(submitted_case, officer_client):
    page = officer_client.get(reverse("crm:case", args=[submitted_case.folio]), {"in": "nonsense:x"})

    assert page.status_code == 200
    assert page.context["beside"] is None


def test_late_is_what_the_clock_runs_for(submitted_case, officer, actor_of):
    Stage.objects.update(due_on=clock.now().date() - timedelta(days=2))
    late = agency_work(actor_of(officer), WorkFilter(state="late"))
    assert late.count() == 1

    actions.take_stage(submitted_case.stages.get(), by=actor_of(officer))
    actions.ask_citizen(submitted_case.stages.get(), by=actor_of(officer), question="¿Dirección?")

    assert late.count() == 0


def test_what_was_not_answered_in_time_is_a_choice_of_its_own(submitted_case, officer, actor_of, client_of):
    by, stage = actor_of(officer), submitted_case.stages.get()
    actions.take_stage(stage, by=by)
    actions.ask_citizen(stage, by=by, question="¿Dirección?", days=5)
    last = submitted_case.messages.get(kind="question").answer_by
    noon = datetime.combine(last, time(12), ZoneInfo("America/Santiago"))

    counts = []
    for days in (0, 1, 400):
        with clock.frozen(noon + timedelta(days=days)):
            counts.append(chosen_now(by))
            page = client_of(officer).get(reverse("crm:agency-work"), {"state": "unanswered"})
            assert (submitted_case.folio in page.text) == bool(days)
    assert counts == [0, 1, 1]


def test_asked_again_after_a_reopening_the_last_question_counts(submitted_case, officer, actor_of):
    by, stage = actor_of(officer), submitted_case.stages.get()
    actions.take_stage(stage, by=by)
    actions.ask_citizen(stage, by=by, question="¿Dirección?", days=5)
    with clock.frozen(clock.now() + timedelta(days=30)):
        assert chosen_now(by) == 1
        actions.lapse_stage(stage, by=by, reason="No llegó.")
        assert chosen_now(by) == 0
        actions.close_case(submitted_case, by=by)
        actions.reopen_stage(stage, by=by, reason="Llegó después")
        actions.ask_citizen(stage, by=by, question="¿Y la comuna?", days=5)

        assert chosen_now(by) == 0


def chosen_now(by):
    return agency_work(by, WorkFilter(state="unanswered")).count()
