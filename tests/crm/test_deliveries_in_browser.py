"""The administrators' screens of programs and deliveries in a real browser: every state, at a phone's width and a desk's."""

import pytest
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import expect

from accounts.actors import Actor
from common import clock
from crm import actions
from crm.models import Delivery
from tests.browser import DESK, PHONE, assert_accessible, assert_fits
from tests.crm.programs import program_of
from tests.crm.receivers import hand_out
from tests.factories import crm

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def something(procedure_version, agency):
    """A program, a system that is told, a message that was given up, and a difference."""
    program_of(agency)
    actions.subscribe(agency, by=Actor.system(), url="http://127.0.0.1:1/events")
    case = crm.filed_case(procedure_version)
    hand_out()
    Delivery.objects.update(state="dead", settled_at=clock.now(), trouble="TimeoutError")
    run = actions.begin_reconciliation(agency, by=Actor.system())
    actions.note_difference(run, by=Actor.system(), folio=case.folio, kind="missing_there", case_id=case.pk)
    actions.end_reconciliation(run, by=Actor.system(), found=1)


@pytest.mark.parametrize(("size", "language"), [(DESK, "es"), (PHONE, "en")])
def test_every_screen_can_be_used_by_everybody(something, administrator, new_page, size, language):
    page = new_page(size, user=administrator)
    with translation.override(language):
        addresses = [
            reverse("accounts:credentials"),
            reverse("accounts:credential-new"),
            reverse("deliveries:list"),
            reverse("deliveries:subscription-new"),
            reverse("deliveries:subscription", args=["SRCEI"]),
            reverse("deliveries:differences"),
        ]
    for address in addresses:
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)
    page.goto(addresses[3])
    page.locator("button[form=subscription]").click()
    expect(page.locator(".error-summary")).to_be_visible()
    assert_accessible(page)


def test_an_administrator_lets_a_program_in_without_a_mouse(administrator, agency, new_page):
    page = new_page(DESK, user=administrator)
    page.goto("/en/staff/people/programs/")
    assert_accessible(page)
    page.keyboard.press("n")
    page.get_by_label("Which program will use it").fill("Sistema SRCEI")
    page.locator("select[name=agency]").select_option("SRCEI")
    page.get_by_label("List and read the agency's cases").check()
    page.get_by_role("button", name="Issue the credential").click()

    assert page.get_by_label("The credential is issued: this is its secret").input_value().startswith("vt_")
    assert_accessible(page)


def test_a_click_beside_the_buttons_of_a_given_up_message_does_nothing(something, administrator, new_page):
    page = new_page(DESK, user=administrator)
    page.goto("/en/staff/deliveries/")
    with page.expect_navigation():
        page.get_by_role("button", name="I do").click()

    page.get_by_text("TimeoutError").click()
    page.keyboard.press("j")

    page.get_by_role("button", name="Send again").wait_for()
    assert Delivery.objects.get().state == "dead"
    assert page.get_by_text("TimeoutError").is_visible()
