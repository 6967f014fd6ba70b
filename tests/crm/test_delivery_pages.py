"""The administrators' screens of programs and of deliveries."""

import pytest
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Credential
from common import clock
from crm import actions
from crm.actions import deliveries
from crm.models import Delivery, Difference, Subscription
from tests.crm.receivers import hand_out
from tests.factories import crm

pytestmark = pytest.mark.django_db
URL = "http://127.0.0.1:1/events"


@pytest.fixture
def client(administrator, client_of):
    return client_of(administrator)


@pytest.fixture
def dead(agency, procedure_version):
    actions.subscribe(agency, by=Actor.system(), url=URL)
    case = crm.filed_case(procedure_version)
    hand_out()
    Delivery.objects.update(state="dead", settled_at=clock.now(), trouble="TimeoutError")
    return Delivery.objects.get(case=case)


def test_a_credential_is_issued_and_its_secret_shown_once(client, agency):
    given = {"name": "Sistema SRCEI", "agency": "SRCEI", "scopes": ["read", "decide"], "rate": "600"}

    shown = client.post(reverse("accounts:credential-new"), given, follow=True)

    assert "vt_" in shown.text
    assert "vt_" not in client.get(reverse("accounts:credentials")).text
    credential = Credential.objects.get()
    assert (credential.agency, credential.scopes) == (agency, ["decide", "read"])
    client.post(reverse("accounts:credential-revoke", args=[credential.pk]))
    credential.refresh_from_db()
    assert credential.revoked_at


def test_a_kiosk_is_let_in_with_a_channel_of_its_own(client):
    given = {
        "name": "Tótem",
        "scopes": ["intake"],
        "channel_code": "kiosk-nunoa",
        "channel_name": "Tótem de Ñuñoa",
        "rate": "60",
    }

    shown = client.post(reverse("accounts:credential-new"), given, follow=True)

    assert "Tótem de Ñuñoa" in shown.text
    assert Credential.objects.get().channel_id == "kiosk-nunoa"


def test_what_is_missing_of_a_credential_is_said_and_nothing_typed_is_lost(client):
    refused = client.post(
        reverse("accounts:credential-new"), {"name": "Tótem", "scopes": ["intake"], "rate": "60"}
    )

    assert refused.status_code == 422
    assert 'value="Tótem"' in refused.text
    assert not Credential.objects.exists()


def test_a_system_is_told_from_a_screen_and_its_secret_shown_once(client, agency):
    given = {"agency": "SRCEI", "url": URL, "reconcile_url": "", "is_active": "on"}

    shown = client.post(reverse("deliveries:subscription-new"), given, follow=True)

    assert "whsec_" in shown.text
    page = reverse("deliveries:subscription", args=["SRCEI"])
    assert "whsec_" not in client.get(page).text
    again = client.post(reverse("deliveries:secret-new", args=["SRCEI"]), follow=True)
    assert "whsec_" in again.text
    client.post(page, {"url": URL, "reconcile_url": "", "kinds": ["case.submitted"]})
    subscription = Subscription.objects.get()
    assert (subscription.kinds, subscription.is_active) == (["case.submitted"], False)


def test_an_address_that_may_not_be_called_is_refused_beside_it(client, agency):
    refused = client.post(
        reverse("deliveries:subscription-new"),
        {"agency": "SRCEI", "url": "http://agency.cl/x", "is_active": "on"},
    )

    assert refused.status_code == 422
    assert "http://agency.cl/x" in refused.text
    assert not Subscription.objects.exists()


def test_what_was_given_up_is_listed_owned_and_sent_again(client, administrator, dead):
    page = client.get(reverse("deliveries:list"))
    assert dead.case.folio in page.text
    assert "TimeoutError" in page.text

    client.post(reverse("deliveries:own", args=[dead.pk]))
    assert administrator.name in client.get(reverse("deliveries:list")).text
    client.post(reverse("deliveries:send-again", args=[dead.pk]))

    dead.refresh_from_db()
    assert (dead.state, dead.owner) == ("pending", administrator)
    assert dead.case.folio not in client.get(reverse("deliveries:list")).text


