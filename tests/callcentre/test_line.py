"""The line's menu, hours and public page."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Agency
from callcentre.models import Line, LineHours, MenuOption
from callcentre.queries.hours import ALWAYS, opening, week_in_words
from callcentre.queries.line import is_open_at, line_menu, option_at
from callcentre.reference import load_menu
from common import clock
from crm.actions import write_queue_state
from territory.models import Holiday
from tests.callcentre import phones

SANTIAGO = ZoneInfo("America/Santiago")
WEEK = frozenset({(day, 480, 1200) for day in range(1, 5)} | {(5, 480, 1080)})


@pytest.fixture
def menu(db):
    Agency.objects.create(code="SRCEI", name_es="Registro Civil", name_en="Civil Registry")
    load_menu()


def at(*parts):
    return datetime(*parts, tzinfo=SANTIAGO)


def test_loading_again_changes_nothing(menu):
    before = (Line.objects.count(), MenuOption.objects.count(), LineHours.objects.count())

    load_menu()

    assert (Line.objects.count(), MenuOption.objects.count(), LineHours.objects.count()) == before
    assert before[1] == 41


@pytest.mark.parametrize(
    ("moment", "is_open", "changes"),
    [
        (at(2026, 11, 24, 7, 59), False, at(2026, 11, 24, 8, 0)),
        (at(2026, 11, 24, 8, 0), True, at(2026, 11, 24, 20, 0)),
        (at(2026, 11, 24, 20, 0), False, at(2026, 11, 25, 8, 0)),
        (at(2026, 11, 27, 18, 0), False, at(2026, 11, 30, 8, 0)),
        (at(2026, 9, 5, 12, 0), False, at(2026, 9, 7, 8, 0)),  # the clocks go forward that weekend
    ],
)
def test_open_until_and_opens_at(moment, is_open, changes):
    found = opening(WEEK, "America/Santiago", moment.astimezone(UTC), set())

    assert (found.is_open, found.changes_at) == (is_open, changes)


def test_a_holiday_has_no_hours_but_day_and_night_has():
    holiday = at(2026, 12, 8, 12, 0)

    assert opening(WEEK, "America/Santiago", holiday, {holiday.date()}).changes_at == at(2026, 12, 9, 8, 0)
    assert opening(ALWAYS, "America/Santiago", holiday, {holiday.date()}).is_always


def test_stretches_over_midnight_are_one():
    night = {(1, 1320, 1440), (2, 0, 360)}

    assert opening(night, "America/Santiago", at(2026, 11, 23, 23, 0), set()).changes_at == at(
        2026, 11, 24, 6, 0
    )


def test_without_hours_nothing_is_promised():
    found = opening(set(), "America/Santiago", at(2026, 11, 24, 9, 0), set())

    assert (found.is_open, found.changes_at) == (False, None)


def test_an_option_has_its_own_hours_or_those_above_it(menu):
    found = line_menu(at(2026, 11, 24, 21, 30))
    rights = next(option for option in found.options if option.option.path == "6")
    consumers, other = (next(o for o in rights.children if o.option.path == path) for path in ("6.1", "6.0"))

    assert not found.opening.is_open
    assert (consumers.opening.is_open, other.has_own_hours) == (False, False)
    assert is_open_at(at(2026, 11, 24, 20, 30), option=consumers.option)
    assert not is_open_at(at(2026, 11, 24, 20, 30), option=other.option)


@pytest.mark.parametrize(
    ("keys", "path"), [("6.4", "6.4"), ("6.4.9", "6.4"), ("6", "6"), ("9", None), ("", None), ("..", None)]
)
def test_a_key_pressed_in_vain_still_says_something(menu, keys, path):
    found = option_at(keys)

    assert (found.path if found else None) == path


def test_the_week_is_said_in_words(db):
    from django.utils import translation

    with translation.override("en"):
        assert week_in_words(WEEK) == [("Monday to Thursday", "08:00 to 20:00"), ("Friday", "08:00 to 18:00")]
        assert week_in_words(ALWAYS) == [("Every day", "day and night")]


def test_a_call_outside_the_hours_that_nobody_answers_is_missed(agent, menu):
    with clock.frozen(at(2026, 11, 22, 12, 0)):
        phones.rings(agent)
        call = phones.hangs_up(cause="cancel")

    assert call.interaction.ending == "missed"


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_tells_open_until_in_the_callers_zone(client, menu, language):
    with clock.frozen(at(2026, 11, 24, 10, 0)):
        here = client.get(f"/{language}/line-101/")
        island = client.get(f"/{language}/line-101/?place=island")

    assert "20:00" in here.text
    assert "18:00" in island.context["place"].time_zone or "18:00" in island.text
    assert island.context["place"].hours_apart == -2
    assert "tel:101" in here.text
    assert ("Civil Registry" if language == "en" else "Registro Civil") in here.text


def test_the_page_tells_when_it_opens_and_ignores_a_strange_place(client, menu):
    Holiday.objects.create(day="2026-12-08", name="Inmaculada Concepción")
    with clock.frozen(at(2026, 12, 7, 21, 0)):
        response = client.get("/en/line-101/?place=<script>")

    assert response.context["menu"].opening.changes_at == at(2026, 12, 9, 8, 0)
    assert "<script>" not in response.text


def test_the_page_tells_the_wait_while_open(client, menu):
    with clock.frozen(at(2026, 11, 24, 10, 0)):
        write_queue_state("phone", by=phones.SYSTEM, waiting=3, estimated_seconds=420)
        response = client.get("/en/line-101/")

    assert "7 min" in response.text


def test_the_page_stands_before_the_menu_is_loaded(client, db):
    assert client.get("/es/line-101/").status_code == 200
