"""Tasks: of a team, owned by one, opened by people and by the house itself; and what "my work" holds."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import actions as accounts
from accounts.actors import Actor
from accounts.models import Membership, Role
from common import clock, wording
from common.errors import DomainError, IllegalMove, NotAllowed, StaleVersion
from crm import actions
from crm.models import RedactionLog, Task, TaskState
from crm.models.task import NEXT
from crm.queries import mine
from events.models import Event
from tests.factories import accounts as people
from tests.factories import crm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def colleague(agency):
    return people.staff("Ana Pinto", Role.OFFICER, agency=agency)


@pytest.fixture
def by(officer, actor_of):
    return actor_of(officer)


def today():
    return clock.local_date(clock.now(), "America/Santiago")


def opened(by, agency, **more):
    return actions.open_task("Llamar al archivo", by=by, agency=agency, **more)


def kinds(task):
    return list(Event.objects.about("task", task.pk).values_list("kind", flat=True))


# --- life -------------------------------------------------------------------------------------------
def test_a_task_is_opened_taken_handed_over_and_done(by, agency, officer, colleague, actor_of):
    task = opened(by, agency, due_on=today())

    task = actions.take_task(task, by=by)
    task = actions.hand_over_task(task, by=by, to=colleague)
    task = actions.finish_task(task, by=actor_of(colleague), outcome=" Contestaron: \n no está. ")

    assert (task.state, task.owner, task.ended_by, task.outcome) == (
        TaskState.DONE,
        colleague,
        colleague,
        "Contestaron: no está.",
    )
    assert kinds(task) == ["task.opened", "task.taken", "task.handed_over", "task.done"]


@pytest.mark.parametrize("state", TaskState)
def test_every_state_has_its_row(state):
    assert state in NEXT


@pytest.mark.parametrize("act", ["take", "hand_over", "finish", "cancel"])
def test_what_is_over_stays_over(act, by, agency, colleague):
    task = actions.cancel_task(opened(by, agency), by=by, reason="Ya no hace falta")
    acts = {
        "take": lambda: actions.take_task(task, by=by),
        "hand_over": lambda: actions.hand_over_task(task, by=by, to=colleague),
        "finish": lambda: actions.finish_task(task, by=by, outcome="Hecho"),
        "cancel": lambda: actions.cancel_task(task, by=by, reason="Otra vez"),
    }

    with pytest.raises(IllegalMove):
        acts[act]()

    assert kinds(task) == ["task.opened", "task.cancelled"]


@pytest.mark.parametrize("who", ["other_officer", "clerk", "agent", "analyst", "stranger"])
def test_nobody_outside_the_team_sees_it_or_works_on_it(who, request, by, agency, actor_of):
    task = opened(by, agency)
    other = actor_of(request.getfixturevalue(who))

    assert not Task.objects.visible_to(other).exists()
    for act in (
        lambda: actions.take_task(task, by=other),
        lambda: actions.finish_task(task, by=other, outcome="Hecho"),
        lambda: actions.open_task("Otra", by=other, agency=agency),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize("team", ["agency", "office", "line"])
def test_whoever_left_the_team_sees_and_does_none_of_its_tasks_though_they_opened_and_own_them(
    team, agency, other_agency, office, officer, clerk, agent, actor_of, client_of
):
    user, where = {
        "agency": (officer, {"agency": agency}),
        "office": (clerk, {"office": office}),
        "line": (agent, {}),
    }[team]
    task = actions.open_task("Llamar al archivo", by=actor_of(user), owner=user, **where)
    Membership.objects.filter(user=user).update(role=Role.OFFICER, agency=other_agency, office=None)
    left = actor_of(user)

    assert my_lines(client_of(user)) == []
    assert not Task.objects.visible_to(left).exists()
    for act in (
        lambda: actions.take_task(task, by=left),
        lambda: actions.finish_task(task, by=left, outcome="Hecho"),
        lambda: actions.hand_over_task(task, by=left, to=user),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_what_somebody_left_open_is_taken_by_the_team(by, agency, officer, other_agency, colleague, actor_of):
    task = opened(by, agency, owner=officer)
    Membership.objects.filter(user=officer).update(agency=other_agency)

    task = actions.take_task(task, by=actor_of(colleague))

    assert task.owner == colleague


def test_each_team_opens_its_own_an_office_and_the_line_too(clerk, agent, office, actor_of):
    at_office = actions.open_task("Buscar el sobre", by=actor_of(clerk), office=office)
    on_line = actions.open_task("Llamar el lunes", by=actor_of(agent), kind="call")

    assert list(Task.objects.visible_to(actor_of(clerk))) == [at_office]
    assert list(Task.objects.visible_to(actor_of(agent))) == [on_line]
    with pytest.raises(NotAllowed):
        actions.open_task("Ajena", by=actor_of(agent), office=office)


@pytest.mark.parametrize(
    ("given", "field"),
    [({"what": "  "}, "what"), ({"what": "x" * 301}, "what"), ({"due_on": timedelta(days=-1)}, "due_on")],
)
def test_a_task_that_says_nothing_or_comes_too_late_is_refused(given, field, by, agency):
    given = {"what": "Llamar"} | given
    if field == "due_on":
        given["due_on"] += today()

    with pytest.raises(DomainError) as refusal:
        actions.open_task(given.pop("what"), by=by, agency=agency, **given)

    assert field in refusal.value.fields
    assert not Task.objects.exists()


def test_an_owner_is_of_the_team(by, agency, clerk):
    with pytest.raises(DomainError, match="team"):
        opened(by, agency, owner=clerk)
    with pytest.raises(DomainError, match="team"):
        actions.hand_over_task(opened(by, agency), by=by, to=clerk)


def test_a_case_one_does_not_see_has_no_task_of_ones_own(
    submitted_case, other_officer, other_agency, actor_of
):
    with pytest.raises(NotAllowed):
        actions.open_task("Ver", by=actor_of(other_officer), agency=other_agency, case=submitted_case)


def test_whoever_looked_at_an_older_one_is_told_and_changes_nothing(by, agency, colleague, actor_of):
    task = opened(by, agency)
    actions.take_task(task, by=actor_of(colleague), revision=1)

    for act in (
        lambda: actions.take_task(task, by=by, revision=1),
        lambda: actions.finish_task(task, by=by, outcome="Hecho", revision=1),
    ):
        with pytest.raises(StaleVersion):
            act()
    assert Task.objects.get().owner == colleague


def test_the_house_opens_one_task_for_each_key_while_it_is_open(agency):
    system = Actor.system()
    first = opened(system, agency, kind="difference", key="SRCEI 2026-1")
    again = opened(system, agency, kind="difference", key="SRCEI 2026-1")
    actions.finish_task(first, by=system, outcome="Corregido")
    later = opened(system, agency, kind="difference", key="SRCEI 2026-1")

    assert first == again
    assert later != first
    assert kinds(first) == ["task.opened", "task.done"]


def test_people_open_no_task_with_a_key(by, agency):
    with pytest.raises(NotAllowed):
        opened(by, agency, key="x")


@pytest.mark.parametrize(
    "impossible",
    [{"state": "done"}, {"ended_at": clock.datetime(2030, 1, 1, tzinfo=clock.UTC)}],
    ids=["done without an end", "an end while open"],
)
def test_the_database_refuses_an_impossible_task(impossible, by, agency):
    opened(by, agency)

    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.update(**impossible)


def test_a_tasks_words_go_with_its_case(submitted_case, by, agency):
    task = opened(by, agency, case=submitted_case)
    actions.withdraw_case(submitted_case, by=submitted_case.holder, interaction=submitted_case.source)

    RedactionLog.objects.create(case=submitted_case, rows=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT redact_cases(ARRAY[%s::uuid], ARRAY['words'])", [submitted_case.pk])

    task.refresh_from_db()
    assert (task.what, task.outcome) == (None, None)


# --- my work ----------------------------------------------------------------------------------------
def my_lines(client):
    return client.get(reverse("crm:work")).context["lines"]


def test_my_work_is_what_is_assigned_to_me_or_promised_by_me_and_nothing_else(
    procedure_version, by, agency, officer, colleague, actor_of, client_of
):
    taken, other = crm.filed_case(procedure_version), crm.filed_case(procedure_version)
    actions.take_stage(taken.stages.get(), by=by)
    actions.take_stage(other.stages.get(), by=actor_of(colleague))
    promised = opened(by, agency, owner=officer, kind="call", due_on=today())
    opened(by, agency)  # opened by me, owned by nobody
    opened(by, agency, owner=colleague)
    actions.finish_task(opened(by, agency, owner=officer), by=by, outcome="Hecho")

    lines = my_lines(client_of(officer))

    assert [line.is_task for line in lines] == [True, False]  # by the day due, whatever it is
    assert (lines[0].task, lines[1].folio) == (promised, taken.folio)


def test_my_work_is_turned_page_by_page_and_misses_nothing(
    procedure_version, by, agency, officer, client_of, monkeypatch
):
    monkeypatch.setattr(mine, "PAGE", 2)
    for number in range(3):
        actions.take_stage(crm.filed_case(procedure_version).stages.get(), by=by)
        opened(by, agency, owner=officer, due_on=today() + timedelta(days=number * 9))
    client, address, seen = client_of(officer), reverse("crm:work"), []

    for _ in range(3):
        answer = client.get(address)
        seen += [line.task.pk if line.is_task else line.stage_id for line in answer.context["lines"]]
        address = f"{reverse('crm:work')}?place={answer.context['page'].after}"
    back = client.get(f"{reverse('crm:work')}?place={answer.context['page'].before}").context["lines"]

    assert len(seen) == len(set(seen)) == 6
    assert [line.task.pk if line.is_task else line.stage_id for line in back] == seen[2:4]


def test_my_work_asks_the_same_of_two_as_of_twelve(procedure_version, by, agency, officer, client_of):
    client = client_of(officer)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("crm:work"))
        return len(queries)

    def add(times):
        for _ in range(times):
            actions.take_stage(crm.filed_case(procedure_version).stages.get(), by=by)
            opened(by, agency, owner=officer)

    add(2)
    few = asked()
    add(10)

    assert asked() == few


def test_while_somebody_is_away_their_work_shows_at_the_deputy_too_and_returns(
    submitted_case, by, agency, officer, colleague, actor_of, client_of
):
    absence = accounts.enter_absence(
        officer, by=by, deputy=colleague, first_day=today(), last_day=today() + timedelta(days=3)
    )
    actions.take_stage(submitted_case.stages.get(), by=by)
    task = opened(by, agency, owner=officer)

    meanwhile = my_lines(client_of(colleague))
    actions.finish_task(task, by=actor_of(colleague), outcome="Hecho en su lugar")
    accounts.end_absence(absence, by=by)

    assert all("Olga Vidal" in line.stands_for for line in meanwhile)
    assert {line.is_task for line in meanwhile} == {True, False}
    assert my_lines(client_of(colleague)) == []
    assert [line.folio for line in my_lines(client_of(officer))] == [submitted_case.folio]


def test_a_deputy_of_tomorrow_sees_nothing_today(by, agency, officer, colleague, client_of):
    first = today() + timedelta(days=1)
    accounts.enter_absence(officer, by=by, deputy=colleague, first_day=first, last_day=first)
    opened(by, agency, owner=officer)

    assert my_lines(client_of(colleague)) == []


def test_the_case_before_and_the_next_are_those_of_my_list_with_whoever_i_stand_in_for(
    procedure_version, by, officer, colleague, actor_of, client_of
):
    away(officer, colleague)
    for doer in (by, actor_of(colleague), by):
        actions.take_stage(crm.filed_case(procedure_version).stages.get(), by=doer)
    client = client_of(colleague)
    lines = my_lines(client)

    pages = [client.get(reverse("crm:case", args=[line.folio]), {"in": line.place}) for line in lines]
    beside = [page.context["beside"] for page in pages]

    folios = [line.folio for line in lines]
    assert len(folios) == 3
    assert [one.before and one.before.folio for one in beside] == [None, *folios[:-1]]
    assert [one.after and one.after.folio for one in beside] == [*folios[1:], None]


# --- deputies who are away themselves ---------------------------------------------------------------
def away(user, deputy, days=0):
    last = today() + timedelta(days=days)
    accounts.enter_absence(user, by=Actor.staff(user), deputy=deputy, first_day=today(), last_day=last)


@pytest.fixture
def third(agency):
    return people.staff("Rosa Ulloa", Role.OFFICER, agency=agency)


def test_whoever_stands_in_through_a_deputy_who_is_away_does_so_until_the_first_of_them_is_back(
    officer, colleague, third, actor_of, client_of
):
    away(officer, colleague, days=9)
    away(colleague, third, days=4)

    told = mine.covered_by(actor_of(third))

    assert {one.user: one.until for one in told} == dict.fromkeys(
        (officer, colleague), today() + timedelta(days=4)
    )
    page = client_of(third).get(reverse("crm:work")).text
    assert page.count(f"until {wording.short_day(today() + timedelta(days=4))}") == 2


def test_where_the_deputy_is_away_too_the_work_shows_at_their_deputy_who_may_do_it(
    submitted_case, by, office, officer, colleague, third, actor_of, client_of
):
    Membership.objects.create(
        user=officer, role=Role.CLERK, office=office
    )  # of whose team the others are not
    away(officer, colleague)
    away(colleague, third)
    actions.take_stage(submitted_case.stages.get(), by=by)
    task = actions.open_task("Buscar el sobre", by=actor_of(officer), office=office, owner=officer)

    lines = my_lines(client_of(third))
    actions.finish_task(task, by=actor_of(third), outcome="Hecho en su lugar")

    assert {line.is_task for line in lines} == {True, False}
    assert all("Olga Vidal" in line.stands_for for line in lines)


@pytest.fixture
def outside(agency, other_agency, officer, colleague):
    """Somebody who works with the deputy for another agency, and not with whom the deputy stands in for."""
    Membership.objects.create(user=colleague, role=Role.OFFICER, agency=other_agency)
    other = people.staff("Julio Soto", Role.OFFICER, agency=other_agency)
    away(officer, colleague)
    away(colleague, other)
    return other


def test_a_chain_of_deputies_ends_where_it_leads_into_another_agency(
    by, agency, officer, colleague, outside, actor_of, client_of
):
    task = opened(by, agency, owner=officer)
    theirs = opened(by, agency, owner=colleague)

    shown = [line.task for line in my_lines(client_of(outside))]

    assert shown == [theirs]
    assert list(Task.objects.visible_to(actor_of(outside))) == [theirs]
    with pytest.raises(NotAllowed):
        actions.finish_task(task, by=actor_of(outside), outcome="Hecho en su lugar")


def test_a_deputy_who_left_for_another_agency_stands_in_for_nobody_here(
    by, agency, other_agency, officer, colleague, actor_of, client_of
):
    away(officer, colleague)
    task = opened(by, agency, owner=officer)
    Membership.objects.filter(user=colleague).update(agency=other_agency)

    assert my_lines(client_of(colleague)) == []
    with pytest.raises(NotAllowed):
        actions.finish_task(task, by=actor_of(colleague), outcome="Hecho en su lugar")


def test_a_deputy_does_nothing_that_the_colleague_may_not_do_any_more(
    by, agency, other_agency, officer, colleague, actor_of, client_of
):
    task = opened(by, agency, owner=officer)
    Membership.objects.filter(user__in=[officer, colleague]).update(agency=other_agency)
    away(officer, colleague)

    assert my_lines(client_of(colleague)) == []
    with pytest.raises(NotAllowed):
        actions.finish_task(task, by=actor_of(colleague), outcome="Hecho en su lugar")


def test_deputies_who_stand_in_for_one_another_see_each_others_work_once(
    by, agency, officer, colleague, client_of
):
    away(officer, colleague)
    away(colleague, officer)
    opened(by, agency, owner=officer)
    opened(by, agency, owner=colleague)

    lines = my_lines(client_of(officer))

    assert sorted(line.stands_for for line in lines)[0] == ""
    assert len(lines) == 2


@pytest.mark.parametrize(("links", "seen"), [(5, 1), (6, 0)])
def test_a_chain_of_deputies_is_followed_so_far_and_no_farther(links, seen, by, agency, officer, client_of):
    chain = [
        officer,
        *(people.staff(f"Persona {number}", Role.OFFICER, agency=agency) for number in range(links)),
    ]
    for absent, deputy in pairwise(chain):
        away(absent, deputy)
    opened(by, agency, owner=officer)

    assert len(my_lines(client_of(chain[-1]))) == seen


# --- screens ----------------------------------------------------------------------------------------
def test_a_task_is_opened_on_its_page_and_stands_in_the_teams_list_and_in_its_case(
    submitted_case, officer, client_of
):
    client = client_of(officer)
    given = {"what": "Pedir la ficha", "team": f"agency-{submitted_case.stages.get().agency_id}"}

    opened_at = client.post(reverse("tasks:new"), given | {"folio": submitted_case.folio})

    assert opened_at.url == reverse("tasks:task", args=[Task.objects.get().pk])
    for address in (reverse("tasks:team"), reverse("crm:case", args=[submitted_case.folio]), opened_at.url):
        assert "Pedir la ficha" in client.get(address).content.decode()


@pytest.mark.parametrize("wrong", [{"what": ""}, {"folio": "2026-0000000-0"}, {"team": "office-1"}])
def test_a_refused_task_keeps_what_was_typed(wrong, agency, officer, client_of):
    given = {"what": "Pedir la ficha", "team": f"agency-{agency.pk}", "folio": ""} | wrong

    answer = client_of(officer).post(reverse("tasks:new"), given)

    assert answer.status_code == 422
    assert given["what"] in answer.content.decode()
    assert not Task.objects.exists()


def test_a_stale_act_keeps_the_words_and_can_be_sent_again(by, agency, officer, client_of):
    task, client = opened(by, agency), client_of(officer)
    actions.take_task(task, by=by)
    address = reverse("tasks:act", args=[task.pk, "finish"])

    stale = client.post(address, {"outcome": "Ya está todo.", "revision": 1})
    again = client.post(address, {"outcome": "Ya está todo.", "revision": stale.context["task"].revision})

    assert stale.status_code == 422
    assert "Ya está todo." in stale.content.decode()
    assert again.status_code == 302
    assert Task.objects.get().state == TaskState.DONE


def test_a_clerk_has_the_same_lists_in_a_room_of_their_own(clerk, office, actor_of, client_of):
    actions.open_task("Buscar el sobre", by=actor_of(clerk), office=office, owner=clerk)
    client = client_of(clerk)

    for name in ("mine", "team"):
        assert "Buscar el sobre" in client.get(reverse(f"tasks:{name}")).content.decode()
    assert client.get(reverse("crm:work")).status_code == 403


def test_a_task_is_handed_to_the_chief_on_its_page(agency, officer, client_of, actor_of):
    chief = people.staff("Ofelia Rivas", Role.CHIEF, agency=agency)
    task = actions.open_task("Firmar el oficio", by=actor_of(officer), agency=agency)
    address = reverse("tasks:act", args=[task.pk, "hand-over"])

    client_of(officer).post(address, {"revision": task.revision, "owner": str(chief.pk)})

    task.refresh_from_db()
    assert task.owner == chief


def test_the_form_of_a_new_task_opens_with_its_first_field_in_hand(officer, client_of):
    form = client_of(officer).get(reverse("tasks:new")).context["form"]

    assert [bound.name for bound in form if bound.field.widget.attrs.get("autofocus")] == ["what"]
