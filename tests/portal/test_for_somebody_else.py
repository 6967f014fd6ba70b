"""Applying for somebody else on the web: who fills it in is asked first, and is kept as they say; the usual way is as long as before."""

import pytest
from django.test import Client
from django.urls import reverse

from catalog.questionnaires.question import Questionnaire
from common.languages import SWITCH
from crm.models import Case
from events.models import Event
from portal.models import Draft
from tests.factories import mandates
from tests.factories.catalog import publish, sheet
from tests.factories.territory import CommuneFactory
from tests.portal.walks import begin, fill, page, reload

pytestmark = pytest.mark.django_db
MARIA = {"name": "María Pérez Lagos", "run": "7.654.321-6", "relation": "child"}
START = "/es/tramites/certificado-de-ejemplo/solicitar/"


def begin_for_other(client: Client, version):
    CommuneFactory()
    response = client.post(START, {"for_other": "1"})
    assert response.url.endswith("/por-quien/")
    return reload(Draft(code=response.url.split("/")[3]))


def test_what_is_filed_for_somebody_else_says_who_filled_it_in(client: Client, procedure_version):
    draft = begin_for_other(client, procedure_version)
    asked = client.get(page(draft, "por-quien"))
    said = client.post(page(draft, "por-quien"), MARIA)
    draft = fill(client, draft)
    check = client.get(page(draft, "revisar")).text
    client.post(page(draft, "revisar"))

    assert (asked.status_code, said.status_code) == (200, 302)
    assert "María Pérez Lagos" in check
    assert page(draft, "por-quien") in check  # can be changed
    case = Case.objects.get()
    parts = {party.role: (party.person.name, party.mandate, party.relation) for party in case.parties.all()}
    assert parts == {
        "applicant": ("Amina Rojas Soto", None, ""),
        "representative": ("María Pérez Lagos", None, "child"),
    }
    contact = case.source
    assert (contact.person.name, contact.represented.name) == ("María Pérez Lagos", "Amina Rojas Soto")
    event = Event.objects.get(kind="case.submitted")
    assert (event.on_behalf_of, event.value("spoken_by")) == (contact.represented_id, str(contact.person_id))


def test_the_agency_reads_that_no_mandate_was_shown(client: Client, procedure_version, officer, client_of):
    draft = begin_for_other(client, procedure_version)
    client.post(page(draft, "por-quien"), MARIA)
    client.post(page(fill(client, draft), "revisar"))

    shown = client_of(officer).get(reverse("crm:case", args=[Case.objects.get().folio]))

    assert "María Pérez Lagos" in shown.text
    assert "ningún mandato" in shown.text or "no mandate was shown" in shown.text


def test_whoever_said_so_is_told_nothing_by_phone_without_a_mandate(
    client: Client, procedure_version, agent, actor_of
):
    draft = begin_for_other(client, procedure_version)
    client.post(page(draft, "por-quien"), MARIA)
    client.post(page(fill(client, draft), "revisar"))
    case = Case.objects.get()

    mandates.on_phone(actor_of(agent), case.parties.get(role="representative").person)

    assert not Case.objects.visible_to(actor_of(agent)).exists()


def test_the_usual_way_is_not_longer(client: Client, procedure_version):
    draft = begin(client, procedure_version)
    questions = [q.key for q in Questionnaire(procedure_version.content).asked({})]

    first = client.get(page(draft, "")[:-1])

    assert first.url.endswith(f"/pregunta/{questions[0]}/")


def test_a_refusal_keeps_what_was_typed(client: Client, procedure_version):
    draft = begin_for_other(client, procedure_version)

    refused = client.post(page(draft, "por-quien"), {**MARIA, "run": "7.654.321-1", "relation": ""})

    assert refused.status_code == 422
    assert "María Pérez Lagos" in refused.text
    assert "7.654.321-1" in refused.text
    assert not reload(draft).case.answers


def test_changing_the_language_keeps_what_was_typed_and_does_nothing(client: Client, procedure_version):
    draft = begin_for_other(client, procedure_version)

    shown = client.post(page(draft, "por-quien"), {**MARIA, SWITCH: "1"})

    assert (shown.status_code, "María Pérez Lagos" in shown.text) == (422, True)
    assert not reload(draft).case.answers


def test_for_myself_after_all(client: Client, procedure_version):
    draft = begin_for_other(client, procedure_version)
    client.post(page(draft, "por-quien"), MARIA)
    client.post(page(draft, "por-quien"), {"self": "1"})

    client.post(page(fill(client, draft), "revisar"))

    assert [party.role for party in Case.objects.get().parties.all()] == ["applicant"]


def test_whoever_gives_their_own_number_twice_applies_for_themselves(client: Client, procedure_version):
    draft = begin_for_other(client, procedure_version)
    client.post(page(draft, "por-quien"), {**MARIA, "run": "12.345.678-5"})

    client.post(page(fill(client, draft), "revisar"))

    assert [party.role for party in Case.objects.get().parties.all()] == ["applicant"]


def test_an_organisations_application_asks_no_such_thing(client: Client, agency):
    publish(sheet(applicant="organisation"), agency=agency)

    start = client.get(START).text
    begun = client.post(START, {"for_other": "1"})

    assert "for_other" not in start
    assert "/pregunta/" in client.get(client.get(begun.url).url).url


def test_once_it_is_filed_it_is_not_said_any_more(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version))
    client.post(page(draft, "revisar"))

    late = client.post(page(draft, "por-quien"), MARIA)

    assert late.url.endswith("/comprobante/")
    assert [party.role for party in Case.objects.get().parties.all()] == ["applicant"]


def test_nobody_else_says_it(client: Client, procedure_version):
    draft = begin(client, procedure_version)

    assert Client().post(page(draft, "por-quien"), MARIA).status_code == 403
