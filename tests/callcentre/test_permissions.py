"""Who may do what on the line: every predicate's truth table, every action by everybody else."""

import pytest

from accounts.actors import Actor
from callcentre import actions, permissions
from common.errors import NotAllowed
from tests.callcentre import phones

EVERYBODY = (
    "clerk",
    "host",
    "agent",
    "second_agent",
    "supervisor",
    "office_supervisor",
    "officer",
    "editor",
    "analyst",
    "administrator",
    "stranger",
)
ANSWER_CALLS = {"agent", "second_agent", "supervisor", "office_supervisor"}


@pytest.mark.parametrize("who", EVERYBODY)
def test_truth_table(request, who):
    actor = Actor.staff(request.getfixturevalue(who))

    assert permissions.can_answer_calls(actor) is (who in ANSWER_CALLS)
    assert permissions.can_watch_line(actor) is (who == "supervisor")


@pytest.mark.parametrize("actor", [Actor.visitor(), Actor.system()])
def test_neither_visitors_nor_the_system_sit_at_a_console(actor):
    assert not permissions.can_answer_calls(actor)
    assert not permissions.can_watch_line(actor)


@pytest.mark.parametrize("who", [one for one in EVERYBODY if one != "agent"])
def test_nobody_else_acts_in_an_agents_call(request, agent, submitted_case, who):
    contact = phones.speaks(agent)
    person = submitted_case.parties.get().person
    contact = phones.at_level(contact, agent, person, 300)
    by = Actor.staff(request.getfixturevalue(who))

    for act in (
        lambda: actions.choose_caller(contact, by=by, person=person),
        lambda: actions.enter_caller(contact, by=by, name="X Y"),
        lambda: actions.forget_caller(contact, by=by),
        lambda: actions.check_knowledge(contact, by=by, given={}),
        lambda: actions.add_matter(contact, by=by),
        lambda: actions.tell_status(contact, by=by, case=submitted_case),
        lambda: actions.answer_for_citizen(contact, by=by, case=submitted_case, text="x"),
        lambda: actions.give_claim_code(contact, by=by, case=submitted_case),
        lambda: actions.begin_application(contact, by=by, version=submitted_case.version, language="es"),
        lambda: actions.write_note(contact.call, by=by, text="x"),
        lambda: actions.end_call(contact.call, by=by),
        lambda: actions.take_call(contact.call, by=by),
        lambda: actions.finish_call(contact, by=by, no_matter="test"),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_supervisors_and_administrators_give_out_telephones(request, agent, who):
    by = Actor.staff(request.getfixturevalue(who))

    if who in {"supervisor", "office_supervisor", "administrator"}:
        assert actions.set_extension(agent, by=by, extension="7012").extension == "7012"
    else:
        with pytest.raises(NotAllowed):
            actions.set_extension(agent, by=by, extension="7012")


@pytest.mark.parametrize("who", sorted(set(EVERYBODY) - ANSWER_CALLS))
def test_only_those_who_answer_have_a_state_on_the_line(request, who):
    with pytest.raises(NotAllowed):
        actions.take_up_state(by=Actor.staff(request.getfixturevalue(who)), state="available")
