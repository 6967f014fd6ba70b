"""A history written in bulk and one made act by act are the same to everybody who asks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F

from accounts.actors import Actor
from common import clock
from config.national import bulk, work
from config.national.played import play
from config.national.stories import CaseStory, Someone, VisitStory
from events.models import Event
from offices import actions as offices
from tests.config.histories import answers, everything
from tests.factories import catalog as sheets
from tests.factories import territory as places

MONDAY = datetime(2026, 9, 28, 12, 0, tzinfo=UTC)
FORM = [
    {
        "key": "purpose",
        "type": "choice",
        "question": {"es": "¿Para qué lo pide?", "en": "What do you ask for it for?"},
        "options": [
            {"value": "work", "label": {"es": "Trabajo", "en": "Work"}},
            {"value": "study", "label": {"es": "Estudio", "en": "Study"}},
        ],
    },
    {
        "key": "declaration",
        "type": "declaration",
        "question": {"es": "Declaración", "en": "Declaration"},
        "statement": {"es": "Declaro que es verdad.", "en": "I declare it is true."},
    },
]


def at(days: float, minutes: float = 0) -> datetime:
    """Return a moment some days after the first Monday."""
    return MONDAY + timedelta(days=days, minutes=minutes)


@pytest.fixture
def stories(agency: Any, office: Any, officer: Any, clerk: Any) -> tuple[list[CaseStory], list[VisitStory]]:
    """Every kind of end that a story can have; two of the cases are of one person."""
    places.CommuneFactory()
    version = sheets.publish(sheets.sheet(form=FORM), agency=agency)
    ana, luis, eva = (
        Someone(n, name, "Soto Rojas", "13101") for n, name in ((1, "Ana"), (2, "Luis"), (3, "Eva"))
    )
    with clock.frozen(at(-1)):
        desk = offices.open_desk(office, by=Actor.staff(clerk), number=1)
    cases = [
        CaseStory(
            ana, version.pk, officer.pk, "work", at(0), at(0, 9),
            taken_at=at(1), asked_at=at(2), answered_at=at(5, 3), decided_at=at(9), decision="granted", closed_at=at(12),
            graded_at=at(0, 20), grade=6,
        ),
        CaseStory(
            ana, version.pk, officer.pk, "work", at(1, 1), at(1, 9), taken_at=at(2, 1), decided_at=at(9, 1), decision="denied"
        ),
        CaseStory(luis, version.pk, officer.pk, "work", at(2, 2), at(2, 9), taken_at=at(3), asked_at=at(4)),
        CaseStory(luis, version.pk, officer.pk, "work", at(3, 2), at(3, 9), taken_at=at(4, 5), asked_at=at(4, 30), answered_at=at(6)),
        CaseStory(
            eva, version.pk, officer.pk, "work", at(3, 3), at(3, 10), taken_at=at(7), decided_at=at(8), decision="referred",
            closed_at=at(10),
        ),
        CaseStory(eva, version.pk, officer.pk, "work", at(8, 3), at(8, 10)),
        CaseStory(eva, version.pk, officer.pk, "work", at(8, 33), at(8, 40), taken_at=at(9, 4)),
    ]  # fmt: skip
    place = {"office": office.pk, "desk": desk.pk, "clerk": clerk.pk, "version": version.pk}
    visitor = Someone(9, "Rosa", "Jara Mella", "13101")
    visits = [
        VisitStory(
            visitor, taken_at=at(0, 60), called_at=at(0, 70), serving_at=at(0, 71), settled_at=at(0, 78), ended_at=at(0, 79),
            ending="served", graded_at=at(0, 90), grade=2, **place,
        ),
        VisitStory(
            None, taken_at=at(0, 61), called_at=at(0, 80), serving_at=at(0, 81), settled_at=at(0, 82), ended_at=at(0, 83),
            ending="served", outcome="not_resolved", **place,
        ),
        VisitStory(
            None, taken_at=at(0, 62), called_at=at(0, 84), serving_at=None, settled_at=None, ended_at=at(0, 87), ending="no_show",
            **place,
        ),
        VisitStory(
            None, taken_at=at(1, 62), called_at=None, serving_at=None, settled_at=None, ended_at=at(1, 87), ending="abandoned",
            **place,
        ),
        VisitStory(
            visitor, taken_at=at(1, 100), called_at=at(1, 101), serving_at=at(1, 102), settled_at=at(1, 110), ended_at=at(1, 111),
            ending="served", **place,
        ),
    ]  # fmt: skip
    return cases, visits


def make_in_bulk(cases: list[CaseStory], visits: list[VisitStory]) -> None:
    with transaction.atomic():
        work.prepare()
        work.load(cases, visits)
        bulk.write()


def make_by_actions(cases: list[CaseStory], visits: list[VisitStory]) -> None:
    play(cases, visits)
    Event.objects.undelivered().filter(at__range=(at(0), at(20))).update(delivered_at=F("at"))


def undone(make: Any, stories: Any, look: Any) -> Any:
    """Make a history, look at it, and take it back."""
    with transaction.atomic():
        make(*stories)
        seen = look()
        transaction.set_rollback(True)
    return seen


@pytest.mark.django_db
def test_no_table_tells_a_bulk_made_history_from_an_action_made_one(stories: Any) -> None:
    by_actions = undone(make_by_actions, stories, everything)
    in_bulk = undone(make_in_bulk, stories, everything)

    assert sorted(in_bulk) == sorted(by_actions)
    for table in by_actions:
        assert in_bulk[table] == by_actions[table], table


@pytest.mark.django_db
def test_no_query_tells_a_bulk_made_history_from_an_action_made_one(stories: Any) -> None:
    by_actions = undone(make_by_actions, stories, answers)
    in_bulk = undone(make_in_bulk, stories, answers)

    assert by_actions["drift"] == by_actions["roll-up drift"] == []
    for question in by_actions:
        assert repr(in_bulk[question]) == repr(by_actions[question]), question
    assert in_bulk.keys() == by_actions.keys()
