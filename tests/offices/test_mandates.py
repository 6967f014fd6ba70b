"""The desk, where somebody speaks for another: found, registered with the document, chosen, and for themselves again; no scripts needed."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actors import Actor
from common import clock
from crm import actions as crm
from crm.models import AccessLog, Case, Mandate, Person
from offices import actions
from offices.models import VisitMatter
from tests.factories import mandates
from tests.factories import offices as make
from tests.factories.crm import ANSWERS, filed_case, pdf

SYSTEM = Actor.system()


def page(name: str, visit, *args: object) -> str:
    return reverse(f"offices:{name}", args=[visit.pk, *args])


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def by(clerk):
    return Actor.staff(clerk)


@pytest.fixture
def desk(client_of, clerk):
    return client_of(clerk)


@pytest.fixture
def pedro_case(procedure_version):
    """A case of Amina's, filed on the web before."""
    return filed_case(procedure_version)


@pytest.fixture
def amina(pedro_case):
    return pedro_case.parties.get().person


@pytest.fixture
def visit(office, agency, clerk, by, procedure_version):
    """María is at the desk, her card was seen."""
    make.agreement(agency, office)
    visit = make.serving(office, clerk, versions=[procedure_version]).visit
    maria = crm.know_person(by=by, name="María Pérez Lagos", run="7654321-6", interaction=visit.interaction)
    return actions.identify_here(visit, by=by, person=maria, document_seen=True)


def told(person: Person, **changes: object) -> dict[str, object]:
    """What the clerk types of a document."""
    return {
        "person": str(person.pk), "roles": "here", "kind": "notarised", "acts": ["status", "answer", "submit"],
        "evidence": "Poder ante la 4.ª Notaría de Santiago, 3 de marzo", "ends_on": "", **changes,
    }  # fmt: skip


def contact_of(visit):
    visit.interaction.refresh_from_db()
    return visit.interaction


def test_from_the_search_to_the_mandate_with_its_document(desk, visit, amina, pedro_case):
    found = desk.post(page("find-represented", visit), {"text": "12.345.678-5"})
    asked = desk.post(page("register-mandate", visit), {"person": str(amina.pk)})
    shown = desk.post(page("register-mandate", visit), {**told(amina), "file": pdf("poder.pdf")}, follow=True)

    assert str(amina.pk) in found.text
    assert AccessLog.objects.filter(act="search", shown_ids=[str(amina.pk)]).exists()
    assert "María Pérez Lagos actúa por Amina Rojas Soto" in asked.text or "acts for" in asked.text
    mandate = Mandate.objects.get()
    assert (mandate.grantor, mandate.file_name, mandate.is_revoked) == (amina, "poder.pdf", False)
    assert contact_of(visit).represented == amina
    assert pedro_case.folio in shown.text
    assert reverse("papers:mandate", args=[mandate.pk]) in shown.text


def test_a_refused_mandate_keeps_what_was_typed(desk, visit, amina):
    yesterday = (clock.now() - timedelta(days=2)).date().isoformat()

    refused = desk.post(page("register-mandate", visit), told(amina, ends_on=yesterday, kind="curator"))
    blank = desk.post(
        page("register-mandate", visit), told(amina, evidence="", kind="curator", acts=["status"])
    )

    assert (refused.status_code, blank.status_code) == (422, 422)
    assert "4.ª Notaría" in refused.text
    assert yesterday in refused.text
    assert '<option value="curator" selected>' in blank.text
    assert blank.text.count("checked") == 2  # who for whom, and one act
    assert not Mandate.objects.exists()


def test_before_the_card_was_seen_no_mandate_is_registered(desk, visit, by, amina):
    crm.identify_person(visit.interaction, by=by, person=visit.interaction.person, level=100)

    refused = desk.post(page("register-mandate", visit), told(amina))

    assert refused.status_code == 422
    assert not Mandate.objects.exists()


