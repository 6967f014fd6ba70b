"""States of the citizen's pages on a phone without JavaScript: axe finds nothing; nothing is too wide."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.actors import Actor
from crm import actions as crm
from crm import keys
from tests.browser import DESK, PHONE, assert_accessible, assert_fits
from tests.factories.bundles import publish_bundle, two_procedures
from tests.factories.catalog import publish, sheet
from tests.factories.crm import PDF
from tests.factories.territory import CommuneFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def check(new_page: Callable[..., Page]) -> Callable[[Page], None]:
    """
    Return a function that checks a page as it stands.

    axe needs JavaScript, the pages must not: it reads the same HTML at the same address in a second browser.
    """
    reader = new_page(PHONE)

    def checked(page: Page) -> None:
        page.wait_for_load_state("load")  # a click waits for the page, not for its letters
        assert_fits(page)
        html, address = page.content(), page.url
        reader.unroute_all()
        reader.route(
            address,
            lambda route: route.fulfill(status=200, content_type="text/html; charset=utf-8", body=html),
        )
        reader.goto(address)
        assert_accessible(reader)

    return checked


@pytest.fixture
def look(new_page: Callable[..., Page], check: Callable[[Page], None]) -> Callable[..., Page]:
    """Return a function that opens an address on a phone without JavaScript and checks what is shown."""

    def open_page(address: str, page: Page | None = None) -> Page:
        page = page or new_page(PHONE, javascript=False)
        page.goto(address)
        check(page)
        return page

    return open_page


def press(page: Page) -> None:
    """Press the page's first button, and wait for the page it leads to."""
    with page.expect_navigation():
        page.click("main form .actions .button >> nth=0")


CATALOGUE = [
    "/es/",
    "/es/tramites/certificado-de-ejemplo/",
    "/en/procedures/certificado-de-ejemplo/",
    "/es/tramites/certificado-de-ejemplo/lista/",
    "/es/tramites/certificado-de-ejemplo/solicitar/",
    "/es/tramites/",
    "/es/instituciones/SRCEI/",
    "/es/buscar/?q=certificado",
    "/es/buscar/?q=zzxxqq",
    "/es/oficinas/",
    "/es/oficinas/?commune=13101",
    "/es/oficinas/?commune=",
    "/es/esperas/",
    "/es/acerca/",
    "/es/accesibilidad/",
    "/es/privacidad/",
    "/es/seguir/",
    "/es/solicitudes/continuar/",
    "/es/solicitudes/aaaaaaaaaa/",
    "/es/casos/2026-0000001-5/",
]


def test_catalogue_pages(look, procedure_version, office):
    page = None
    for address in CATALOGUE:
        page = look(address, page)


def test_may_i_get_this_from_the_questions_to_every_answer(look, check, agency):
    rules = {
        "all": [
            {"fact": "age", "at_least": 60},
            {"any": [{"fact": "situation", "is": "retired"}, {"fact": "income_bracket", "at_most": 60}]},
            {"fact": "residence", "in": ["13", "05101"]},
        ]
    }
    publish(sheet(eligibility=rules), agency=agency)
    page = look("/es/tramites/certificado-de-ejemplo/puedo/")
    for given in ("mucho", "58", "67", ""):
        page.fill("#id_age", given)
        press(page)
        expect(page.locator(".error-summary")).to_be_visible(visible=given == "mucho")
        expect(page.locator("#answer")).to_be_visible(visible=given != "mucho")
        expect(page.locator("#id_age")).to_have_value(given)
        check(page)


def test_empty_forms_are_refused_in_words(look, check, procedure_version):
    page = None
    for address in ("/es/seguir/", "/es/tramites/certificado-de-ejemplo/util/", "/es/solicitudes/continuar/"):
        page = look(address, page)
        press(page)
        expect(page.locator(".error-summary")).to_be_visible()
        check(page)


def test_an_application_from_start_to_receipt(look, check, procedure_version):
    CommuneFactory()
    page = look("/es/tramites/certificado-de-ejemplo/solicitar/")
    press(page)
    check(page)
    press(page)  # nothing typed: the error
    check(page)
    page.fill("#id_applicant_name__given", "Amina")
    page.fill("#id_applicant_name__surnames", "Rojas")
    page.click("button[name=leave]")
    check(page)
    page.click("main .actions a.button")
    check(page)
    page.click("button[name=skip]")
    page.fill("#id_applicant_email", "amina@test.invalid")
    press(page)
    press(page)
    page.select_option("#id_applicant_commune", "13101")
    press(page)
    check(page)
    page.check("input[value=lost]")
    press(page)
    check(page)
    press(page)
    check(page)  # a date left empty
    for part, value in (("day", "3"), ("month", "2"), ("year", "2026")):
        page.fill(f"main input[name=lost_on_{part}]", value)
    press(page)
    page.fill("#id_copies", "2")
    press(page)
    page.check("input[value=yes]")
    press(page)
    check(page)
    page.fill("#id_address__street", "Calle Uno 2")
    page.select_option("#id_address__commune", "13101")
    press(page)
    check(page)
    page.set_input_files("#id_proof", {"name": "uno.pdf", "mimeType": "application/pdf", "buffer": PDF})
    press(page)
    check(page)
    page.check("#id_declaration")
    press(page)
    check(page)  # check your answers
    press(page)
    check(page)  # the receipt
    receipt = page.url
    look(receipt + "papel/", page)
    page.goto(receipt)
    page.go_back()
    page.goto(receipt.replace("comprobante/", "revisar/"))
    assert page.url == receipt
    page.click("main .actions a.button")
    check(page)  # the case


