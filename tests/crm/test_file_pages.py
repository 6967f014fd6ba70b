"""The room of files: found masked, opened with a reason the citizen reads, changed by whoever has the person before them."""

from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from common import clock
from common.errors import DomainError
from crm import actions, keys
from crm.models import (
    AccessLog,
    BreakGlass,
    Case,
    ContactPoint,
    DuplicatePair,
    Interaction,
    Person,
    PersonIdentifier,
    PersonNeed,
)
from crm.queries.history import cases_of, contacts_of
from tests.factories import mandates
from tests.factories.crm import filed_case

pytestmark = pytest.mark.usefixtures("in_english")

SYSTEM = Actor.system()
FIND = "/en/staff/files/"


@pytest.fixture
def amina(db) -> Person:
    return actions.know_person(by=SYSTEM, name="Amina Rojas Soto", run="12345678-5", phone="+56911112222")


def page(person: Person, part: str = "") -> str:
    return f"{FIND}{person.pk}/{part}"


@pytest.fixture
def before_clerk(amina: Person, office: Any, clerk: Any, actor_of: Any, client: Client) -> Any:
    """Amina sits at Clara's desk."""
    by = actor_of(clerk)
    contact = actions.attend_interaction(actions.open_interaction("office", by=by, office=office), by=by)
    actions.identify_person(contact, by=by, person=amina, level=500)
    client.force_login(clerk)
    return contact


def test_whoever_is_found_outside_a_contact_stays_masked(client, clerk, amina):
    client.force_login(clerk)

    found = client.post(FIND, {"text": "12.345.678-5"}).text

    assert "A… R… S…" in found
    assert "Amina" not in found
    assert AccessLog.objects.get(act="search").shown_ids == [str(amina.pk)]


def test_a_file_is_opened_with_a_reason_for_half_an_hour(client, clerk, amina):
    client.force_login(clerk)

    asked = client.get(page(amina)).text
    assert "Why do you need this file?" in asked
    assert "Amina" not in asked
    refused = client.post(page(amina, "open/"), {"reason": "x"})
    assert refused.status_code == 422
    assert "The citizen can read it" in refused.text
    client.post(page(amina, "open/"), {"reason": "Reclama que nadie le responde"})

    assert "Amina Rojas Soto" in client.get(page(amina)).text
    with clock.frozen(BreakGlass.objects.get().expires_at):
        assert not Person.objects.visible_to(Actor.staff(clerk)).exists()


def test_a_glass_broken_by_one_opens_nothing_to_a_colleague(client, clerk, second_clerk, amina, actor_of):
    actions.break_glass(amina, by=actor_of(clerk), reason="Reclama que nadie le responde")
    client.force_login(second_clerk)

    assert "Amina" not in client.get(page(amina)).text


def test_officers_open_the_files_of_their_own_cases_and_no_other(
    client, officer, other_officer, procedure_version
):
    person = filed_case(procedure_version).parties.get(role="applicant").person
    client.force_login(officer)
    assert "Amina Rojas Soto" in client.get(page(person)).text
    client.force_login(other_officer)
    assert client.get(page(person)).status_code == 404


def test_a_case_brought_by_its_folio_does_not_open_the_whole_file(procedure_version, office, clerk, actor_of):
    case, by = filed_case(procedure_version), actor_of(clerk)
    contact = actions.attend_interaction(actions.open_interaction("office", by=by, office=office), by=by)
    actions.bring_case(contact, by=by, case=case, reason="Trae un papel de su madre")

    assert not Person.objects.visible_to(by).exists()


def test_the_citizen_reads_who_looked_and_why(client, clerk, actor_of, procedure_version, office, amina):
    by = actor_of(clerk)
    case = mandates.filed_in(mandates.at_desk(office, by, amina), by, procedure_version)
    actions.break_glass(amina, by=by, reason="Reclama que nadie le responde")
    other = filed_case(procedure_version, applicant_run="9876543-3", applicant_email="otra@test.invalid")
    actions.break_glass(
        other.parties.get(role="applicant").person, by=actor_of(clerk), reason="Otra persona del todo"
    )
    key = keys.new_key()
    Case.objects.filter(pk=case.pk).update(secret_hash=keys.hashed(key))

    client.post("/en/follow/", {"folio": case.folio, "key": key})
    read = client.get(f"/en/cases/{case.folio}/readings/").text

    assert "Reclama que nadie le responde" in read
    assert office.name in read
    assert "Clara" not in read
    assert "Otra persona del todo" not in read
    assert Client().get(f"/en/cases/{case.folio}/readings/").status_code == 403


