"""The console between calls, and the pop-up that only the ringing phone's agent sees."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actors import Actor
from callcentre import actions, tasks
from callcentre.models import AgentState, Call, Ring
from callcentre.queries.agents import agents_now
from callcentre.queries.missed import missed_calls
from common import clock, phone
from common.errors import DomainError, NotAllowed
from crm.models import AccessLog, Interaction, QueueState
from tests.callcentre import phones

HTMX = {"HX-Request": "true"}


def page(name, *args):
    return reverse(f"callcentre:{name}", args=args)


def test_the_pop_up_is_on_the_ringing_agents_screen_and_on_nobody_elses(
    agent, second_agent, client_of, procedure_version
):
    from callcentre.reference import load_menu

    load_menu()
    phones.amina()
    phones.rings(agent, menu="6.4")

    mine, theirs = client_of(agent).get(page("console")), client_of(second_agent).get(page("console"))

    assert "+56 9 8765 4321" in mine.text
    assert "Registro Civil e Identificación" in mine.text
    assert "A… R… S…" in mine.text
    assert "Amina" not in mine.text
    assert "12.345" not in mine.text
    assert "8765" not in theirs.text
    assert "A… R…" not in theirs.text


def test_open_cases_of_whoever_gave_the_number_are_hinted_at_and_the_hint_is_logged_once(
    agent, client_of, submitted_case
):
    phones.rings(agent)
    client = client_of(agent)

    response = client.get(page("console"))
    client.get(page("console"))

    assert "Certificado de ejemplo" in response.text
    assert submitted_case.folio not in response.text
    logged = AccessLog.objects.get(act="ringing")
    assert logged.shown_ids == [str(submitted_case.parties.get().person_id)]
    assert Ring.objects.get().shown_at is not None


@pytest.mark.parametrize("number", ["", "+56911111111"])
def test_unknown_and_withheld_numbers_are_shown_as_such(agent, client_of, number):
    phones.rings(agent, number=number)

    response = client_of(agent).get(page("console"))

    assert 'role="alert"' in response.text
    assert response.context["phone"].ringing[0].number == phone.pretty(number)
    assert response.context["phone"].ringing[0].candidates.people == []


def test_the_fragment_stays_silent_while_nothing_has_changed(agent, client_of):
    client = client_of(agent)
    seen = client.get(page("console")).context["phone"].signature

    assert client.get(page("ringing"), {"seen": seen, "at": ""}, headers=HTMX).status_code == 204

    phones.rings(agent)
    assert "8765" in client.get(page("ringing"), {"seen": seen, "at": ""}, headers=HTMX).text


def test_answering_takes_the_console_to_the_call(agent, client_of):
    contact = phones.speaks(agent)

    response = client_of(agent).get(page("ringing"), {"seen": "x", "at": ""}, headers=HTMX)

    assert response.headers["HX-Redirect"] == page("contact", contact.pk)
    assert client_of(agent).get(page("console")).url == page("contact", contact.pk)


def test_a_call_in_progress_is_not_swept_away_by_the_next(agent, client_of):
    first = phones.wraps_up(agent, "one")
    phones.speaks(agent, "two")

    response = client_of(agent).get(page("ringing"), {"seen": "x", "at": str(first.pk)}, headers=HTMX)

    assert response.status_code == 200
    assert "HX-Redirect" not in response.headers


def test_an_agent_takes_a_call_the_exchange_forgot_to_report(agent, client_of):
    call = phones.rings(agent)

    response = client_of(agent).post(page("call-take", call.pk))

    contact = Interaction.objects.get()
    assert response.url == page("contact", contact.pk)
    assert contact.agent == agent
    phones.answers(agent)
    assert Call.objects.get().agent == agent


def test_a_call_that_rings_elsewhere_can_not_be_taken(agent, second_agent, client_of):
    call = phones.rings(agent)

    assert client_of(second_agent).post(page("call-take", call.pk)).status_code == 404
    with pytest.raises(NotAllowed):
        actions.take_call(call, by=Actor.staff(second_agent))


def test_a_call_hung_up_meanwhile_is_answered_in_words(agent, client_of):
    call = phones.rings(agent)
    phones.hangs_up(cause="cancel")

    response = client_of(agent).post(page("call-take", call.pk), follow=True)

    assert response.redirect_chain[-1][0] == page("console")
    assert Interaction.objects.get().ending == "abandoned"


def test_agent_states_are_timed_and_one_at_a_time(agent, client_of):
    client = client_of(agent)

    client.post(page("state"), {"state": "available"})
    client.post(page("state"), {"state": "available"})
    client.post(page("state"), {"state": "pause", "reason": "meal"})

    first, second = AgentState.objects.order_by("starts_at")
    assert (first.state, first.ends_at) == ("available", second.starts_at)
    assert (second.state, second.reason, second.ends_at) == ("pause", "meal", None)


@pytest.mark.parametrize("state", ["", "on_call", "wrap_up", "explode", "x" * 500])
def test_states_that_follow_from_calls_are_not_chosen(agent, client_of, state):
    assert client_of(agent).post(page("state"), {"state": state}).status_code == 302
    assert not AgentState.objects.exists()


def test_nobody_becomes_available_before_finishing_a_call(agent):
    phones.wraps_up(agent)

    with pytest.raises(DomainError):
        actions.take_up_state(by=Actor.staff(agent), state="available")


def test_missed_calls_say_whether_the_number_was_spoken_with_since(agent):
    phones.rings(agent, call_id="one")
    phones.hangs_up("one", cause="cancel")
    phones.rings(agent, call_id="two", number="+56911111111")
    phones.hangs_up("two", cause="cancel")
    phones.speaks(agent, "three")

    rows = {row.call.call_id: row.returned for row in missed_calls()}

    assert rows == {"one": True, "two": False}


def test_missed_calls_are_paged_and_cost_the_same_at_any_number(
    agent, client_of, django_assert_max_num_queries
):
    client = client_of(agent)
    for n in range(4):
        phones.rings(agent, call_id=f"c{n}")
        phones.hangs_up(f"c{n}", cause="cancel")
    client.get(page("missed"))
    few = len(client.get(page("missed")).context["missed"])
    for n in range(4, 35):
        phones.rings(agent, call_id=f"c{n}")
        phones.hangs_up(f"c{n}", cause="cancel")

    with django_assert_max_num_queries(12):
        response = client.get(page("missed"))

    assert (few, len(response.context["missed"])) == (4, 30)
    assert len(client.get(page("missed") + response.context["next"]).context["missed"]) == 5
    assert client.get(page("missed") + "?before=tampered").status_code == 200


def test_the_queue_state_follows_the_calls(agent):
    actions.take_up_state(by=Actor.staff(agent), state="available")
    assert QueueState.objects.get(channel="phone").estimated_seconds == 0

    phones.rings(agent, call_id="one")
    phones.rings(agent, call_id="two")
    state = QueueState.objects.get(channel="phone")
    assert (state.waiting, state.estimated_seconds) == (2, 480)

    phones.hangs_up("one")
    phones.hangs_up("two")
    assert QueueState.objects.get(channel="phone").waiting == 0


def test_a_call_whose_hang_up_never_came_and_a_wrap_up_that_nobody_finished_are_ended(agent, second_agent):
    now = clock.now()
    with clock.frozen(now - timedelta(hours=13)):
        phones.rings(agent, call_id="rings")
        phones.speaks(agent, "speaks")
        actions.take_up_state(by=Actor.staff(second_agent), state="available")
        phones.rings(agent, call_id="done")

    tasks.end_stale_calls()
    with clock.frozen(now + timedelta(hours=2)):
        tasks.end_stale_calls()

    assert set(Call.objects.values_list("state", "cause")) == {("ended", "lost")}
    assert not Interaction.objects.filter(wrapped_up_at=None).exists()
    assert set(AgentState.objects.open().values_list("state", flat=True)) == {"away"}


def test_the_supervisor_sees_whether_the_promise_is_kept(agent, supervisor, client_of):
    now = clock.now()
    with clock.frozen(now - timedelta(minutes=30)):
        phones.rings(agent, call_id="quick")
        phones.rings(agent, call_id="slow")
        phones.rings(agent, call_id="gave-up-soon")
        phones.rings(agent, call_id="gave-up-late")
    with clock.frozen(now - timedelta(minutes=30) + timedelta(seconds=20)):
        phones.answers(agent, "quick")
        phones.hangs_up("gave-up-soon", cause="cancel")
    with clock.frozen(now - timedelta(minutes=28)):
        phones.answers(agent, "slow")
        phones.hangs_up("gave-up-late", cause="cancel")

    response = client_of(supervisor).get(page("now"))

    hour = response.context["line"].hour
    assert (hour.calls, hour.answered, hour.within, hour.counted, hour.share) == (4, 2, 1, 3, 33)
    assert (hour.median_wait, hour.p90_wait) == (70, 110)
    assert not hour.is_kept
    assert agent.name in response.text


def test_the_agents_board_is_ordered_by_what_they_do(agent, second_agent, supervisor):
    actions.take_up_state(by=Actor.staff(second_agent), state="available")
    phones.speaks(agent)

    rows = agents_now()

    assert [(row.name, row.state) for row in rows][:2] == [
        (second_agent.name, "available"),
        (agent.name, "on_call"),
    ]


def test_an_office_supervisor_does_not_watch_the_line(office_supervisor, client_of):
    assert client_of(office_supervisor).get(page("now")).status_code == 403
