"""Whose a case is: who is told of it, who is given its key, and who may file what asks to be sure of them."""

import pytest

from accounts.actors import Actor
from common.errors import DomainError, NotAllowed
from crm import actions, keys, permissions
from crm.models import Case, Party, PartyRole, Person
from crm.queries.levels import level_in
from tests.factories import mandates
from tests.factories.crm import filed_case

pytestmark = pytest.mark.usefixtures("in_english")

SYSTEM = Actor.system()
RENATA = {"applicant_name": {"given": "Renata", "surnames": "Soto"}, "applicant_run": "9876543-3"}


def known(name: str, run: str) -> Person:
    return actions.know_person(by=SYSTEM, name=name, run=run, level=500)


@pytest.fixture
def by(clerk, actor_of):
    return actor_of(clerk)


# --- who is named in a case ------------------------------------------------------------------------
@pytest.mark.parametrize("role", [PartyRole.MEMBER, PartyRole.BENEFICIARY])
@pytest.mark.parametrize("channel", ["office", "phone"])
def test_whoever_is_named_in_a_case_gets_it_neither_with_their_card_nor_by_phone(
    procedure_version, office, agent, by, actor_of, role, channel
):
    case = filed_case(procedure_version)
    ex = known("Exequiel Mora", "9876543-3")
    Party.objects.create(case=case, person=ex, role=role)
    at_phone = channel == "phone"
    attends = actor_of(agent) if at_phone else by
    contact = mandates.on_phone(attends, ex) if at_phone else mandates.at_desk(office, attends, ex)

    assert not Case.objects.visible_to(attends).exists()
    assert not permissions.can_be_given_key(contact, case)
    level = level_in(contact, case, "status")
    assert (level.is_enough, "needs a mandate of theirs" in level.sentence) == (False, True)
    with pytest.raises(NotAllowed):
        actions.issue_claim_code(case, by=attends, interaction=contact)
    with pytest.raises(NotAllowed):
        actions.withdraw_case(case, by=attends, interaction=contact)
    with pytest.raises((NotAllowed, DomainError)):
        actions.bring_case(contact, by=attends, case=case)  # without a reason that the applicant reads
    case.refresh_from_db()
    assert case.is_open
    assert keys.opens(case.key, case.secret_hash)  # the applicant's goes on opening it


def test_whoever_is_named_in_a_case_is_told_of_it_by_a_mandate_of_the_applicants(
    procedure_version, office, by
):
    case = filed_case(procedure_version)
    daughter = known("Elena Mora", "9876543-3")
    Party.objects.create(case=case, person=daughter, role=PartyRole.MEMBER)
    contact = mandates.at_desk(office, by, daughter)
    mandate = mandates.mandate(contact, by, grantor=case.parties.get(role="applicant").person, agent=daughter)

    actions.represent(contact, by=by, represented=mandate.grantor, mandate=mandate)

    assert Case.objects.visible_to(by).get() == case