def test_a_stranger_who_filed_with_somebodys_run_reads_neither_where_they_were_served_nor_why_their_file_was_opened(
    client, clerk, actor_of, procedure_version, office, amina
):
    by = actor_of(clerk)
    case = filed_case(procedure_version)  # by web, with Amina's number
    assert case.parties.get().person_id == amina.pk
    contact = mandates.at_desk(office, by, amina)
    actions.open_file(amina, by=by, reason="Present at the desk", interaction=contact)
    actions.break_glass(amina, by=by, reason="La llamamos de la casa de acogida")
    actions.bring_case(contact, by=by, case=case)

    client.post("/en/follow/", {"folio": case.folio, "key": case.key})
    read = client.get(f"/en/cases/{case.folio}/readings/").text

    assert "looked at your case" in read  # of their own filing they read everything but the place
    assert "Staff at an office" in read
    for secret in (office.name, "acogida", "opened your file", "Present at the desk"):
        assert secret not in read
    assert "with your identity card" in read


def test_a_shared_phone_is_added_to_two_people_and_joins_nobody(client, before_clerk, amina):
    other = actions.know_person(by=SYSTEM, name="Pedro Rojas", phone="+56233334444")

    client.post(page(amina, "point/"), {"kind": "phone", "value": "2 3333 4444", "is_safe": "on"})

    point = ContactPoint.objects.get(person=amina, value="+56233334444")
    assert (point.is_safe, point.may_announce) == (True, False)
    assert Person.objects.get(pk=other.pk).merged_into is None
    assert "Say who you are to nobody else" in client.get(page(amina)).text


def test_a_wrong_number_is_refused_at_the_field_and_kept(client, before_clerk, amina):
    refused = client.post(page(amina, "point/"), {"kind": "phone", "value": "abc 12"})

    assert refused.status_code == 422
    assert "This is no telephone number" in refused.text
    assert 'value="abc 12"' in refused.text


def test_a_number_that_is_another_persons_is_refused_with_the_way_on(client, before_clerk, amina):
    actions.know_person(by=SYSTEM, name="Pedro Rojas", run="9876543-3")

    refused = client.post(page(amina, "number/"), {"kind": "run", "value": "9.876.543-3"})

    assert refused.status_code == 422
    assert "Another record has this number already" in refused.text
    assert PersonIdentifier.objects.filter(value="9876543-3").count() == 1


def test_a_passport_seen_is_kept_in_its_one_form(client, before_clerk, amina):
    client.post(
        page(amina, "number/"),
        {"kind": "passport", "value": "ab 123.456", "country": "pe", "document_seen": "on"},
    )

    number = PersonIdentifier.objects.get(kind="passport")
    assert (number.value, number.country, number.level, number.process) == ("AB123456", "PE", 500, "document")


def test_a_need_is_noted_shown_at_the_desk_and_ended(client, before_clerk, amina):
    client.post(page(amina, "need/"), {"kind": "interpreter", "detail": "Creole"})
    assert "Creole" in client.get(page(amina)).text

    client.post(page(amina, "need-end/"), {"row": PersonNeed.objects.get().pk})

    assert PersonNeed.objects.get().ended_at is not None


def test_nobody_changes_the_file_of_somebody_who_is_not_before_them(client, clerk, amina, actor_of):
    actions.break_glass(amina, by=actor_of(clerk), reason="Reclama que nadie le responde")
    client.force_login(clerk)

    answer = client.post(page(amina, "need/"), {"kind": "relay"})

    assert answer.status_code == 403
    assert not PersonNeed.objects.exists()


@pytest.fixture
def unsure_call(agent, actor_of, amina):
    """Somebody calls and says they are Amina."""
    by = actor_of(agent)
    contact = actions.attend_interaction(actions.open_interaction("phone", by=by), by=by)
    return actions.identify_person(contact, by=by, person=amina, level=100)


@pytest.mark.parametrize("level", [100, 300])
def test_by_phone_a_file_is_changed_only_after_the_questions(agent, actor_of, amina, unsure_call, level):
    by = actor_of(agent)
    contact = actions.identify_person(unsure_call, by=by, person=amina, level=level)
    changes = (
        lambda: actions.add_contact_point(
            amina, by=by, interaction=contact, kind="email", value="o@test.invalid"
        ),
        lambda: actions.add_identifier(amina, by=by, interaction=contact, kind="passport", value="AB123456"),
        lambda: actions.note_need(amina, by=by, interaction=contact, kind="interpreter"),
        lambda: actions.prefer(amina, by=by, interaction=contact, channel="", language="en"),
    )

    for change in changes:
        if level == 300:
            change()
            continue
        with pytest.raises(DomainError, match=r"two questions.*note of this call"):
            change()

    amina.refresh_from_db()
    told = (
        amina.language,
        amina.contact_points.count(),
        PersonNeed.objects.count(),
        amina.identifiers.count(),
    )
    assert told == (("en", 2, 1, 2) if level == 300 else ("es", 1, 0, 1))


