"""
One acts for another: by what mandate, how far, how long, and what every record says of it.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, NotAllowed
from crm import actions, files, permissions
from crm.actions.mandates import MandateRefused
from crm.models import AccessLog, Case, Interaction, Mandate, Party, PartyRole, Person
from events.models import Event
from tests.factories import catalog as sheets
from tests.factories import crm as make
from tests.factories import mandates
from tests.factories.territory import CommuneFactory

pytestmark = pytest.mark.usefixtures("in_english")

SYSTEM = Actor.system()


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def by(clerk, actor_of):
    return actor_of(clerk)


@pytest.fixture
def maria(db):
    return actions.know_person(by=SYSTEM, name="María Pérez Lagos", run="7654321-6")


@pytest.fixture
def amina(submitted_case):
    """The applicant of the case that was filed on the web."""
    return submitted_case.parties.get().person


@pytest.fixture
def contact(office, by, maria):
    """María is at the desk; the clerk saw her identity card."""
    return mandates.at_desk(office, by, maria)


def asked(case, officer):
    """The agency asks the citizen something."""
    stage = actions.take_stage(case.stages.get(), by=Actor.staff(officer))
    actions.ask_citizen(stage, by=Actor.staff(officer), question="¿Cuál es su dirección?")
    return case


def hand_in(case, by, contact):
    """One more paper is added to a case."""
    paper = files.store(make.pdf("otro.pdf", make.PDF + b" "))
    return actions.add_document(case, by=by, file=paper, requirement="id-card", interaction=contact)


# --- registering ------------------------------------------------------------------------------------
def test_whoever_saw_the_document_registers_the_mandate(contact, by, amina, maria):
    mandate = mandates.mandate(contact, by, grantor=amina, agent=maria, file=files.store(make.pdf()))

    assert mandate.registered_by_id == by.user_id
    assert (mandate.interaction, mandate.file_name) == (contact, "comprobante.pdf")
    event = Event.objects.get(kind="mandate.registered")
    assert (event.actor_id, event.on_behalf_of) == (by.user_id, amina.pk)


def test_by_phone_no_mandate_is_registered(agent, actor_of, amina, maria):
    call = mandates.on_phone(actor_of(agent), maria, level=500)

    with pytest.raises(DomainError, match="office"):
        mandates.mandate(call, actor_of(agent), grantor=amina, agent=maria)

    assert not Mandate.objects.exists()


def test_a_mandate_is_registered_only_once_the_card_was_seen(office, by, amina, maria):
    contact = mandates.at_desk(office, by, maria, level=100)

    with pytest.raises(DomainError, match="identity card"):
        mandates.mandate(contact, by, grantor=amina, agent=maria)


def test_only_whoever_attends_the_contact_registers(contact, second_clerk, officer, actor_of, amina, maria):
    for other in (second_clerk, officer):
        with pytest.raises(NotAllowed):
            mandates.mandate(contact, actor_of(other), grantor=amina, agent=maria)


def test_one_of_the_two_must_be_here(contact, by, amina):
    other = actions.know_person(by=SYSTEM, name="Pedro Soto Vera")

    with pytest.raises(DomainError, match="One of the two"):
        mandates.mandate(contact, by, grantor=amina, agent=other)


def test_an_officer_registers_the_mandate_shown_for_a_case(
    officer, other_officer, actor_of, submitted_case, amina, maria
):
    given = {"grantor": amina, "agent": maria, "case": submitted_case}
    Party.objects.create(case=submitted_case, person=maria, role=PartyRole.REPRESENTATIVE)

    with pytest.raises(NotAllowed):
        mandates.mandate(None, actor_of(other_officer), **given)
    mandate = mandates.mandate(None, actor_of(officer), **given)

    assert submitted_case.parties.get(person=maria).mandate == mandate


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"acts": []}, "acts"),
        ({"acts": ["everything"]}, "acts"),
        ({"kind": "letter", "acts": ["status", "submit"]}, "acts"),
        ({"kind": "legal"}, "kind"),
        ({"kind": "friend"}, "kind"),
        ({"evidence": "  "}, "evidence"),
        ({"evidence": "x" * 301}, "evidence"),
        ({"ends_on": date(2020, 1, 1)}, "ends_on"),
    ],
)
def test_what_does_not_fit_together_is_refused_at_its_field(changes, field, contact, by, amina, maria):
    with pytest.raises(DomainError) as refused:
        mandates.mandate(contact, by, grantor=amina, agent=maria, **changes)

    assert set(refused.value.fields) == {field}


def test_nobody_needs_a_mandate_for_themselves(contact, by, maria):
    with pytest.raises(DomainError, match="themselves"):
        mandates.mandate(contact, by, grantor=maria, agent=maria)


@pytest.mark.parametrize(
    "wrong",
    [
        {"agent": "grantor"},
        {"acts": []},
        {"ends_on": date(2020, 1, 1)},
        {"kind": "letter", "acts": ["submit"]},
        {"evidence": ""},
        {"interaction": None},
        {"revoked_at": datetime(2026, 1, 1, tzinfo=UTC)},
    ],
)
def test_the_database_refuses_an_impossible_mandate(wrong, contact, by, amina, maria):
    given = {
        "grantor": amina, "agent": maria, "kind": "notarised", "acts": ["status"], "starts_on": date(2026, 1, 1),
        "evidence": "Notaría 4", "interaction": contact, "registered_by_id": by.user_id,
    }  # fmt: skip
    wrong = {key: amina if value == "grantor" else value for key, value in wrong.items()}

    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.create(**{**given, **wrong})


def test_the_database_keeps_mandates_to_contacts_and_parties_that_speak_for_another(
    contact, by, amina, maria, submitted_case
):
    mandate = mandates.mandate(contact, by, grantor=amina, agent=maria)

    for wrong in ({"mandate": mandate}, {"represented": maria}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Interaction.objects.filter(pk=contact.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        submitted_case.parties.update(mandate=mandate)


# --- speaking for another ---------------------------------------------------------------------------
def test_speaking_for_another_opens_their_file_and_says_so_in_the_log(
    contact, by, amina, maria, submitted_case
):
    mandate = mandates.mandate(contact, by, grantor=amina, agent=maria)
    assert not Case.objects.visible_to(by).filter(pk=submitted_case.pk).exists()

    contact = actions.represent(contact, by=by, represented=amina, mandate=mandate)

    assert Case.objects.visible_to(by).filter(pk=submitted_case.pk).exists()
    assert Person.objects.visible_to(by).filter(pk=amina.pk).exists()
    assert AccessLog.objects.get(act="open_person", person_id=amina.pk).interaction_id == contact.pk
    event = Event.objects.get(kind="interaction.represents")
    assert (event.actor_id, event.on_behalf_of) == (by.user_id, amina.pk)
    assert event.data == {
        "spoken_by": str(maria.pk),
        "mandate": str(mandate.pk),
        "represented": str(amina.pk),
    }


def test_without_a_mandate_speaking_for_another_opens_nothing(contact, by, amina, submitted_case):
    actions.represent(contact, by=by, represented=amina)

    assert not Case.objects.visible_to(by).filter(pk=submitted_case.pk).exists()
    assert not Person.objects.visible_to(by).filter(pk=amina.pk).exists()
    assert not AccessLog.objects.filter(person_id=amina.pk).exists()
    assert not permissions.can_speak_for_citizen(by, submitted_case)


def test_who_speaks_for_another_has_their_own_cases_again_when_they_speak_for_themselves(
    office, by, amina, maria, submitted_case
):
    contact = mandates.at_desk(office, by, amina)
    mandate = mandates.mandate(contact, by, grantor=maria, agent=amina)
    mine = Case.objects.filter(pk=submitted_case.pk)
    assert mine.visible_to(by).exists()

    contact = actions.represent(contact, by=by, represented=maria, mandate=mandate)
    while_speaking = mine.visible_to(by).exists()
    actions.stop_representing(contact, by=by)

    assert (while_speaking, mine.visible_to(by).exists()) == (False, True)


def test_a_mandate_is_of_its_agent_and_nobody_else(office, by, second_clerk, actor_of, amina, maria):
    mandate = mandates.mandate(mandates.at_desk(office, by, maria), by, grantor=amina, agent=maria)
    other = actions.know_person(by=SYSTEM, name="Pedro Soto Vera", run="5126663-3")
    contact = mandates.at_desk(office, actor_of(second_clerk), other)

    with pytest.raises(MandateRefused, match="not of whoever is here"):
        actions.represent(contact, by=actor_of(second_clerk), represented=amina, mandate=mandate)
    with pytest.raises(MandateRefused, match="somebody else"):
        actions.represent(contact, by=actor_of(second_clerk), represented=maria, mandate=mandate)


def test_by_phone_a_mandate_is_used_once_the_questions_were_answered(
    office, by, agent, actor_of, amina, maria, submitted_case
):
    mandate = mandates.mandate(mandates.at_desk(office, by, maria), by, grantor=amina, agent=maria)
    bruno = actor_of(agent)
    call = mandates.on_phone(bruno, maria, level=100)

    with pytest.raises(MandateRefused, match="two questions"):
        actions.represent(call, by=bruno, represented=amina, mandate=mandate)
    call = actions.identify_person(call, by=bruno, person=maria, level=300)
    actions.represent(call, by=bruno, represented=amina, mandate=mandate)

    assert Case.objects.visible_to(bruno).filter(pk=submitted_case.pk).exists()
    actions.identify_person(call, by=bruno, person=maria, level=100)
    assert not Case.objects.visible_to(bruno).filter(pk=submitted_case.pk).exists()


def test_somebody_else_than_before_speaks_for_nobody(contact, by, amina, maria):
    mandate = mandates.mandate(contact, by, grantor=amina, agent=maria)
    actions.represent(contact, by=by, represented=amina, mandate=mandate)

    same = actions.identify_person(contact, by=by, person=maria, level=500)
    other = actions.identify_person(contact, by=by, person=amina, level=500)

    assert (same.represented, other.represented, other.mandate) == (amina, None, None)


def test_a_mandate_reaches_across_merged_records(
    office, by, supervisor, actor_of, amina, maria, submitted_case
):
    twin = actions.know_person(by=SYSTEM, name="Amina Rojas")
    other = actions.know_person(by=SYSTEM, name="Maria Perez")
    mandate = mandates.mandate(mandates.at_desk(office, by, other), by, grantor=twin, agent=other)
    for survivor, merged in ((amina, twin), (maria, other)):
        actions.merge_people(survivor, merged, by=actor_of(supervisor), reason="La misma cédula")
    contact = mandates.at_desk(office, by, maria)

    actions.represent(contact, by=by, represented=amina, mandate=mandate)

    assert Case.objects.visible_to(by).filter(pk=submitted_case.pk).exists()
    assert Mandate.objects.granted_by(amina).held_by(maria).get() == mandate


# --- what goes wrong elsewhere -----------------------------------------------------------------------
def test_employee_context_is_never_lost_when_staff_file_for_somebody(
    contact, by, amina, maria, submitted_case
):
    """Who the employee was, who the citizen, who spoke for them, under what mandate: on the case, its parties, the contact and the event."""
    mandate = mandates.mandate(contact, by, grantor=amina, agent=maria)
    contact = actions.represent(contact, by=by, represented=amina, mandate=mandate)

    case = mandates.filed_in(contact, by, submitted_case.version)

    event = Event.objects.get(kind="case.submitted", subject_id=case.pk)
    assert (event.actor_kind, event.actor_id, event.on_behalf_of) == ("staff", by.user_id, amina.pk)
    assert (event.interaction_id, event.value("mandate"), event.value("spoken_by")) == (
        contact.pk,
        str(mandate.pk),
        str(maria.pk),
    )
    parts = {party.role: (party.person, party.mandate) for party in case.parties.all()}
    assert parts == {"applicant": (amina, None), "representative": (maria, mandate)}
    contact.refresh_from_db()
    assert (contact.agent_id, contact.person, contact.represented) == (by.user_id, maria, amina)


def test_employee_context_is_kept_when_nobody_speaks_for_another(office, by, amina, submitted_case):
    contact = mandates.at_desk(office, by, amina)

    case = mandates.filed_in(contact, by, submitted_case.version)
    hand_in(case, by, contact)

    for kind in ("case.begun", "case.submitted", "case.paper_added"):
        event = Event.objects.get(kind=kind, subject_id=case.pk)
        assert (event.actor_id, event.on_behalf_of, event.value("mandate")) == (by.user_id, amina.pk, None)


def test_everything_done_in_such_a_contact_says_for_whom(contact, by, officer, amina, maria, submitted_case):
    case = asked(submitted_case, officer)
    mandate = mandates.mandate(contact, by, grantor=amina, agent=maria)
    contact = actions.represent(contact, by=by, represented=amina, mandate=mandate)

    hand_in(case, by, contact)
    actions.answer_agency(case, by=by, interaction=contact, text="Calle Uno 2")
    actions.withdraw_case(case, by=by, interaction=contact)

    for kind in ("case.paper_added", "case.answered", "case.withdrawn"):
        event = Event.objects.get(kind=kind)
        assert (event.on_behalf_of, event.value("mandate")) == (amina.pk, str(mandate.pk)), kind
    assert Event.objects.get(kind="case.paper_added").value("by_other") is False


def test_a_mandate_is_the_organisations_and_outlives_the_person_who_came(
    office, by, second_clerk, actor_of, amina, maria, submitted_case
):
    """A mandate held by one agent of an organisation would have to move to the organisation: here it never was the agent's."""
    home = mandates.organisation("Fundación Las Rosas", "65123456-0")
    contact = mandates.at_desk(office, by, maria)
    of_home = mandates.mandate(contact, by, grantor=home, agent=maria, kind="legal")
    mandate = mandates.mandate(contact, by, grantor=amina, agent=home)
    contact = actions.represent(contact, by=by, represented=amina, mandate=mandate)
    case = mandates.filed_in(contact, by, submitted_case.version)
    assert case.parties.get(role="representative").person == home
    assert case.source.person == maria

    next_one = actions.know_person(by=SYSTEM, name="Rosa Díaz Mena", run="9876543-3")
    diego = actor_of(second_clerk)
    later = mandates.at_desk(office, diego, next_one)
    with pytest.raises(MandateRefused):
        actions.represent(later, by=diego, represented=amina, mandate=mandate)
    mandates.mandate(later, diego, grantor=home, agent=next_one, kind="legal")
    actions.represent(later, by=diego, represented=amina, mandate=mandate)

    assert Case.objects.visible_to(diego).filter(pk=case.pk).exists()
    Mandate.objects.filter(pk=of_home.pk).update(
        revoked_at=clock.now(), revoked_by=by.user_id, revoked_reason="Ya no trabaja ahí"
    )
    assert not Case.objects.visible_to(by).filter(pk=case.pk).exists()  # María is still at the first desk
    assert Case.objects.visible_to(diego).filter(pk=case.pk).exists()


