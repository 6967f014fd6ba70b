"""Whoever is written about reads every reading: in lists too, of their key too, page by page; and nothing of anybody else."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from crm import actions, keys
from crm.models import AccessLog, Case, Party, PartyRole
from crm.queries.holdings import holdings_of
from crm.queries.readings import SHOWN, readings_of, readings_of_case, readings_of_person
from tests.factories import mandates
from tests.factories.crm import filed_case

pytestmark = pytest.mark.usefixtures("in_english")

SYSTEM = Actor.system()


@pytest.fixture
def amina(db):
    return actions.know_person(by=SYSTEM, name="Amina Rojas Soto", run="12345678-5")


@pytest.fixture
def own_case(amina, office, clerk, actor_of, procedure_version):
    """Filed at a desk, her card seen; `key` opens it."""
    by = actor_of(clerk)
    contact = mandates.at_desk(office, by, amina)
    case = mandates.filed_in(contact, by, procedure_version)
    actions.end_interaction(contact, by=by)
    case.key = keys.new_key()
    Case.objects.filter(pk=case.pk).update(secret_hash=keys.hashed(case.key))
    return case


def opened(case):
    client = Client()
    client.post("/en/follow/", {"folio": case.folio, "key": case.key})
    return client


def test_a_search_a_list_and_a_comparison_that_showed_somebody_are_told_to_them(
    own_case, amina, clerk, actor_of
):
    by = actor_of(clerk)
    for act in ("search", "list", "compare", "ringing"):
        actions.log_access(act, by=by, shown=[amina.pk])
    actions.log_access("list", by=by, shown=[own_case.pk])

    read = opened(own_case).get(f"/en/cases/{own_case.folio}/readings/").text
    exported = [row["what"] for row in readings_of(amina)]

    for words in (
        "saw your name in a search",
        "saw your name or your case in a list",
        "compared your record with another one",
        "saw your name when your number called",
    ):
        assert words in read
        assert words in exported
    assert exported.count("saw your name or your case in a list") == 2


def test_every_reading_is_reached_page_by_page(own_case, amina, clerk, actor_of):
    AccessLog.objects.bulk_create(
        AccessLog(
            actor_kind="staff", actor_id=actor_of(clerk).user_id, act="open_person", person_id=amina.pk, reason=f"n.º {number}."
        )
        for number in range(SHOWN * 2 + 1)
    )  # fmt: skip
    client, address, found = opened(own_case), f"/en/cases/{own_case.folio}/readings/", set()

    for _page in range(9):
        response = client.get(address)
        found |= {line.why for line in response.context["readings"]}
        if not (after := response.context["pages"]["next"]):
            break
        address = f"/en/cases/{own_case.folio}/readings/{after}"

    assert {f"n.º {number}." for number in range(SHOWN * 2 + 1)} <= found


def test_whoever_opened_a_case_with_its_key_or_a_code_is_seen_to_have(own_case):
    opened(own_case)

    page = readings_of_case(Case.objects.get(pk=own_case.pk), is_whole=False)

    assert any(
        (line.who, line.what) == ("Whoever held the key", "opened your case with its key")
        for line in page.rows
    )


@pytest.mark.parametrize("part", ["readings/", ""])
def test_looking_at_who_looked_and_being_asked_why_leave_a_line_each(amina, client, clerk, actor_of, part):
    client.force_login(clerk)
    if part:
        actions.break_glass(amina, by=actor_of(clerk), reason="Reclama que nadie le responde")
    client.get(f"/en/staff/files/{amina.pk}/{part}")

    acts = list(AccessLog.objects.filter(person_id=amina.pk).order_by("-at").values_list("act", flat=True))

    assert acts[0] == ("readings" if part else "ask")


def test_a_page_of_readings_costs_the_same_however_many_there_are(amina, clerk, actor_of):
    counts = []
    for _size in range(2):
        for number in range(10):
            actions.log_access("open_person", by=actor_of(clerk), person_id=amina.pk, reason=f"n.º {number}")
            actions.log_access("search", by=actor_of(clerk), shown=[amina.pk])
        with CaptureQueriesContext(connection) as asked:
            readings_of_person(amina)
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 4


# --- nothing of anybody else ------------------------------------------------------------------------
def test_a_reason_about_one_person_is_told_to_them_and_not_to_whoever_was_attended(
    amina, office, clerk, actor_of, procedure_version
):
    by = actor_of(clerk)
    neighbour = actions.know_person(by=SYSTEM, name="Vecina Soto", run="9876543-3")
    case = filed_case(procedure_version)
    assert case.parties.get().person == amina
    contact = mandates.at_desk(office, by, neighbour)

    actions.bring_case(contact, by=by, case=case, reason="Caso de su vecina, denuncia de violencia")

    assert "violencia" not in json.dumps(holdings_of(neighbour))
    assert "violencia" in json.dumps(holdings_of(amina))
    assert AccessLog.objects.get(act="open_case").person_id == amina.pk


def test_whoever_is_named_in_a_case_or_signed_for_another_does_not_get_its_readings(
    amina, clerk, actor_of, procedure_version
):
    case = filed_case(procedure_version)
    others = [actions.know_person(by=SYSTEM, name=f"Parte {role}") for role in ("uno", "dos")]
    for person, role in zip(others, (PartyRole.MEMBER, PartyRole.REPRESENTATIVE), strict=True):
        Party.objects.create(case=case, person=person, role=role)
    actions.log_access("open_case", by=actor_of(clerk), case_id=case.pk, reason="Por lo de la señora")

    for person in others:
        assert "señora" not in json.dumps(holdings_of(person), ensure_ascii=False)
    assert "señora" in json.dumps(holdings_of(amina), ensure_ascii=False)
