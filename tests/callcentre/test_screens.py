"""The console in a real browser, in each of its states: what appears by itself, keys, axe, width."""

import re

import pytest
from playwright.sync_api import expect

from callcentre.reference import load_menu
from crm.actions import ask_citizen, take_stage
from tests.browser import DESK, PHONE, assert_accessible, assert_fits
from tests.callcentre import phones

pytestmark = pytest.mark.django_db(transaction=True)
CONSOLE = "/en/staff/line/"


@pytest.fixture
def menu(agency):
    load_menu()


def test_the_pop_up_comes_by_itself_and_only_to_the_ringing_agent(new_page, agent, second_agent, menu):
    phones.amina()
    mine, theirs = new_page(user=agent), new_page(user=second_agent)
    for page in (mine, theirs):
        page.goto(CONSOLE)
    assert_accessible(mine)
    assert_fits(mine)

    phones.rings(agent, menu="6.4")

    expect(mine.get_by_role("alert")).to_contain_text("+56 9 8765 4321", timeout=5000)
    expect(mine.get_by_role("alert")).to_contain_text("A… R… S…")
    assert_accessible(mine)
    theirs.wait_for_timeout(3500)
    assert theirs.get_by_role("alert").count() == 0


def test_from_ringing_to_wrap_up_with_keys(new_page, agent, menu, procedure_version):
    phones.amina()
    page = new_page(user=agent)
    page.goto(CONSOLE)
    page.keyboard.press("n")
    page.wait_for_selector("[data-key='p']")
    phones.rings(agent, menu="6.4")
    expect(page.get_by_role("alert")).to_be_visible(timeout=5000)

    page.keyboard.press("a")
    page.wait_for_url("**/contact/**")
    assert_accessible(page)
    assert_fits(page)

    page.keyboard.press("/")
    page.keyboard.type("certificate")
    page.keyboard.press("Enter")
    page.locator("#results").get_by_role("button", name="Add").click()
    page.wait_for_url("**matter=**")
    expect(page.get_by_role("region", name="What to say")).to_contain_text("$3.820")
    assert_accessible(page)

    phones.hangs_up()
    expect(page.locator("#ringing")).to_contain_text("hung up", timeout=5000)
    page.keyboard.press("g")
    page.wait_for_selector("#finish")
    assert_accessible(page)
    page.get_by_label("How it came out").select_option("informed")
    page.get_by_role("button", name="Note it").click()
    page.wait_for_load_state()
    page.keyboard.press("f")
    page.wait_for_url("**/staff/line/")
    expect(page.locator(".top-tools")).to_contain_text("Available")


def test_what_is_typed_stays_while_another_phone_rings(new_page, agent):
    contact = phones.speaks(agent)
    page = new_page(user=agent)
    page.goto(f"{CONSOLE}contact/{contact.pk}/")
    page.get_by_label("Note for colleagues").fill("Half a sen")

    phones.rings(agent, call_id="second")

    expect(page.get_by_role("alert")).to_be_visible(timeout=5000)
    assert page.get_by_label("Note for colleagues").input_value() == "Half a sen"
    assert_accessible(page)


