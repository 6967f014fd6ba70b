"""The demo's history: through every channel, once, and whole however often its making was interrupted."""

import os
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.actors import Actor
from accounts.models import User
from common import run
from config.cast import load_cast
from config.demo import history
from config.demo.people import AMINA, citizen
from config.demo.plan import Size
from config.demo.scenes import agency
from config.demo.scenes.stage import key_of
from config.demo.world import TOGETHER
from config.models import SeedRun
from crm.models import Case, DuplicatePair, Interaction, Person, PersonIdentifier, Stage
from crm.queries.checks import cases_whose_state_is_not_that_of_their_stages
from crm.queries.mine import my_page
from events.models import Event
from metrics.queries.checks import differences
from offices.models import Ticket
from portal.models import Draft
from tests import databases

SMALL = Size(cases=14, office_days=4, mobile_days=2, call_days=5, calls=8, searches=12, votes=6)


def silently(done: int, total: int) -> None:
    """Show no progress."""


@pytest.fixture
def demo(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """Load the reference data and the cast; return what loads a small history in small chunks."""
    settings.DEMO = True
    monkeypatch.setattr(history, "CHUNK", 60)
    load_what_it_stands_on()
    return lambda: history.load_history(silently, SMALL)


def rows() -> dict[str, list[Any]]:
    """What can be compared between two makings: everything but ids and folios, which have gaps."""
    with connection.cursor() as cursor:
        asked = {
            "contacts": "SELECT channel, started_at, attended_at, ended_at, ending, waited_seconds, reason FROM crm_interaction",
            "cases": "SELECT state, begun_at, submitted_at, decided_at, closed_at, promised_on, revision, "
            "regexp_replace(answers::text, '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '', 'g') FROM crm_case",
            "events": "SELECT at, kind, actor_kind, channel FROM events_event WHERE kind NOT LIKE 'version%' AND kind NOT LIKE 'bundle%'",
            "people": "SELECT name, created_at FROM crm_person",
            "grades": "SELECT grade, at FROM crm_surveyanswer",
            "periods": "SELECT kind, started_at, ended_at FROM offices_period",
        }
        found = {}
        for name, question in asked.items():
            cursor.execute(question)
            found[name] = sorted(cursor.fetchall(), key=repr)
    return found


@pytest.mark.django_db(transaction=True)
def test_a_history_that_was_interrupted_anywhere_is_finished_by_the_next_start(
    demo: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    played = []

    def bomb(stage: Any, **acted: Any) -> None:
        played.append(1)
        if len(played) == 9:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(
            agency, "take", _and(agency.take, bomb)
        )  # the plan is made anew at each start and finds it
        with pytest.raises(KeyboardInterrupt):
            demo()
    until = SeedRun.objects.get(name=history.NAME).until
    assert any(0 < half.done < half.total for half in SeedRun.objects.exclude(name=history.NAME))

    assert demo() is True
    finished = rows()
    assert demo() is False
    assert rows() == finished

    _is_whole()

    databases.empty()
    load_what_it_stands_on()
    SeedRun.objects.create(name=history.NAME, until=until)
    assert history.load_history(silently, SMALL, hands=2) is True
    at_once = rows()
    for name in finished:
        assert finished[name] == at_once[name], name


@pytest.mark.django_db(transaction=True)
def test_one_process_goes_on_alone_when_another_one_fails(
    demo: Callable[[], bool], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    alone, parent = history._play_half, os.getpid()

    def play(half: SeedRun, acts: list[Any], size: Size, tell: Callable[[], None]) -> None:
        if half.name.endswith("1") and os.getpid() != parent:
            raise OSError("this process lost its connection")
        alone(half, acts, size, tell)

    monkeypatch.setattr(history, "_play_half", play)

    assert history.load_history(silently, SMALL, hands=2) is True

    assert "lost its connection" in caplog.text
    _is_whole()


def _and(first: Callable[..., None], second: Callable[..., None]) -> Callable[..., None]:
    def both(stage: Any, **acted: Any) -> None:
        first(stage, **acted)
        second(stage, **acted)

    return both


def load_what_it_stands_on() -> None:
    """Load the reference data and the cast, as a first start does."""
    with redirect_stdout(StringIO()):
        call_command("load_reference")
    load_cast()


def _is_whole() -> None:
    """Every channel, nothing that pretends to be real, nothing left to deliver or to recount, work for the cast."""
    assert set(Interaction.objects.values_list("channel", flat=True)) == {"web", "office", "mobile", "phone"}
    assert not Interaction.objects.filter(is_synthetic=False).exists()
    assert not Case.objects.filter(is_synthetic=False).exists()
    assert not Person.objects.filter(is_synthetic=False).exists()
    assert not Event.objects.undelivered().exclude(kind="version.published").exists()
    assert cases_whose_state_is_not_that_of_their_stages() == []
    assert differences() == []
    assert Draft.objects.filter(case__state="draft").exists()
    assert Ticket.objects.filter(state="finished").exists()
    assert DuplicatePair.objects.waiting().exists()
    _every_officer_of_the_cast_has_something_to_do()
    _cases_of_several_agencies_stand_in_each_state()
    amina = Person.objects.get(name=AMINA.name)
    assert Case.objects.get(parties__person=amina).is_awaiting_citizen


def _every_officer_of_the_cast_has_something_to_do() -> None:
    for email in ("oscar@demo.invalid", "olga@demo.invalid"):
        actor = Actor.staff(User.objects.get(email=email))
        states = {row.state for row in my_page(actor, []).rows if isinstance(row, Stage)}
        assert {"in_review", "awaiting_citizen"} <= states, email


def _cases_of_several_agencies_stand_in_each_state() -> None:
    cases = Case.objects.filter(version__procedure__code=TOGETHER)
    parts = {
        tuple(case.stages.order_by("order", "agency__code").values_list("state", flat=True)) for case in cases
    }
    assert parts == {
        ("received", "received", "waiting"),
        ("awaiting_citizen", "received", "waiting"),
        ("granted", "in_review", "waiting"),
        ("granted", "granted", "received"),
        ("granted", "granted", "granted"),
        ("moot", "denied", "moot"),
    }


@pytest.mark.django_db
def test_synthetic_people_have_runs_that_nobody_was_given() -> None:
    someone = citizen(17, "13101")

    assert run.normalise(someone.run) == someone.run
    assert someone.run.startswith("49")
    assert citizen(17, "13101") == someone
    assert key_of(1) == key_of(1) != key_of(2)
    assert not PersonIdentifier.objects.exists()


@pytest.mark.django_db
def test_without_the_demo_there_is_no_history(settings: Any) -> None:
    settings.DEMO = False

    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("seed_demo")
    with pytest.raises(RuntimeError):
        history.load_history(silently)
