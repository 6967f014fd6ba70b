"""
The screens of the figures: who may see them, whatever is asked, with a constant number of queries, and no
personal data.
"""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from metrics.forms import today
from metrics.models import IndicatorDefinition
from metrics.queries.datasets import DATASETS
from tests.factories import crm
from tests.factories import metrics as made
from tests.metrics.conftest import count_all

HTMX = {"HX-Request": "true"}
YEAR = "start=2026-01-01&end=2026-12-31"
HOSTILE = [
    "start=9999-99-99",
    "start=0001-01-01&end=9999-12-31",
    "start=2026-12-31&end=2026-01-01",
    "start=2020-01-01&end=2090-01-01",
    "region=99&commune=%01&office=x&agency=%27+OR+1%3D1&procedure=%01&channel=fax&set=7&km=-1",
    "procedure=" + "9" * 5000,
    "set=00000000-0000-0000-0000-000000000000",
    "start=&end=&region=&after=~&by=nothing",
    "region=13&region=05",
    "after=' OR 1=1 --~%01",
]


@pytest.fixture
def page(client_of, analyst):
    client = client_of(analyst)
    return lambda name, *args, query="", **extra: client.get(
        f"{reverse(f'metrics:{name}', args=args)}?{query}", **extra
    )


@pytest.mark.parametrize("who", ["analyst", "supervisor", "office_supervisor", "administrator"])
def test_those_of_the_room_see_the_dashboard(who, request, client_of, parameters):
    response = client_of(request.getfixturevalue(who)).get(reverse("metrics:dashboard"))

    assert response.status_code == 200


@pytest.mark.parametrize("who", ["clerk", "host", "agent", "officer", "editor", "stranger"])
def test_others_do_not(who, request, client_of, parameters):
    client = client_of(request.getfixturevalue(who))

    for address in (
        reverse("metrics:dashboard"),
        reverse("metrics:indicator", args=["contacts"]),
        reverse("metrics:parameters"),
    ):
        assert client.get(address).status_code == 403


def test_the_dashboard_is_answered_empty_and_filled(page, history):
    empty, filled = page("dashboard", query="start=2020-01-01&end=2020-01-31"), page("dashboard", query=YEAR)

    assert empty.status_code == filled.status_code == 200
    assert filled.context["counts"].contacts == len(history)
    assert b"chart-table" in filled.content


def test_htmx_is_given_the_sentences_that_a_reload_would_show(page, history):
    swapped = page("dashboard", query=YEAR, headers=HTMX)

    reloaded = page("dashboard", query=YEAR).text
    assert swapped.text.strip().startswith('<div id="figures"')
    assert "<html" not in swapped.text
    for one in swapped.context["served"]:
        assert one.number in reloaded


def test_every_indicator_explains_itself_and_agrees_with_its_rows(page, history, submitted_case):
    count_all()

    for code in IndicatorDefinition.objects.values_list("code", flat=True):
        for query in (YEAR, "start=2020-01-01&end=2020-01-31", f"{YEAR}&region=05&channel=office"):
            response = page("indicator", code, query=query)
            assert response.status_code == 200, code
            assert response.context["explained"].agrees, code
            assert response.context["definition"].formula.split()[0] in response.text, code


def test_an_unknown_indicator_is_not_found(page, parameters):
    assert page("indicator", "happiness").status_code == 404


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_asked_is_answered(page, history, query):
    for name, *args in (("dashboard",), ("indicator", "contacts"), ("indicator", "infrastructure"), ("map",)):
        assert page(name, *args, query=query).status_code == 200


def test_a_wrong_filter_is_told_and_left_out(page, history):
    response = page("dashboard", query=f"{YEAR}&region=99")

    assert response.context["filters"].region == ""
    assert response.context["form"].errors["region"]
    assert response.context["counts"].contacts == len(history)


def test_a_supervisor_of_an_office_sees_the_rows_of_that_office_alone(
    client_of, office_supervisor, history, country
):
    response = client_of(office_supervisor).get(reverse("metrics:indicator", args=["contacts"]) + f"?{YEAR}")

    assert "Ventanilla Petorca</td>" not in response.text
    assert "Ventanilla Santiago Centro</td>" in response.text


def test_no_page_shows_a_person(page, parameters, submitted_case):
    count_all()

    for code in IndicatorDefinition.objects.values_list("code", flat=True):
        text = page("indicator", code).text
        for secret in (
            "Amina",
            "12345678",
            "12.345.678",
            "amina@test.invalid",
            "987654321",
            submitted_case.folio,
        ):
            assert secret not in text, code


