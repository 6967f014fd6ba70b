"""
The office's own day: numbers restart with it in all four zones, also where a day has 23 or 25 hours; its end
leaves nobody waiting.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.actors import Actor
from common import clock
from offices.models import Desk, Period, Ticket
from offices.queries.queue import calls, today
from offices.queries.waits import USUAL_SECONDS, serving_seconds, wait_now
from offices.tasks import end_day, end_days
from tests.factories import offices as make
from tests.factories.territory import CommuneFactory, OfficeFactory

pytestmark = pytest.mark.usefixtures("in_english")

ZONES = ["America/Santiago", "America/Punta_Arenas", "America/Coyhaique", "Pacific/Easter"]
CHANGES = [datetime(2026, 4, 5, 3, 0, tzinfo=UTC), datetime(2026, 9, 6, 4, 0, tzinfo=UTC)]


def office_in(zone: str):
    code = f"{ZONES.index(zone):05d}"
    return OfficeFactory(code=f"OF-{code}-1", commune=CommuneFactory(code=code, name=zone, time_zone=zone))


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("change", CHANGES, ids=["25-hours", "23-hours"])
def test_numbers_restart_exactly_once_at_the_offices_own_midnight(zone, change):
    office, given = office_in(zone), []
    start = change - timedelta(hours=30)

    for half_hour in range(120):
        with clock.frozen(start + timedelta(minutes=30 * half_hour)):
            ticket = make.ticket(office)
        given.append((ticket.business_date, ticket.number, ticket.taken_at))

    for day, number, at in given:
        assert day == at.astimezone(ZoneInfo(zone)).date()
        assert number == [one for one in given if one[0] == day].index((day, number, at)) + 1
    days = [day for day, _number, _at in given]
    assert days == sorted(days)


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES, ids=["25-hours", "23-hours"])
def test_a_wait_across_the_change_of_hour_is_what_really_passed(change, clerk, office):
    with clock.frozen(change - timedelta(minutes=20)):
        make.desk(office, clerk)
        ticket = make.ticket(office)
    with clock.frozen(change + timedelta(minutes=25)):
        from offices import actions

        actions.abandon_ticket(ticket, by=Actor.system())

    ticket.visit.interaction.refresh_from_db()
    assert ticket.visit.interaction.waited_seconds == 45 * 60
    waited = Period.objects.get()
    assert waited.ended_at - waited.started_at == timedelta(minutes=45)


@pytest.mark.django_db
def test_an_hour_after_closing_whoever_waits_has_left_and_nobody_is_ended_under_the_clerks_hands(
    office, clerk, second_clerk
):
    noon = datetime(
        2026, 11, 24, 15, 0, tzinfo=UTC
    )  # a Tuesday; this office closes at 14:00 local, 17:00 UTC
    with clock.frozen(noon):
        served = make.serving(office, clerk)
        make.desk(office, second_clerk, 2)
        waiting = make.ticket(office)
    with clock.frozen(noon + timedelta(hours=2, minutes=50)):
        assert end_days() == 0
    with clock.frozen(noon + timedelta(hours=3, minutes=5)):
        late = make.ticket(office)
        assert end_days() == 1
        served.refresh_from_db()
        assert served.state == "serving"
    with clock.frozen(noon + timedelta(hours=13)):  # after midnight, long after anybody was called
        assert end_days() == 2
        assert end_days() == 0

    ends = (
        (served, "finished", "served"),
        (waiting, "abandoned", "abandoned"),
        (late, "abandoned", "abandoned"),
    )
    for ticket, state, ending in ends:
        ticket.refresh_from_db()
        ticket.visit.interaction.refresh_from_db()
        assert (ticket.state, ticket.visit.interaction.ending) == (state, ending)
    assert not Desk.objects.open().exists()
    assert not Period.objects.filter(ended_at__isnull=True).exists()


@pytest.mark.django_db
def test_the_end_of_the_day_before_leaves_today_alone(office):
    with clock.frozen(datetime(2026, 11, 23, 15, 0, tzinfo=UTC)):
        make.ticket(office)
    with clock.frozen(datetime(2026, 11, 24, 13, 0, tzinfo=UTC)):
        mine = make.ticket(office)
        assert end_day(office, clock.now()) == 1

    mine.refresh_from_db()
    assert mine.is_waiting


@pytest.mark.django_db
def test_no_figure_of_today_counts_a_visit_of_another_day(office, clerk):
    from offices import actions

    by, yesterday = Actor.staff(clerk), datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    with clock.frozen(yesterday):
        make.called(office, clerk)
        make.ticket(office)
    with clock.frozen(yesterday + timedelta(hours=1)):
        served = actions.start_serving(Ticket.objects.get(state="called"), by=by)
    with clock.frozen(yesterday + timedelta(hours=3)):
        actions.finish_visit(served, by=by)
    with clock.frozen(yesterday + timedelta(days=1)):
        day = clock.now().date()
        empty, none_waits = today(office, day), wait_now(office, day)
        mine = make.ticket(office)

        figures, wait = today(office, day), wait_now(office, day)
        called = actions.call_next(served.desk, by=by)

    assert (empty.given, empty.waiting, none_waits.waiting, none_waits.seconds) == (0, 0, 0, 0)
    assert (figures.given, figures.waiting, figures.served, figures.median_wait) == (1, 1, 0, None)
    assert (wait.waiting, serving_seconds(office, day)) == (1, USUAL_SECONDS)
    assert calls(office, day) == [called] == [mine]


@pytest.mark.django_db
def test_figures_of_the_day_are_those_of_its_measured_periods(office, clerk):
    from offices import actions

    at = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
    with clock.frozen(at):
        desk = make.desk(office, clerk)
        for _one in range(3):
            make.ticket(office)
    for minutes in (10, 20, 30):
        with clock.frozen(at + timedelta(minutes=minutes)):
            actions.mark_no_show(actions.call_next(desk, by=Actor.staff(clerk)), by=Actor.staff(clerk))

    figures = today(office, at.date())

    assert (figures.given, figures.waiting, figures.no_shows) == (3, 0, 3)
    assert (figures.median_wait, figures.p90_wait) == (1200, pytest.approx(1680))
