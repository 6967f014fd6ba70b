"""Business days and opening hours, in Chile's four time zones, through the changes of the clock."""

from datetime import UTC, date, datetime, time

import pytest

from territory.models import Holiday, OpeningHours
from territory.queries import calendar
from territory.queries.hours import opening_at


def hours(*rows):
    return [
        OpeningHours(weekday=day, opens=time.fromisoformat(a), closes=time.fromisoformat(b))
        for day, a, b in rows
    ]


WEEK = hours(*[(day, "08:30", "14:00") for day in range(1, 6)])


def test_saturdays_sundays_and_holidays_do_not_count(db):
    Holiday.objects.create(day=date(2026, 9, 18), name="Independencia")
    calendar.forget()

    assert calendar.add_business_days(date(2026, 9, 16), 2) == date(2026, 9, 21)
    assert calendar.next_business_day(date(2026, 9, 18)) == date(2026, 9, 21)


def test_a_one_off_day_can_be_made_to_count(db):
    Holiday.objects.create(
        day=date(2026, 11, 28), name="Turno extraordinario", is_business_day=True, is_override=True
    )
    calendar.forget()

    assert calendar.is_business_day(date(2026, 11, 28))


def test_a_filing_on_a_sunday_counts_from_the_next_business_day(db):
    assert calendar.add_business_days(date(2026, 11, 22), 1) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("zone", "at", "is_open"),
    [
        ("America/Santiago", datetime(2026, 11, 24, 12, 0, tzinfo=UTC), True),  # 09:00
        ("America/Santiago", datetime(2026, 11, 24, 17, 0, tzinfo=UTC), False),  # 14:00, just closed
        ("Pacific/Easter", datetime(2026, 11, 24, 12, 0, tzinfo=UTC), False),  # 07:00
        ("Pacific/Easter", datetime(2026, 11, 24, 14, 0, tzinfo=UTC), True),  # 09:00
        (
            "America/Punta_Arenas",
            datetime(2026, 7, 1, 12, 0, tzinfo=UTC),
            True,
        ),  # 09:00 while Santiago has 08:00
        ("America/Santiago", datetime(2026, 7, 1, 12, 0, tzinfo=UTC), False),
        ("America/Coyhaique", datetime(2026, 7, 1, 12, 0, tzinfo=UTC), True),
    ],
)
def test_open_now_is_asked_in_the_places_own_time(zone, at, is_open):
    assert opening_at(WEEK, zone, at).is_open is is_open


def test_the_next_opening_skips_the_weekend():
    friday_evening = datetime(2026, 11, 27, 20, 0, tzinfo=UTC)

    opening = opening_at(WEEK, "America/Santiago", friday_evening)

    assert opening.changes_at.isoformat() == "2026-11-30T08:30:00-03:00"


def test_the_hour_that_does_not_exist_is_survived():
    night = hours((7, "00:30", "02:00"))  # Sunday 2026-09-06, 00:00–01:00 does not exist in Santiago

    assert opening_at(night, "America/Santiago", datetime(2026, 9, 6, 3, 59, tzinfo=UTC)).is_open is False
    assert opening_at(night, "America/Santiago", datetime(2026, 9, 6, 4, 30, tzinfo=UTC)).is_open is True


def test_without_hours_nothing_is_promised():
    assert opening_at([], "America/Santiago", datetime(2026, 1, 1, tzinfo=UTC)).changes_at is None
