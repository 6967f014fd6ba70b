"""The figures' screens in a browser: axe, no sideways scrolling, live sentences."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from crm.models import Case
from metrics.reference import load_parameters
from tests.browser import DESK, PHONE, assert_accessible, assert_fits
from tests.factories import metrics as made
from tests.factories import promises as promised
from tests.metrics.conftest import count_all

pytestmark = pytest.mark.django_db(transaction=True)
YEAR = "?start=2026-01-01&end=2026-12-31"


@pytest.fixture
def contacts(country):
    load_parameters()
    made.history(25, offices=country.offices, versions=country.versions, communes=country.communes)
    count_all()


@pytest.fixture
def promises(contacts, country):
    late, decided = (promised.file(country.versions[0]) for _ in range(2))
    promised.decide(decided, promised.at(16))
    Case.objects.filter(pk=decided.pk).update(half_days=10, most_days=20, estimated_from=40)
    return [late, decided]


def test_staff_screens_are_accessible_empty_and_filled(new_page, analyst, promises):
    page = new_page(DESK, user=analyst)
    addresses = [
        reverse("metrics:dashboard") + YEAR,
        reverse("metrics:dashboard") + "?start=2020-01-01&end=2020-01-31&region=99",
        reverse("metrics:indicator", args=["satisfaction"]) + YEAR,
        reverse("metrics:indicator", args=["infrastructure"]) + YEAR,
        reverse("metrics:indicator", args=["promises-kept"]) + YEAR,
        reverse("metrics:indicator", args=["estimates-true"]) + YEAR,
        reverse("metrics:map"),
        reverse("metrics:parameters"),
        reverse("metrics:parameter-set", args=["2024", 1]),
    ]
    for address in addresses:
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)


def test_public_statistics_are_accessible_on_a_phone_without_javascript(new_page, contacts):
    page = new_page(PHONE, javascript=False)
    page.goto(reverse("metrics-public:statistics"))

    assert_fits(page)
    page = new_page(PHONE)
    page.goto(reverse("metrics-public:statistics"))
    assert_accessible(page)


def test_the_sentences_move_by_themselves_within_ten_seconds(new_page, analyst, contacts, country):
    page = new_page(DESK, user=analyst)
    page.goto(reverse("metrics:dashboard") + YEAR)
    first = page.locator("#figures .figure-number").first
    assert first.inner_text() == "25"

    made.contact(office=country.offices[0])
    count_all()

    expect(first).to_have_text("26", timeout=10_000)
