"""The screen of the retention rules, the acts of rights in the agency's workspace, and what everybody reads of them."""

import pytest
from django.urls import reverse

from accounts.actors import Actor
from config.reference.retention import load_retention_rules
from crm import actions
from crm.models import PersonExport, RedactionLog, RetentionRule
from tests.factories import catalog as sheets
from tests.factories.rights import right_case, right_sheet


@pytest.fixture
def rules(db):
    load_retention_rules()


def test_the_screen_lists_each_rule_with_what_it_would_reach(
    rules, administrator, client_of, procedure_version
):
    page = client_of(administrator).get(reverse("retention:rules"))

    assert page.status_code == 200
    assert all(rule.title_es in page.text for rule in RetentionRule.objects.all())


def test_a_rule_is_changed_with_a_reason_and_the_change_is_shown(rules, office_supervisor, client_of):
    client, address = client_of(office_supervisor), reverse("retention:rule", args=["drafts"])

    refused = client.post(address, {"days": "60", "is_active": "on", "reason": ""})
    done = client.post(address, {"days": "1.825", "is_active": "on", "reason": "Lo pidió el archivo."})

    assert (refused.status_code, done.status_code) == (422, 302)
    assert RetentionRule.objects.get(code="drafts").days == 1825
    assert "Lo pidió el archivo." in client.get(address).text


def test_the_list_costs_one_query_a_rule(rules, administrator, client_of, django_assert_max_num_queries):
    client = client_of(administrator)
    client.get(reverse("retention:rules"))

    with django_assert_max_num_queries(RetentionRule.objects.count() + 8):
        client.get(reverse("retention:rules"))


def act(case, name):
    return reverse("crm:case-act", args=[case.folio, name])


def test_an_erasure_shows_first_what_goes_what_stays_and_what_stands_in_its_way(
    rules, agency, officer, client_of, submitted_case
):
    case = right_case("suppression", agency=agency, officer=officer)
    client = client_of(officer)

    page = client.get(act(case, "erase"))
    refused = client.post(act(case, "erase"), {"revision": case.revision + 1, "sure": "on"})

    assert submitted_case.folio in page.text
    assert refused.status_code == 422
    assert submitted_case.folio in refused.text
    assert not RedactionLog.objects.exists()


def test_the_form_of_an_erasure_asks_for_each_record_that_stands_as_this_person(
    rules, agency, officer, supervisor, client_of
):
    case = right_case("suppression", agency=agency, officer=officer)
    person = case.parties.get().person
    client = client_of(officer)
    assert 'name="records"' not in client.get(act(case, "erase")).text
    other = actions.know_person(by=Actor.system(), name="Amina R.", run="5126663-3")
    actions.merge_people(other, person, by=Actor.staff(supervisor), reason="Es ella.")
    case.refresh_from_db()
    given = {"revision": case.revision, "sure": "on"}

    page = client.get(act(case, "erase")).text
    refused = [
        client.post(act(case, "erase"), {**given, "records": records}) for records in ([], [str(person.pk)])
    ]
    assert not RedactionLog.objects.exists()
    done = client.post(act(case, "erase"), {**given, "records": [str(person.pk), str(other.pk)]})

    assert "5.126.663-3" in page
    assert "Amina Rojas Soto" in page
    assert [answer.status_code for answer in refused] == [422, 422]
    assert done.status_code == 302
    assert RedactionLog.objects.count() == 1


def test_the_officer_prepares_an_export(rules, agency, officer, client_of):
    case = right_case("access", agency=agency, officer=officer)
    client = client_of(officer)
    case.refresh_from_db()

    page = client.get(reverse("crm:case", args=[case.folio]))
    done = client.post(act(case, "export"), {"revision": case.revision})

    assert act(case, "export") in page.text
    assert done.status_code == 302
    assert PersonExport.objects.get().case == case


@pytest.mark.parametrize(
    ("right", "name", "body"),
    [
        ("blocking", "block", {"reason": "Mientras se corrige.", "until": ""}),
        ("access", "extend", {"reason": "Hay papeles en tres oficinas."}),
        ("suppression", "erase", {"sure": "on"}),
    ],
)
def test_each_act_is_carried_out(right, name, body, rules, agency, officer, client_of):
    case = right_case(right, agency=agency, officer=officer)
    case.refresh_from_db()

    done = client_of(officer).post(act(case, name), {"revision": case.revision, **body})

    assert done.status_code == 302


def test_a_correction_names_a_paper_of_the_case(rules, agency, officer, client_of):
    case = right_case("rectification", agency=agency, officer=officer)
    case.refresh_from_db()
    body = {
        "revision": case.revision,
        "key": "name",
        "value": "Amina Rojas",
        "evidence": str(case.documents.get().pk),
    }

    assert client_of(officer).post(act(case, "correct"), body | {"evidence": "x"}).status_code == 422
    assert client_of(officer).post(act(case, "correct"), body).status_code == 302


def test_other_cases_offer_none_of_these_acts(rules, submitted_case, officer, client_of):
    page = client_of(officer).get(reverse("crm:case", args=[submitted_case.folio]))

    assert not any(
        act(submitted_case, name) in page.text for name in ("export", "erase", "block", "correct", "extend")
    )


def test_everybody_reads_how_long_things_are_kept_and_how_to_use_each_right(rules, agency, client):
    for right in ("access", "blocking"):
        sheets.publish(right_sheet(right), agency=agency)

    page = client.get("/es/privacidad/")

    assert all(rule.title_es in page.text for rule in RetentionRule.objects.all())
    assert "derecho-access" in page.text
    assert "derecho-blocking" in page.text


def test_the_holder_of_the_key_sees_the_papers_of_the_export(rules, agency, officer, client):
    from accounts.held import HELD_CASES, shown
    from crm import actions, tasks

    case = right_case("access", agency=agency, officer=officer)
    export = actions.ask_export(case, by=case.by)
    tasks.make_export(export_id=str(export.pk))
    export.refresh_from_db()
    address = reverse("papers:paper", args=[export.data_id])

    assert client.get(address).status_code == 404
    session = client.session
    session[HELD_CASES] = shown(case.pk)
    session.save()
    answer = client.get(address)
    assert answer.status_code == 200
    assert b"12345678-5" in b"".join(answer.streaming_content)
