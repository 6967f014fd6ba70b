"""One RUN, one form, one person; doubles are suspected and not invented: small here, full in `dev.py bench reliability`."""

import pytest

from accounts.actors import Actor
from accounts.models import Role
from config.reference.duplicate_rules import load_duplicate_rules
from tests.factories import accounts as make
from tests.reliability import numbers, people


def test_a_run_has_one_form_however_it_is_written():
    assert numbers.check(2_000).wrong == []


@pytest.mark.django_db(transaction=True)
def test_citizens_of_three_channels_are_one_person_each_and_doubles_are_suspected():
    load_duplicate_rules()
    supervisor = Actor.staff(make.staff("Sofía Araya", Role.SUPERVISOR))

    outcome = people.check(150, rushes=1, merges=10, supervisor=supervisor)

    assert outcome.wrong == []
    assert float(outcome.figures["recall"]) > 0.6
