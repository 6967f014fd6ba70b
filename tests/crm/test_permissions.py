"""Who may do what, as truth tables: every predicate against everybody."""

import dataclasses

import pytest

from accounts.actors import Actor, ActorKind
from accounts.models import Role
from common.errors import NotAllowed
from crm import actions, permissions
from crm.models import Interaction
from tests.factories import accounts as people
from tests.factories import crm

EVERYBODY = (
    "system",
    "visitor",
    "holder",
    "holder_of_another",
    "clerk",
    "other_clerk",
    "host",
    "agent",
    "supervisor",
    "office_supervisor",
    "officer",
    "other_officer",
    "editor",
    "analyst",
    "administrator",
    "stranger",
)


@pytest.fixture
def everybody(request, submitted_case, procedure_version, actor_of):
    """Return an actor by name."""
    another = crm.filed_case(procedure_version)

    def actor(name):
        match name:
            case "system":
                return Actor.system()
            case "visitor":
                return Actor.visitor()
            case "holder":
                return Actor.visitor(frozenset({submitted_case.pk}))
            case "holder_of_another":
                return Actor.visitor(frozenset({another.pk}))
        return actor_of(request.getfixturevalue(name))

    return actor


def table(predicate, everybody, *allowed):
    truth = {name: predicate(everybody(name)) for name in EVERYBODY}

    assert {name for name, true in truth.items() if true} == set(allowed)
    assert all(isinstance(true, bool) for true in truth.values())


def test_who_may_attend_a_contact_at_an_office(everybody, office):
    contact = actions.open_interaction("office", by=Actor.system(), office=office)

    table(
        lambda actor: permissions.can_attend(actor, contact),
        everybody,
        *("system", "clerk", "host", "office_supervisor"),
        *("agent", "supervisor"),  # their posts are bound to no office
    )


def test_who_may_attend_a_contact_at_no_office(everybody):
    contact = actions.open_interaction("phone", by=Actor.system())

    table(
        lambda actor: permissions.can_attend(actor, contact),
        everybody,
        *("system", "clerk", "other_clerk", "host", "agent", "supervisor", "office_supervisor"),
    )


def test_who_attends_a_contact_now(everybody, office, clerk, actor_of):
    contact = actions.open_interaction("office", by=Actor.system(), office=office)

    table(lambda actor: permissions.is_attending(actor, contact), everybody, "system")
    contact = actions.attend_interaction(contact, by=actor_of(clerk))
    table(lambda actor: permissions.is_attending(actor, contact), everybody, "system", "clerk")


def test_who_may_add_matters_to_a_contact(everybody, office, clerk, actor_of):
    contact = actions.open_interaction("web", by=Actor.visitor())
    attended = actions.attend_interaction(
        actions.open_interaction("office", by=Actor.system(), office=office), by=actor_of(clerk)
    )

    table(
        lambda actor: permissions.can_add_matters(actor, contact),
        everybody,
        *("system", "visitor", "holder", "holder_of_another"),
    )
    table(lambda actor: permissions.can_add_matters(actor, attended), everybody, "system", "clerk")


def test_somebody_who_is_only_signed_in_begins_and_opens_nothing(stranger, procedure_version, actor_of):
    by = actor_of(stranger)
    contact = actions.open_interaction("web", by=Actor.visitor())
    enquiry = actions.open_enquiry(contact, by=Actor.visitor(), kind="inform")

    with pytest.raises(NotAllowed):
        actions.begin_case(procedure_version, by=by, interaction=contact, key="k")
    with pytest.raises(NotAllowed):
        actions.open_enquiry(contact, by=by, kind="inform")
    with pytest.raises(NotAllowed):
        actions.close_enquiry(enquiry, by=by, outcome="informed")

    assert contact.enquiries.count() == 1


def test_whoever_lost_their_post_during_a_contact_attends_it_no_more(
    office, clerk, procedure_version, actor_of
):
    contact = actions.open_interaction("office", by=Actor.system(), office=office)
    contact = actions.attend_interaction(contact, by=actor_of(clerk))
    case = actions.begin_case(procedure_version, by=actor_of(clerk), interaction=contact, key="k")
    clerk.memberships.all().delete()
    by = actor_of(clerk)

    assert not permissions.is_attending(by, contact)
    assert not permissions.can_fill(by, case)
    assert not Interaction.objects.present_of(by).exists()
    assert not Interaction.objects.visible_to(by).exists()
    with pytest.raises(NotAllowed):
        actions.begin_case(procedure_version, by=by, interaction=contact, key="k")