def test_pages_ask_as_many_questions_for_few_contacts_as_for_many(page, country, parameters):
    def questions() -> list[int]:
        counted = []
        for name, *args in (
            ("dashboard",),
            ("indicator", "contacts"),
            ("indicator", "savings-enquiries"),
            ("indicator", "satisfaction"),
        ):
            with CaptureQueriesContext(
                connection,
            ) as caught:
                page(name, *args, query=YEAR)
            counted.append(len(caught))
        return counted

    def more(size: int) -> None:
        made.history(
            size, offices=country.offices, versions=country.versions, communes=country.communes, seed=size
        )
        count_all()

    more(20)
    questions()
    few = questions()
    more(40)

    assert questions() == few


def test_public_statistics_need_no_sign_in_and_set_no_cookie(client, history):
    response = client.get(reverse("metrics-public:statistics"))

    assert response.status_code == 200
    assert not response.cookies
    assert "public" in response.headers["Cache-Control"]


def test_public_statistics_are_answered_before_anything_happened(client, parameters):
    assert client.get(reverse("metrics-public:statistics")).status_code == 200


@pytest.mark.parametrize("code", DATASETS)
def test_each_dataset_is_a_file_with_its_columns_and_the_same_rows_as_the_api(client, history, code):
    sent = client.get(reverse("metrics-public:dataset", args=[code]))
    told = client.get(reverse("metrics-api:dataset", args=[code])).json()

    rows = list(csv.DictReader(io.StringIO(sent.text)))
    assert sent.headers["Content-Type"].startswith("text/csv")
    assert (
        tuple(rows[0] if rows else sent.text.strip().split(","))
        == DATASETS[code].columns
        == tuple(told["columns"])
    )
    assert rows == [
        {name: "" if value is None else str(value) for name, value in row.items()} for row in told["rows"]
    ]
    assert told["formula"]


def test_files_tell_the_contacts_of_the_rows_and_hide_few(client, country, parameters):
    for number, channel in ((6, "office"), (3, "phone")):
        for _ in range(number):
            made.contact(channel, office=country.offices[0] if channel == "office" else None)
    count_all()

    row = next(
        csv.DictReader(
            io.StringIO(client.get(reverse("metrics-public:dataset", args=["atenciones-mes"])).text)
        )
    )

    assert row == {
        "periodo": "2026", "mes": "3", "oficina": "6", "oficina_movil": "0", "online": "0", "callcenter": ""
    }  # fmt: skip


def test_an_unknown_dataset_is_not_found(client, db):
    assert client.get("/es/statistics/nothing.csv").status_code == 404
    assert client.get(reverse("metrics-api:dataset", args=["nothing"])).status_code == 404
    assert client.get(reverse("metrics-api:datasets")).json()["items"][0]["code"] == "num-atenciones"


def test_the_api_narrows_to_a_year(client, history):
    address = reverse("metrics-api:dataset", args=["atenciones-mes"])

    assert client.get(address, {"periodo": "2026"}).json()["rows"]
    assert client.get(address, {"periodo": "1999"}).json()["rows"] == []
    for wrong in ({"periodo": "x' OR 1"}, {"periodo": "abc"}, {"channel": "nope"}, {"limit": "5"}):
        refused = client.get(address, wrong)
        assert (refused.status_code, refused.headers["Content-Type"]) == (400, "application/problem+json")
        assert list(refused.json()["errors"]) == list(wrong)


def test_statistics_are_answered_with_or_without_a_final_slash_and_to_head(client, history):
    for address in ("/api/v1/statistics", "/api/v1/statistics/atenciones-mes"):
        for method in (client.get, client.head):
            assert {method(address).status_code, method(f"{address}/").status_code} == {200}


def test_cases_are_counted_decided_and_kept(page, parameters, procedure_version, officer, actor_of):
    from crm import actions

    cases = [crm.filed_case(procedure_version) for _ in range(3)]
    for case in cases[:2]:
        stage = actions.take_stage(case.stages.get(), by=actor_of(officer))
        actions.decide_stage(stage, by=actor_of(officer), decision="granted", reason="")
    period = f"start={today() - timedelta(days=7)}&end={case.promised_on}"

    numbers = [one.number for one in page("dashboard", query=period).context["decided"]]

    assert (numbers[0], numbers[1], numbers[3], numbers[4], numbers[5]) == ("3", "2", "100 %", "100 %", "–")
