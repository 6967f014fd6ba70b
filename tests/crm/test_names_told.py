"""To citizens a number never tells whose it is: they read the names that were written in the case, or of whom showed who they are."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from crm import actions, files, keys
from crm.models import Case
from crm.queries.known import applicant_in
from crm.queries.timeline import case_timeline
from offices import actions as desks
from offices.models import VisitMatter
from offices.queries.known_answers import known_answers
from tests.factories import catalog as sheets
from tests.factories import mandates
from tests.factories import offices as make
from tests.factories.crm import AMINA, ANSWERS, filed_case, pdf

pytestmark = pytest.mark.usefixtures("in_english")

SYSTEM = Actor.system()
FILLER = {"name": "Quien Sea", "run": "9876543-3", "relation": "other"}


@pytest.fixture
def renata(db):
    return actions.know_person(by=SYSTEM, name="Renata Verdadera Soto", run="9876543-3", level=500)


def read_by_holder(case):
    client = Client()
    client.post("/en/follow/", {"folio": case.folio, "key": case.key})
    return client.get(f"/en/cases/{case.folio}/").text


def test_a_run_written_by_a_stranger_on_the_web_does_not_tell_whose_it_is(
    renata, procedure_version, officer, actor_of
):
    case = filed_case(procedure_version, filled_in_by=FILLER)
    assert case.parties.get(role="representative").person == renata

    read = read_by_holder(case)

    assert "by Quien Sea for you" in read
    assert "Verdadera" not in read
    staff = case_timeline(case, actor=actor_of(officer))
    assert any("Renata Verdadera Soto" in point.who for point in staff)  # the agency reads who has the number


def test_a_number_of_an_organisation_does_not_tell_its_name_either(agency):
    mandates.organisation("Sociedad Verdadera SpA", "76123456-0")
    version = sheets.publish(sheets.sheet(applicant="organisation"), agency=agency)

    case = filed_case(
        version, applicant_organisation_name="La que digo", applicant_organisation_rut="76123456-0"
    )

    read = read_by_holder(case)
    assert "for La que digo" in read
    assert "Verdadera" not in read


def test_whoever_showed_their_card_is_called_by_their_name(
    renata, procedure_version, office, clerk, actor_of
):
    by = actor_of(clerk)
    amina = actions.know_person(by=SYSTEM, name="Amina Verdadera", run="12345678-5")
    contact = actions.represent(mandates.at_desk(office, by, renata), by=by, represented=amina)
    case = mandates.filed_in(contact, by, procedure_version)  # for Amina Rojas Soto, as she says

    read = " ".join(one.title for one in case_timeline(case, actor=Actor.visitor(frozenset({case.pk}))))

    assert "by Renata Verdadera Soto for you" in read
    assert "Amina Verdadera" not in read


@pytest.fixture
def visit(office, agency, clerk, actor_of, procedure_version):
    """Somebody is at the desk whose card was seen."""
    make.agreement(agency, office)
    visit = make.serving(office, clerk, versions=[procedure_version]).visit
    other = actions.know_person(by=SYSTEM, name="Amanda Lagos", run="7654321-6")
    return desks.identify_here(visit, by=actor_of(clerk), person=other, document_seen=True)


def test_a_receipt_shows_the_name_that_was_told_beside_a_number_not_the_one_we_know(
    renata, visit, client_of, clerk, actor_of
):
    by, desk = actor_of(clerk), client_of(clerk)
    matter = VisitMatter.objects.get(visit=visit)
    case = desks.begin_case_here(matter, by=by, key=keys.new_key())
    told = {"applicant_name": {"given": "Otra", "surnames": "Cualquiera"}, "applicant_run": "9876543-3"}
    paper = actions.add_document(case, by=by, file=files.store(pdf()), requirement="proof")
    proof = {"document": str(paper.pk), "name": paper.name}
    actions.fill_case(case, by=by, answers={**AMINA, **ANSWERS, **told, "proof": proof})
    matter.refresh_from_db()
    desks.file_case_here(matter, by=by)

    receipt = desk.get(reverse("offices:receipt", args=[visit.pk, matter.pk])).text

    assert Case.objects.get(pk=case.pk).parties.get(role="applicant").person == renata
    assert "Otra Cualquiera" in receipt
    assert "Amanda Lagos" in receipt  # her card was seen
    assert "Verdadera" not in receipt


# --- what is written into a form before anybody answers -------------------------------------------
def test_an_address_that_is_not_safe_is_not_written_into_a_form_nor_printed(
    procedure_version, office, clerk, actor_of
):
    by = actor_of(clerk)
    person = actions.know_person(
        by=SYSTEM, name="Amina Rojas Soto", run="12345678-5", email="casa@test.invalid", phone="+56911112222"
    )
    contact = mandates.at_desk(office, by, person)
    actions.add_contact_point(
        person, by=by, interaction=contact, kind="email", value="casa@test.invalid", is_safe=False
    )

    known = known_answers(applicant_in(contact, procedure_version), procedure_version)

    assert "applicant_email" not in known
    assert known["applicant_phone"] == "+56911112222"


@pytest.mark.parametrize(("level", "is_known"), [(100, False), (500, True)])
def test_what_we_know_is_written_into_a_form_only_for_whoever_showed_their_card(
    procedure_version, office, clerk, actor_of, level, is_known
):
    by = actor_of(clerk)
    person = actions.know_person(
        by=SYSTEM, name="Amina Rojas Soto", run="12345678-5", phone="+56911112222", level=500
    )
    contact = mandates.at_desk(office, by, person, level=level)

    known = known_answers(applicant_in(contact, procedure_version), procedure_version)

    assert bool(known) == is_known
