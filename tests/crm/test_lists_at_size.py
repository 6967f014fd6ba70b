"""No list of a workspace, nor opening a case, reads a whole table of cases, however many there are."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from bench import _workspace_set, workspace
from tests.crm.people import as_owner
from tests.factories.accounts import AgencyFactory

TABLES = "crm_(?:case|stage|party|interaction|message|document|task|person|accesslog)|events_event"
LARGE = f"SELECT relname FROM pg_class WHERE relname ~ '^({TABLES})' AND relkind = 'r' AND reltuples >= 1000"  # noqa: S608  # a text of ours
READ = re.compile(r"Seq Scan on (\w+)")


@pytest.mark.django_db
def test_no_list_and_no_case_reads_a_whole_table_of_cases(procedure_version):
    AgencyFactory(code="IPS")
    agency = procedure_version.procedure.agency_id
    with as_owner() as cursor:
        _workspace_set.begin(cursor, agency)
        _workspace_set.write(cursor, agency, 1, 4_000)
        cursor.execute("ANALYZE " + ", ".join(_workspace_set.TABLES.split()))
    officer = User.objects.filter(email__endswith="@bench.invalid").order_by("email")[0]
    acts = [*workspace.lists(officer), ("a case", workspace.opening(officer, 3))]

    asked = {}
    for name, act in acts:
        with CaptureQueriesContext(connection) as queries:
            act()
        asked[name] = [
            one["sql"] for one in queries.captured_queries if one["sql"].startswith(("SELECT", "WITH"))
        ]

    assert len(asked) == len(acts) > 20
    with as_owner() as cursor:
        # Of so few rows reading all would be cheap: what is chosen here is what is chosen of a million.
        cursor.execute(
            "SET LOCAL random_page_cost = 1.1; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
        )
        cursor.execute(LARGE)
        large = {
            row[0] for row in cursor.fetchall()
        }  # a table of a few rows, or an empty month of events, is read whole
        assert {"crm_case", "crm_stage", "crm_party", "crm_person", "crm_interaction"} <= large
        for name, statements in asked.items():
            assert statements, name
            for sql in statements:
                cursor.execute(f"EXPLAIN {sql}")
                plan = "\n".join(row[0] for row in cursor.fetchall())
                assert large.isdisjoint(READ.findall(plan)), f"{name}: {sql}\n{plan}"
