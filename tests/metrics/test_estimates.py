"""Did what receipts told come true: half within the first time, nine in ten within the second?"""

from datetime import date

import pytest

from common import clock
from crm.models import Case
from metrics.case_sentences import estimate_sentence
from metrics.queries import promise_recounts, rows
from metrics.queries.filters import Filters
from metrics.queries.promises import Estimates, estimate_counts
from tests.factories import promises as made
from tests.factories.promises import at
from tests.metrics import brute
from tests.metrics.test_figures import FILTERS

NOVEMBER = Filters(date(2026, 11, 1), date(2026, 11, 30))
WINTER = Filters(date(2026, 11, 1), date(2027, 4, 30))
DAY = 86_400


@pytest.fixture
def case(country) -> Case:
    return made.file(country.versions[0])


def told(case: Case, half: int | None, most: int | None) -> None:
    Case.objects.filter(pk=case.pk).update(half_days=half, most_days=most, estimated_from=half and 40)


def compared(filters: Filters = NOVEMBER) -> Estimates:
    """The figure; its recount says the same, and its rows are as many."""
    found = estimate_counts(filters)
    assert promise_recounts.estimates(filters) == found
    shown = rows.rows_page("estimates-true", filters, size=1000).rows
    assert len(shown) == found.cases
    assert sum(row["in_half"] for row in shown) == found.within_half
    assert sum(bool(row["in_most"]) for row in shown) == found.within_most
    return found


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (3 * DAY, Estimates(1, 1, 1, 1)),
        (3 * DAY + 1, Estimates(1, 0, 1, 1)),
        (7 * DAY, Estimates(1, 0, 1, 1)),
        (7 * DAY + 1, Estimates(1, 0, 1, 0)),
    ],
)
def test_a_case_that_took_exactly_the_time_told_is_within_it(case, seconds, expected):
    made.decide(case, at(20))
    told(case, 3, 7)
    Case.objects.filter(pk=case.pk).update(running_seconds=seconds)

    assert compared() == expected


def test_the_time_the_case_waited_for_its_citizen_does_not_count(case):
    made.ask(case, at(10))
    made.answer(case, at(17))
    made.decide(case, at(18))
    told(case, 2, 3)

    assert compared() == Estimates(1, 1, 1, 1)


def test_without_a_time_for_nine_in_ten_a_case_counts_only_in_the_first_share(case):
    made.decide(case, at(11))
    told(case, 3, None)

    found = compared()

    assert found == Estimates(1, 1, 0, 0)
    assert (found.half_share, found.most_share) == (100, None)


def test_a_case_whose_receipt_told_nothing_or_that_is_not_decided_does_not_count(case, country):
    made.decide(case, at(11))
    told(case, None, None)
    told(made.file(country.versions[0]), 3, 7)

    assert compared() == Estimates(0, 0, 0, 0)


@pytest.mark.parametrize("closed", [False, True])
def test_a_withdrawn_case_says_nothing_of_the_estimate(case, closed):
    told(case, 3, 7)
    made.withdraw(case, at(11))
    if closed:
        made.close(case, at(12))

    assert compared() == Estimates(0, 0, 0, 0)


def test_a_case_counts_in_the_period_of_its_decision(case):
    told(case, 3, 7)
    made.decide(case, at(11))

    assert compared(NOVEMBER.but(end=date(2026, 11, 10))).cases == 0
    assert compared(NOVEMBER.but(start=date(2026, 11, 11), end=date(2026, 11, 11))).cases == 1


def test_both_counts_are_those_of_the_rows_under_every_filter(country):
    made.history(30, country.versions)

    for wanted in FILTERS:
        found = [one for one in brute.cases(**wanted) if one.decided_at and one.running_seconds is not None]
        most = [one for one in found if one.most_days]

        assert compared(WINTER.but(**wanted)) == Estimates(
            len(found),
            sum(one.running_seconds <= one.half_days * DAY for one in found),
            len(most),
            sum(one.running_seconds <= one.most_days * DAY for one in most),
        ), wanted
    assert 0 < compared(WINTER).within_half < compared(WINTER).cases


def test_the_sentence_says_both_shares_in_plain_words():
    sentence = estimate_sentence(Estimates(1000, 521, 500, 455), NOVEMBER)

    assert sentence.number.replace(",", ".") == "52.1 %"
    assert "91.0\N{NO-BREAK SPACE}%" in sentence.label.replace(",", ".")


def test_without_a_time_for_nine_in_ten_the_sentence_says_only_the_first():
    assert "%" not in estimate_sentence(Estimates(10, 5, 0, 0), NOVEMBER).label


def test_without_cases_there_is_a_dash(db):
    with clock.frozen(at(30)):
        assert estimate_sentence(estimate_counts(NOVEMBER), NOVEMBER).number == "–"