def test_whoever_represents_an_organisation_does_for_it_only_what_their_own_mandate_allows(
    office, by, amina, maria, submitted_case
):
    home = mandates.organisation("Fundación Las Rosas", "65123456-0")
    contact = mandates.at_desk(office, by, maria)
    mandates.mandate(contact, by, grantor=home, agent=maria, kind="legal", acts=["status"])
    mandate = mandates.mandate(contact, by, grantor=amina, agent=home)
    contact = actions.represent(contact, by=by, represented=amina, mandate=mandate)

    assert Case.objects.visible_to(by).filter(pk=submitted_case.pk).exists()
    with pytest.raises(MandateRefused):
        mandates.filed_in(contact, by, submitted_case.version)


def test_a_mandate_is_not_used_after_its_end_nor_before_its_beginning(
    office, by, officer, amina, maria, submitted_case
):
    case = asked(submitted_case, officer)
    now = clock.now()
    last = clock.local_date(now, "America/Santiago") + timedelta(days=3)
    contact = mandates.at_desk(office, by, maria)
    mandate = mandates.mandate(contact, by, grantor=amina, agent=maria, ends_on=last)
    later = mandates.mandate(contact, by, grantor=amina, agent=maria, starts_on=last, kind="parent")
    contact = actions.represent(contact, by=by, represented=amina, mandate=mandate)

    with pytest.raises(MandateRefused, match="not in force"):
        actions.represent(contact, by=by, represented=amina, mandate=later)
    with clock.frozen(now + timedelta(days=3)):
        assert Case.objects.visible_to(by).filter(pk=case.pk).exists()
    with clock.frozen(now + timedelta(days=4)):
        assert not Case.objects.visible_to(by).filter(pk=case.pk).exists()
        with pytest.raises(MandateRefused, match="not in force"):
            actions.answer_agency(case, by=by, interaction=contact, text="Calle Uno 2")
        with pytest.raises(MandateRefused, match="not in force"):
            actions.withdraw_case(case, by=by, interaction=contact)
        with pytest.raises(MandateRefused, match="not in force"):
            mandates.filed_in(contact, by, case.version)
        with pytest.raises(MandateRefused, match="not in force"):
            actions.represent(contact, by=by, represented=amina, mandate=mandate)


