"""Events reach their listeners at least once, in order per subject, whatever dies; a second time has no second effect."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from accounts.actors import Actor
from common import clock
from common.ids import new_id
from crm import actions
from events import outbox, registry, tasks
from events.models import Event, Handled
from events.record import gathered, once, record


@pytest.fixture
def heard():
    """Listen to `interaction.opened`, apart from whoever else does."""
    batches = []

    def listener(batch):
        batches.append(list(batch))

    registry.on("interaction.opened")(listener)
    yield batches
    registry._listeners["interaction.opened"].remove(listener)


def contact():
    return actions.open_interaction("web", by=Actor.visitor())


def tell(interaction):
    return record("interaction.opened", interaction, by=Actor.system(), at=clock.now())


def tell_and_fail(interaction):
    with gathered():
        tell(interaction)
        raise RuntimeError


@transaction.atomic
def fail_after_telling():
    contact()
    raise RuntimeError


def test_an_event_of_an_act_that_failed_was_never_there(db):
    with pytest.raises(RuntimeError):
        fail_after_telling()

    assert not Event.objects.exists()


def test_events_that_are_told_together_are_written_together_and_in_order(db):
    interaction = contact()

    with gathered():
        told = [tell(interaction) for _ in range(3)]
        before = Event.objects.filter(pk__in=[event.pk for event in told]).count()

    written = Event.objects.filter(pk__in=[event.pk for event in told]).order_by("seq")
    assert before == 0
    assert [event.pk for event in written] == [event.pk for event in told]


def test_events_told_together_are_not_told_where_what_they_tell_of_failed(db):
    interaction = contact()
    there = Event.objects.count()

    with pytest.raises(RuntimeError):
        tell_and_fail(interaction)
    tell(interaction)

    assert Event.objects.count() == there + 1


def test_events_are_handed_over_once_and_in_order(db, heard):
    first = contact()
    more = [tell(first) for _ in range(3)]

    while outbox.deliver_pending():
        pass

    ids = [event for batch in heard for event in batch]
    assert ids[1:] == [event.id for event in more]
    assert not Event.objects.undelivered().exists()


def test_a_listener_that_fails_leaves_its_events_for_the_next_sweep(db, heard):
    contact()

    def broken(batch):
        raise ConnectionError("no broker")

    registry.on("interaction.opened")(broken)
    try:
        with pytest.raises(ConnectionError):
            outbox.deliver_pending()
        assert Event.objects.undelivered().count() == 1
    finally:
        registry._listeners["interaction.opened"].remove(broken)
    outbox.deliver_pending()

    assert not Event.objects.undelivered().exists()
    assert len({event for batch in heard for event in batch}) == 1


def test_a_listener_that_fails_at_one_subject_holds_no_other(db, heard, monkeypatch):
    first = contact()
    contact()
    bad = Event.objects.get(subject_id=first.pk).pk

    def broken(batch):
        if bad in batch:
            raise ValueError("this one")

    registry.on("interaction.opened")(broken)
    try:
        assert outbox.deliver_pending() == 1
        assert list(Event.objects.undelivered().values_list("subject_id", flat=True)) == [first.pk]
        contact()
        assert outbox.deliver_pending() == 1
    finally:
        registry._listeners["interaction.opened"].remove(broken)
    assert outbox.deliver_pending() == 0  # set aside for a minute
    monkeypatch.setattr(outbox.time, "monotonic", lambda: float("inf"))
    assert outbox.deliver_pending() == 1

    assert not Event.objects.undelivered().exists()
    told = {event for batch in heard for event in batch}
    assert told == set(Event.objects.values_list("pk", flat=True))


def test_an_effect_happens_once_however_often_its_event_comes(db):
    event = tell(contact())

    assert [once(event.id, "test.listener") for _ in range(5)] == [True, False, False, False, False]
    assert once(event.id, "another.listener")
    assert Handled.objects.count() == 2


def test_what_the_broker_lost_is_handed_over_again_until_its_effect_is_noted(db):
    reached = []

    def lost_on_the_way(batch):
        reached.append(list(batch))  # the task was sent, and the broker was emptied

    registry.on("interaction.opened", effect="test.effect")(lost_on_the_way)
    try:
        interaction = contact()
        outbox.deliver_pending()
        later = clock.now() + outbox.PATIENCE + timedelta(minutes=1)
        assert outbox.hand_over_lost() == 0  # it may still be on its way

        with clock.frozen(later):
            assert outbox.hand_over_lost() == 1
            with transaction.atomic():
                once(reached[-1][0], "test.effect")
            assert outbox.hand_over_lost() == 0
    finally:
        registry._listeners["interaction.opened"].remove(lost_on_the_way)
        registry._effects.pop()
    assert reached == [reached[0]] * 2
    assert reached[0] == [Event.objects.about("interaction", interaction.pk).first().id]


def test_every_effect_that_is_noted_can_be_found_when_it_is_lost():
    """Whoever notes its events says so when it subscribes: else nobody would find what the broker lost."""
    noted = set()
    for path in Path(settings.BASE_DIR).glob("*/actions/*.py"):
        noted |= set(re.findall(r'once\(event_id, "([a-z_.]+)"\)', path.read_text(encoding="utf-8")))

    assert noted <= {effect.name for effect in registry.effects()}


@pytest.mark.django_db(transaction=True)
def test_many_workers_share_the_outbox_without_losing_or_reordering(heard):
    subjects = [contact() for _ in range(10)]
    for _round in range(5):
        for subject in subjects:
            tell(subject)

    def work(_number):
        try:
            idle = 0
            while idle < 3:
                idle = 0 if outbox.deliver_pending(limit=7) else idle + 1
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(work, range(4)))
    outbox.deliver_pending()

    handed = [event for batch in heard for event in batch]
    assert not Event.objects.undelivered().exists()
    assert len(set(handed)) == 60
    for subject in subjects:
        order = list(Event.objects.about("interaction", subject.pk).values_list("id", flat=True))
        first_time = list(dict.fromkeys(one for one in handed if one in set(order)))
        assert first_time == order


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE events_event SET kind = 'x'",
        "UPDATE events_event SET data = '{}'",
        "DELETE FROM events_event",
        "TRUNCATE events_event",
        "UPDATE crm_accesslog SET reason = 'x'",
        "DELETE FROM crm_accesslog",
        "DROP TABLE events_event",
        "ALTER TABLE events_event ADD COLUMN x int",
    ],
)
def test_the_application_can_not_change_what_happened(db, act):
    tell(contact())

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)


def test_the_application_can_not_reach_a_partition_directly(db):
    tell(contact())

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits JOIN pg_class ON oid = inhparent WHERE relname = 'events_event'"
        )
        partitions = [row[0] for row in cursor.fetchall()]
    assert partitions
    for partition in partitions:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {partition}")  # noqa: S608  # a name of ours, quoted by the database


def test_effects_had_long_ago_are_forgotten_and_recent_ones_are_not(db):
    for days in (200, 91, 89, 0):
        with clock.frozen(clock.now() - timedelta(days=days)), transaction.atomic():
            once(new_id(), "a listener")

    assert [outbox.forget_handled(most=1) for _ in range(3)] == [1, 1, 0]
    assert Handled.objects.count() == 2
    tasks.forget_handled()
    assert Handled.objects.count() == 2
