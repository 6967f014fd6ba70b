"""
Messages that got stuck (19): however one was left behind, the sweep of every minute finds it within a quarter of an hour, and it is sent,
followed or given up with the reason.

    python3 dev.py bench reliability messages
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from common import clock
from crm import tasks
from crm.models import Case, ContactPoint, Notification
from tests.reliability import Outcome

NOON = datetime(2026, 11, 25, 15, tzinfo=UTC)  # a Wednesday, at midday in Santiago
WITHIN = timedelta(minutes=15)
# How each kind was left: by which channel, and its columns when the fault happened, minutes before now.
STUCK: dict[str, tuple[str, dict[str, Any], int]] = {
    "never handed to a worker": ("email", {}, 240),
    "the worker was killed while sending": ("email", {"attempts": 1}, 0),
    "put off while the mail server was away": ("email", {"attempts": 5}, 1),
    "waited for the morning": ("phone", {}, 60),
    "of an address that ended meanwhile": ("ended", {}, 30),
    "a text nobody asked after": ("phone", {"state": "sent", "sent_at": NOON - timedelta(hours=4)}, 200),
}


def check(case: Case, *, times: int) -> Outcome:
    """Leave so many of each kind behind, then let the sweep run for a quarter of an hour of the clock."""
    outcome = Outcome("messages left behind (19)")
    points = _points(case)
    for kind, columns, minutes in STUCK.values():
        Notification.objects.bulk_create(
            Notification(
                case=case,
                contact_point=points[kind],
                event_id=uuid4(),
                template="asked",
                at=NOON - timedelta(hours=5),
                next_try_at=NOON - timedelta(minutes=minutes),
                **columns,
            )
            for _one in range(times)
        )
    left, minutes = times * len(STUCK), 0
    with _workers():
        while left and timedelta(minutes=minutes) <= WITHIN:
            with clock.frozen(NOON + timedelta(minutes=minutes)):
                tasks.send_due_notifications()
                left = Notification.objects.filter(next_try_at__lte=clock.now()).count()
            minutes += 1
    if left:
        outcome.wrong.append(f"{left} were not found within a quarter of an hour")
    outcome.wrong += _silent(times)
    outcome.figures = {
        "kinds": len(STUCK),
        "each": times,
        "minutes of the clock": minutes,
        "wrong": len(outcome.wrong),
    }
    return outcome


def _silent(times: int) -> Iterator[str]:
    """What is still to be sent, failed without a reason, or went more often than it should."""
    from integrations.mail import memory as post

    if pending := Notification.objects.filter(state="pending").count():
        yield f"{pending} are still to be sent"
    if (failed := Notification.objects.filter(state="failed", failure="ended").count()) != times:
        yield f"{failed} of {times} were given up because the address ended"
    if len({one["id"] for one in post.sent()}) != len(post.sent()):
        yield "one was mailed twice under one name"


def _points(case: Case) -> dict[str, ContactPoint]:
    points = {one.kind: one for one in ContactPoint.objects.filter(person__parties__case=case)}
    person = points["email"].person
    ended = ContactPoint.objects.create(
        person=person, kind="email", value="antes@test.invalid", ended_at=NOON
    )
    return {**points, "ended": ended}


@contextmanager
def _workers() -> Iterator[None]:
    """Do at once what a worker would do."""
    with patch.object(tasks.send_notification, "delay", lambda **given: tasks.send_notification(**given)):
        yield
