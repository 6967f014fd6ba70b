"""What agencies' systems are told: each event once in effect, in order, signed, without personal data; nothing is given up in silence."""

import json
import socket
import time
from datetime import timedelta
from threading import Thread

import pytest
from celery import current_app
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.models import Role
from common import clock
from common.errors import DomainError, NotAllowed
from crm import actions, tasks
from crm.actions.deliveries import waiting_time
from crm.events import MOVES_A_STATE, TOLD_TO_AGENCIES
from crm.handing_over import claimed_agency, cloud_event
from crm.models import (
    Case,
    CaseState,
    Delivery,
    DeliveryState,
    Difference,
    Reconciliation,
    Subscription,
    Task,
)
from crm.queries import deliveries as lists
from crm.queries.agency_api import state_hash
from crm.tasks.deliveries import MOST_DIFFERENCES
from events.models import Event
from integrations.agency import AgencyRefused, AgencyUnavailable, memory
from integrations.agency.http import HttpAgency
from integrations.agency.signing import SignatureWrong, verify
from tests.crm.programs import program_of
from tests.crm.receivers import hand_out, no_pause, receiver, tell
from tests.factories import accounts as people
from tests.factories import crm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
URL = "http://127.0.0.1:1/events"


@pytest.fixture
def in_memory(settings):
    settings.AGENCY_CLIENT = "memory"
    memory.forget()
    yield memory
    memory.forget()


def subscribed(agency, **more):
    return actions.subscribe(agency, by=Actor.system(), url=URL, **more)


def states():
    return list(Delivery.objects.order_by("seq").values_list("state", flat=True))


def test_an_agency_s_system_is_told_over_http_what_happened_to_its_cases(
    agency, procedure_version, officer, actor_of
):
    with receiver(agency) as example:
        case = crm.filed_case(procedure_version)
        actions.take_stage(case.stages.get(), by=actor_of(officer))
        tell(agency)

    told = example.register.cases[case.folio]
    assert (told["case_state"], told["stages"][0]["state"]) == ("in_review", "in_review")
    assert example.register.out_of_order == 0
    assert states() == ["acknowledged", "acknowledged"]


def test_a_message_is_a_cloud_event_with_codes_and_ids_only(agency, procedure_version, in_memory):
    subscribed(agency)
    case = crm.filed_case(procedure_version)
    tell(agency)

    _url, body, headers = memory.taken[0]
    message = json.loads(body)
    assert headers["Content-Type"] == "application/cloudevents+json"
    assert {"specversion", "id", "source", "type", "subject", "time"} <= set(message)
    assert (message["specversion"], message["type"], message["subject"]) == (
        "1.0",
        "cl.ventanilla.case.submitted",
        case.folio,
    )
    assert set(message["data"]) == {"folio", "agency", "case_state", "revision", "stages", "state_hash"}
    assert not any(word in body.decode() for word in ("Amina", "Rojas", "12345678", "amina@", "987654321"))


def test_a_message_is_signed_with_a_secret_that_lies_nowhere(agency, procedure_version, in_memory):
    from crm.queries.deliveries import signing_secrets

    subscription = subscribed(agency)
    crm.filed_case(procedure_version)
    tell(agency)

    _url, body, headers = memory.taken[0]
    secret = signing_secrets(subscription)[0]
    assert verify(secret, headers, body, at=int(time.time())) == json.loads(body)["id"]
    with pytest.raises(SignatureWrong):
        verify(secret, headers, body + b" ", at=int(time.time()))
    with pytest.raises(SignatureWrong):
        verify(secret, headers, body, at=int(time.time()) + 400)
    assert secret not in str(list(Subscription.objects.values()))


def test_while_a_secret_is_changed_both_sign(agency, procedure_version, in_memory):
    from crm.queries.deliveries import signing_secrets

    old = signing_secrets(subscribed(agency))[0]
    subscription = actions.change_secret(Subscription.objects.get(), by=Actor.system())
    crm.filed_case(procedure_version)
    tell(agency)

    _url, body, headers = memory.taken[0]
    for secret in (old, signing_secrets(subscription)[0]):
        verify(secret, headers, body, at=int(time.time()))
    with clock.frozen(clock.now() + timedelta(days=3)):
        assert signing_secrets(subscription, clock.now()) == [signing_secrets(subscription)[0]]


def test_an_agency_that_is_not_subscribed_or_wants_other_kinds_is_told_nothing(
    agency, other_agency, procedure_version, in_memory
):
    subscribed(other_agency)
    subscribed(agency, kinds=["case.withdrawn"])
    crm.filed_case(procedure_version)
    tell(agency)

    assert Delivery.objects.count() == 0


def test_an_event_handed_over_twice_is_one_message(agency, procedure_version, in_memory):
    subscribed(agency)
    crm.filed_case(procedure_version)
    hand_out()
    event = Delivery.objects.get().event_id

    tasks.prepare_deliveries(event_ids=[str(event)])

    assert Delivery.objects.count() == 1