def test_a_mandate_in_force_is_offered_and_one_that_is_over_is_not(desk, visit, by, amina):
    maria, contact = visit.interaction.person, visit.interaction
    good = mandates.mandate(contact, by, grantor=amina, agent=maria)
    over = mandates.mandate(contact, by, grantor=amina, agent=maria, kind="parent")
    Mandate.objects.filter(pk=over.pk).update(
        revoked_at=clock.now(), revoked_by=by.user_id, revoked_reason="Se acabó"
    )

    offered = desk.get(page("visit", visit))
    chosen = desk.post(page("represent", visit), {"mandate": str(good.pk)}, follow=True)
    refused = desk.post(page("represent", visit), {"mandate": str(over.pk)}, follow=True)

    assert (str(good.pk) in offered.text, str(over.pk) in offered.text) == (True, False)
    assert "María Pérez Lagos" in chosen.text
    assert contact_of(visit).mandate == good
    assert "no está vigente" in refused.text or "not in force" in refused.text


def test_the_bar_says_who_is_here_for_whom_and_until_when(desk, visit, by, amina):
    mandate = mandates.mandate(visit.interaction, by, grantor=amina, agent=visit.interaction.person)
    crm.represent(visit.interaction, by=by, represented=amina, mandate=mandate)

    shown = desk.get(page("visit", visit))

    bar = shown.text.split('class="present-who">')[1].split("</span>")[0]
    assert bar.startswith("María Pérez Lagos")
    assert "Amina Rojas Soto" in bar


def test_for_themselves_again(desk, visit, by, amina, pedro_case):
    mandate = mandates.mandate(visit.interaction, by, grantor=amina, agent=visit.interaction.person)
    crm.represent(visit.interaction, by=by, represented=amina, mandate=mandate)

    shown = desk.post(page("stop-representing", visit), follow=True)

    assert contact_of(visit).represented is None
    assert pedro_case.folio not in shown.text


def test_they_only_say_so_and_nothing_of_the_other_is_shown(desk, visit, amina, pedro_case):
    shown = desk.post(page("represent", visit), {"person": str(amina.pk)}, follow=True)

    assert contact_of(visit).represented == amina
    assert pedro_case.folio not in shown.text
    assert "amina@test.invalid" not in shown.text
    assert not AccessLog.objects.filter(act="open_person", person_id=amina.pk).exists()


def test_an_organisation_is_entered_and_acted_for(desk, visit):
    wrong = desk.post(
        page("enter-represented", visit), {"name": "Panadería El Trigo", "run": "1-1", "kind": "organisation"}
    )
    asked = desk.post(
        page("enter-represented", visit),
        {"name": "Panadería El Trigo", "run": "76.123.456-0", "kind": "organisation"},
    )
    bakery = Person.objects.get(kind="organisation")
    desk.post(page("register-mandate", visit), told(bakery, kind="legal"))

    assert (wrong.status_code, "Panadería El Trigo" in wrong.text, "1-1" in wrong.text) == (422, True, True)
    assert asked.status_code == 200
    assert contact_of(visit).represented == bakery


def test_the_form_knows_the_represented_and_the_case_is_theirs(desk, visit, by, amina):
    mandate = mandates.mandate(visit.interaction, by, grantor=amina, agent=visit.interaction.person)
    crm.represent(visit.interaction, by=by, represented=amina, mandate=mandate)
    matter = VisitMatter.objects.get(visit=visit)

    desk.post(page("application-begin", visit, matter.pk))
    form = desk.get(page("application", visit, matter.pk))
    case = Case.objects.get(source=visit.interaction)
    assert "12.345.678-5" in form.text or "12345678-5" in form.text
    assert case.answers["applicant_run"] == "12345678-5"
    paper = crm.add_document(case, by=by, file=_stored(), requirement="proof")
    crm.fill_case(case, by=by, answers={**ANSWERS, "proof": {"document": str(paper.pk), "name": paper.name}})
    matter.refresh_from_db()
    filed, code = actions.file_case_here(matter, by=by)
    receipt = desk.get(page("receipt", visit, matter.pk))

    roles = {party.role: (party.person.name, party.mandate) for party in filed.parties.all()}
    assert roles == {
        "applicant": ("Amina Rojas Soto", None),
        "representative": ("María Pérez Lagos", mandate),
    }
    assert code == ""
    assert "María Pérez Lagos" in receipt.text
    assert '<svg class="qr' not in receipt.text


def test_without_a_mandate_the_form_is_blank(visit, by, amina):
    crm.represent(visit.interaction, by=by, represented=amina)
    visit.interaction.refresh_from_db()
    matter = VisitMatter.objects.select_related("visit__interaction").get(visit=visit)

    case = actions.begin_case_here(matter, by=by, key="k")

    assert case.answers == {}


def _stored():
    from crm import files

    return files.store(pdf())
