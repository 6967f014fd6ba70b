"""The second count on an indicator's page: it is a count of its own, and it tells when the roll-up drifted."""

from datetime import date, timedelta

import pytest
from django.db.models import F
from django.urls import reverse

from metrics.case_sentences import case_sentences
from metrics.models import DailyContact
from metrics.queries import contacts, coverage, recounts
from metrics.queries.filters import Filters
from metrics.queries.satisfaction import Satisfaction
from metrics.sentences import satisfaction_sentences, spread_sentence
from tests.factories import metrics as made
from tests.metrics.conftest import count_all

ALL = Filters(start=date(2026, 1, 1), end=date(2026, 12, 31))
YEAR = "start=2026-01-01&end=2026-12-31"


@pytest.fixture
def explained(client_of, analyst):
    client = client_of(analyst)
    return lambda code, query=YEAR: client.get(
        f"{reverse('metrics:indicator', args=[code])}?{query}"
    ).context["explained"]


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("contacts", ["contacts"]),
        ("contacts", ["enquiries"]),
        ("waiting", ["attended"]),
        ("service", ["served_count"]),
        ("satisfaction", ["grades_high", "surveys"]),
        ("satisfied", ["invitations"]),
        ("savings-contacts", ["served"]),
        ("savings-enquiries", ["resolved"]),
    ],
)
def test_a_roll_up_row_that_drifted_shows_on_the_page_of_its_indicator(explained, history, code, fields):
    assert explained(code).agrees
    broken = DailyContact.objects.exclude(commune=None).filter(channel="office").first()
    DailyContact.objects.filter(pk=broken.pk).update(**{one: F(one) + 7 for one in fields})

    assert not explained(code).agrees


@pytest.mark.parametrize("code", ["waiting", "service"])
def test_the_median_is_recounted_too(explained, history, monkeypatch, code):
    real = {"waiting": contacts.waits, "service": contacts.service_times}[code]

    def wrong(filters):
        told = real(filters)
        return contacts.Spread(told.n, (told.median or 0) + 1, told.high)

    monkeypatch.setattr(contacts, real.__name__, wrong)

    assert not explained(code).agrees


@pytest.mark.parametrize(("code", "query"), [("agencies", "agencies_on"), ("coverage", "coverage_rows")])
def test_places_and_agencies_are_recounted_from_rows_of_their_own(
    explained, history, monkeypatch, code, query
):
    real = getattr(coverage, query)
    assert explained(code).agrees
    monkeypatch.setattr(coverage, query, lambda given: real(given)[:0])

    assert explained(code).agrees == (not real(ALL.end if code == "agencies" else ALL))


def test_recounted_spreads_are_those_of_the_database(history):
    for code, count in (("waiting", contacts.waits), ("service", contacts.service_times)):
        assert recounts.spread(code, ALL) == count(ALL)


def test_an_indicator_compares_with_the_period_before(explained, country, parameters):
    first = made.FIRST
    for at in (first, first + timedelta(days=1), first + timedelta(days=1, hours=1)):
        made.contact("office", at=at, office=country.offices[0])
    count_all()
    day = (first + timedelta(days=1)).date().isoformat()

    assert "+100" in explained("contacts", f"start={day}&end={day}").shown[0].change


def test_what_follows_less_than_is_true():
    spread = contacts.Spread(10, 100, 68)
    told = spread_sentence("waiting", "", spread, None, ALL)

    assert told.number == "2 min"
    assert "2 min" in told.note
    days = case_sentences(recounts.Cases(1, 1, 86_400, 2 * 86_400), recounts.Cases(0, 0, None, None), ALL)[2]
    assert "2.1" in days.note.replace(",", ".")


@pytest.mark.parametrize(("answers", "has_margin"), [(1, False), (9, False), (10, True)])
def test_fewer_than_ten_answers_have_no_margin(answers, has_margin):
    now = Satisfaction(0, 1, answers - 1, invited=40)

    net, share = satisfaction_sentences(now, now, ALL)

    assert bool(net.margin) == bool(share.margin) == has_margin
    assert (now.isn_margin is not None) == (now.share_margin is not None) == has_margin
    assert str(answers) in net.note


def test_the_parts_show_the_median_and_the_ninetieth_percentile(history):
    from metrics.breakdowns import DIMENSIONS, parts_of

    for by in DIMENSIONS:
        assert any("min" in part.wait and "min" in part.high for part in parts_of(ALL, by)), by
