"""One letter a day to whoever sees to sheets: all that are due, once, whatever happens to whoever sends it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Role, User
from catalog import actions, tasks
from catalog.actions import reminders
from catalog.models import Procedure, ReviewDigest, ReviewReminder
from common import clock
from integrations import mail
from integrations.mail.memory import MemoryMail, sent
from tests.catalog.sheets import publish_many
from tests.factories import accounts as people

pytestmark = pytest.mark.django_db


def today():
    return clock.local_date(clock.now(), "America/Santiago")


@pytest.fixture
def due(agency, editor):
    """Return a function that has so many sheets fall due for the editor."""

    def fall_due(count, *, start=5000, owner=editor, days=3):
        versions = publish_many(agency, count, start=start)
        Procedure.objects.filter(versions__in=versions).update(
            owner=owner, review_by=today() + timedelta(days=days)
        )
        return [version.procedure for version in versions]

    return fall_due


def run():
    tasks.remind_of_reviews()
    tasks.send_reminders()


def test_all_that_is_due_comes_in_one_letter_in_its_readers_language(due, editor):
    User.objects.filter(pk=editor.pk).update(language="en")
    due(3)
    due(1, start=6000, days=-1)

    run()

    (letter,) = sent()
    assert (letter["to"], letter["subject"]) == (editor.email, "4 sheets to read again, please")
    for code in ("5000", "5001", "5002", "6000"):
        assert f"(number {code})" in letter["body"]
    assert "(number 6000) was to be read again by" in letter["body"]
    assert letter["body"].index("6000") < letter["body"].index("5000"), "the most urgent first"
    assert "/en/" in letter["body"]
    assert "?view=due" in letter["body"]
    assert "more." not in letter["body"]


def test_a_letter_names_twenty_sheets_and_counts_the_others(due, editor, client_of):
    due(23)

    run()

    (letter,) = sent()
    assert letter["subject"].startswith("23 ")
    assert letter["body"].count("http") == reminders.MOST_LISTED + 1
    assert "3" in letter["body"].split("\n\n")[-2]
    shown = client_of(editor).get(reverse("catalog:procedures"), {"view": "due"})
    assert len(shown.context["rows"]) == 23


def test_the_task_may_run_as_often_as_it_likes(due):
    due(2)

    for _often in range(3):
        run()

    assert len(sent()) == ReviewDigest.objects.count() == 1
    assert not ReviewReminder.objects.filter(sent_at__isnull=True).exists()


def test_what_falls_due_after_the_letter_of_the_day_waits_for_the_next(due):
    due(1)
    run()
    due(1, start=6000)

    run()
    assert len(sent()) == 1
    with clock.frozen(clock.now() + timedelta(days=1)):
        tasks.send_reminders()

        assert len(sent()) == 2
        assert "6000" in sent()[-1]["body"]
        assert "5000" not in sent()[-1]["body"]


def test_a_worker_lost_after_sending_has_the_same_letter_sent_again_under_the_same_id(due, monkeypatch):
    due(2)
    tasks.remind_of_reviews()
    ids = []
    monkeypatch.setattr(MemoryMail, "send", lambda self, *, message_id, **letter: ids.append(message_id))

    def lost(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(reminders, "_note_sent", lost)
        with pytest.raises(KeyboardInterrupt):
            actions.send_reminders(by=Actor.system())
    assert actions.send_reminders(by=Actor.system()) == 0, "somebody may still be sending it"

    with clock.frozen(clock.now() + timedelta(minutes=31)):
        assert actions.send_reminders(by=Actor.system()) == 1
        assert actions.send_reminders(by=Actor.system()) == 0

    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_a_worker_lost_before_anything_was_sent_loses_no_letter(due, monkeypatch):
    due(2)
    tasks.remind_of_reviews()

    def lost(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(reminders, "_letter", lost)
        with pytest.raises(KeyboardInterrupt):
            actions.send_reminders(by=Actor.system())
    with clock.frozen(clock.now() + timedelta(minutes=31)):
        tasks.send_reminders()

    assert len(sent()) == 1


def test_another_worker_does_not_send_what_one_is_sending(due, monkeypatch):
    due(1)
    tasks.remind_of_reviews()
    inner = []

    def send(self, **letter):
        inner.append(actions.send_reminders(by=Actor.system()))

    monkeypatch.setattr(MemoryMail, "send", send)

    assert actions.send_reminders(by=Actor.system()) == 1
    assert inner == [0]


def test_a_mail_system_that_is_down_is_asked_again_and_the_letter_has_what_came_meanwhile(due, monkeypatch):
    due(1)

    def down(self, **letter):
        raise mail.MailUnavailable

    with monkeypatch.context() as broken:
        broken.setattr(MemoryMail, "send", down)
        run()
    due(1, start=6000)
    run()

    (letter,) = sent()
    assert "5000" in letter["body"]
    assert "6000" in letter["body"]


def test_a_letter_whose_sheets_were_all_read_meanwhile_is_not_sent(due, editor, actor_of, monkeypatch):
    (procedure,) = due(1)
    with monkeypatch.context() as broken:
        broken.setattr(MemoryMail, "send", lambda self, **letter: (_ for _ in ()).throw(mail.MailUnavailable))
        run()
    actions.confirm_sheet(procedure, by=actor_of(editor), number=1)

    tasks.send_reminders()

    assert sent() == []
    assert not ReviewDigest.objects.exists()


def test_everybody_has_a_letter_of_their_own(due, agency, editor):
    other = people.staff("Otra Editora", Role.EDITOR, agency=agency)
    due(2)
    due(1, start=6000, owner=other)

    run()

    assert sorted(letter["to"] for letter in sent()) == sorted([editor.email, other.email])


def test_a_letter_asks_the_same_of_the_database_however_many_sheets_it_names(due):
    counts = []
    for start, size in ((5000, 2), (6000, 15)):
        due(size, start=start)
        tasks.remind_of_reviews()
        ReviewDigest.objects.update(day=today() - timedelta(days=size))
        with CaptureQueriesContext(connection) as seen:
            tasks.send_reminders()
        counts.append(len(seen))

    assert len(sent()) == 2
    assert counts[0] == counts[1]
