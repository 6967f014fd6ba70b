"""
Whatever the exchange tells, in whatever order and however often: one call, one contact, one clear state.
"""

from itertools import count, permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callcentre import actions
from callcentre.models import AgentState, Call, CallEvent, CallState, EventType
from crm.models import Interaction, SurveyInvitation
from tests.callcentre import phones

NUMBERS = count()
TOLD = {
    "newCall": {"number": phones.NUMBER, "menu": "6.4"},
    "answer": {},
    "hangup": {"cause": "normalClearing"},
}


def tell(kind, agent, call_id="call-1"):
    users = {"users": [agent.email]} if kind != "hangup" else {}
    return actions.receive_event(phones.told(kind, call_id, **TOLD[kind], **users), by=phones.SYSTEM)


@pytest.mark.parametrize("order", list(permutations(EventType)))
def test_every_order_of_a_whole_call_ends_served_by_the_agent(agent, order):
    for kind in order:
        call = tell(kind, agent)

    contact = Interaction.objects.get()
    assert (call.state, call.agent, call.from_number) == (CallState.ENDED, agent, phones.NUMBER)
    assert (contact.ending, contact.agent, contact.reason) == ("served", agent, "6.4")
    assert contact.wrapped_up_at is None
    assert contact.started_at <= contact.attended_at <= contact.ended_at
    assert contact.waited_seconds >= 0
    assert contact.served_seconds >= 0
    assert SurveyInvitation.objects.filter(interaction=contact).count() == 1
    assert AgentState.objects.open().get(user=agent).state == "wrap_up"


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(told=st.lists(st.sampled_from([kind.value for kind in EventType]), min_size=1, max_size=8))
def test_any_repetition_amounts_to_the_set_of_what_was_told(agent, told):
    call_id = f"call-{next(NUMBERS)}"

    for kind in told:
        call = tell(kind, agent, call_id)

    call.refresh_from_db()
    contact = Interaction.objects.get(call=call)
    answered, over = "answer" in told, "hangup" in told
    assert call.state == ("ended" if over else "connected" if answered else "ringing")
    assert CallEvent.objects.filter(call_id=call_id).count() == len(set(told))
    assert sum(CallEvent.objects.filter(call_id=call_id).values_list("repeats", flat=True)) == len(
        told
    ) - len(set(told))
    assert (contact.attended_at is not None) is answered
    assert (contact.ended_at is not None) is over
    if over:
        assert contact.ending in ({"served"} if answered else {"abandoned", "missed"})
    assert (contact.agent == agent) is answered
    assert call.from_number == (phones.NUMBER if "newCall" in told else "")


def test_a_hang_up_alone_is_an_abandoned_contact(agent):
    call = phones.hangs_up(cause="cancel")

    assert call.interaction.ending == "abandoned"
    assert call.interaction.wrapped_up_at is not None
    assert not SurveyInvitation.objects.exists()


def test_an_answer_without_new_call_opens_the_contact_and_is_attended(agent):
    call = phones.answers(agent)

    assert call.state == CallState.CONNECTED
    assert call.interaction.agent == agent
    assert AgentState.objects.open().get(user=agent).state == "on_call"


def test_two_phones_ring_and_one_answers(agent, second_agent):
    phones.rings(agent, second_agent)

    call = phones.answers(second_agent)

    assert call.agent == second_agent
    assert not Call.objects.ringing_at(agent.pk).exists()
    assert not AgentState.objects.filter(user=agent).exists()


def test_a_second_answer_by_somebody_else_changes_nothing(agent, second_agent):
    phones.rings(agent, second_agent)
    phones.answers(agent)

    call = phones.answers(second_agent)

    assert call.agent == agent
    assert call.interaction.agent == agent


def test_a_call_that_goes_on_to_ring_elsewhere_rings_there_too(agent, second_agent):
    phones.rings(agent)
    phones.rings(second_agent)

    assert Call.objects.ringing_at(agent.pk).exists()
    assert Call.objects.ringing_at(second_agent.pk).exists()


def test_a_repeated_hang_up_begins_no_second_wrap_up(agent):
    contact = phones.wraps_up(agent)
    actions.finish_call(contact, by=phones.Actor.staff(agent), no_matter="wrong_number")

    phones.hangs_up()

    assert AgentState.objects.open().get(user=agent).state == "available"


def test_whoever_may_not_answer_calls_is_nobody_on_the_line(agent, clerk):
    call = phones.rings(clerk)
    assert not call.rings.exists()

    call = phones.answers(clerk)

    assert call.agent is None
    assert call.interaction.attended_at is not None
    assert call.interaction.agent is None


def test_an_outgoing_call_is_recorded_and_opens_no_contact(agent):
    told = phones.Told(
        "newCall", "out-1", payload={"direction": "out", "number": phones.NUMBER, "users": [agent.email]}
    )

    call = actions.receive_event(told, by=phones.SYSTEM)

    assert call.direction == "out"
    assert call.interaction is None
    assert not call.rings.exists()


def test_an_agent_is_found_by_extension(agent, supervisor):
    actions.set_extension(agent, by=phones.Actor.staff(supervisor), extension="7012")

    call = actions.receive_event(phones.told("answer", users=["7012"]), by=phones.SYSTEM)

    assert call.agent == agent


def test_nobody_could_answer_is_told_from_hanging_up(agent):
    phones.rings(agent)

    call = phones.hangs_up(cause="congestion")

    assert call.interaction.ending == "missed"
