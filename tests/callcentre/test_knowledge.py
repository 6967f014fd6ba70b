"""What is asked by phone is only what we know surely, and have known for some weeks: nothing that a stranger could have told us."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actors import Actor
from callcentre import actions
from callcentre.queries.knowledge import SETTLED, questions_for
from common import clock
from common.errors import DomainError
from crm.actions import know_person
from crm.models import Party, PartyRole
from tests.callcentre import phones
from tests.factories import catalog as sheets
from tests.factories import mandates
from tests.factories.crm import filed_case
from tests.factories.territory import CommuneFactory

SYSTEM = Actor.system()
RUN = "12345678-5"


def ago(**span):
    return clock.frozen(clock.now() - timedelta(**span))


def keys_asked(person, contact):
    return {question.key for question in questions_for(person, contact)}


def told(*, level, **facts):
    return know_person(by=SYSTEM, name="Amina Rojas Soto", run=RUN, level=level, **facts)


@pytest.fixture
def contact(agent):
    return phones.speaks(agent)


@pytest.mark.parametrize("days", [0, 90])
def test_a_stranger_who_filed_with_somebodys_run_learns_nothing_of_them_by_phone(
    contact, agent, client_of, procedure_version, days
):
    with ago(days=days + 1):
        victim = told(level=100)
    with ago(days=days):
        case = filed_case(
            procedure_version
        )  # with her number; commune, telephone and mail of whoever filed it
        told(level=100, birth_date="1970-01-01")  # as if she were of a household
    assert case.parties.get().person_id == victim.pk
    phones.at_level(contact, agent, victim, 100)
    console = client_of(agent)

    shown = console.get(reverse("callcentre:contact", args=[contact.pk]))
    refused = console.post(
        reverse("callcentre:caller-questions", args=[contact.pk]),
        {"commune": "Santiago", "last_procedure": case.version.procedure.code, "birth_year": "1970"},
    )

    assert questions_for(victim, contact) == []
    assert 'id="questions"' not in shown.text
    assert 'id="no-questions-title"' in shown.text  # and what the agent can do for her
    assert refused.status_code == 422
    contact.refresh_from_db()
    assert contact.identity_level == 100
    with pytest.raises(DomainError):
        actions.check_knowledge(contact, by=Actor.staff(agent), given={"commune": "Santiago"})


def test_what_an_officer_saw_is_asked_once_it_is_some_weeks_old(contact):
    commune = CommuneFactory()
    person = told(level=500, birth_date="1990-03-27", commune_code=commune.code)

    assert keys_asked(person, contact) == set()
    with clock.frozen(clock.now() + SETTLED):
        assert keys_asked(person, contact) == {"birth_year", "commune"}


def test_what_was_answered_by_phone_does_not_open_the_next_call(contact):
    commune = CommuneFactory()
    with ago(days=60):
        person = told(level=300, birth_date="1990-03-27", commune_code=commune.code)

    assert keys_asked(person, contact) == set()


def test_a_commune_told_at_a_counter_last_week_is_asked_by_neither_name(contact):
    with ago(days=60):
        person = told(level=500, birth_date="1990-03-27", commune_code=CommuneFactory().code)
    with ago(days=7):
        told(level=500, commune_code=CommuneFactory(code="05101", name="Valparaíso").code)

    assert keys_asked(person, contact) == set()


def test_a_later_filing_of_a_strangers_changes_no_right_answer(contact, procedure_version):
    person = phones.amina()
    with ago(days=50):
        filed_case(procedure_version, applicant_commune=CommuneFactory(code="05101", name="Valparaíso").code)

    right = {question.key: question.right for question in questions_for(person, contact)}

    assert right == {"birth_year": "1990", "commune": "Santiago"}


@pytest.mark.parametrize("level", [100, 500])
def test_only_what_they_filed_with_their_card_is_asked_about_and_nothing_else_of_theirs_is_offered(
    contact, office, clerk, procedure_version, agency, level
):
    by = Actor.staff(clerk)
    other = sheets.publish(sheets.sheet(code="3431", slug="otro-certificado"), agency=agency)
    with ago(days=60):
        person = told(level=500)  # where she lives is told in what she files
        case = mandates.filed_in(mandates.at_desk(office, by, person, level=level), by, procedure_version)
        filed_case(other)  # by web: whoever it was
    assert Party.objects.of(person).filter(role=PartyRole.APPLICANT).count() == 2

    found = {question.key: question for question in questions_for(person, contact)}

    assert ("last_procedure" in found) == (level == 500)
    if level == 500:
        assert found["last_procedure"].right == case.version.procedure.code
        assert "3431" not in dict(found["last_procedure"].options)
