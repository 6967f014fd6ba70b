"""Everything dies while people apply: small here, full in `dev.py bench reliability disasters`."""

import pytest

from tests.reliability import crashes, disasters


def test_nothing_is_lost_or_doubled_whatever_dies_while_people_apply():
    outcome = disasters.run(
        filings=24, web_kills=2, worker_kills=1, broker_kills=1, database_stops=1, agency_away=2
    )

    assert outcome.wrong == []


@pytest.mark.django_db(transaction=True)
def test_a_crash_at_any_statement_leaves_all_of_an_act_or_nothing():
    outcome = crashes.check(20)

    assert outcome.wrong == []
    assert outcome.figures["crashes"] > 30