def test_a_case_is_told_after_two_right_answers(new_page, agent, officer, submitted_case):
    stage = take_stage(submitted_case.stages.get(), by=phones.Actor.staff(officer))
    ask_citizen(stage, by=phones.Actor.staff(officer), question="Which year?")
    phones.amina()
    contact = phones.speaks(agent)
    page = new_page(user=agent)
    page.goto(f"{CONSOLE}contact/{contact.pk}/")

    page.get_by_role("button", name=re.compile(r"says so\s*: A… R… S…")).click()
    expect(page.locator("#questions")).to_be_visible()
    assert_accessible(page)
    right = {"birth_year": "1990", "commune": "santiago"}
    for name, words in right.items():
        if page.locator(f"[name={name}]").count():
            page.locator(f"[name={name}]").fill(words)
    if page.locator("[name=last_procedure]").count():
        page.locator("[name=last_procedure]").select_option("3430")
    page.get_by_role("button", name="Check the answers").click()

    page.get_by_role("link", name="Example certificate").click()
    expect(page.get_by_role("heading", name="How it goes")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Which year?")
    assert_accessible(page)
    assert_fits(page)


def test_applying_by_phone_and_reading_the_folio(new_page, agent, procedure_version):
    contact = phones.speaks(agent)
    page = new_page(user=agent)
    page.goto(f"{CONSOLE}contact/{contact.pk}/")
    page.get_by_role("searchbox").fill("certificate")
    page.get_by_role("searchbox").press("Enter")
    page.locator("#results").get_by_role("button", name="Apply").click()
    page.wait_for_url("**/applications/**")
    assert_accessible(page)

    page.get_by_role("button", name="File the application").click()

    expect(page.get_by_role("alert").first).to_contain_text("There is a problem")
    assert_accessible(page)
    assert_fits(page)


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_wrap_up_of_a_withheld_number_without_matters(new_page, agent, size):
    contact = phones.wraps_up(agent, number="")
    page = new_page(size, user=agent)
    page.goto(f"{CONSOLE}contact/{contact.pk}/")

    assert_accessible(page)
    assert_fits(page)
    page.get_by_label("Why there was nothing to note").select_option("no_voice")
    page.get_by_role("button", name="Finish and take a break").click()

    page.wait_for_url("**/staff/line/")


def test_the_whole_call_works_without_script(new_page, agent, procedure_version):
    contact = phones.speaks(agent)
    page = new_page(user=agent, javascript=False)
    page.goto(CONSOLE)

    page.locator("input[type=search]").fill("certificate")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name=re.compile(r"Add\s*: Example certificate")).click()
    page.get_by_label("How it came out").select_option("informed")
    page.get_by_role("button", name="Note it").click()
    page.get_by_role("button", name="The call is over").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Finish and be available").click()

    contact.refresh_from_db()
    assert contact.wrapped_up_at is not None


def test_the_callers_phone_plays_a_call_on_the_console(new_page, agent, supervisor, menu):
    console, caller = new_page(user=agent), new_page(user=supervisor)
    console.goto(CONSOLE)
    caller.goto(f"{CONSOLE}softphone/")
    assert_accessible(caller)
    assert_fits(caller)

    for box in caller.locator("input[name='user[]']").all():
        box.set_checked(box.get_attribute("value") == agent.email)
    caller.get_by_label("Keys pressed").select_option("6.4")
    caller.get_by_role("button", name="Ring").click()

    expect(console.get_by_role("alert")).to_contain_text("Civil Registry", timeout=5000)
    caller.get_by_role("button", name="Bruno Salas answers").click()
    console.wait_for_url("**/contact/**", timeout=6000)
    assert_accessible(caller)
    caller.get_by_role("button", name="Hang up").click()
    expect(caller.locator("#calls")).to_contain_text("No call is going on", timeout=5000)
    expect(console.locator("#ringing")).to_contain_text("hung up", timeout=6000)


def test_the_callers_phone_works_without_script(new_page, agent, supervisor):
    caller = new_page(user=supervisor, javascript=False)
    caller.goto(f"{CONSOLE}softphone/")

    caller.get_by_role("button", name="Ring").click()
    caller.get_by_role("button", name="Bruno Salas answers").click()
    caller.get_by_role("button", name="Hang up").click()

    assert "No call is going on" in caller.locator("#calls").inner_text()


def test_the_supervisors_screen_follows_the_line(new_page, agent, supervisor, menu):
    page = new_page(user=supervisor)
    page.goto(f"{CONSOLE}now/")
    expect(page.locator("#now")).to_contain_text("Nobody waits")
    assert_accessible(page)

    phones.rings(agent, menu="2.1")

    expect(page.locator("#now")).to_contain_text("Fonasa", timeout=7000)
    assert_accessible(page)
    assert_fits(page)


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_the_lines_page_needs_no_script(new_page, menu, size):
    page = new_page(size, javascript=False)
    page.goto("/en/line-101/")
    page.get_by_label("Where do you call from?").select_option("island")
    page.get_by_role("button", name="Show my time").click()

    expect(page.locator("main")).to_contain_text("hours earlier")
    page.locator("summary").nth(5).click()
    expect(page.get_by_text("Civil Registry and Identification")).to_be_visible()
    assert_fits(page)


def test_the_lines_page_is_accessible(new_page, menu):
    page = new_page(PHONE)
    page.goto("/es/line-101/")

    assert_accessible(page)