def test_all_of_an_agency_are_sent_again_at_once(client, dead):
    client.post(reverse("deliveries:send-all", args=["SRCEI"]))

    assert Delivery.objects.get().state == "pending"


def test_whoever_sends_again_what_was_overtaken_is_told_that_the_case_is_told_anew(
    client, dead, agency, in_english
):
    later = dead.data | {"revision": dead.data["revision"] + 1}
    Delivery.objects.create(
        agency=agency,
        case=dead.case,
        event_id=dead.case.pk,
        seq=dead.seq + 1,
        kind="case.taken",
        happened_at=dead.happened_at,
        data=later,
        state="acknowledged",
        next_at=dead.next_at,
        give_up_at=dead.give_up_at,
        settled_at=dead.settled_at,
    )

    page = client.post(reverse("deliveries:send-again", args=[dead.pk]), follow=True)

    dead.refresh_from_db()
    assert dead.state == "overtaken"
    assert "1 was overtaken by a later message: the system is told instead" in page.text
    assert "is sent again." not in page.text


def test_whoever_sends_all_again_is_told_how_many_are_left(client, dead, agency, monkeypatch):
    monkeypatch.setattr(deliveries, "MOST_AT_ONCE", 0)

    page = client.post(reverse("deliveries:send-all", args=["SRCEI"]), follow=True)

    assert "Queda 1 más: vuelva a enviar." in page.text


def test_a_difference_is_explained_or_told_again_on_its_list(client, agency, dead):
    run = actions.begin_reconciliation(agency, by=Actor.system())
    for folio, case in (("2020-0000001-1", None), (dead.case.folio, dead.case_id)):
        kind = "missing_there" if case else "missing_here"
        actions.note_difference(run, by=Actor.system(), folio=folio, kind=kind, case_id=case)
    unknown, known = Difference.objects.order_by("case_id").last(), Difference.objects.get(case=dead.case_id)
    resolve = reverse("deliveries:difference-resolve", args=[unknown.pk])

    refused = client.post(resolve, {"resolution": "noted", "note": ""})
    assert refused.status_code == 422
    client.post(resolve, {"resolution": "noted", "note": "Es de otra ventanilla."})
    client.post(reverse("deliveries:difference-resolve", args=[known.pk]), {"resolution": "sent_again"})

    unknown.refresh_from_db()
    known.refresh_from_db()
    assert {unknown.resolution, known.resolution} == {"noted", "sent_again"}
    assert Delivery.objects.filter(kind="case.restated").exists()
    assert dead.case.folio not in client.get(reverse("deliveries:differences")).text


def test_a_list_that_could_not_be_compared_stands_in_the_room_with_what_went_wrong(
    client, agency, in_english
):
    actions.subscribe(agency, by=Actor.system(), url=URL, reconcile_url=URL)
    for trouble in ("", "status 401"):
        run = actions.begin_reconciliation(agency, by=Actor.system())
        actions.end_reconciliation(run, by=Actor.system(), trouble=trouble)

    room = client.get(reverse("deliveries:list"))
    page = client.get(reverse("deliveries:subscription", args=["SRCEI"]))

    assert "Could not be compared" in room.text
    assert "It answers with the status 401" in page.text
    run = actions.begin_reconciliation(agency, by=Actor.system())
    actions.end_reconciliation(run, by=Actor.system())
    assert "Could not be compared" not in client.get(reverse("deliveries:list")).text


@pytest.mark.parametrize("page", ["accounts:credentials", "deliveries:list", "deliveries:differences"])
def test_only_administrators_open_these_rooms(officer, client_of, page):
    assert client_of(officer).get(reverse(page)).status_code == 403