def test_the_later_message_of_a_case_waits_for_the_earlier(
    agency, procedure_version, in_memory, officer, actor_of
):
    subscribed(agency)
    first = crm.filed_case(procedure_version)
    actions.take_stage(first.stages.get(), by=actor_of(officer))
    memory.refusing.add(URL)
    tell(agency)
    other = crm.filed_case(procedure_version, applicant_run="5126663-3")
    memory.refusing.clear()
    tell(agency)

    assert [json.loads(body)["subject"] for _url, body, _headers in memory.taken] == [other.folio]
    no_pause()
    tell(agency)
    kinds = [json.loads(body)["type"].removeprefix("cl.ventanilla.") for _url, body, _headers in memory.taken]
    assert kinds == ["case.submitted", "case.submitted", "case.taken"]


def test_a_system_that_is_away_rests_and_costs_one_attempt_a_pause(agency, procedure_version, in_memory):
    subscribed(agency)
    for run in ("12345678-5", "5126663-3", "7654321-6"):
        crm.filed_case(procedure_version, applicant_run=run)
    memory.away.add(URL)

    tell(agency)
    tell(agency)

    assert sorted(states()) == ["failed", "pending", "pending"]
    assert Subscription.objects.get().failures == 1
    memory.away.clear()
    no_pause()
    tell(agency)
    assert states() == ["acknowledged"] * 3
    assert Subscription.objects.get().failures == 0


def test_a_dead_system_keeps_no_folio_back_and_is_no_state_of_a_case(agency, procedure_version, in_memory):
    subscribed(agency)
    memory.away.add(URL)
    case = crm.filed_case(procedure_version)
    assert case.folio
    tell(agency)
    with clock.frozen(clock.now() + timedelta(hours=48, minutes=1)):
        tasks.sweep_deliveries()

    again = Case.objects.get()
    assert states() == ["dead"]
    assert (again.folio, again.state, again.revision) == (case.folio, CaseState.SUBMITTED, case.revision)
    assert again.stages.get().state == "received"
    assert set(DeliveryState).isdisjoint(CaseState)


def test_one_agency_s_dead_system_holds_no_other(agency, other_agency, procedure_version, in_memory):
    other = "http://127.0.0.1:2/events"
    subscribed(agency)
    actions.subscribe(other_agency, by=Actor.system(), url=other)
    case = crm.filed_case(procedure_version)
    case.stages.create(agency=other_agency, order=2, state="waiting", state_since=clock.now())
    memory.away.add(URL)

    tell(agency)
    tell(other_agency)

    assert [url for url, _body, _headers in memory.taken] == [other]


def test_a_message_whose_worker_was_lost_is_sent_again_after_a_minute(agency, procedure_version, in_memory):
    subscribed(agency)
    crm.filed_case(procedure_version)
    hand_out()
    assert (
        actions.claim_delivery(agency.pk, by=Actor.system()) is not None
    )  # and nothing more: the worker is gone

    tell(agency)
    assert states() == ["sent"]
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        tell(agency)

    assert states() == ["acknowledged"]
    assert len(memory.taken) == 1


def test_waits_grow_to_an_hour_and_are_drawn_at_random():
    drawn = [waiting_time(times) for times in range(1, 40)]

    assert max(drawn[:1]) <= 5
    assert max(drawn) <= 3600
    assert len(set(drawn)) == len(drawn)


def test_after_two_days_a_message_is_given_up_aloud_and_can_be_sent_again(
    agency, procedure_version, in_memory, administrator, actor_of, caplog
):
    subscribed(agency)
    case = crm.filed_case(procedure_version)
    memory.away.add(URL)
    tell(agency)

    with clock.frozen(clock.now() + timedelta(hours=48, minutes=1)):
        tasks.sweep_deliveries()
        assert states() == ["dead"]
        assert "deliveries_given_up" in caplog.text
        memory.away.clear()
        assert actions.send_all_again(agency, by=actor_of(administrator)).again == 1
        tell(agency)

    assert states() == ["acknowledged"]
    assert json.loads(memory.taken[0][1])["subject"] == case.folio


def test_what_was_acknowledged_long_ago_is_forgotten_and_what_was_given_up_is_kept(
    agency, procedure_version, in_memory
):
    subscribed(agency)
    for number in range(3):
        with clock.frozen(clock.now() - timedelta(days=100 - 20 * number)):
            crm.filed_case(procedure_version)
            tell(agency)
    with clock.frozen(clock.now() - timedelta(days=99)):
        crm.filed_case(procedure_version)
        memory.away.add(URL)
        tell(agency)
    tasks.sweep_deliveries()

    tasks.forget_deliveries()

    assert sorted(states()) == ["acknowledged", "acknowledged", "dead"]


@pytest.fixture
def given_up_between(agency, submitted_case, officer, actor_of):
    """A running receiver that refused one message of a case for two days; what is done next is told it."""
    with receiver(agency) as example:
        tell(agency)
        example.trouble = "400"
        actions.take_stage(submitted_case.stages.get(), by=actor_of(officer))
        tell(agency)
        Delivery.objects.unsettled().update(
            give_up_at=clock.now() - timedelta(seconds=1), next_at=clock.now()
        )
        actions.give_up_deliveries(by=Actor.system())
        example.trouble = ""
        yield example


def grant(case, by):
    actions.decide_stage(case.stages.get(), by=by, decision="granted", reason="")


