"""Workers that die lose nothing and do nothing twice: small here, full in `dev.py bench reliability outbox`."""

import pytest

from tests.reliability import outbox


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_workers_killed_at_random_lose_nothing_and_do_nothing_twice():
    outcome = outbox.check(6_000, subjects=300, kills=6)

    assert outcome.wrong == []
    assert outcome.figures["killed"] == 6