def test_the_last_day_is_the_offices_own_date(by, amina, maria, submitted_case, clerk, actor_of):
    """At two in the morning in Santiago it is still the evening before on Rapa Nui."""
    from tests.factories import accounts as people
    from tests.factories.territory import OfficeFactory

    island = OfficeFactory(
        code="OF-05201-1",
        commune=CommuneFactory(code="05201", name="Isla de Pascua", time_zone="Pacific/Easter"),
    )
    centre = OfficeFactory(code="OF-13101-9")
    seen = {}
    for place in (island, centre):
        staff = Actor.staff(people.staff(f"Clerk {place.code}", "clerk", office=place))
        with clock.frozen(datetime(2026, 7, 1, 12, tzinfo=UTC)):
            contact = mandates.at_desk(place, staff, maria)
            mandate = mandates.mandate(contact, staff, grantor=amina, agent=maria, ends_on=date(2026, 7, 10))
            actions.represent(contact, by=staff, represented=amina, mandate=mandate)
        with clock.frozen(datetime(2026, 7, 11, 5, 0, tzinfo=UTC)):  # 1:00 on the 11th, 23:00 on the 10th
            seen[place.code] = Case.objects.visible_to(staff).filter(pk=submitted_case.pk).exists()

    assert seen == {island.code: True, centre.code: False}


