"""Filing the same draft many times at once, and the same person from many channels at once (reliability 15, at its full figure)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from crm import actions
from crm.models import Case, Party, Person
from events.models import Event
from tests.factories import catalog, crm
from tests.factories.accounts import AgencyFactory


@pytest.fixture
def version(transactional_db):
    return catalog.publish(catalog.sheet(), agency=AgencyFactory(code="SRCEI"))


def together(act, times, workers=20):
    def once(number):
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=workers) as pool:
        return list(pool.map(once, range(times)))


@pytest.mark.django_db(transaction=True)
def test_twenty_filings_of_one_draft_at_once_make_one_case_and_twenty_equal_answers(version):
    draft = crm.draft_case(version)

    folios = together(lambda _: actions.submit_case(draft, by=draft.holder).folio, 20)

    assert len(set(folios)) == 1
    assert Case.objects.submitted().count() == 1
    assert Event.objects.filter(kind="case.submitted").count() == 1
    assert Party.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_cases_filed_at_once_have_folios_of_their_own_and_one_person(version):
    drafts = [crm.draft_case(version) for _ in range(20)]

    folios = together(lambda number: actions.submit_case(drafts[number], by=drafts[number].holder).folio, 20)

    assert len(set(folios)) == 20
    assert Person.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_lock_is_really_asked_for(version, django_assert_num_queries):
    from django.test.utils import CaptureQueriesContext

    draft = crm.draft_case(version)

    with CaptureQueriesContext(connection) as queries:
        actions.submit_case(draft, by=draft.holder)

    assert any("FOR UPDATE" in query["sql"] and "crm_case" in query["sql"] for query in queries)
