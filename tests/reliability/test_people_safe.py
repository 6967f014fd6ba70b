"""Ended sign-ins, guessing and the audit: small here, full in `dev.py bench reliability`."""

import pytest

from accounts.models import Role
from tests.factories import accounts as make
from tests.reliability import audit, guessing, sessions


@pytest.mark.django_db(transaction=True)
def test_one_altered_row_of_many_is_found():
    assert audit.check(3_000).wrong == []


def test_claim_codes_guessed_from_many_addresses_open_nothing(submitted_case):
    assert guessing.check(submitted_case, addresses=20, tries=30, is_timed=False).wrong == []


def test_whoever_is_disabled_or_loses_their_post_is_out_at_once(agency, actor_of, db):
    by = actor_of(make.staff("Adela Marín", Role.ADMINISTRATOR))
    assert sessions.check(6, by=by, agency=agency).wrong == []
