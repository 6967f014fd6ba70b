"""The screens and files of promises and estimates: plain sentences, every row, few questions, no few told."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from common import clock
from crm.models import Case
from metrics.queries import promises
from metrics.queries.datasets import DATASETS
from tests.factories import promises as made
from tests.factories.promises import DUE, at

CODES = ("promises-kept", "receipts-kept", "estimates-true")
WINTER = "start=2026-11-01&end=2027-04-30"


@pytest.fixture
def page(client_of, analyst, parameters):
    with clock.frozen(at(1)):  # of the room since then
        client = client_of(analyst)

    def get(name, *args, query=WINTER):
        return client.get(f"{reverse(f'metrics:{name}', args=args)}?{query}")

    return get


@pytest.fixture
def three(country):
    """Three cases due on one day: decided in time, decided late after its day had moved, late and still open."""
    cases = [made.file(country.versions[0]) for _ in range(3)]
    Case.objects.update(half_days=10, most_days=20, estimated_from=40)
    made.decide(cases[0], at(16))
    made.ask(cases[1], at(17))
    made.answer(cases[1], at(20))
    made.decide(cases[1], at(25))
    return cases


def test_the_dashboard_says_what_was_kept_and_what_is_late(page, three):
    with clock.frozen(at(30)), translation.override("en"):
        promised, receipts, estimates = page("dashboard").context["decided"][3:]

    assert (promised.number, receipts.number, estimates.number) == ("67 %", "33 %", "50.0 %")
    assert promised.note == "2 of 3 cases whose day is over. 1 is late and still open."
    assert "100.0\N{NO-BREAK SPACE}% within that told for nine in ten" in estimates.label
    assert estimates.note == "2 decided cases whose receipt told an estimate."


def test_in_spanish_too(page, three):
    with clock.frozen(at(30)), translation.override("es"):
        promised, _receipts, estimates = page("dashboard").context["decided"][3:]

    assert promised.label == "de los casos se decidió a más tardar el día prometido"
    assert promised.note == "2 de 3 casos cuyo día ya pasó. 1 está atrasado y sigue abierto."
    assert estimates.label.startswith(
        "de los casos se decidió en el tiempo dicho para la mitad; el 100,0\N{NO-BREAK SPACE}%, en"
    )


@pytest.mark.parametrize("code", CODES)
def test_each_explains_itself_and_agrees_with_its_rows_under_filters(page, country, code):
    made.history(20, country.versions)

    with clock.frozen(at(30)):
        for narrowed in (
            "",
            "&region=13",
            "&agency=IPS&procedure=4040",
            "&channel=phone",
            "&office=OF-13101-1",
        ):
            response = page("indicator", code, query=f"{WINTER}{narrowed}")

            assert response.status_code == 200
            assert response.context["explained"].agrees, narrowed
    assert response.context["definition"].version == (2 if code == "promises-kept" else 1)


def test_a_figure_that_forgot_the_late_cases_would_not_agree_with_its_rows(page, three, monkeypatch):
    real = promises.judged_cases
    monkeypatch.setattr(promises, "judged_cases", lambda *given: real(*given).exclude(decided_at=None))

    with clock.frozen(at(30)):
        assert not page("indicator", "promises-kept").context["explained"].agrees


def test_the_rows_tell_of_each_case_what_was_promised_and_what_became_of_it(page, three):
    with clock.frozen(at(30)), translation.override("en"):
        table = page("indicator", "promises-kept").context["table"]

    heads = [head for head, _is_number in table.heads][:4]
    assert heads == ["Decided", "Promised by", "Told on the receipt", "Kept"]
    told = sorted([cell for cell, _is_number in row][:4] for row in table.rows)
    day, moved = DUE.isoformat(), "2026-11-26"
    assert told == [
        ["2026-11-16 12:00", day, day, "yes"],
        ["2026-11-25 12:00", moved, day, "yes"],
        ["–", day, day, "no"],
    ]


def test_the_rows_of_estimates_tell_both_times(page, three):
    with clock.frozen(at(30)), translation.override("en"):
        table = page("indicator", "estimates-true").context["table"]

    told = sorted([cell for cell, _is_number in row][1:6] for row in table.rows)
    assert told == [
        ["13.0 days", "10 days", "no", "20 days", "yes"],
        ["7.0 days", "10 days", "yes", "20 days", "yes"],
    ]


def test_pages_ask_as_many_questions_for_few_cases_as_for_many(page, country):
    def questions() -> list[int]:
        counted = []
        for name, *args in (("dashboard",), *(("indicator", code) for code in CODES)):
            with clock.frozen(at(130)), CaptureQueriesContext(connection) as caught:
                page(name, *args)
            counted.append(len(caught))
        return counted

    made.history(8, country.versions)
    questions()
    few = questions()
    made.history(16, country.versions, seed=8)

    assert questions() == few


@pytest.mark.parametrize("count", [promises.promise_counts, promises.estimate_counts])
def test_each_figure_is_one_question(three, count, django_assert_num_queries):
    period = promises.Filters(DUE, DUE)
    given = (period,) if count is promises.estimate_counts else (period, "promised_on")

    with django_assert_num_queries(1):
        count(*given)


@pytest.mark.parametrize("code", ["plazos-cumplidos", "plazos-comprobante"])
def test_files_hide_few_late_cases_and_what_gives_them_away(country, code):
    cases = [made.file(country.versions[0]) for _ in range(12)]
    for case in cases[:9]:
        made.decide(case, at(12))

    with clock.frozen(at(30)):
        (three_late,) = DATASETS[code].rows(at(30).date())
    for case in cases[9:]:
        made.decide(case, at(12))
    with clock.frozen(at(30)):
        (none_late,) = DATASETS[code].rows(at(30).date())

    month = {"periodo": 2026, "mes": 11, "casos": 12}
    hidden = {"en_plazo": None, "fuera_de_plazo": None, "porcentaje_en_plazo": None}
    assert three_late == month | hidden
    assert none_late == month | {"en_plazo": 12, "fuera_de_plazo": 0, "porcentaje_en_plazo": 100.0}


def test_the_file_of_promises_waits_until_a_day_is_over(country):
    for _ in range(6):
        made.decide(made.file(country.versions[0]), at(12))

    with clock.frozen(at(23)):
        assert list(DATASETS["plazos-cumplidos"].rows(DUE)) == []


def test_the_file_of_estimates_tells_shares_of_at_least_five_cases(country):
    def row():
        return next(DATASETS["estimaciones"].rows(at(30).date()))

    for place in range(5):
        case = made.file(country.versions[0])
        made.decide(case, at(12))
        most = None if place == 0 else 3
        Case.objects.filter(pk=case.pk).update(half_days=3 if place else 2, most_days=most, estimated_from=40)
        if place == 3:
            assert (row()["casos"], row()["porcentaje_mitad"]) == (None, None)

    month = {"periodo": 2026, "mes": 11}
    assert row() == month | {"casos": 5, "porcentaje_mitad": 80.0, "porcentaje_nueve_de_diez": None}
