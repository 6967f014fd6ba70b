"""
The benchmarks' own sets and bare views at a tiny size, under every constraint and trigger: what the schema comes to refuse is seen here and
not when somebody measures.
"""

import json

import pytest
from django.db import connection
from django.db.models import Count
from django.test import RequestFactory
from django.urls import resolve

from accounts.models import User
from bench import _cases_set, _people_set, _workspace_set, workspace
from crm.models import Case, Party, Person, Stage
from crm.queries.checks import cases_whose_state_is_not_that_of_their_stages
from tests.crm.people import as_owner
from tests.crm.programs import kiosk, program_of
from tests.factories import crm
from tests.factories.accounts import AgencyFactory
from tests.factories.territory import CommuneFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def everything_is_checked():
    """Whatever is checked only at the end of a transaction is checked at once, and nothing is switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW session_replication_role")
        assert cursor.fetchone()[0] == "origin"
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_set_of_cases_is_one_that_the_schema_takes(procedure_version, everything_is_checked):
    with as_owner() as cursor:
        _cases_set.write(cursor, 1, 60, agency=procedure_version.procedure.agency_id)

    assert Case.objects.count() == Stage.objects.count() == 60
    assert cases_whose_state_is_not_that_of_their_stages() == []


def test_the_set_of_people_is_one_that_the_schema_takes(procedure_version, everything_is_checked):
    CommuneFactory()
    with as_owner() as cursor:
        _people_set.begin(cursor)
        _people_set.write(cursor, 2, 120)

    assert Person.objects.count() == 119
    assert Case.objects.count() == 24
    assert cases_whose_state_is_not_that_of_their_stages() == []


def test_the_set_of_a_workspace_is_one_that_the_schema_takes_and_each_list_of_it_can_be_measured(
    procedure_version, everything_is_checked
):
    AgencyFactory(code="IPS")
    agency = procedure_version.procedure.agency_id
    with as_owner() as cursor:
        _workspace_set.begin(cursor, agency)
        _workspace_set.write(cursor, agency, 1, 160)
    officer = User.objects.filter(email__endswith="@bench.invalid").order_by("email")[0]

    acts = [*workspace.lists(officer), ("a case", workspace.opening(officer, 3))]

    assert Case.objects.count() == 160
    assert cases_whose_state_is_not_that_of_their_stages() == []
    assert all(workspace.measure(act, 1).questions for _name, act in acts)


def test_the_skewed_set_has_seven_tenths_at_one_agency_and_a_citizen_of_many_cases(
    procedure_version, everything_is_checked
):
    AgencyFactory(code="IPS")
    agency = procedure_version.procedure.agency_id
    with as_owner() as cursor:
        _workspace_set.begin(cursor, agency)
        _workspace_set.write(cursor, agency, 1, 400)
        _workspace_set.skew(cursor, agency, cases=90)

    whose = Party.objects.values("person").annotate(n=Count("pk")).order_by("-n")

    assert 0.6 < Stage.objects.filter(agency=agency).count() / 400 < 0.8
    assert [row["n"] for row in whose[:2]] == [90, 1]
    assert workspace.measure(workspace.filing_of(3), 1).questions


@pytest.fixture
def bare(procedure_version):
    """Ask a bare view as its server does; it answers with its status and its content."""

    def ask(program, path, body=None, key="one"):
        told = {**program.headers, "Idempotency-Key": key}
        make = RequestFactory(headers=told)
        request = make.get(path) if body is None else make.post(path, body, content_type="application/json")
        found = resolve(path, urlconf="bench._bare_api")
        answer = found.func(request, *found.args, **found.kwargs)
        return answer.status_code, json.loads(answer.content)

    return ask


def test_the_bare_views_of_the_agency_api_write_and_read_rows_as_they_must_be(procedure_version, bare):
    draft = crm.draft_case(procedure_version)
    agency = procedure_version.procedure.agency
    filing = {
        "case": str(draft.pk), "contact": str(draft.source_id), "agency": agency.pk, "name": "Amina Rojas", "run": "12345678-5",
        "commune": "13101", "email": "amina@test.invalid", "phone": "+56987654321",
    }  # fmt: skip
    program = program_of(agency)

    status, filed = bare(kiosk(), "/bare/submit", filing)
    assert status == 200
    Stage.objects.update(state="in_review")
    Case.objects.update(state="in_review")
    decided = bare(program, f"/bare/cases/{filed['folio']}/decide", {"revision": 2})
    read = bare(program, f"/bare/cases/{filed['folio']}")
    listed = bare(program, "/bare/cases")

    assert (decided[0], decided[1]["state"]) == (200, "granted")
    assert (read[0], read[1]["parties"][0]["name"]) == (200, "Amina Rojas")
    assert (listed[0], len(listed[1]["results"])) == (200, 1)
    assert cases_whose_state_is_not_that_of_their_stages() == []