def test_who_may_fill_in_a_case(everybody, submitted_case):
    table(lambda actor: permissions.can_fill(actor, submitted_case), everybody, "system", "holder")


def test_who_may_fill_in_a_case_begun_at_a_desk(everybody, office, clerk, procedure_version, actor_of):
    by = actor_of(clerk)
    contact = actions.attend_interaction(actions.open_interaction("office", by=by, office=office), by=by)
    case = actions.begin_case(procedure_version, by=by, interaction=contact, key="k")

    table(lambda actor: permissions.can_fill(actor, case), everybody, "system", "clerk")
    actions.end_interaction(contact, by=by)
    case.source.refresh_from_db()
    table(lambda actor: permissions.can_fill(actor, case), everybody, "system")


def test_who_may_speak_for_the_citizen(everybody, submitted_case, office, clerk, actor_of):
    def may(actor):
        return permissions.can_speak_for_citizen(actor, submitted_case)

    by = actor_of(clerk)
    contact = actions.attend_interaction(actions.open_interaction("office", by=by, office=office), by=by)
    table(may, everybody, "system", "holder")
    actions.bring_case(contact, by=by, case=submitted_case, reason="Trae un papel.")
    table(may, everybody, "system", "holder")  # somebody else's case that was only brought in
    table(
        lambda actor: permissions.can_hand_in(actor, submitted_case),
        everybody,
        "system",
        "holder",
        "clerk",
        "officer",
    )
    actions.identify_person(contact, by=by, person=submitted_case.parties.get().person, level=500)
    table(may, everybody, "system", "holder", "clerk")
    actions.end_interaction(contact, by=by)
    table(may, everybody, "system", "holder")


def test_who_may_decide_a_stage(everybody, submitted_case):
    stage = submitted_case.stages.get()

    table(lambda actor: permissions.can_decide(actor, stage), everybody, "officer")


def test_who_may_write_a_note(everybody, submitted_case):
    table(lambda actor: permissions.can_note(actor, submitted_case), everybody, "officer")


def test_an_officer_of_two_agencies_decides_for_both(submitted_case, other_officer, agency, actor_of):
    from accounts.models import Membership

    Membership.objects.create(user=other_officer, role=Role.OFFICER, agency=agency)

    assert permissions.can_decide(actor_of(other_officer), submitted_case.stages.get())


def test_a_post_that_is_over_or_to_come_counts_for_nothing(submitted_case, officer, actor_of):
    from datetime import timedelta

    from common import clock

    stage, now = submitted_case.stages.get(), clock.now()

    officer.memberships.update(ends_at=now - timedelta(seconds=1))
    assert not permissions.can_decide(actor_of(officer), stage)
    officer.memberships.update(starts_at=now + timedelta(days=1), ends_at=None)
    assert not permissions.can_decide(actor_of(officer), stage)


def test_an_ended_sign_in_counts_for_nothing(submitted_case, officer, actor_of):
    officer.is_active = False

    assert not permissions.can_decide(actor_of(officer), submitted_case.stages.get())


def test_a_post_without_being_staff_decides_nothing(submitted_case, officer, actor_of):
    actor = dataclasses.replace(actor_of(officer), kind=ActorKind.CITIZEN)

    assert not permissions.can_decide(actor, submitted_case.stages.get())


def test_people_are_managed_by_administrators(everybody, stranger):
    from accounts import permissions as of_accounts

    table(of_accounts.can_manage_people, everybody, "system", "administrator")
    table(lambda actor: of_accounts.can_disable(actor, stranger), everybody, "system", "administrator")
    table(lambda actor: of_accounts.can_set_password(actor, stranger), everybody, "system", "stranger")


def test_nobody_ends_their_own_sign_in(administrator, actor_of):
    from accounts.permissions import can_disable

    assert not can_disable(actor_of(administrator), administrator)
    assert can_disable(actor_of(administrator), people.staff("Otra Persona", Role.ADMINISTRATOR))
