"""What the agency and the citizen see of who acts for whom; the evidence handed out; a mandate revoked by an officer."""

import os
import time

import pytest
from django.urls import reverse

from accounts.actors import Actor
from accounts.held import HELD_CASES, shown
from crm import actions, files, tasks
from crm.models import AccessLog, Mandate, Party, PartyRole
from crm.panels.mandates import mandate_lines
from crm.queries.timeline import case_timeline
from events.models import Event
from tests.factories import crm as make
from tests.factories import mandates


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def by(clerk, actor_of):
    return actor_of(clerk)


@pytest.fixture
def maria(db):
    return actions.know_person(by=Actor.system(), name="María Pérez Lagos", run="7654321-6")


@pytest.fixture
def amina(db):
    return actions.know_person(by=Actor.system(), name="Amina Rojas Soto", run="12345678-5")


@pytest.fixture
def mandate(office, by, amina, maria):
    contact = mandates.at_desk(office, by, maria)
    given = mandates.mandate(contact, by, grantor=amina, agent=maria, file=files.store(make.pdf("poder.pdf")))
    actions.represent(contact, by=by, represented=amina, mandate=given)
    return given


@pytest.fixture
def case(mandate, by, procedure_version):
    """Filed by María for Amina, at the desk."""
    return mandates.filed_in(
        type(mandate.interaction).objects.get(pk=mandate.interaction_id), by, procedure_version
    )


def case_page(case):
    return reverse("crm:case", args=[case.folio])


def holder(client, case):
    session = client.session
    session[HELD_CASES] = shown(case.pk)
    session.save()
    client.cookies["sessionid"] = session.session_key
    return client


def fetch(client, address):
    """Ask for a file, read it and close it; what it said is `.body`."""
    response = client.get(address)
    response.body = response.getvalue()
    for close in response._resource_closers:
        close()
    return response


def test_the_agency_sees_who_acts_for_whom_by_what_and_what_was_seen(officer, client_of, case, mandate):
    shown = client_of(officer).get(case_page(case))

    for words in (
        "Amina Rojas Soto",
        "María Pérez Lagos",
        "4.ª Notaría",
        reverse("papers:mandate", args=[mandate.pk]),
    ):
        assert words in shown.text


def test_the_agency_sees_that_no_mandate_was_shown(officer, client_of, case):
    case.parties.update(mandate=None)

    shown = client_of(officer).get(case_page(case))

    assert "ningún mandato" in shown.text or "no mandate was shown" in shown.text


def test_every_role_of_a_party_is_shown(officer, client_of, case, amina):
    others = {
        role: actions.know_person(by=Actor.system(), name=f"Parte {role}")
        for role in ("beneficiary", "member")
    }
    for role, person in others.items():
        Party.objects.create(case=case, person=person, role=role)
    Party.objects.create(
        case=case, person=mandates.organisation("Panadería", "76123456-0"), role="beneficiary"
    )

    shown = client_of(officer).get(case_page(case))

    assert {str(role) for role in PartyRole.values} == set(case.parties.values_list("role", flat=True))
    assert shown.text.count('class="panel"') == 5


def test_an_officer_revokes_with_a_reason_and_a_refusal_keeps_what_was_typed(
    officer, client_of, case, mandate
):
    address = reverse("crm:mandate-revoke", args=[case.folio, mandate.pk])
    client = client_of(officer)

    long = client.post(address, {"reason": "x" * 301})
    blank = client.post(address, {"reason": ""})
    done = client.post(address, {"reason": "La señora Rojas lo pidió"}, follow=True)

    assert (long.status_code, "x" * 301 in long.text, blank.status_code) == (422, True, 422)
    mandate.refresh_from_db()
    assert (mandate.revoked_by, mandate.revoked_reason) == (officer, "La señora Rojas lo pidió")
    assert "La señora Rojas lo pidió" in done.text
    assert address not in done.text


def test_an_officer_of_another_agency_revokes_nothing(other_officer, client_of, case, mandate):
    answer = client_of(other_officer).post(
        reverse("crm:mandate-revoke", args=[case.folio, mandate.pk]), {"reason": "No"}
    )

    assert answer.status_code == 404
    assert not Mandate.objects.get().is_revoked


def test_what_was_seen_is_handed_out_to_those_who_see_the_case_and_logged(
    officer, other_officer, second_clerk, stranger, client, client_of, case, mandate
):
    address = reverse("papers:mandate", args=[mandate.pk])

    given = fetch(client_of(officer), address)

    assert given.body == make.PDF
    assert given.headers["Content-Disposition"] == 'attachment; filename="poder.pdf"'
    assert given.headers["Cache-Control"] == "private, no-store"
    assert given.headers["Content-Security-Policy"].startswith("sandbox")
    assert AccessLog.objects.get(act="download").person_id == mandate.grantor_id
    assert {client_of(user).get(address).status_code for user in (other_officer, second_clerk, stranger)} == {
        404
    }
    assert fetch(holder(client, case), address).status_code == 200


def test_evidence_that_is_lost_is_said_to_be(officer, client_of, case, mandate):
    files.path_of(mandate.sha256).unlink()

    assert client_of(officer).get(reverse("papers:mandate", args=[mandate.pk])).status_code == 410


def test_the_sweep_of_orphans_leaves_evidence_where_it_is(mandate):
    path = files.path_of(mandate.sha256)
    long_ago = time.time() - 5 * 86400
    os.utime(path, (long_ago, long_ago))

    tasks.remove_orphan_papers()

    assert path.exists()


