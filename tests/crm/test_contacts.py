"""A contact: nobody need be known in it, and what it lasted is the database's to say."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from crm import actions
from crm.models import Case, Enquiry, Interaction, Person


def attended(office, by):
    return actions.attend_interaction(actions.open_interaction("office", by=by, office=office), by=by)


def test_a_question_of_nobody_known_makes_up_neither_a_person_nor_a_case(
    office, clerk, actor_of, procedure_version
):
    by = actor_of(clerk)
    contact = attended(office, by)
    enquiry = actions.open_enquiry(contact, by=by, kind="inform", version=procedure_version)

    actions.close_enquiry(enquiry, by=by, outcome="informed")
    contact = actions.end_interaction(contact, by=by)

    assert (contact.person, contact.ending, Enquiry.objects.get().is_resolved) == (None, "served", True)
    assert not Person.objects.exists()
    assert not Case.objects.exists()


def test_a_contact_lasts_what_the_database_says_however_wrong_the_machines_clock_is(office, clerk, actor_of):
    by = actor_of(clerk)

    with time_machine.travel("2040-01-01", tick=False):
        contact = attended(office, by)
    with time_machine.travel("2001-01-01", tick=False):
        contact = actions.end_interaction(contact, by=by)

    assert contact.started_at <= contact.attended_at <= contact.ended_at
    assert contact.ended_at - contact.started_at < timedelta(minutes=1)
    assert 0 <= contact.waited_seconds + contact.served_seconds < 60
    assert 2001 < contact.business_date.year < 2040


@pytest.mark.parametrize("column", ["ended_at", "wrapped_up_at", "waited_seconds", "served_seconds"])
def test_the_database_refuses_a_contact_shorter_than_nothing(column, office, clerk, actor_of):
    by = actor_of(clerk)
    contact = actions.end_interaction(attended(office, by), by=by)
    before = contact.started_at - timedelta(seconds=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        Interaction.objects.filter(pk=contact.pk).update(
            **{column: -1 if column.endswith("_seconds") else before}
        )