def test_what_later_messages_of_its_case_overtook_is_told_anew_and_takes_the_agency_not_back(
    given_up_between, agency, submitted_case, officer, administrator, actor_of
):
    grant(submitted_case, actor_of(officer))
    tell(agency)
    before = given_up_between.register.cases[submitted_case.folio]["revision"]

    sent = actions.send_all_again(agency, by=actor_of(administrator))
    tell(agency)

    assert (sent.again, sent.anew) == (0, 1)
    assert states() == ["acknowledged", "overtaken", "acknowledged", "acknowledged"]
    assert Delivery.objects.latest("id").kind == "case.restated"
    assert given_up_between.register.cases[submitted_case.folio]["revision"] == before
    assert given_up_between.register.out_of_order == 0


def test_what_is_on_its_way_overtakes_too(
    given_up_between, agency, submitted_case, officer, administrator, actor_of
):
    grant(submitted_case, actor_of(officer))
    hand_out()
    actions.claim_delivery(agency.pk, by=Actor.system())

    sent = actions.send_all_again(agency, by=actor_of(administrator))

    assert (sent.again, sent.anew) == (0, 1)


def test_what_still_waits_overtakes_nothing_and_follows(
    given_up_between, agency, submitted_case, officer, administrator, actor_of
):
    grant(submitted_case, actor_of(officer))
    hand_out()

    sent = actions.send_all_again(agency, by=actor_of(administrator))
    tell(agency)

    assert (sent.again, sent.anew) == (1, 0)
    assert given_up_between.register.out_of_order == 0
    assert given_up_between.register.cases[submitted_case.folio]["case_state"] == "granted"


def test_what_overtook_a_message_is_known_however_long_ago_it_was(
    given_up_between, agency, submitted_case, officer, administrator, actor_of
):
    grant(submitted_case, actor_of(officer))
    tell(agency)
    actions.forget_deliveries(by=Actor.system(), before=clock.now() + timedelta(days=1))

    assert actions.send_all_again(agency, by=actor_of(administrator)).anew == 1
    assert actions.forget_deliveries(by=Actor.system(), before=clock.now() + timedelta(days=1)) == 2


def test_a_case_told_anew_waits_for_the_message_of_what_happened_last_in_it(
    agency, submitted_case, officer, administrator, actor_of
):
    with receiver(agency) as example:
        tell(agency)
        example.trouble = "400"
        actions.take_stage(submitted_case.stages.get(), by=actor_of(officer))
        tell(agency)
        actions.note_case(
            submitted_case, by=actor_of(officer), text="Llamar."
        )  # raises the revision, and is not told
        example.trouble = ""
        Delivery.objects.unsettled().update(next_at=clock.now() + timedelta(hours=1))

        actions.restate_case(submitted_case, agency, by=actor_of(administrator))
        tell(agency)
        waits = Delivery.objects.get(kind="case.restated").state
        no_pause()
        tell(agency)

    assert waits == "pending"
    assert example.register.out_of_order == 0
    assert not Delivery.objects.unsettled().exists()


def test_while_a_message_is_sent_again_no_worker_takes_a_later_one_of_its_case(
    given_up_between, agency, submitted_case, officer, administrator, actor_of
):
    grant(submitted_case, actor_of(officer))
    hand_out()

    with CaptureQueriesContext(connection) as asked:
        actions.send_all_again(agency, by=actor_of(administrator))

    locks = [one["sql"] for one in asked if "FOR UPDATE" in one["sql"] and "crm_delivery" in one["sql"]]
    looked = next(number for number, one in enumerate(asked) if "EXISTS" in one["sql"])
    assert len(locks) == 2
    assert all(one["sql"] not in locks for one in asked.captured_queries[looked:])


def test_what_is_old_is_forgotten_page_by_page(agency, procedure_version, in_memory):
    subscribed(agency)
    for _ in range(3):
        crm.filed_case(procedure_version)
    tell(agency)

    before = clock.now()
    counts = [actions.forget_deliveries(by=Actor.system(), before=before, most=2) for _ in range(3)]

    assert counts == [2, 1, 0]


def test_only_administrators_look_after_deliveries(agency, procedure_version, officer, actor_of, in_memory):
    by = actor_of(officer)
    subscription = subscribed(agency)
    for act in (
        lambda: actions.subscribe(agency, by=by, url=URL),
        lambda: actions.change_secret(subscription, by=by),
        lambda: actions.send_all_again(agency, by=by),
        lambda: actions.send_again([], by=by),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize(
    "url",
    [
        "http://agency.cl/events",
        "https://user:word@agency.cl/events",
        "https://localhost/events",
        "ftp://agency.cl/",
        "https://",
        "//agency.cl",
        "https://[::1",
        "https://sistema..agencia.cl/events",
        "https://.agencia.cl/events",
        f"https://{'a' * 64}.cl/events",
        f"https://{'a.' * 130}cl/events",
        "https://sis tema.agencia.cl/events",
    ],
)
def test_only_https_addresses_by_names_that_can_be_are_told(agency, url):
    with pytest.raises(DomainError, match="https"):
        actions.subscribe(agency, by=Actor.system(), url=url)


def test_a_name_that_stands_for_nothing_is_said_and_not_taken_for_a_bad_list(
    agency, procedure_version, monkeypatch
):
    def no_such_name(*args, **more):
        raise UnicodeError("label empty or too long")

    url = "https://srcei.example.cl/"
    actions.subscribe(agency, by=Actor.system(), url=url, reconcile_url=url)
    crm.filed_case(procedure_version)
    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)

    tell(agency)
    with pytest.raises(AgencyUnavailable):
        tasks.reconcile_agency(agency_id=agency.pk)

    assert (Delivery.objects.get().state, Delivery.objects.get().trouble) == ("failed", "no such name")
    assert Reconciliation.objects.get().trouble == "no such name"