def test_a_mandate_is_not_used_after_it_was_revoked(
    contact, by, officer, actor_of, amina, maria, submitted_case
):
    case = asked(submitted_case, officer)
    mandate = mandates.mandate(contact, by, grantor=amina, agent=maria)
    contact = actions.represent(contact, by=by, represented=amina, mandate=mandate)
    case_filed = mandates.filed_in(contact, by, case.version)

    actions.revoke_mandate(mandate, by=actor_of(officer), reason="La señora Rojas lo pidió por escrito")

    assert not Case.objects.visible_to(by).filter(pk__in=[case.pk, case_filed.pk]).exists()
    with pytest.raises(MandateRefused, match="not in force"):
        actions.answer_agency(case, by=by, interaction=contact, text="Calle Uno 2")
    with pytest.raises(MandateRefused):
        mandates.filed_in(contact, by, case.version)
    event = Event.objects.get(kind="mandate.revoked")
    assert (event.actor_id, event.on_behalf_of) == (officer.pk, amina.pk)
    with pytest.raises(DomainError, match="already"):
        actions.revoke_mandate(mandate, by=actor_of(officer), reason="Otra vez")


def test_a_mandate_does_not_open_the_case_to_its_agent_who_comes_alone(
    office, by, amina, maria, submitted_case
):
    contact = mandates.at_desk(office, by, maria)
    mandate = mandates.mandate(contact, by, grantor=amina, agent=maria)
    contact = actions.represent(contact, by=by, represented=amina, mandate=mandate)
    case = mandates.filed_in(contact, by, submitted_case.version)
    actions.end_interaction(contact, by=by)

    mandates.at_desk(office, by, maria)

    assert not Case.objects.visible_to(by).filter(pk=case.pk).exists()
    assert not permissions.can_speak_for_citizen(by, case)


