"""Promises kept, also of cases that are late and still open; each figure beside its recount and its rows."""

from datetime import date, datetime

import pytest

from common import clock
from crm.models import Case, CaseState
from metrics.queries import promise_recounts, rows
from metrics.queries.filters import Filters
from metrics.queries.promises import DAYS, Promises, promise_counts
from tests.factories import promises as made
from tests.factories.promises import DUE, at
from tests.metrics import brute
from tests.metrics.test_figures import FILTERS

NOVEMBER = Filters(date(2026, 11, 1), date(2026, 11, 30))
WINTER = Filters(date(2026, 11, 1), date(2027, 4, 30))
NOTHING, KEPT, DECIDED_LATE, LATE = (
    Promises(0, 0, 0),
    Promises(1, 1, 0),
    Promises(1, 0, 0),
    Promises(1, 0, 1),
)


@pytest.fixture
def case(country) -> Case:
    return made.file(country.versions[0])


def judged(now: datetime, code: str = "promises-kept", filters: Filters = NOVEMBER) -> Promises:
    """The figure as it stands then; its recount says the same, and its rows are as many."""
    with clock.frozen(now):
        told = promise_counts(filters, DAYS[code])
        assert promise_recounts.promises(filters, DAYS[code]) == told
        shown = rows.rows_page(code, filters, size=1000).rows
    assert (len(shown), sum(row["kept"] for row in shown)) == (told.judged, told.kept)
    assert sum(row["decided"] is None for row in shown) == told.late
    return told


def test_a_case_that_is_late_and_still_open_is_a_promise_not_kept(case):
    assert case.promised_on == case.receipt_promised_on == DUE

    assert judged(at(26)) == judged(at(26), "receipts-kept") == LATE


def test_a_promise_whose_day_is_not_over_is_not_judged(case):
    assert judged(at(23, 23, 59)) == judged(at(23, 23, 59), "receipts-kept") == NOTHING
    assert judged(at(24, 0, 1)) == judged(at(24, 0, 1), "receipts-kept") == LATE


def test_a_case_decided_before_its_day_kept_its_promise_though_the_day_has_not_come(case):
    made.decide(case, at(16))

    assert judged(at(17)) == judged(at(17), "receipts-kept") == KEPT
    assert judged(at(17), filters=NOVEMBER.but(end=date(2026, 11, 22))) == NOTHING


@pytest.mark.parametrize(("on", "told"), [(at(23, 23, 59, 59), KEPT), (at(24), DECIDED_LATE)])
def test_a_decision_on_the_very_day_keeps_the_promise_and_one_after_midnight_does_not(case, on, told):
    made.decide(case, on)

    assert judged(at(26)) == judged(at(26), "receipts-kept") == told


def test_a_day_that_moved_is_judged_where_it_stands_and_the_receipts_day_where_it_stood(case):
    made.ask(case, at(16))
    made.answer(case, at(20))
    made.decide(case, at(26))

    case.refresh_from_db()
    assert case.promised_on == date(2026, 11, 27)
    assert judged(at(30)) == KEPT
    assert judged(at(30), "receipts-kept") == DECIDED_LATE
    only_the_27th = NOVEMBER.but(start=case.promised_on, end=case.promised_on)
    assert judged(at(30), filters=only_the_27th) == KEPT
    assert judged(at(30), "receipts-kept", only_the_27th) == NOTHING


def test_while_the_clock_stands_the_promise_is_not_over_but_the_receipts_day_is(case):
    made.ask(case, at(23))

    assert judged(at(30)) == NOTHING
    assert judged(at(30), "receipts-kept") == LATE


def test_asking_the_citizen_once_it_is_late_makes_it_no_less_late(case):
    made.ask(case, at(24))

    assert judged(at(30)) == LATE


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("ending", ["withdrawn", "lapsed"])
def test_a_withdrawn_or_lapsed_case_was_nobodys_promise_also_once_it_is_closed(case, ending, closed):
    if ending == "withdrawn":
        made.withdraw(case, at(29))
    else:
        made.ask(case, at(24))
        made.lapse(case, at(100))
    if closed:
        made.close(case, at(101))

    assert judged(at(120)) == judged(at(120), "receipts-kept") == NOTHING


@pytest.mark.parametrize("decision", ["granted", "denied", "referred"])
def test_a_closed_case_is_judged_by_its_decision_not_by_its_closing(case, decision):
    made.decide(case, at(20), decision)
    made.close(case, at(40))

    assert judged(at(50)) == judged(at(50), "receipts-kept") == KEPT


def test_a_reopened_case_is_judged_by_its_new_promise(case):
    made.decide(case, at(16))
    made.close(case, at(17))
    made.reopen(case, at(30))

    case.refresh_from_db()
    assert (case.state, case.promised_on) == (CaseState.IN_REVIEW, date(2026, 12, 14))
    assert judged(at(40)) == NOTHING
    assert judged(at(40), filters=WINTER) == NOTHING
    assert judged(at(46), filters=WINTER) == LATE
    made.decide(case, at(44, 23, 59))
    assert judged(at(46), filters=WINTER) == KEPT


def test_a_case_without_a_promise_is_not_judged(case):
    Case.objects.filter(pk=case.pk).update(promised_on=None, receipt_promised_on=None)

    assert judged(at(30)) == judged(at(30), "receipts-kept") == NOTHING


@pytest.mark.parametrize("code", DAYS)
def test_both_counts_are_those_of_the_rows_under_every_filter(country, code):
    made.history(30, country.versions)
    everywhere = brute.cases()

    for now in (at(24), at(30), at(130)):
        seen = [judged(now, code, WINTER.but(**wanted)) for wanted in FILTERS]

        assert seen == [
            brute.promises(DAYS[code], now, WINTER.start, WINTER.end, **wanted) for wanted in FILTERS
        ]
        assert 0 < seen[0].kept < seen[0].judged <= len(everywhere)
    assert judged(at(30), code).late > 0


def test_a_supervisor_of_an_office_counts_the_cases_begun_there_alone(case, country):
    only = NOVEMBER.but(scope=(country.offices[0].pk,))

    assert judged(at(30), filters=only) == NOTHING


@pytest.mark.parametrize("code", [*DAYS, "estimates-true"])
def test_pages_of_cases_promised_for_the_same_days_give_every_row_once(country, code):
    made.history(20, country.versions)
    seen, after = [], ""

    with clock.frozen(at(130)):
        while True:
            page = rows.rows_page(code, WINTER, after, size=3)
            seen += [row["pk"] for row in page.rows]
            if not (after := page.next):
                break
        expected = rows.LISTINGS[code].rows(WINTER).count()

    assert len(seen) == len(set(seen)) == expected > 6
