"""
Every state of the office's screens in a browser: axe finds nothing, nothing is too wide, the keys do what
they say.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from accounts.actors import Actor
from crm import actions as crm
from offices import actions
from offices.models import Ticket
from tests.browser import DESK, PHONE, assert_accessible, assert_fits
from tests.factories import offices as make
from tests.factories.catalog import publish, sheet
from tests.factories.territory import CommuneFactory

pytestmark = pytest.mark.django_db(transaction=True)


def page_of(name: str, *args: object) -> str:
    return reverse(f"offices:{name}", args=args)


def check(page: Page) -> None:
    """Look at a page at both widths; leave it at the wide one."""
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert_fits(page)
        assert_accessible(page)


def press(page: Page, key: str, then: str) -> None:
    """Press a key outside any field, and wait for the page it leads to."""
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press(key)
    page.wait_for_url(f"**{then}")


def test_reception_by_keyboard_from_the_question_to_the_number(
    new_page: Callable[..., Page], host, procedure_version
):
    page = new_page(user=host)
    page.goto(page_of("reception"))
    check(page)

    page.keyboard.type("certifcado de ejemplo")
    found = page.get_by_label("Certificado de ejemplo")
    expect(found).to_be_visible()
    found.check()
    with page.expect_response("**/reception/"):
        page.fill("#id_q", "otra cosa")
    expect(page.get_by_label("Certificado de ejemplo")).to_be_checked()
    page.fill("#id_run", "1-1")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("t")
    expect(page.locator(".error-summary")).to_be_focused()
    check(page)
    page.fill("#id_run", "")
    page.select_option("#id_priority", "carer")
    press(page, "t", "/reception/tickets/*/")
    check(page)

    expect(page.locator(".folio-huge")).to_have_text("P 001")
    assert Ticket.objects.get().visit.matters.get().version == procedure_version
    page.goto(page.url + "print/")
    check(page)


def test_a_matter_ticked_while_a_search_is_under_way_stays_ticked(
    new_page: Callable[..., Page], host, procedure_version
):
    page = new_page(user=host)
    page.goto(page_of("reception"))
    with page.expect_response("**/reception/"):
        page.fill("#id_q", "certificado")
    ticked = page.get_by_label("Certificado de ejemplo")
    expect(ticked).to_be_visible()
    under_way: list[Route] = []
    page.route("**/reception/", lambda route: under_way.append(route))

    for typed in ("certificado de", "otra cosa"):
        with page.expect_request("**/reception/"):
            page.fill("#id_q", typed)
        ticked.click()
        is_ticked = ticked.is_checked()
        with page.expect_response("**/reception/"):
            under_way.pop().continue_()
        expect(page.locator("#arrival .htmx-request")).to_have_count(0)
        assert ticked.is_checked() == is_ticked
    assert not ticked.is_checked()


def test_the_desk_by_keyboard_from_sitting_down_to_finishing(
    new_page: Callable[..., Page], clerk, office, procedure_version, agency
):
    make.agreement(agency, office)
    make.ticket(office, versions=[procedure_version], priority="older", note="Oye poco")
    make.ticket(office)
    page = new_page(user=clerk)
    page.goto(page_of("desk"))
    check(page)

    press(page, "2", "/staff/desk/")
    expect(page.get_by_text("P 001")).to_be_visible()
    check(page)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("n")
    expect(page.locator(".folio-huge")).to_have_text("P 001")
    check(page)
    press(page, "s", "/visits/*/")
    check(page)
    page.locator("aside summary").nth(1).click()
    page.fill("#new_name", "Amina Rojas Soto")
    page.fill("#new_run", "12.345.678-K")
    page.locator("#new_name").press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    check(page)
    page.fill("#new_run", "12.345.678-5")
    page.check("#new_document_seen")
    page.locator("#new_name").press("Enter")
    expect(page.locator("aside").get_by_text("12.345.678-5")).to_be_visible()
    check(page)
    press(page, "o", "/application/")
    check(page)
    page.get_by_role("link").filter(has=page.locator(".glyph")).last.is_visible()
    page.go_back()
    page.goto(page_of("visit", Ticket.objects.get(series="P").visit_id))
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("f")
    expect(page.locator(".notice-warning")).to_be_visible()
    check(page)
    page.click("button[name=anyway]")
    page.wait_for_url("**/staff/desk/")

    assert Ticket.objects.get(series="P").is_finished


def test_what_else_is_possible_is_asked_at_the_desk_without_losing_the_place(
    new_page: Callable[..., Page], clerk, office, procedure_version, agency
):
    publish(sheet(code="77", slug="pension", eligibility={"fact": "age", "at_least": 65}), agency=agency)
    visit = make.serving(office, clerk, versions=[procedure_version]).visit
    page = new_page(user=clerk)
    page.goto(page_of("visit", visit.pk))
    page.locator("#possible summary").click()
    check(page)
    for given, said in (("mucho", ".error-summary"), ("70", ".rows")):
        page.fill("#fact_age", given)
        page.locator("#possible details .actions button").click()
        expect(page.locator(f"#possible {said}")).to_be_visible()
        expect(page.locator("#fact_age")).to_have_value(given)
        check(page)
    page.locator("#possible .rows button").click()
    page.wait_for_url(re.compile("matter="))

    assert visit.matters.count() == 2


def test_a_case_at_the_desk_shows_its_thread_and_the_receipt_prints(
    new_page: Callable[..., Page], clerk, office, officer, agency, submitted_case
):
    make.agreement(agency, office)
    stage = submitted_case.stages.get()
    crm.take_stage(stage, by=Actor.staff(officer))
    crm.ask_citizen(stage, by=Actor.staff(officer), question="¿Cuál es su dirección?")
    visit = make.serving(office, clerk).visit
    page = new_page(user=clerk)

    page.goto(page_of("visit", visit.pk))
    check(page)
    page.locator("aside > details > summary").nth(1).click()
    page.fill("#case_folio", submitted_case.folio)
    page.locator("#case_folio").press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    check(page)
    page.fill("#case_reason", "Trae el comprobante")
    page.locator("#case_reason").press("Enter")
    expect(page.locator(".thread-staff")).to_be_visible()
    check(page)
    page.goto(page_of("receipt", visit.pk, visit.matters.get().pk))
    check(page)


def test_speaking_for_another_at_the_desk(
    new_page: Callable[..., Page], clerk, office, agency, submitted_case, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    make.agreement(agency, office)
    visit = make.serving(office, clerk, versions=[submitted_case.version]).visit
    maria = crm.know_person(by=Actor.staff(clerk), name="María Pérez Lagos", run="7654321-6")
    actions.identify_here(visit, by=Actor.staff(clerk), person=maria, document_seen=True)
    page = new_page(user=clerk)
    page.goto(page_of("visit", visit.pk))

    page.locator("#speaks > summary").click()
    page.fill("#for_text", "12.345.678-5")
    page.locator("#for_text").press("Enter")
    expect(page.locator("#speaks").get_by_text("Amina Rojas Soto").first).to_be_visible()
    check(page)
    page.locator("#speaks button[name=person]").first.click()
    expect(page.locator("#mandate_evidence")).to_be_visible()
    check(page)
    page.locator("#mandate_evidence").press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    check(page)
    page.select_option("#mandate_kind", "notarised")
    page.check("#mandate_acts_0")
    page.fill("#mandate_ends_on", "2099-03-31")
    page.fill("#mandate_evidence", "Poder ante la 4.ª Notaría de Santiago")
    page.locator("#mandate_evidence").press("Enter")
    expect(page.locator(".present-who")).to_contain_text("Amina Rojas Soto")
    expect(page.locator(".aside").get_by_text(submitted_case.folio).first).to_be_visible()
    check(page)


def test_the_waiting_room_and_the_phone_change_by_themselves(
    new_page: Callable[..., Page], clerk, office, settings
):
    settings.LIVE_URL = ""  # no stream here: the screens poll
    display = actions.make_display(office, by=Actor.system())
    ticket = make.ticket(office)
    room, phone = new_page(), new_page(PHONE)
    room.goto(reverse("offices-public:display", args=[display.token]))
    phone.goto(reverse("offices-public:ticket", args=[ticket.token]))
    for page in (room, phone):
        check(page)

    actions.call_next(make.desk(office, clerk, 3), by=Actor.staff(clerk))

    for page in (room, phone):
        page.evaluate(
            "topic => document.body.dispatchEvent(new CustomEvent('live', {detail: {topic}}))",
            f"office:{office.pk}",
        )
    expect(room.locator(".call.is-new")).to_contain_text("A 001")
    expect(phone.locator("h1")).to_contain_text("3")
    for page in (room, phone):
        check(page)
    phone.locator("main .button").click()
    expect(phone.locator(".notice-granted")).to_be_visible()
    check(phone)


@pytest.mark.parametrize("end", ["hold", "finished", "no_show", "abandoned"])
def test_every_end_of_a_ticket_on_the_phone(end: str, new_page: Callable[..., Page], clerk, office):
    by = Actor.staff(clerk)
    ticket = make.ticket(office) if end == "abandoned" else make.called(office, clerk)
    if end in {"hold", "finished"}:
        actions.start_serving(ticket, by=by)
    moves: dict[str, Any] = {
        "hold": actions.hold_ticket,
        "finished": actions.finish_visit,
        "no_show": actions.mark_no_show,
        "abandoned": actions.abandon_ticket,
    }
    moves[end](ticket, by=by)
    page = new_page(PHONE)

    page.goto(reverse("offices-public:ticket", args=[ticket.token]))

    assert_fits(page)
    assert_accessible(page)


def test_the_supervisors_day_full_and_empty(new_page: Callable[..., Page], office_supervisor, clerk, office):
    page = new_page(user=office_supervisor)
    page.goto(page_of("today"))
    check(page)
    make.called(office, clerk)
    make.ticket(office, priority="disability")

    page.reload()

    check(page)
    page.goto(page_of("queue"))
    check(page)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_dark_colours_are_as_legible(scheme, new_page: Callable[..., Page], clerk, office, procedure_version):
    CommuneFactory()
    visit = make.serving(office, clerk, versions=[procedure_version]).visit
    page = new_page(user=clerk)
    page.emulate_media(color_scheme=scheme)

    page.goto(page_of("visit", visit.pk))

    assert_accessible(page)
