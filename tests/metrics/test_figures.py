"""Every figure, recounted with plain loops over the source rows, under every filter."""

from datetime import date
from uuid import UUID

import pytest

from metrics.queries import contacts, rows, satisfaction, savings
from metrics.queries.filters import Filters
from tests.metrics import brute

ALL = Filters(start=date(2026, 1, 1), end=date(2026, 12, 31))
FILTERS = [
    {},
    {"channel": "office"},
    {"channel": "web"},
    {"region": "05"},
    {"commune": "13101"},
    {"office": "OF-05404-1"},
    {"agency": "IPS"},
    {"procedure": "3430"},
    {"region": "13", "channel": "phone", "agency": "SRCEI"},
    {"office": "OM-05-1", "procedure": "4040"},
]


def test_contacts_and_matters_are_those_of_the_rows(history):
    for wanted in FILTERS:
        filters = ALL.but(**wanted)
        found, matters = brute.contacts(**wanted), brute.enquiries(**wanted)

        counted = contacts.contact_counts(filters)

        ended = brute.endings(found)
        assert counted.contacts == len(found) == rows.recount("contacts", filters, savings.Sets()), wanted
        assert (counted.served, counted.abandoned, counted.no_show, counted.missed) == tuple(
            ended[one] for one in ("served", "abandoned", "no_show", "missed")
        ), wanted
        assert counted.enquiries == len(matters), wanted
        assert counted.resolved == sum(one.is_resolved for one in matters), wanted


def test_waits_and_service_times_are_those_of_the_rows(history):
    for wanted in FILTERS:
        found = brute.contacts(**wanted)
        waited = [one.waited_seconds for one in found if one.attended_at]
        served = [one.served_seconds for one in found if one.served_seconds is not None]

        waits, service = contacts.waits(ALL.but(**wanted)), contacts.service_times(ALL.but(**wanted))

        for spread, seconds in ((waits, waited), (service, served)):
            expected = (len(seconds), brute.percentile(seconds, 0.5), brute.percentile(seconds, 0.9))
            assert (spread.n, spread.median, spread.high) == expected, wanted


def test_satisfaction_and_its_margin_are_those_of_the_rows(history):
    for wanted in FILTERS:
        grades = [one.grade for one in brute.answers(**wanted)]

        counted = satisfaction.satisfaction(ALL.but(**wanted))

        assert counted.n == len(grades) == rows.recounted_satisfaction(ALL.but(**wanted)).n, wanted
        if grades:
            isn, margin = brute.isn(grades)
            share = sum(grade >= 6 for grade in grades) / len(grades)
            assert (counted.isn, counted.share) == pytest.approx((isn, 100 * share)), wanted
        if 0 < len(grades) < 10:
            assert counted.isn_margin is counted.share_margin is None  # too few answers for a margin
        elif grades:
            assert counted.isn_margin == pytest.approx(margin), wanted
            assert counted.share_margin == pytest.approx(196 * (share * (1 - share) / len(grades)) ** 0.5)
        else:
            assert counted.isn is counted.isn_margin is counted.share is None


def test_both_savings_are_those_of_the_rows(history):
    sets = savings.Sets()
    own = sets.of_year(2026)
    for wanted in FILTERS:
        filters = ALL.but(**wanted)
        served = [one for one in brute.contacts(**wanted) if one.ending == "served"]
        by_contact = sum(brute.saved_by_contact(own, one) for one in served)
        by_matter = sum(
            brute.saved_by_matter(own, one.interaction)
            for one in brute.enquiries(**wanted)
            if one.is_resolved
        )

        assert savings.savings_by_contacts(filters, sets).clp == pytest.approx(by_contact), wanted
        assert savings.savings_by_matters(filters, sets).clp == pytest.approx(by_matter), wanted
        assert rows.recount("savings-contacts", filters, sets).clp == pytest.approx(by_contact), wanted
        assert rows.recount("savings-enquiries", filters, sets).clp == pytest.approx(by_matter), wanted

    assert own.code == "2024"


@pytest.mark.parametrize("key", ["office", "region", "commune", "channel", "agency", "procedure"])
def test_the_parts_add_up_to_the_nation(history, key):
    whole = contacts.contact_counts(ALL)

    parts = list(ALL.roll_ups().values_list(key, flat=True).distinct())
    sums = {
        measure: sum(
            sum(
                ALL.roll_ups()
                .filter(**({key: part} if part is not None else {f"{key}__isnull": True}))
                .values_list(measure, flat=True)
            )
            for part in parts
        )
        for measure in ("contacts", "served", "enquiries", "resolved", "surveys")
    }

    assert sums == {measure: getattr(whole, measure) for measure in sums}


def test_channels_and_time_steps_add_up_too(history):
    steps, series = contacts.contacts_over_time(ALL)

    assert len(steps) == 12
    assert sum(map(sum, series.values())) == len(history) == sum(contacts.contacts_by_channel(ALL).values())


def test_a_period_without_contacts_is_zero_everywhere(history):
    none = ALL.but(start=date(2020, 1, 1), end=date(2020, 1, 31))

    assert contacts.contact_counts(none).contacts == 0
    assert contacts.waits(none).median is None
    assert satisfaction.satisfaction(none).isn is None
    assert savings.savings_by_contacts(none, savings.Sets()).clp == 0


def test_a_supervisor_of_an_office_counts_that_office_alone(history, country):
    only = country.offices[0]

    scoped = ALL.but(scope=(only.pk,))

    assert contacts.contact_counts(scoped).contacts == len(brute.contacts(office=only.code))
    assert contacts.contact_counts(ALL.but(scope=())).contacts == 0


@pytest.mark.parametrize(
    "code", ["contacts", "waiting", "satisfaction", "savings-contacts", "savings-enquiries"]
)
def test_pages_of_rows_give_every_row_once(history, code):
    seen, after = [], ""
    while True:
        page = rows.rows_page(code, ALL, after, size=7)
        seen += [row["pk"] for row in page.rows]
        if not page.next:
            break
        after = page.next

    assert len(seen) == len(set(seen)) == rows.LISTINGS[code].rows(ALL).count() > 7


@pytest.mark.parametrize(
    "after", ["~", "x~y", "2026-01-01~", "2026-13-01~0", "' OR 1=1", "2026-03-05~" + "f" * 400, "\x00"]
)
def test_a_cursor_that_nobody_made_gives_the_first_page(history, after):
    assert (
        rows.rows_page("contacts", ALL, after, size=5).rows
        == rows.rows_page("contacts", ALL, "", size=5).rows
    )


@pytest.mark.parametrize("moment", ["2026-11-25T10:00:00+20:00", "0001-01-01T00:00:00+14:00"])
def test_a_cursor_in_a_zone_that_the_database_does_not_know_breaks_no_page(history, moment):
    assert rows.rows_page("estimates-true", ALL, f"{moment}~{UUID(int=0)}", size=5).next == ""
