"""The same click many times at once, over HTTP, on a real server: small here, full in `dev.py bench reliability`."""

import pytest

from tests.reliability import filing
from tests.reliability.server import serving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(transactional_db):
    with serving(production=False) as one:
        yield one


def test_twenty_clicks_at_once_file_one_case_with_one_answer(server):
    outcome = filing.check(server, web=2, desk=1, phone=0)

    assert outcome.wrong == []
    assert outcome.figures["cases"] == 4  # and the one that is gone back to


def test_twenty_clicks_at_once_by_phone_file_one_case_with_one_answer(server):
    assert filing.check(server, web=0, desk=0, phone=1).wrong == []


def test_a_key_sent_again_gives_the_same_answer_and_nothing_for_somebody_else(server):
    assert filing.check_keys(server).wrong == []