@pytest.mark.parametrize("act", ["status", "answer", "submit"])
def test_a_mandate_is_not_used_beyond_the_acts_it_allows(
    act, contact, by, officer, amina, maria, submitted_case
):
    case = asked(submitted_case, officer)
    mandate = mandates.mandate(contact, by, grantor=amina, agent=maria, acts=[act])
    contact = actions.represent(contact, by=by, represented=amina, mandate=mandate)

    def works(do) -> bool:
        try:
            with transaction.atomic():
                do()
        except MandateRefused:
            return False
        return True

    done = {
        "status": Case.objects.visible_to(by).filter(pk=case.pk).exists(),
        "submit": works(lambda: mandates.filed_in(contact, by, case.version)),
        "answer": works(lambda: actions.answer_agency(case, by=by, interaction=contact, text="Calle Uno 2")),
    }

    assert done == {one: one == act for one in done}


def test_a_mandate_is_not_used_beyond_the_procedures_it_names(
    contact, by, agency, amina, maria, submitted_case
):
    other = sheets.publish(sheets.sheet(code="3431", slug="otro-certificado"), agency=agency)
    another = make.filed_case(other)
    mandate = mandates.mandate(contact, by, grantor=amina, agent=maria, procedures=[other.procedure])
    contact = actions.represent(contact, by=by, represented=amina, mandate=mandate)

    assert set(Case.objects.visible_to(by)) == {another}
    assert permissions.can_speak_for_citizen(by, another)
    assert not permissions.can_speak_for_citizen(by, submitted_case)
    with pytest.raises(MandateRefused):
        mandates.filed_in(contact, by, submitted_case.version)
    assert mandates.filed_in(contact, by, other).folio


