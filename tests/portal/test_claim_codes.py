"""The code given at a desk or by phone opens a case by web, once."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.actors import Actor
from crm import actions as crm
from crm.actions.claims import MOST_ATTEMPTS
from crm.models import AccessLog, ClaimCode
from events.models import Event
from offices import actions as offices
from tests.factories import mandates
from tests.factories import offices as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(submitted_case) -> str:
    return crm.issue_claim_code(submitted_case, by=Actor.system(), interaction=submitted_case.source)


def follow(client: Client, case, key: str):
    return client.post("/en/follow/", {"folio": case.folio, "key": key})


def test_a_claim_code_opens_the_case_and_leaves_a_key_to_keep(client: Client, submitted_case, code):
    opened = follow(client, submitted_case, f" {code[:4].lower()}-{code[4:]}")
    page = client.get(opened.url).text

    assert "This is your new key" in page
    new_key = client.session["new_keys"][str(submitted_case.pk)]
    assert follow(Client(), submitted_case, new_key).status_code == 302
    assert "new key" in client.get(opened.url).text  # until it is forgotten here
    client.post("/en/forget/")
    assert "new_keys" not in client.session


@pytest.mark.parametrize("channel", ["office", "phone"])
def test_a_case_filed_at_a_desk_or_by_phone_is_its_citizens_on_the_web_by_its_code(
    channel, client: Client, office, clerk, agent, actor_of, procedure_version
):
    person = crm.know_person(by=Actor.system(), name="Amina Rojas Soto", run="12345678-5")
    by = actor_of(clerk if channel == "office" else agent)
    contact = mandates.at_desk(office, by, person) if channel == "office" else mandates.on_phone(by, person)
    case = mandates.filed_in(contact, by, procedure_version)
    given = crm.issue_claim_code(case, by=by, interaction=contact)

    opened = follow(client, case, given)

    assert case.folio in client.get(opened.url).text
    kept = client.session["new_keys"][str(case.pk)]
    assert follow(Client(), case, kept).status_code == 302


def test_a_claim_code_works_once_and_an_earlier_key_stops(client: Client, submitted_case, code):
    follow(client, submitted_case, code)

    assert follow(Client(), submitted_case, code).status_code == 422
    assert follow(Client(), submitted_case, submitted_case.key).status_code == 422


def test_a_browser_that_showed_the_old_key_is_closed_when_the_key_is_renewed(submitted_case, code):
    old, new = Client(), Client()
    follow(old, submitted_case, submitted_case.key)
    address = reverse("portal:case", args=[submitted_case.folio])
    assert old.get(address).status_code == 200

    assert follow(new, submitted_case, code).status_code == 302

    assert old.get(address).status_code != 200
    assert new.get(address).status_code == 200


def test_a_claim_code_bears_few_wrong_guesses(client: Client, submitted_case, code):
    for guess in range(MOST_ATTEMPTS):
        cache.clear()  # the limit of a quarter of an hour is tested elsewhere
        assert follow(client, submitted_case, f"2222222{'23456789ABCDEFGH'[guess % 16]}").status_code == 422

    assert follow(client, submitted_case, code).status_code == 422
    assert ClaimCode.objects.get().revoked_at is not None
    assert Event.objects.filter(kind="case.claim_code_spoilt", subject_id=submitted_case.pk).count() == 1
    opened = follow(client, submitted_case, submitted_case.key)
    assert "somebody tried it wrongly too many times" in client.get(opened.url).text.replace("&#x27;", "'")


def test_an_officer_gives_a_code_to_whoever_showed_their_card(client: Client, submitted_case, officer):
    client.force_login(officer)
    address = f"/en/staff/agency/{submitted_case.folio}/code/"
    refused = client.post(address, {"revision": submitted_case.revision})
    assert refused.status_code == 422
    assert "Ask for the identity card first" in refused.text

    page = client.post(
        address, {"revision": submitted_case.revision, "document_seen": "on"}, follow=True
    ).text

    given = re.search(r"within thirty days: ([2-9A-Z]{8})", page)
    assert given, page
    assert follow(Client(), submitted_case, given[1]).status_code == 302
    assert AccessLog.objects.filter(act="claim_code", case_id=submitted_case.pk, actor_id=officer.pk).exists()


def test_a_clerk_gives_a_code_only_once_the_card_was_seen(
    client: Client, submitted_case, office, clerk, actor_of
):
    by, ticket = actor_of(clerk), make.serving(office, clerk)
    person = submitted_case.parties.get(role="applicant").person
    contact = ticket.visit.interaction
    crm.identify_person(contact, by=by, person=person, level=100)
    matter = offices.add_matter(ticket.visit, by=by, case=submitted_case)
    client.force_login(clerk)
    with translation.override("en"):
        address = reverse("offices:matter-code", args=[ticket.visit.pk, matter.pk])

    assert "Ask for the identity card first" in client.post(address, follow=True).text
    crm.identify_person(contact, by=by, person=person, level=500)
    page = client.post(address, follow=True).text

    given = re.search(r"(?:within thirty days|treinta días): ([2-9A-Z]{8})", page)
    assert given, page
    assert follow(Client(), submitted_case, given[1]).status_code == 302