def test_the_citizen_reads_in_plain_words_who_acted_for_them(case, client, in_english):
    points = [str(point.title) for point in case_timeline(case, actor=Actor.visitor(frozenset({case.pk})))]

    assert points == ["Your application was filed, by María Pérez Lagos for you"]
    shown = holder(client, case).get(reverse("portal:case", args=[case.folio]))
    assert "María Pérez Lagos" in shown.text


def test_staff_read_who_of_us_did_it_and_who_spoke_for_whom(case, officer, actor_of, in_english):
    who = {str(point.who) for point in case_timeline(case, actor=actor_of(officer))}

    assert "Clara Fuentes, María Pérez Lagos for Amina Rojas Soto" in who


def test_the_thread_names_the_organisation_and_who_came_of_it(
    office, second_clerk, actor_of, amina, maria, procedure_version, in_english
):
    diego = actor_of(second_clerk)
    home = mandates.organisation("Fundación Las Rosas", "65123456-0")
    contact = mandates.at_desk(office, diego, maria)
    mandates.mandate(contact, diego, grantor=home, agent=maria, kind="legal")
    given = mandates.mandate(contact, diego, grantor=amina, agent=home)
    contact = actions.represent(contact, by=diego, represented=amina, mandate=given)
    case = mandates.filed_in(contact, diego, procedure_version)

    points = [str(point.title) for point in case_timeline(case, actor=Actor.visitor(frozenset({case.pk})))]

    assert points == ["Your application was filed, by María Pérez Lagos of Fundación Las Rosas for you"]


def test_the_lines_of_a_persons_mandates(by, amina, maria, mandate, other_officer, actor_of, in_english):
    given, held = mandate_lines(amina, actor=by), mandate_lines(maria, actor=by)

    assert [line.mandate for line in given] == [line.mandate for line in held] == [mandate]
    assert (given[0].words, given[0].state) == ("Power before a notary without an end", "In force")
    assert mandate_lines(amina, actor=actor_of(other_officer)) == []


@pytest.fixture
def in_english():
    from django.utils import translation

    with translation.override("en"):
        yield


# --- ended by whoever gave it, in every room; shown to the agency -----------------------------------------
@pytest.fixture
def unused(office, by, amina, maria):
    """A mandate that was used in no case, whose grantor has gone home."""
    contact = mandates.at_desk(office, by, amina)
    given = mandates.mandate(contact, by, grantor=amina, agent=maria)
    actions.end_interaction(contact, by=Actor.system())
    return given


def in_file(person, mandate):
    return reverse("files:mandate-revoke", args=[person.pk, mandate.pk])


def test_who_comes_to_end_a_power_used_in_no_case_ends_it_at_the_desk(
    office, by, clerk, client_of, amina, unused
):
    contact = mandates.at_desk(office, by, amina)
    client = client_of(clerk)
    address = in_file(amina, unused)
    page = reverse("files:file", args=[amina.pk])
    assert address in client.get(page).text

    blank = client.post(address, {"reason": ""})
    done = client.post(address, {"reason": "Abusó de él"}, follow=True)

    assert blank.status_code == 422
    unused.refresh_from_db()
    assert (unused.revoked_by, unused.revoked_reason) == (clerk, "Abusó de él")
    assert address not in done.text
    assert Event.objects.get(kind="mandate.revoked").interaction_id == contact.pk


def test_who_calls_ends_a_power_once_they_answered_the_questions(agent, actor_of, client_of, amina, unused):
    contact = mandates.on_phone(actor_of(agent), amina, level=100)
    address = in_file(amina, unused)
    client = client_of(agent)
    assert address not in client.get(reverse("files:file", args=[amina.pk])).text
    assert client.post(address, {"reason": "Abusó"}).status_code == 404

    actions.identify_person(contact, by=actor_of(agent), person=amina, level=300)
    client.post(address, {"reason": "Abusó"})

    unused.refresh_from_db()
    assert unused.is_revoked


def test_a_supervisor_ends_a_power_from_the_file_they_opened_with_a_reason(
    supervisor, actor_of, client_of, amina, unused
):
    actions.break_glass(amina, by=actor_of(supervisor), reason="Denuncia de abuso de poder")

    client_of(supervisor).post(in_file(amina, unused), {"reason": "Lo ordenó el tribunal"})

    unused.refresh_from_db()
    assert unused.is_revoked


def test_the_agent_of_a_mandate_does_not_end_it(office, by, clerk, client_of, maria, unused):
    mandates.at_desk(office, by, maria)

    answer = client_of(clerk).post(in_file(maria, unused), {"reason": "No"})

    assert answer.status_code == 403
    assert not Mandate.objects.get().is_revoked


def test_the_agency_registers_the_mandate_that_a_representative_shows(officer, client_of, case, maria):
    case.parties.update(mandate=None)
    part = case.parties.get(role="representative")
    address = reverse("crm:case-act", args=[case.folio, "mandate"])
    client = client_of(officer)
    assert address in client.get(case_page(case)).text
    told = {
        "revision": case.revision,
        "roles": str(part.pk),
        "kind": "notarised",
        "acts": ["status", "answer"],
        "evidence": "Poder ante la 2.ª Notaría",
    }

    refused = client.post(address, {**told, "evidence": ""})
    client.post(address, {**told, "file": make.pdf("poder.pdf")})

    assert refused.status_code == 422
    part.refresh_from_db()
    assert (part.mandate.evidence, part.mandate.agent, part.mandate.has_file) == (
        "Poder ante la 2.ª Notaría",
        maria,
        True,
    )
    assert f'"{address}"' not in client.get(case_page(case)).text
