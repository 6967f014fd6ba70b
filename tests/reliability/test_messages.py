"""Messages left behind: small here, full in `dev.py bench reliability messages`."""

import pytest

from tests.reliability import messages

pytestmark = pytest.mark.django_db


def test_every_kind_of_stuck_message_is_found_within_a_quarter_of_an_hour(submitted_case):
    outcome = messages.check(submitted_case, times=5)

    assert outcome.wrong == []