def test_a_caller_who_answered_no_questions_opens_nobodys_file(client, agent, actor_of, amina, unsure_call):
    actions.know_person(by=SYSTEM, name="Amina Rojas Soto", run="12345678-5", birth_date="1952-04-18")
    client.force_login(agent)

    masked = client.get(page(amina))
    readings = client.get(page(amina, "readings/"))

    for shown in (masked, readings):
        assert "Somebody calls as this person" in shown.text
        for secret in ("Amina", "1952", "+56911112222", "9 1111 2222", "12.345"):
            assert secret not in shown.text
    assert not Person.objects.visible_to(actor_of(agent)).exists()

    actions.identify_person(unsure_call, by=actor_of(agent), person=amina, level=300)
    assert "Amina Rojas Soto" in client.get(page(amina)).text


def test_a_change_that_is_refused_says_what_can_be_done(client, agent, amina, unsure_call):
    client.force_login(agent)

    refused = client.post(page(amina, "point-end/"), {"row": amina.contact_points.get().pk}, follow=True)

    assert refused.status_code == 403
    assert "Write what they need as a note of this call" in refused.text
    assert amina.contact_points.get().ended_at is None


def test_two_records_are_reported_compared_merged_and_taken_back(
    client, before_clerk, amina, office_supervisor
):
    same = actions.know_person(by=SYSTEM, name="Amina Rojas Zoto", phone="+56911112222")
    assert "It is this one" in client.post(page(amina, "same/"), {"text": "Amina Rojas"}).text
    client.post(page(amina, "same/"), {"other": str(same.pk)})
    pair = DuplicatePair.objects.get()

    client.force_login(office_supervisor)
    assert "Clara Fuentes said so" in client.get(f"{FIND}duplicates/").text
    shown = client.get(f"{FIND}duplicates/{pair.pk}/").text
    assert "Amina Rojas Zoto" in shown
    assert "equal" in shown
    chosen = {f"one-{name}": str(amina.pk) for name in ("survivor", "name", "commune", "language")}
    refused = client.post(f"{FIND}duplicates/{pair.pk}/one/", chosen)
    assert refused.status_code == 422
    assert "Write how you know" in refused.text
    merged = client.post(
        f"{FIND}duplicates/{pair.pk}/one/", {**chosen, "one-reason": "Misma cédula"}, follow=True
    )
    assert "Nothing was moved" in merged.text
    same.refresh_from_db()
    assert same.merged_into == amina

    address = merged.redirect_chain[-1][0]
    back = client.post(address, {"reason": "Eran madre e hija"}, follow=True)
    assert "They are two records again." in back.text
    assert client.post(address, {"reason": "Otra vez"}).status_code == 422


def test_a_colleague_who_looks_at_a_taken_pair_is_told_so(
    client, amina, office_supervisor, supervisor, actor_of
):
    same = actions.know_person(by=SYSTEM, name="Amina Rojas Zoto")
    pair = actions.suspect_pair(amina, same, by=SYSTEM)
    actions.take_pair(pair, by=actor_of(supervisor))
    client.force_login(office_supervisor)

    looked = client.get(f"{FIND}duplicates/{pair.pk}/")

    assert looked.status_code == 409
    assert "A colleague is looking into these two records right now" in looked.text


def test_the_agency_of_a_case_reads_which_records_were_joined(
    client, procedure_version, officer, other_officer, office_supervisor, actor_of
):
    case = filed_case(procedure_version)
    person = case.parties.get(role="applicant").person
    other = actions.know_person(by=SYSTEM, name="Amina R. Soto")
    actions.merge_people(other, person, by=actor_of(office_supervisor), reason="Misma cédula")

    client.force_login(officer)
    told = client.get("/en/staff/agency/merges/").text
    assert str(person.pk) in told
    assert str(other.pk) in told
    assert case.folio in told
    client.force_login(other_officer)
    assert str(person.pk) not in client.get("/en/staff/agency/merges/").text


def test_every_case_and_contact_of_a_long_history_is_reached_page_by_page(
    client, before_clerk, amina, procedure_version, django_assert_num_queries
):
    filed = {filed_case(procedure_version, identity_level=500).pk for _ in range(25)}
    contacts = set(Interaction.objects.of(amina).values_list("pk", flat=True))
    assert len(contacts) == 26

    for rows_of, expected in ((cases_of, filed), (contacts_of, contacts)):
        seen, place, is_first = [], "", True
        while place or is_first:
            with django_assert_num_queries(1):
                found = rows_of(amina, place=place, size=10)
            seen, place, is_first = seen + [row.pk for row in found.rows], found.after, False
        assert len(seen) == len(expected)
        assert set(seen) == expected


def test_the_file_leads_to_all_cases_and_contacts_and_reading_them_is_logged(
    client, before_clerk, amina, procedure_version
):
    filed = [filed_case(procedure_version, identity_level=500) for _ in range(20)]
    file = client.get(page(amina)).text

    shown = [client.get(page(amina, f"{what}/")) for what in ("cases", "contacts")]

    assert page(amina, "cases/") in file
    assert page(amina, "contacts/") in file
    assert all(case.folio in shown[0].text for case in filed)
    assert len(shown[1].context["rows"]) == 21
    assert AccessLog.objects.filter(act="open_person", person_id=amina.pk).count() == 3