def test_what_is_filed_for_another_bears_their_number_and_no_other(contact, by, amina, maria, submitted_case):
    mandate = mandates.mandate(contact, by, grantor=amina, agent=maria)
    contact = actions.represent(contact, by=by, represented=amina, mandate=mandate)

    with pytest.raises(DomainError) as refused:
        mandates.filed_in(contact, by, submitted_case.version, applicant_run="5126663-3")

    assert set(refused.value.fields) == {"applicant_run"}


def test_filing_for_another_without_a_mandate_says_that_none_was_shown(
    contact, by, amina, maria, submitted_case
):
    actions.represent(contact, by=by, represented=amina)

    case = mandates.filed_in(Interaction.objects.get(pk=contact.pk), by, submitted_case.version)

    part = case.parties.get(role="representative")
    assert (part.person, part.mandate) == (maria, None)
    assert Event.objects.get(kind="case.submitted", subject_id=case.pk).on_behalf_of == amina.pk


def test_whoever_files_with_somebody_elses_number_is_kept_as_who_acted(
    contact, by, amina, maria, submitted_case
):
    case = mandates.filed_in(contact, by, submitted_case.version)

    assert {(p.role, p.person, p.mandate) for p in case.parties.all()} == {
        ("applicant", amina, None),
        ("representative", maria, None),
    }
    level = amina.identifiers.get().level
    assert level == 100  # that we saw María's card says nothing of Amina


def test_the_code_that_opens_a_case_for_good_is_not_given_to_a_representative(
    contact, by, amina, maria, office, submitted_case
):
    mandate = mandates.mandate(contact, by, grantor=amina, agent=maria)
    contact = actions.represent(contact, by=by, represented=amina, mandate=mandate)
    case = mandates.filed_in(contact, by, submitted_case.version)

    with pytest.raises(DomainError, match="themselves"):
        actions.issue_claim_code(case, by=by, interaction=contact)
    contact = actions.stop_representing(contact, by=by)
    with pytest.raises(DomainError, match="themselves"):
        actions.issue_claim_code(case, by=by, interaction=contact)
    actions.end_interaction(contact, by=by)
    hers = mandates.at_desk(office, by, amina)

    assert actions.issue_claim_code(case, by=by, interaction=hers)