def test_several_procedures_in_one_form_from_the_bundle_to_the_receipt(look, check, agency, other_agency):
    CommuneFactory()
    publish_bundle(two_procedures(agency, other_agency))
    page = look("/es/varios-tramites/nace-un-hijo/")
    for box in page.locator("main input[name=parts]").all():
        box.uncheck()
    press(page)
    expect(page.locator(".error-summary")).to_be_visible()
    check(page)
    for box in page.locator("main input[name=parts]").all():
        box.check()
    press(page)
    check(page)
    page.fill("#id_applicant_name__given", "Amina")
    page.fill("#id_applicant_name__surnames", "Rojas")
    page.click("button[name=leave]")
    check(page)
    page.click("main .actions a.button")
    for _ in range(3):
        page.click("button[name=skip]")
    page.select_option("#id_applicant_commune", "13101")
    press(page)
    page.check("input[value=work]")
    press(page)
    page.fill("#id_copies", "2")
    press(page)
    page.check("input[value=no]")
    press(page)
    page.set_input_files("#id_proof", {"name": "uno.pdf", "mimeType": "application/pdf", "buffer": PDF})
    press(page)
    page.check("#id_declaration")
    press(page)
    check(page)
    page.check("input[name=reason_2][value=illness]")
    press(page)
    page.fill("#id_doctor", "Doctora Luz")
    press(page)
    check(page)  # check your answers
    press(page)
    check(page)  # the receipt
    assert page.locator(".confirmation .folio").count() > 2
    receipt = page.url
    look(receipt + "papel/", page)
    page.goto(receipt)
    page.click("main .actions a.button >> nth=0")
    check(page)  # a case, with the other


def test_the_new_key_that_a_claim_code_leaves_fits_on_a_phone(look, check, submitted_case):
    code = crm.issue_claim_code(submitted_case, by=Actor.system(), interaction=submitted_case.source)
    page = look("/es/seguir/")
    page.fill("#id_folio", submitted_case.folio)
    page.fill("#id_key", code)
    press(page)
    check(page)
    assert page.locator(".notice .folio").count() > 1


def test_a_case_from_the_key_to_the_answer_and_the_survey(look, check, submitted_case, officer, actor_of):
    stage = crm.take_stage(submitted_case.stages.get(), by=actor_of(officer))
    crm.ask_citizen(stage, by=actor_of(officer), question="¿Cuál es su dirección?")
    page = look("/es/seguir/")
    page.fill("#id_folio", submitted_case.folio)
    page.fill("#id_key", "falsa")
    press(page)
    check(page)
    page.fill("#id_key", keys.pretty(submitted_case.key))
    press(page)
    check(page)
    page.click(".notice-you a.button")
    check(page)
    press(page)
    check(page)
    page.fill("#id_text", "Calle Uno 2")
    press(page)
    check(page)
    crm.decide_stage(stage, by=actor_of(officer), decision="denied", reason="Falta la firma.")
    page.reload()
    check(page)
    page.click("a[href*=encuesta]")
    check(page)
    press(page)
    check(page)
    page.check("input[name=grade][value='7']")
    press(page)
    check(page)


def test_with_javascript_the_wait_of_the_line_is_put_into_the_cached_page(new_page, procedure_version):
    from accounts.actors import Actor

    crm.write_queue_state("phone", by=Actor.system(), waiting=2, estimated_seconds=180)
    page = new_page(DESK)
    page.goto("/en/procedures/certificado-de-ejemplo/")

    page.locator("#line-wait", has_text="3 min").wait_for()
    assert_accessible(page)


def test_the_first_screen_of_a_phone_answers_the_six_questions(new_page, procedure_version):
    page: Any = new_page(PHONE, javascript=False)
    page.goto("/es/tramites/certificado-de-ejemplo/")

    for selector in ("h1", ".facts > div:nth-child(4)", "main .actions .button"):
        box = page.locator(selector).first.bounding_box()
        assert box["y"] + box["height"] <= PHONE["height"], selector
