"""Whose a case is: who is told of it, who is given its key, and who may file what asks to be sure of them."""

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from catalog.sheets import RIGHTS
from common.errors import DomainError, NotAllowed
from crm import actions, files, keys, permissions
from crm.actions import MandateRefused
from crm.actions.parties import SomebodyElse
from crm.models import Case, Party, PartyRole, Person
from crm.queries.levels import level_in, was_filed_surely
from crm.queries.work import parties_of
from tests.factories import catalog as sheets
from tests.factories import mandates
from tests.factories.crm import AMINA, ANSWERS, filed_case, pdf
from tests.factories.rights import right_sheet
from tests.factories.territory import CommuneFactory

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


# --- what asks to be sure of whoever files it --------------------------------------------------------
STRICT = {"office": {"submit": 500}, "web": {"submit": 600}, "phone": {"submit": 300}}


def drafted(version, contact, by, **answers):
    CommuneFactory()
    case = actions.begin_case(version, by=by, interaction=contact, key=keys.new_key())
    paper = actions.add_document(case, by=by, file=files.store(pdf()), requirement="proof")
    given = {**AMINA, **ANSWERS, **answers, "proof": {"document": str(paper.pk), "name": paper.name}}
    return actions.fill_case(case, by=by, answers=given)


@pytest.fixture(params=[*RIGHTS, ""])
def strict(request, agency):
    """A sheet of each right, and one of no right that asks for the card."""
    sheet = right_sheet(request.param, levels=STRICT) if request.param else sheets.sheet(levels=STRICT)
    return sheets.publish(sheet, agency=agency)


def test_one_persons_card_does_not_file_what_asks_for_the_card_of_another(strict, office, by):
    amanda, renata = known("Amanda Lagos", "12345678-5"), known("Renata Soto", "9876543-3")
    contact = mandates.at_desk(office, by, amanda)
    case = drafted(strict, contact, by, **RENATA)

    with pytest.raises(SomebodyElse, match="card of the person it is for"):
        actions.submit_case(case, by=by)

    case.refresh_from_db()
    assert case.is_draft
    assert case.answers["applicant_run"] == "9876543-3"  # nothing typed is lost
    assert not Party.objects.of(renata).exists()


def test_saying_that_one_speaks_for_another_does_not_file_what_asks_for_their_card(strict, office, by):
    amanda, renata = known("Amanda Lagos", "12345678-5"), known("Renata Soto", "9876543-3")
    contact = actions.represent(mandates.at_desk(office, by, amanda), by=by, represented=renata)
    case = drafted(strict, contact, by, **RENATA)

    with pytest.raises(SomebodyElse, match="mandate"):
        actions.submit_case(case, by=by)


def test_whoever_showed_their_card_files_it_for_themselves(strict, office, by):
    amanda = known("Amanda Lagos", "12345678-5")
    case = drafted(strict, mandates.at_desk(office, by, amanda), by)

    filed = actions.submit_case(case, by=by)

    assert filed.parties.get().person_id == amanda.pk


@pytest.mark.parametrize("acts", [mandates.ALL, ("status",)])
def test_a_mandate_to_apply_files_it_and_one_to_ask_does_not(strict, office, by, acts):
    amanda, renata = known("Amanda Lagos", "12345678-5"), known("Renata Soto", "9876543-3")
    contact = mandates.at_desk(office, by, amanda)
    mandate = mandates.mandate(contact, by, grantor=renata, agent=amanda, acts=acts)
    contact = actions.represent(contact, by=by, represented=renata, mandate=mandate)
    case = drafted(strict, contact, by, **RENATA)

    if acts == mandates.ALL:
        filed = actions.submit_case(case, by=by)
        assert filed.parties.get(role="applicant").person_id == renata.pk
    else:
        with pytest.raises(MandateRefused):
            actions.submit_case(case, by=by)


# --- who filed it, once it is filed --------------------------------------------------------------------
def filers(case: Case) -> tuple[Person | None, int]:
    party = parties_of(case, SYSTEM).get(role="applicant")
    return Person.objects.filter(pk=party.filed_by).first(), party.filed_level


@pytest.mark.parametrize("level", [100, 500])
def test_another_person_in_the_same_contact_later_does_not_rewrite_who_filed_a_case(
    procedure_version, office, by, level
):
    amanda = known("Amanda Lagos", "12345678-5")
    contact = mandates.at_desk(office, by, amanda)
    case = actions.submit_case(drafted(procedure_version, contact, by), by=by)

    actions.identify_person(contact, by=by, person=known("Otro Hombre Distinto", "9876543-3"), level=level)

    case = Case.objects.get(pk=case.pk)
    assert filers(case) == (amanda, 500)
    assert was_filed_surely(case)
    assert Case.objects.filed_by(amanda, level=500).get() == case


def test_whoever_is_surely_known_later_in_a_contact_did_not_file_surely_what_was_filed_before(
    procedure_version, office, by
):
    amanda = known("Amanda Lagos", "12345678-5")
    contact = mandates.at_desk(office, by, amanda)
    actions.identify_person(contact, by=by, person=amanda, level=100)
    case = actions.submit_case(drafted(procedure_version, contact, by), by=by)

    actions.identify_person(contact, by=by, person=amanda, level=500)

    case = Case.objects.get(pk=case.pk)
    assert filers(case) == (amanda, 100)
    assert not was_filed_surely(case)


def test_a_case_that_somebody_filed_for_themselves_stays_so_when_they_speak_for_another_afterwards(
    procedure_version, office, by
):
    amanda, renata = known("Amanda Lagos", "12345678-5"), known("Renata Soto", "9876543-3")
    contact = mandates.at_desk(office, by, amanda)
    case = actions.submit_case(drafted(procedure_version, contact, by), by=by)

    actions.represent(contact, by=by, represented=renata)

    assert Case.objects.filed_by(amanda, level=500).get() == case


def test_who_filed_a_case_is_found_under_the_record_that_stands_for_them(
    procedure_version, office, by, office_supervisor, actor_of
):
    amanda = known("Amanda Lagos", "12345678-5")
    same = actions.know_person(by=SYSTEM, name="Amanda Lagos Soto")
    case = actions.submit_case(drafted(procedure_version, mandates.at_desk(office, by, amanda), by), by=by)

    actions.merge_people(same, amanda, by=actor_of(office_supervisor), reason="Es la misma persona")

    assert filers(case) == (same, 500)
    assert Case.objects.filed_by(same, level=500).get() == case
    assert was_filed_surely(Case.objects.get(pk=case.pk))


def test_the_draft_of_nobody_yet_was_filed_by_nobody(procedure_version, office, by):
    case = drafted(procedure_version, mandates.at_desk(office, by, known("Amanda", "12345678-5")), by)

    assert (case.filed_by, case.filed_level) == (None, 0)
    with pytest.raises(IntegrityError, match="case_filed_by_once_submitted"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(filed_level=500)