# --- revoking ---------------------------------------------------------------------------------------
def test_who_may_revoke_a_mandate(
    office,
    by,
    second_clerk,
    officer,
    other_officer,
    supervisor,
    agent,
    actor_of,
    amina,
    maria,
    submitted_case,
):
    contact = mandates.at_desk(office, by, maria)
    mandate = mandates.mandate(contact, by, grantor=amina, agent=maria)
    Party.objects.create(case=submitted_case, person=maria, role=PartyRole.REPRESENTATIVE, mandate=mandate)
    mandates.at_desk(office, actor_of(second_clerk), amina)
    mandates.on_phone(actor_of(agent), amina, level=100)

    may = {
        who.name
        for who in (second_clerk, officer, other_officer, supervisor, agent)
        if permissions.can_revoke_mandate(actor_of(who), mandate)
    }

    assert may == {second_clerk.name, officer.name, supervisor.name}
    assert not permissions.can_revoke_mandate(by, mandate)


def test_a_mandate_is_revoked_with_a_reason(contact, by, supervisor, actor_of, amina, maria):
    mandate = mandates.mandate(contact, by, grantor=amina, agent=maria)

    with pytest.raises(DomainError) as refused:
        actions.revoke_mandate(mandate, by=actor_of(supervisor), reason=" ")

    assert set(refused.value.fields) == {"reason"}


@pytest.mark.django_db(transaction=True)
def test_an_act_and_a_revocation_at_the_same_moment_are_one_after_the_other(
    office, clerk, officer, actor_of, procedure_version
):
    """Whichever comes first: no answer is written after the revocation."""
    from tests.offices.test_concurrency import at_once

    by, judge = actor_of(clerk), actor_of(officer)
    maria = actions.know_person(by=SYSTEM, name="María Pérez Lagos", run="7654321-6")
    for _round in range(6):
        case = make.filed_case(procedure_version)
        amina = case.parties.get().person
        asked(case, officer)
        contact = mandates.at_desk(office, by, maria)
        mandate = mandates.mandate(contact, by, grantor=amina, agent=maria)
        Party.objects.create(case=case, person=maria, role=PartyRole.REPRESENTATIVE, mandate=mandate)
        contact = actions.represent(contact, by=by, represented=amina, mandate=mandate)
        acts = [
            lambda case=case, contact=contact: actions.answer_agency(
                case, by=by, interaction=contact, text="Sí"
            ),
            lambda mandate=mandate: actions.revoke_mandate(mandate, by=judge, reason="Se acabó"),
        ]

        results = at_once(2, lambda n, acts=acts: acts[n]())

        assert not [
            one for one in results if isinstance(one, Exception) and not isinstance(one, MandateRefused)
        ]
        answered = Event.objects.filter(kind="case.answered", subject_id=case.pk).first()
        revoked = Event.objects.get(kind="mandate.revoked", subject_id=mandate.pk)
        assert answered is None or answered.seq < revoked.seq
        actions.end_interaction(contact, by=by)


@pytest.mark.django_db(transaction=True)
def test_a_revocation_waits_for_the_act_that_was_first(office, clerk, officer, actor_of, procedure_version):
    from threading import Thread

    by, judge = actor_of(clerk), actor_of(officer)
    maria = actions.know_person(by=SYSTEM, name="María Pérez Lagos", run="7654321-6")
    case = asked(make.filed_case(procedure_version), officer)
    contact = mandates.at_desk(office, by, maria)
    mandate = mandates.mandate(contact, by, grantor=case.parties.get().person, agent=maria)
    Party.objects.create(case=case, person=maria, role=PartyRole.REPRESENTATIVE, mandate=mandate)
    contact = actions.represent(contact, by=by, represented=mandate.grantor, mandate=mandate)

    def revoke() -> None:
        actions.revoke_mandate(mandate, by=judge, reason="Se acabó")
        connection.close()

    other = Thread(target=revoke)
    with transaction.atomic():
        actions.answer_agency(case, by=by, interaction=contact, text="Sí")
        other.start()
        other.join(0.7)
        waited = other.is_alive()
    other.join()

    assert waited
    assert Mandate.objects.get(pk=mandate.pk).is_revoked
