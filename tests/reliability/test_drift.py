"""Published figures and their rows: small here, full in `dev.py bench reliability drift`."""

import pytest

from tests.reliability import drift

pytestmark = pytest.mark.django_db


def test_every_published_figure_equals_a_count_from_its_rows_also_after_late_events():
    outcome = drift.check(contacts=40, cases=20, late=2)

    assert outcome.wrong == []
    assert outcome.figures["figures compared"] > 4_000
