"""Roll-ups equal their rows at every moment, whoever dies half-way and however late an event comes."""

from datetime import timedelta

import pytest
from django.db import connections, transaction

from accounts.actors import Actor
from common import clock
from common.errors import NotAllowed
from crm import actions as crm
from crm.models import SurveyInvitation
from events.models import Event
from metrics import actions, tasks
from metrics.models import DailyContact, DirtyDay
from metrics.queries.checks import differences
from tests.factories import metrics as made
from tests.metrics.conftest import count_all

SYSTEM = Actor.system()


class Told:
    """Hands the events since the last time to the task, as the outbox does."""

    def __init__(self) -> None:
        self.seq = 0

    def __call__(self) -> None:
        new = Event.objects.filter(seq__gt=self.seq).order_by("seq")
        self.seq = max([self.seq, *new.values_list("seq", flat=True)])
        tasks.note_changes(event_ids=[str(one) for one in new.values_list("pk", flat=True)])


def total(measure: str) -> int:
    return sum(DailyContact.objects.values_list(measure, flat=True))


def test_a_history_counted_at_once_is_that_of_its_rows(history):
    assert total("contacts") == len(history)
    assert differences() == []
    assert not DirtyDay.objects.exists()


def test_every_act_moves_the_figures_by_exactly_itself(country):
    told = Told()
    with clock.frozen(made.FIRST):
        call = crm.open_interaction("phone", by=SYSTEM)
        told()
        assert (total("contacts"), total("served"), total("enquiries")) == (1, 0, 0)
        call = crm.attend_interaction(call, by=SYSTEM)
        told()
        assert total("attended") == 1
        matter = crm.open_enquiry(call, by=SYSTEM, kind="inform", version=country.versions[0])
        told()
        assert (total("enquiries"), total("resolved")) == (1, 0)
        call = crm.end_interaction(call, by=SYSTEM, wrap_up=False)
        told()
        assert (total("served"), total("invitations")) == (1, 1)
        crm.close_enquiry(matter, by=SYSTEM, outcome="informed")
        told()
        assert (total("resolved"), total("informed")) == (1, 1)
        late = crm.open_enquiry(call, by=SYSTEM, kind="other")
        crm.wrap_up_interaction(call, by=SYSTEM)
        told()
    assert late.outcome == ""
    assert (total("enquiries"), total("not_resolved"), total("contacts")) == (2, 1, 1)
    assert differences() == []


def test_a_grade_given_weeks_later_opens_its_day_again(country):
    told = Told()
    contact = made.contact(office=country.offices[0], at=made.FIRST)
    told()
    before = DailyContact.objects.get()

    with clock.frozen(made.FIRST + timedelta(days=29)):
        crm.answer_survey(SurveyInvitation.objects.get(interaction=contact), by=Actor.visitor(), grade=2)
    told()

    after = DailyContact.objects.get()
    assert before.surveys == 0
    assert (after.business_date, after.surveys, after.grades_low) == (before.business_date, 1, 1)


def test_telling_the_same_events_again_changes_nothing(history):
    cells = list(DailyContact.objects.order_by("pk").values_list("business_date", "contacts", "grade_sum"))
    ids = [str(one) for one in Event.objects.values_list("pk", flat=True)]

    tasks.note_changes(event_ids=ids)
    tasks.note_changes(event_ids=ids)

    assert sorted(DailyContact.objects.values_list("business_date", "contacts", "grade_sum")) == sorted(cells)
    assert differences() == []


def test_a_filed_case_counts_as_its_contact_and_matter(submitted_case):
    tasks.note_changes(event_ids=[str(one) for one in Event.objects.values_list("pk", flat=True)])

    cell = DailyContact.objects.get(contacts=1)
    assert (cell.channel, cell.commune_id, cell.case_opened, cell.resolved) == ("web", "13101", 1, 1)
    assert cell.procedure_id == submitted_case.version.procedure_id
    assert differences() == []


def test_the_nightly_check_finds_and_mends_what_somebody_changed(history, caplog):
    cell = DailyContact.objects.filter(contacts__gt=0).first()
    DailyContact.objects.filter(pk=cell.pk).update(contacts=99)

    found = differences()
    tasks.check_roll_ups()

    assert [(one.business_date, one.channel, one.office_id) for one in found] == [
        (cell.business_date, cell.channel, cell.office_id)
    ]
    assert "roll_up_drift" in caplog.text
    assert differences() == []


def test_a_contact_that_was_never_counted_is_found(history, country):
    made.contact(office=country.offices[0])

    assert len(differences()) == 1


def test_only_ventanilla_counts(history, analyst, actor_of):
    for act in (actions.mark_all_days, actions.refresh_roll_ups):
        with pytest.raises(NotAllowed):
            act(by=actor_of(analyst))


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_change_marked_while_a_day_is_recounted_is_not_lost(country):
    contact = made.contact(office=country.offices[0])
    mark = "INSERT INTO metrics_dirtyday (business_date, channel, office_id) VALUES (%s, %s, %s)"
    day = [contact.business_date, contact.channel, contact.office_id]
    actions.mark_day(*day, by=SYSTEM)

    with transaction.atomic():
        assert actions.refresh_roll_ups(by=SYSTEM) == 1
        with connections["owner"].cursor() as other:
            other.execute(mark, day)

    assert DirtyDay.objects.count() == 1
    assert actions.refresh_roll_ups(by=SYSTEM) == 1
    assert differences() == []


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_workers_never_recount_one_day_at_once(country):
    contact = made.contact(office=country.offices[0])
    actions.mark_day(contact.business_date, contact.channel, contact.office_id, by=SYSTEM)
    key = "concat_ws('/', 'roll-up', %s::date, %s::text, %s::int)"
    lock = f"SELECT pg_advisory_lock(hashtextextended({key}, 102))"

    with connections["owner"].cursor() as other:
        other.execute(lock, [contact.business_date, contact.channel, contact.office_id])
        assert actions.refresh_roll_ups(by=SYSTEM) == 0
        other.execute("SELECT pg_advisory_unlock_all()")

    assert DirtyDay.objects.count() == 1
    assert actions.refresh_roll_ups(by=SYSTEM) == 1


def test_counting_everything_again_changes_nothing(history):
    before = sorted(
        DailyContact.objects.values_list("business_date", "channel", "contacts", "enquiries", "surveys")
    )

    count_all()

    assert (
        sorted(
            DailyContact.objects.values_list("business_date", "channel", "contacts", "enquiries", "surveys")
        )
        == before
    )
