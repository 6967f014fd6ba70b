"""A call in which somebody speaks for another: by a mandate registered before; by phone none is registered."""

import pytest
from django.urls import reverse

from accounts.actors import Actor
from callcentre import actions
from common.errors import NotAllowed
from crm import actions as crm
from crm.models import Enquiry
from crm.queries.levels import level_in
from events.models import Event
from tests.callcentre import phones
from tests.factories import mandates
from tests.factories.crm import filed_case


def page(name, contact, *args):
    return reverse(f"callcentre:{name}", args=[contact.pk, *args])


@pytest.fixture
def by(agent):
    return Actor.staff(agent)


@pytest.fixture
def maria(db):
    return crm.know_person(by=Actor.system(), name="María Pérez Lagos", run="7654321-6")


@pytest.fixture
def case(procedure_version, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return filed_case(procedure_version)


@pytest.fixture
def mandate(case, maria, office, clerk):
    """Registered at an office, some day before."""
    by = Actor.staff(clerk)
    contact = mandates.at_desk(office, by, maria)
    made = mandates.mandate(contact, by, grantor=case.parties.get().person, agent=maria)
    crm.end_interaction(contact, by=by)
    return made


@pytest.fixture
def contact(agent, maria):
    """María calls, and answered the two questions."""
    return phones.at_level(phones.speaks(agent), agent, maria, 300)


@pytest.fixture
def console(agent, client_of):
    return client_of(agent)


def test_the_callers_mandate_is_offered_once_it_is_sure_who_calls(console, contact, agent, maria, mandate):
    sure = console.get(page("contact", contact))
    phones.at_level(contact, agent, maria, 100)
    unsure = console.get(page("contact", contact))
    refused = console.post(page("represent", contact), {"mandate": str(mandate.pk)}, follow=True)

    assert (str(mandate.pk) in sure.text, str(mandate.pk) in unsure.text) == (True, False)
    assert "dos preguntas" in refused.text or "two questions" in refused.text
    contact.refresh_from_db()
    assert contact.represented is None


def test_speaking_by_a_mandate_tells_and_answers_for_the_other(
    console, by, contact, case, mandate, maria, officer
):
    stage = crm.take_stage(case.stages.get(), by=Actor.staff(officer))
    crm.ask_citizen(stage, by=Actor.staff(officer), question="¿Cuál es su dirección?")

    shown = console.post(page("represent", contact), {"mandate": str(mandate.pk)}, follow=True)
    told = console.get(page("case", contact, case.pk))
    answered = console.post(page("case-answer", contact, case.pk), {"text": "Calle Uno 2"})
    code = console.post(page("case-code", contact, case.pk))

    assert case.folio in shown.text
    assert "¿Cuál es su dirección?" in told.text
    assert answered.status_code == 302
    assert code.status_code == 422  # the code opens the case for good: the person themselves is given it
    event = Event.objects.get(kind="case.answered")
    assert (event.actor_id, event.on_behalf_of) == (by.user_id, mandate.grantor_id)
    assert event.data["mandate"] == str(mandate.pk)
    assert event.data["spoken_by"] == str(maria.pk)


def test_a_mandate_to_ask_does_not_let_answer_by_phone(console, by, contact, case, mandate):
    type(mandate).objects.filter(pk=mandate.pk).update(acts=["status"])
    crm.represent(contact, by=by, represented=mandate.grantor, mandate=mandate)
    contact.refresh_from_db()

    levels = {act: level_in(contact, case, act).is_enough for act in ("status", "answer")}

    assert levels == {"status": True, "answer": False}


def test_without_a_mandate_nothing_is_told(console, by, contact, case):
    whom = case.parties.get().person

    found = console.post(page("find-represented", contact), {"text": "12.345.678-5"})
    shown = console.post(page("represent", contact), {"person": str(whom.pk)}, follow=True)

    assert "Amina Rojas" not in found.text  # masked
    assert case.folio not in shown.text
    assert console.get(page("case", contact, case.pk)).status_code == 404
    with pytest.raises(NotAllowed):
        actions.tell_status(contact, by=by, case=case)
    assert not Enquiry.objects.filter(case=case, interaction=contact).exists()


def test_a_search_without_words_is_refused_and_says_what_to_do(console, contact):
    refused = console.post(page("find-represented", contact), {"text": " "})

    assert refused.status_code == 422
    assert "RUN" in refused.text


def test_the_caller_speaks_for_themselves_again(console, by, contact, case, mandate):
    crm.represent(contact, by=by, represented=mandate.grantor, mandate=mandate)

    shown = console.post(page("stop-representing", contact), follow=True)

    contact.refresh_from_db()
    assert (contact.represented, contact.mandate) == (None, None)
    assert case.folio not in shown.text


def test_by_phone_there_is_no_way_to_register(console, contact):
    shown = console.get(page("contact", contact))

    assert 'name="evidence"' not in shown.text
