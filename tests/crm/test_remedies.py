"""Until when a refusal may be contested: it does not end with the case's closing, and each decision has its own days."""

from datetime import UTC, date, datetime

import pytest

from accounts.actors import Actor
from common import clock
from crm import actions
from crm.models import ContactPoint, MessageWish, Notification, Person
from crm.queries.remedies import remedy_of
from events.models import Event
from integrations.mail import memory as post
from tests.factories import crm

WEDNESDAY, NEXT_MONDAY, IN_MARCH = (
    datetime(2026, 11, 25, 15, tzinfo=UTC),
    datetime(2026, 11, 30, 15, tzinfo=UTC),
    datetime(2027, 3, 1, 15, tzinfo=UTC),
)


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def by(officer, actor_of):
    return actor_of(officer)


def deny(case, by, *, at, told_at=None):
    """The only agency of a case denies it, and the citizen is told: at once, or later."""
    with clock.frozen(at):
        stage = case.stages.get()
        if not stage.is_decidable:
            stage = actions.take_stage(stage, by=by)
        actions.decide_stage(stage, by=by, decision="denied", reason="Falta un requisito.")
        event = Event.objects.filter(subject_id=case.pk, kind="case.denied").latest("seq")
        actions.prepare_notifications(event.pk, by=Actor.system())
    with clock.frozen(told_at or at):
        for message in Notification.objects.filter(event_id=event.pk):
            actions.send_notification(message.pk, by=Actor.system())
    case.refresh_from_db()


def until(case) -> date | None:
    remedy = remedy_of(case)
    return remedy.until if remedy else None


def test_closing_a_refused_case_takes_no_remedy_away(submitted_case, by):
    deny(submitted_case, by, at=WEDNESDAY)
    told = remedy_of(submitted_case)

    with clock.frozen(NEXT_MONDAY):
        case = actions.close_case(submitted_case, by=by)

    assert told is not None
    assert remedy_of(case) == told


@pytest.mark.parametrize("is_domicile", [False, True])
def test_a_second_refusal_has_days_of_its_own(is_domicile, submitted_case, by):
    ContactPoint.objects.filter(kind="email").update(is_domicile=is_domicile)
    deny(submitted_case, by, at=WEDNESDAY)
    with clock.frozen(NEXT_MONDAY):
        actions.close_case(submitted_case, by=by)
        actions.reopen_stage(submitted_case.stages.get(), by=by, reason="Llegó un papel nuevo.")
    submitted_case.refresh_from_db()

    assert remedy_of(submitted_case) is None
    deny(submitted_case, by, at=IN_MARCH)
    assert until(submitted_case) == (date(2027, 3, 11) if is_domicile else date(2027, 3, 8))


def test_until_a_second_refusal_is_told_its_days_count_from_itself(submitted_case, by):
    deny(submitted_case, by, at=WEDNESDAY)
    with clock.frozen(NEXT_MONDAY):
        actions.close_case(submitted_case, by=by)
        actions.reopen_stage(submitted_case.stages.get(), by=by, reason="Llegó un papel nuevo.")
    ContactPoint.objects.update(is_safe=False)

    deny(submitted_case, by, at=IN_MARCH)

    assert until(submitted_case) == date(2027, 3, 8)


def test_that_a_message_arrived_changes_no_day(procedure_version, by):
    case = crm.filed_case(procedure_version)
    MessageWish.objects.create(case=case, channel="both")
    deny(case, by, at=WEDNESDAY, told_at=NEXT_MONDAY)
    before = until(case)

    with clock.frozen(datetime(2026, 12, 1, 15, tzinfo=UTC)):
        (message,) = Notification.objects.filter(template="denied", contact_point__kind="phone")
        actions.send_notification(message.pk, by=Actor.system())
    message.refresh_from_db()

    assert message.state == "delivered"
    Notification.objects.filter(template="denied", contact_point__kind="email").delete()
    assert before == date(2026, 12, 7)
    assert until(case) == before


def test_a_letter_where_others_read_too_says_that_a_decision_counts_and_from_when_and_nothing_of_what_it_is(
    submitted_case, by
):
    ContactPoint.objects.filter(kind="email").update(is_domicile=True)
    address = ContactPoint.objects.get(kind="email")
    ContactPoint.objects.create(
        person=Person.objects.create(name="Otra Persona", kind="human"),
        kind="email",
        value=address.value,
        level=100,
    )

    deny(submitted_case, by, at=WEDNESDAY)

    letter = post.sent()[-1]
    assert "Se tomó una decisión en un caso suyo." in letter["body"]
    assert "lunes 30 de noviembre" in letter["body"]
    assert submitted_case.version.title not in letter["subject"] + letter["body"]