def test_an_address_that_was_kept_before_it_would_be_refused_says_so(agency, procedure_version):
    url = "https://srcei.example.cl/"
    actions.subscribe(agency, by=Actor.system(), url=url, reconcile_url=url)
    wrong = "https://srcei..example.cl/"
    Subscription.objects.update(url=wrong, reconcile_url=wrong)
    crm.filed_case(procedure_version)

    tell(agency)
    tasks.reconcile_agency(agency_id=agency.pk)

    assert (Delivery.objects.get().state, Delivery.objects.get().trouble) == ("failed", "address")
    assert Reconciliation.objects.get().trouble == "address"


@pytest.mark.parametrize(
    "host", ["10.0.0.8", "169.254.169.254", "127.0.0.1", "192.168.1.1", "::1", "fd00::1", "100.64.0.1"]
)
def test_a_name_that_leads_into_a_private_network_is_not_followed(host, monkeypatch):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = [(family, socket.SOCK_STREAM, 6, "", (host, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: found)

    with pytest.raises(AgencyRefused, match="private"):
        HttpAgency().send("https://agency.example.cl/events", b"{}", {})


def test_every_state_of_a_delivery_has_its_way_on():
    from crm.models.delivery import NEXT

    assert set(NEXT) == set(DeliveryState)
    assert NEXT[DeliveryState.ACKNOWLEDGED] == frozenset()


def test_the_same_message_is_the_same_bytes_each_time(agency, procedure_version, in_memory):
    subscribed(agency)
    crm.filed_case(procedure_version)
    hand_out()
    delivery = Delivery.objects.get()

    assert cloud_event(delivery) == cloud_event(Delivery.objects.get())


# --- comparing lists -------------------------------------------------------------------------------
def later():
    return clock.frozen(clock.now() + timedelta(minutes=11))  # what changed lately is not compared yet


def test_lists_that_agree_leave_nothing(agency, procedure_version):
    with receiver(agency) as example:
        crm.filed_case(procedure_version)
        tell(agency)
        tasks.reconcile_agency(agency_id=agency.pk)

        run = Reconciliation.objects.get()
        assert (run.theirs, run.ours, run.found, run.trouble) == (1, 1, 0, "")
        assert example.register.cases
    assert not Difference.objects.exists()


def test_what_differs_is_found_on_both_sides_and_goes_when_it_is_mended(
    agency, procedure_version, in_memory, administrator, actor_of
):
    subscribed(agency, reconcile_url=URL)
    cases = [
        crm.filed_case(procedure_version, applicant_run=run)
        for run in ("12345678-5", "5126663-3", "7654321-6")
    ]
    tell(agency)
    right = {case.folio: state_hash(case.folio, [(1, "received")]) for case in cases}
    theirs = [
        {"folio": cases[0].folio, "state_hash": right[cases[0].folio]},
        {"folio": cases[1].folio, "state_hash": "0" * 64},
        {"folio": "2020-0000001-1", "state_hash": "1" * 64},
    ]
    memory.listed[URL] = json.dumps({"items": theirs, "next": None}).encode()

    with later():
        tasks.reconcile_agency(agency_id=agency.pk)
        tasks.reconcile_agency(agency_id=agency.pk)
        found = dict(Difference.objects.values_list("folio", "kind"))
        assert found == {
            cases[1].folio: "other_state",
            cases[2].folio: "missing_there",
            "2020-0000001-1": "missing_here",
        }
        missing = Difference.objects.get(kind="missing_there")
        actions.resolve_difference(missing, by=actor_of(administrator), resolution="sent_again")
        tell(agency)
        assert json.loads(memory.taken[-1][1])["type"] == "cl.ventanilla.case.restated"
        with pytest.raises(DomainError, match="explained"):
            actions.resolve_difference(
                Difference.objects.get(kind="missing_here"),
                by=actor_of(administrator),
                resolution="sent_again",
            )
        whole = [{"folio": folio, "state_hash": mark} for folio, mark in right.items()]
        memory.listed[URL] = json.dumps({"items": whole, "next": None}).encode()
        clock.move(clock.now() + timedelta(days=1))
        tasks.reconcile_agency(agency_id=agency.pk)

    assert sorted(Difference.objects.values_list("resolution", flat=True)) == ["gone", "gone", "sent_again"]


@pytest.mark.parametrize(
    "listed",
    [
        b"",
        b"[]",
        b'{"items": 3}',
        b'{"items": [1]}',
        b'{"items": [], "next": "x"}',
        b'{"items": [], "next": "\\ud800"}',
        b'{"items": [{"state_hash": "0"}]}',
        b'{"items": [{"folio": " ", "state_hash": "0"}]}',
        b'{"items": [{"folio": null, "state_hash": "0"}]}',
    ],
)
def test_a_list_that_can_not_be_read_resolves_nothing(agency, procedure_version, in_memory, listed):
    subscribed(agency, reconcile_url=URL)
    memory.listed[URL] = memory.listed[f"{URL}?cursor=x"] = listed
    tasks.reconcile_agency(agency_id=agency.pk)

    assert Reconciliation.objects.get().trouble in {"unreadable list", "list without an end"}


@pytest.mark.parametrize(
    ("folio", "kept"),
    [
        ("OF. 45/2026", "OF. 45/2026"),
        ("Ñ-1", "Ñ-1"),
        (4521, "4521"),
        ("A\0B\ud800\u202e", "A\ufffdB\ufffd\ufffd"),
        ("9" * 41, f"{'9' * 39}…"),
    ],
)
def test_a_number_of_their_own_is_a_difference_and_spoils_nothing(
    agency, procedure_version, in_memory, folio, kept
):
    subscribed(agency, reconcile_url=URL)
    case = crm.filed_case(procedure_version)
    tell(agency)
    right = {"folio": case.folio, "state_hash": state_hash(case.folio, [(1, "received")])}
    own = {"folio": folio, "state_hash": "\0 what they like, at length" * 9}
    memory.listed[URL] = json.dumps({"items": [own, right], "next": None}).encode()

    with later():
        tasks.reconcile_agency(agency_id=agency.pk)

    assert Reconciliation.objects.get().trouble == ""
    assert list(Difference.objects.values_list("folio", "kind")) == [(kept, "missing_here")]


def test_a_list_that_goes_round_in_circles_ends(agency, procedure_version, in_memory):
    subscribed(agency, reconcile_url=URL)
    memory.listed[URL] = memory.listed[f"{URL}?cursor=b"] = b'{"items": [], "next": "a"}'
    memory.listed[f"{URL}?cursor=a"] = b'{"items": [], "next": "b"}'
    tasks.reconcile_agency(agency_id=agency.pk)

    assert Reconciliation.objects.get().trouble == "list without an end"


def test_a_list_that_takes_longer_than_half_an_hour_ends(agency, procedure_version, in_memory, monkeypatch):
    subscribed(agency, reconcile_url=URL)
    asked = []

    def slowly(_self, url, _headers):
        asked.append(url)
        clock.move(clock.now() + timedelta(minutes=1))
        return json.dumps({"items": [], "next": str(len(asked))}).encode()

    monkeypatch.setattr(memory.MemoryAgency, "fetch", slowly)
    with clock.frozen(clock.now()):
        tasks.reconcile_agency(agency_id=agency.pk)

    assert Reconciliation.objects.get().trouble == "slow list"
    assert len(asked) == 30


def test_a_list_that_differs_in_very_many_cases_is_one_trouble_and_one_task(
    agency, procedure_version, in_memory
):
    subscribed(agency, reconcile_url=URL)
    strange = [{"folio": f"2020-{number:07d}-1", "state_hash": "1"} for number in range(300)]
    memory.listed[URL] = json.dumps({"items": strange}).encode()
    for _night in range(2):
        tasks.reconcile_agency(agency_id=agency.pk)

    assert {one.trouble for one in Reconciliation.objects.all()} == {"too many differences"}
    assert Difference.objects.count() == MOST_DIFFERENCES
    assert Task.objects.filter(key__startswith="comparison:", state="open").count() == 1
    memory.listed[URL] = b'{"items": []}'
    tasks.reconcile_agency(agency_id=agency.pk)
    assert not Task.objects.filter(key__startswith="comparison:", state="open").exists()
    assert set(Difference.objects.values_list("resolution", flat=True)) == {"gone"}


def test_a_list_that_can_not_be_compared_is_the_chief_s_who_reads_whom_to_tell_and_why_in_their_language(
    agency, in_memory, client_of
):
    chief = people.staff("Rosa Chef", Role.CHIEF, agency=agency)
    subscribed(agency, reconcile_url=URL)
    memory.listed[URL] = b"no list"
    tasks.reconcile_agency(agency_id=agency.pk)
    task = Task.objects.get()

    page = client_of(chief).get(f"/en/staff/tasks/{task.pk}/")

    assert task.owner == chief
    assert "Tell whoever runs that system" in page.text
    assert "What it answers is no list that can be read" in page.text
    assert "unreadable list" not in task.what
    spanish = client_of(chief).get(f"/es/staff/tasks/{task.pk}/")
    assert "unreadable list" not in spanish.text


def test_an_explained_difference_is_not_found_anew_and_its_task_ends(
    agency, procedure_version, in_memory, administrator, actor_of
):
    subscribed(agency, reconcile_url=URL)
    listed = [{"folio": "2020-0000001-1", "state_hash": "1"}]
    memory.listed[URL] = json.dumps({"items": listed}).encode()
    tasks.reconcile_agency(agency_id=agency.pk)
    found = Event.objects.get(kind="difference.found")
    with CaptureQueriesContext(connection) as asked:
        tasks.open_tasks(event_ids=[str(found.pk)])
    assert Task.objects.get().state == "open"
    looked = next(one["sql"] for one in asked if 'FROM "crm_difference"' in one["sql"])
    assert "FOR UPDATE" in looked  # whoever resolves it meanwhile waits, and ends the task

    actions.resolve_difference(
        Difference.objects.get(), by=actor_of(administrator), resolution="noted", note="Of before 2021."
    )
    assert Task.objects.get().state == "done"
    tasks.reconcile_agency(agency_id=agency.pk)
    assert Difference.objects.count() == 1

    listed[0]["state_hash"] = "2"
    memory.listed[URL] = json.dumps({"items": listed}).encode()
    tasks.reconcile_agency(agency_id=agency.pk)
    assert Difference.objects.count() == 2


def test_an_explanation_holds_until_a_whole_comparison_does_not_find_the_difference(
    agency, in_memory, administrator, actor_of
):
    subscribed(agency, reconcile_url=URL)
    nights = iter(range(1, 10))

    def compare(answer):
        memory.listed[URL] = answer
        with clock.frozen(clock.now() + timedelta(days=next(nights))):
            tasks.reconcile_agency(agency_id=agency.pk)
        return Difference.objects.count()

    differs = json.dumps({"items": [{"folio": "2020-0000001-1", "state_hash": "1"}]}).encode()
    agrees, unreadable = json.dumps({"items": []}).encode(), b"no list"
    compare(differs)
    actions.resolve_difference(
        Difference.objects.get(), by=actor_of(administrator), resolution="noted", note="Se estaban mudando."
    )

    still = [compare(answer) for answer in (differs, differs, unreadable, differs)]
    compare(agrees)
    again = compare(differs)

    assert still == [1, 1, 1, 1]
    assert again == 2
    assert Difference.objects.latest("first_at").resolution == ""
    assert Event.objects.filter(kind="difference.found").count() == 2


@pytest.fixture
def differing(agency, submitted_case, in_memory):
    """A case that the agency's system has as received, and we in review; and the task about that."""
    subscribed(agency, reconcile_url=URL)
    named(submitted_case)
    submitted_case.stages.update(state="in_review")
    with later():
        tasks.reconcile_agency(agency_id=agency.pk)
    tasks.open_tasks(event_ids=[str(Event.objects.get(kind="difference.found").pk)])
    return Difference.objects.get()


@pytest.mark.parametrize("finish", [actions.finish_task, actions.cancel_task])
def test_the_task_about_a_difference_is_not_ended_without_it(differing, officer, actor_of, finish):
    said = "outcome" if finish is actions.finish_task else "reason"

    with pytest.raises(DomainError, match="once the difference is resolved"):
        finish(Task.objects.get(), by=actor_of(officer), **{said: "Ya lo vi."})

    assert Task.objects.get().is_open


def test_a_difference_whose_task_was_finished_by_hand_in_former_days_has_a_new_one_while_it_is_found(
    differing, agency
):
    Task.objects.update(state="done", ended_at=clock.now())

    with later():
        for _night in range(2):
            tasks.reconcile_agency(agency_id=agency.pk)

    assert Task.objects.open().get().difference_id == differing.pk
    assert (Task.objects.count(), Difference.objects.count()) == (2, 1)


def test_an_officer_reads_what_each_side_holds_and_resolves_it_where_the_task_is(
    differing, officer, client_of
):
    client, task = client_of(officer), Task.objects.get()
    page = f"/en/staff/tasks/{task.pk}/"

    shown = client.get(page)
    refused = client.post(f"{page}resolve/", {"revision": task.revision, "resolution": "noted", "note": " "})
    client.post(f"{page}resolve/", {"revision": task.revision, "resolution": "noted", "note": "Es otro."})

    assert "<dd>Being reviewed</dd>" in shown.text
    assert "<dd>Received<p" in shown.text
    assert f"{page}finish/" not in shown.text
    assert refused.status_code == 422
    assert "Write how it is explained." in refused.text
    differing.refresh_from_db()
    task.refresh_from_db()
    assert (differing.resolution, differing.note, differing.resolved_by) == ("noted", "Es otro.", officer)
    assert (task.state, task.ended_by) == ("done", officer)
    assert client.get(page).status_code == 200


def test_an_officer_tells_their_agency_s_system_again_and_the_task_ends(
    differing, agency, officer, client_of
):
    task = Task.objects.get()

    given = {"revision": task.revision, "resolution": "sent_again"}
    client_of(officer).post(f"/en/staff/tasks/{task.pk}/resolve/", given)
    tell(agency)

    assert any(
        json.loads(body)["type"] == "cl.ventanilla.case.restated" for _url, body, _head in memory.taken
    )
    assert Task.objects.get().state == "done"


@pytest.mark.parametrize(
    ("folio", "their_hash", "ours", "theirs"),
    [
        ("OF. 45/2026", "x", "No case with this folio", "A state that can not be made out"),
        (None, "x", "Received", "A state that can not be made out"),
        (None, "", "Received", "Its list does not name it"),
    ],
)
def test_where_one_side_has_nothing_the_task_says_so(
    agency, submitted_case, officer, client_of, folio, their_hash, ours, theirs
):
    run = actions.begin_reconciliation(agency, by=Actor.system())
    case = None if folio else submitted_case
    kind = "missing_here" if folio else "other_state" if their_hash else "missing_there"
    actions.note_difference(
        run,
        by=Actor.system(),
        folio=folio or submitted_case.folio,
        kind=kind,
        case_id=case and case.pk,
        theirs=their_hash,
    )
    tasks.open_tasks(event_ids=[str(Event.objects.get(kind="difference.found").pk)])

    page = client_of(officer).get(f"/en/staff/tasks/{Task.objects.get().pk}/")

    assert (folio or submitted_case.folio) in page.text
    assert f"<dd>{ours}</dd>" in page.text
    assert f"<dd>{theirs}" in page.text
    assert ("Tell them again" in page.text) == (folio is None)


def test_a_difference_is_seen_and_resolved_by_its_agency_s_officers_and_by_administrators_alone(
    differing, agency, other_officer, officer, administrator, clerk, actor_of, client_of
):
    program = Actor.agency(program_of(agency).credential)
    may = {who: actor_of(who) for who in (officer, administrator)}
    may_not = [actor_of(other_officer), actor_of(clerk), program, Actor.visitor()]
    address = f"/en/staff/tasks/{Task.objects.get().pk}/"

    for by in may.values():
        assert Difference.objects.visible_to(by).exists()
    for by in may_not:
        assert not Difference.objects.visible_to(by).exists()
        with pytest.raises(NotAllowed):
            actions.resolve_difference(differing, by=by, resolution="noted", note="No es mía.")
        with pytest.raises(NotAllowed):
            actions.restate_case(differing.case, agency, by=by)
    given = {"revision": 1, "resolution": "noted", "note": "No es mía."}
    assert client_of(other_officer).get(address).status_code == 404
    assert client_of(other_officer).post(f"{address}resolve/", given).status_code == 404
    differing.refresh_from_db()
    assert differing.resolution == ""


def test_a_difference_found_twice_before_its_task_was_opened_has_one(agency, submitted_case, in_memory):
    run = actions.begin_reconciliation(agency, by=Actor.system())
    told = {"folio": submitted_case.folio, "kind": "other_state", "case_id": submitted_case.pk}
    for _time in range(2):
        actions.note_difference(run, by=Actor.system(), **told, ours="a", theirs="b")

    tasks.open_tasks(event_ids=[str(Event.objects.get(kind="difference.found").pk)])

    assert Task.objects.get().case == submitted_case


def test_of_two_comparisons_at_once_one_opens_the_task_anew(transactional_db, agency, submitted_case):
    told = {"folio": submitted_case.folio, "kind": "other_state", "case_id": submitted_case.pk}
    first = actions.begin_reconciliation(agency, by=Actor.system())
    actions.note_difference(first, by=Actor.system(), **told, ours="a", theirs="b")

    def beside():
        try:
            run = actions.begin_reconciliation(agency, by=Actor.system())
            actions.note_difference(run, by=Actor.system(), **told, ours="a", theirs="b")
        finally:
            connections.close_all()

    both = [Thread(target=beside) for _number in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert Task.objects.open().count() == 1


def named(*cases):
    """Let an agency's list name these cases, in the state in which they were received."""
    marks = {case.folio: state_hash(case.folio, [(1, "received")]) for case in cases}
    items = [{"folio": folio, "state_hash": mark} for folio, mark in marks.items()]
    memory.listed[URL] = json.dumps({"items": items}).encode()


def restated():
    """Do what a worker does once a subscription was changed: at least once."""
    events = Event.objects.filter(kind="subscription.changed").values_list("pk", flat=True)
    for _again in range(2):
        tasks.restate_cases(event_ids=[str(pk) for pk in events])


def test_a_case_of_which_an_agency_was_never_told_is_compared_too(agency, procedure_version, in_memory):
    actions.subscribe(agency, by=Actor.system(), url=URL, reconcile_url=URL, is_active=False)
    case = crm.filed_case(procedure_version)
    hand_out()
    Subscription.objects.update(is_active=True)
    named()

    with later():
        tasks.reconcile_agency(agency_id=agency.pk)

    assert not Delivery.objects.exists()
    assert list(Difference.objects.values_list("folio", "kind")) == [(case.folio, "missing_there")]
    assert Reconciliation.objects.get().ours == 1


@pytest.mark.parametrize(("days", "decided", "compared"), [(200, False, 1), (29, True, 1), (31, True, 0)])
def test_open_cases_are_compared_however_quiet_and_ended_ones_for_thirty_days(
    days, decided, compared, agency, procedure_version, officer, actor_of, in_memory
):
    subscribed(agency, reconcile_url=URL)
    case = crm.filed_case(procedure_version)
    if decided:
        stage = actions.take_stage(case.stages.get(), by=actor_of(officer))
        actions.decide_stage(stage, by=actor_of(officer), decision="granted", reason="")
    tell(agency)
    named()

    with clock.frozen(clock.now() + timedelta(days=days)):
        tasks.reconcile_agency(agency_id=agency.pk)

    assert Difference.objects.count() == Reconciliation.objects.get().ours == compared


def test_our_cases_are_compared_page_by_page_and_none_twice(
    agency, procedure_version, in_memory, monkeypatch
):
    monkeypatch.setattr(lists, "AT_ONCE", 2)
    subscribed(agency, reconcile_url=URL)
    cases = [crm.filed_case(procedure_version) for _ in range(5)]
    cases[0].stages.create(agency=agency, order=2, state="waiting", state_since=cases[0].submitted_at)
    tell(agency)
    named()

    with later():
        tasks.reconcile_agency(agency_id=agency.pk)

    assert Reconciliation.objects.get().found == 5
    assert set(Difference.objects.values_list("folio", flat=True)) == {case.folio for case in cases}


def test_our_cases_are_read_from_indexes(agency, procedure_version):
    crm.filed_case(procedure_version)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    now = clock.now()
    with CaptureQueriesContext(connection) as asked:
        assert len(list(lists.compared_cases(agency.pk, at=now))) == 1

    with connection.cursor() as cursor:
        for one, index in zip(asked, ("stage_inbox", "stage_changed"), strict=True):
            sql = one["sql"]
            cursor.execute(f"EXPLAIN {sql[sql.index('SELECT') :]}")
            plan = str(cursor.fetchall())
            assert index in plan, plan
            assert "Sort" not in plan, plan


def test_an_agency_that_begins_to_be_told_is_told_its_cases_once(agency, procedure_version, in_memory):
    before = crm.filed_case(procedure_version)
    subscribed(agency, reconcile_url=URL)
    restated()
    hand_out()
    tell(agency)
    subscribed(agency, reconcile_url=URL)  # nothing new
    restated()
    actions.subscribe(agency, by=Actor.system(), url=URL, reconcile_url=URL, is_active=False)
    meanwhile = crm.filed_case(procedure_version)
    restated()
    tell(agency)
    first = [json.loads(body)["subject"] for _url, body, _headers in memory.taken]
    subscribed(agency, reconcile_url=URL)
    restated()
    tell(agency)

    assert first == [
        before.folio,
        before.folio,
    ]  # what happened before, and anew: the outbox had it still to hand out
    again = [json.loads(body) for _url, body, _headers in memory.taken[2:]]
    assert {(one["subject"], one["type"]) for one in again} == {
        (folio, "cl.ventanilla.case.restated") for folio in (before.folio, meanwhile.folio)
    }
    assert len(again) == 2


def test_an_agency_that_wants_few_kinds_and_has_no_list_is_not_told_all_its_cases(
    agency, procedure_version, in_memory
):
    crm.filed_case(procedure_version)
    subscribed(agency, kinds=["case.withdrawn"])

    restated()

    assert not Delivery.objects.exists()


def test_an_agency_that_wants_few_kinds_and_whose_list_is_compared_is_told_what_moves_a_state(
    agency, procedure_version, officer, actor_of
):
    by = actor_of(officer)
    with receiver(agency, kinds=["case.written_to_agency"]) as example:
        case = crm.filed_case(procedure_version)
        stage = actions.take_stage(case.stages.get(), by=by)
        actions.tell_citizen(stage, by=by, text="Vamos en la revisión.")
        actions.ask_citizen(stage, by=by, question="¿Qué hay?")
        actions.answer_agency(case, by=case.holder, interaction=case.source, text="Esto.")
        actions.decide_stage(stage, by=by, decision="granted", reason="")
        tell(agency)
        with later():
            tasks.reconcile_agency(agency_id=agency.pk)

    assert example.register.cases[case.folio]["stages"][0]["state"] == "granted"
    assert "case.noticed" not in Delivery.objects.values_list("kind", flat=True)
    assert not Difference.objects.exists()


def test_whatever_moves_a_state_is_told():
    assert set(TOLD_TO_AGENCIES) >= MOVES_A_STATE


def test_two_comparisons_at_once_take_nothing_from_each_other(agency, submitted_case):
    one, two = (actions.begin_reconciliation(agency, by=Actor.system()) for _ in range(2))
    told = {"folio": submitted_case.folio, "kind": "other_state", "case_id": submitted_case.pk}
    for run in (one, two):
        actions.note_difference(run, by=Actor.system(), **told, ours="a", theirs="b")

    actions.end_reconciliation(one, by=Actor.system(), theirs=1, ours=1, found=1)
    still = Difference.objects.get().resolution
    actions.end_reconciliation(actions.begin_reconciliation(agency, by=Actor.system()), by=Actor.system())

    assert (still, Difference.objects.get().resolution) == ("", "gone")


def test_an_agency_that_another_worker_compares_is_not_compared_beside_it(
    transactional_db, agency, procedure_version, in_memory
):
    subscribed(agency, reconcile_url=URL)
    named()

    def beside():
        try:
            tasks.reconcile_agency(agency_id=agency.pk)
        finally:
            connections.close_all()

    with claimed_agency(agency.pk, "reconcile") as mine:
        other = Thread(target=beside)
        other.start()
        other.join(10)
        while_claimed = Reconciliation.objects.count()
    tasks.reconcile_agency(agency_id=agency.pk)

    assert mine
    assert (while_claimed, Reconciliation.objects.count()) == (0, 1)


def test_a_task_on_its_way_is_given_to_no_second_worker(settings):
    """Whoever retries longest waits for an hour."""
    longest = max(getattr(task, "retry_backoff_max", 0) for task in current_app.tasks.values())

    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] > 2 * longest >= 3600
