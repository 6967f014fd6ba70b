"""The same event, and the events of one call, arriving at the same moment on several connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from callcentre import actions
from callcentre.models import AgentState, Call, CallEvent
from common.errors import DomainError
from crm.models import Interaction, QueueState
from tests.callcentre import phones


def at_once(works):
    barrier = Barrier(len(works))

    def run(work):
        try:
            barrier.wait(timeout=20)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, work) for work in works]]


@pytest.mark.django_db(transaction=True)
def test_the_same_event_eight_times_at_once_is_one_call(agent):
    at_once([lambda: phones.rings(agent)] * 8)

    assert Call.objects.count() == Interaction.objects.count() == CallEvent.objects.count() == 1
    assert CallEvent.objects.get().repeats == 7


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("shift", range(6))
def test_the_events_of_a_call_at_once_and_twice_end_it_served(agent, shift):
    works = [lambda: phones.rings(agent), lambda: phones.answers(agent), lambda: phones.hangs_up()] * 2
    works = works[shift:] + works[:shift]

    at_once(works)

    call, contact = Call.objects.get(), Interaction.objects.get()
    assert (call.state, call.agent) == ("ended", agent)
    assert (contact.ending, contact.agent) == ("served", agent)
    assert AgentState.objects.open().get(user=agent).state == "wrap_up"
    assert AgentState.objects.filter(ends_at__isnull=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_calls_at_once_are_all_counted_as_waiting(agent):
    phones.rings(agent, call_id="first")

    at_once([lambda n=n: phones.rings(agent, call_id=f"call-{n}") for n in range(6)])

    assert QueueState.objects.get(channel="phone").waiting == 7


@pytest.mark.django_db(transaction=True)
def test_two_agents_who_take_the_same_call_at_once_are_not_both_told_they_have_it(agent, second_agent):
    call = phones.rings(agent, second_agent)

    def take(user):
        def work():
            try:
                return actions.take_call(call, by=phones.Actor.staff(user)).agent_id
            except DomainError:
                return None

        return work

    taken = at_once([take(agent), take(second_agent)])

    assert sorted(map(bool, taken)) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_a_call_is_locked_while_it_is_folded(agent):
    with CaptureQueriesContext(connection) as queries:
        phones.rings(agent)

    assert any("callcentre_call" in query["sql"] and "FOR UPDATE" in query["sql"] for query in queries)
