"""Agencies told and programs answered, whatever dies: small here, full in `dev.py bench reliability`."""

import pytest

from tests.reliability import deliveries, programs
from tests.reliability.server import serving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(transactional_db):
    with serving(production=False) as one:
        yield one


def test_a_killed_worker_neither_loses_nor_doubles_what_an_agency_is_told(transactional_db):
    assert deliveries.check_killed_workers(cases=30, kills=3).wrong == []


def test_whatever_a_receiver_does_nothing_is_lost_and_no_other_waits(transactional_db):
    assert deliveries.check_troubles(cases=2).wrong == []


def test_the_sweep_finds_what_is_stuck(transactional_db):
    assert deliveries.check_sweeper(stuck=6).wrong == []


def test_twenty_writes_at_once_with_one_key_are_one(server):
    assert programs.check_keys(server, rushes=2).wrong == []


def test_a_filing_whose_answer_was_lost_is_answered_again_and_filed_once(server):
    assert programs.check_lost_answers(server, filings=3).wrong == []
