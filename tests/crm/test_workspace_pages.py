"""
The agency's room and the sign-in pages in a real browser: every state, wide and narrow, by keyboard and
without script.
"""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.actors import Actor
from accounts.models import Role
from crm import actions
from crm.models import Case, CaseState
from tests.browser import DESK, PHONE, assert_accessible, assert_fits
from tests.factories import accounts as people
from tests.factories import catalog as sheets
from tests.factories import crm

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["wide", "narrow"])
LONG = "Servicio de Cooperación Técnica y de Registro de Organizaciones Comunitarias"


def page_of(case, name=""):
    return (
        reverse("crm:case-act", args=[case.folio, name]) if name else reverse("crm:case", args=[case.folio])
    )


def looks_well(page):
    """Whatever its length, the page is seen whole: what floats hides nothing from the check."""
    size = page.viewport_size
    page.set_viewport_size({**size, "height": 2600})
    assert_accessible(page)
    assert_fits(page)
    page.set_viewport_size(size)


@pytest.fixture
def two_agencies(agency, other_agency):
    """A case with parts of two agencies and a name that takes room."""
    rows = [
        {"agency": "SRCEI", "order": 1, "required": True, "term_business_days": 10},
        {"agency": "IPS", "order": 2, "required": False, "term_business_days": 5},
    ]
    return crm.filed_case(
        sheets.publish(sheets.sheet(stages=rows), agency=agency),
        applicant_name={"given": "María Esperanza", "surnames": LONG[:40]},
    )


@SIZES
def test_an_empty_and_a_filled_list(size, new_page, officer, two_agencies):
    page = new_page(size, user=officer)

    page.goto(reverse("crm:work"))
    looks_well(page)
    page.goto(reverse("crm:agency-work"))
    expect(page.get_by_text(two_agencies.folio)).to_be_visible()
    looks_well(page)
    page.goto(reverse("crm:agency-work") + "?state=decided")
    looks_well(page)
    page.goto(reverse("crm:agency-work") + "?folio=2026-1")
    looks_well(page)


@SIZES
def test_a_case_in_each_of_its_states(size, new_page, officer, two_agencies):
    case, by = two_agencies, Actor.staff(officer)
    stage = case.stages.get(order=1)
    page = new_page(size, user=officer)

    def look(*open_forms):
        page.goto(page_of(case))
        looks_well(page)
        for name in open_forms:
            page.goto(page_of(case, name))
            looks_well(page)

    look()
    actions.take_stage(stage, by=by)
    look("ask", "deny")
    actions.note_case(case, by=by, text="Llamé a la municipalidad: confirman la dirección.")
    actions.judge_document(case.documents.get(), by=by, state="rejected", reason="No se lee la fecha.")
    actions.ask_citizen(stage, by=by, question="Envíe una copia más clara del comprobante, por favor.")
    look()
    actions.answer_agency(case, by=case.holder, interaction=crm.web_contact(), text="Aquí va de nuevo.")
    actions.decide_stage(stage, by=by, decision="denied", reason="El comprobante es de otra persona.")
    look()
    actions.close_case(case, by=by)
    look("reopen")


def test_the_name_of_a_paper_without_a_blank_does_not_widen_the_page(new_page, officer, submitted_case):
    submitted_case.documents.update(name=f"{'comprobante_de_domicilio_' * 7}.pdf")
    page = new_page(PHONE, user=officer)

    page.goto(page_of(submitted_case))

    expect(page.get_by_role("link", name="comprobante_de_domicilio")).to_be_visible()
    looks_well(page)


@SIZES
def test_a_case_with_several_parts_of_ones_own_and_a_choice_of_the_list_that_is_none(
    size, new_page, officer, agency
):
    by = Actor.staff(officer)
    rows = [
        {"agency": "SRCEI", "order": order, "required": True, "term_business_days": 10} for order in (1, 2)
    ]
    case = crm.filed_case(sheets.publish(sheets.sheet(stages=rows), agency=agency))
    for order in (1, 2):
        stage = actions.take_stage(case.stages.get(order=order), by=by)
        actions.decide_stage(stage, by=by, decision="granted", reason="")
    actions.close_case(case, by=by)
    page = new_page(size, user=officer)

    page.goto(page_of(case))
    looks_well(page)
    page.locator("th a[href*='stage=']").click()
    looks_well(page)
    page.goto(reverse("crm:agency-work") + "?procedure=ninguno")
    looks_well(page)


@SIZES
def test_refusals(size, new_page, officer, two_agencies):
    actions.take_stage(two_agencies.stages.get(order=1), by=Actor.staff(officer))
    page = new_page(size, user=officer)

    page.goto(page_of(two_agencies, "deny"))
    page.locator("#corner button[type=submit]").click()
    expect(page.locator(".error-summary")).to_be_visible()
    looks_well(page)
    page.goto(page_of(two_agencies))
    page.locator("details summary").click()
    page.locator("details button").click()
    expect(page.locator(".error-summary")).to_be_visible()
    looks_well(page)


def test_a_case_is_taken_asked_and_granted_with_the_keyboard_alone(new_page, officer, submitted_case):
    page = new_page(user=officer)
    page.goto(reverse("crm:work"))

    page.keyboard.press("w")
    page.wait_for_url("**/all/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{submitted_case.folio}/?in=*")
    page.keyboard.press("t")
    expect(page.locator(".message-success")).to_be_visible()
    page.keyboard.press("a")
    expect(page.locator("#id_question")).to_be_focused()
    page.keyboard.type("¿Puede enviar la otra hoja?")
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    expect(page.locator("#id_question")).to_have_count(0)
    page.keyboard.press("y")
    expect(page.locator("#id_reason")).to_be_focused()
    page.keyboard.type("Cumple con todo.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator('#corner [data-key="c"]')).to_be_visible()

    case = Case.objects.get(pk=submitted_case.pk)
    assert case.state == CaseState.GRANTED
    assert case.stages.get().decision_reason == "Cumple con todo."


def test_many_are_taken_with_the_keyboard_alone_and_g_and_a_letter_lead_on(
    new_page, officer, procedure_version
):
    cases = [crm.filed_case(procedure_version) for _ in range(3)]
    page = new_page(user=officer)
    page.goto(reverse("crm:work"))

    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/all/")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("t")
    page.wait_for_url("**/all/take/")
    looks_well(page)
    expect(page.locator("tbody tr")).to_have_count(2)
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/staff/agency/")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_contain_text("g")

    assert Case.objects.filter(pk__in=[case.pk for case in cases], state=CaseState.IN_REVIEW).count() == 2


@SIZES
def test_tasks_messages_and_absences_on_their_screens(size, new_page, officer, agency, two_agencies):
    case, by = two_agencies, Actor.staff(officer)
    colleague = people.staff("Ana Pinto", Role.OFFICER, agency=agency)
    task = actions.open_task("Pedir la ficha al archivo", by=by, agency=agency, case=case, owner=officer)
    actions.write_to_agency(case, by=case.holder, interaction=case.source, text="Me cambié de casa.")
    actions.write_to_citizen(case.stages.get(order=1), by=by, text="Gracias, lo anotamos.")
    page = new_page(size, user=officer)

    for address in (
        reverse("crm:agency-work") + "?state=received",
        page_of(case),
        page_of(case, "write"),
        reverse("crm:work"),
        reverse("tasks:team"),
        reverse("tasks:new"),
        reverse("tasks:task", args=[task.pk]),
        reverse("accounts:absences"),
    ):
        page.goto(address)
        looks_well(page)
    page.goto(reverse("tasks:new"))
    page.locator("button[form=task]").click()
    expect(page.locator(".error-summary")).to_be_visible()
    looks_well(page)
    assert colleague.pk


def test_a_stale_act_keeps_the_text_on_the_screen(new_page, officer, submitted_case, agency):
    actions.take_stage(submitted_case.stages.get(), by=Actor.staff(officer))
    colleague = Actor.staff(people.staff("Otto Vera", Role.OFFICER, agency=agency))
    page = new_page(user=officer)
    page.goto(page_of(submitted_case))
    page.keyboard.press("d")
    page.locator("#id_reason").fill("Falta la firma.")
    actions.note_case(submitted_case, by=colleague, text="Espera, llegó otro papel.")

    page.locator("#corner button[type=submit]").click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("#corner")).to_contain_text("Otto Vera")
    expect(page.locator("#id_reason")).to_have_value("Falta la firma.")
    assert_accessible(page)
    page.locator("#corner button[type=submit]").click()
    expect(page.locator(".message-success")).to_be_visible()

    assert Case.objects.get(pk=submitted_case.pk).state == CaseState.DENIED


def test_a_session_that_ended_loses_no_text(new_page, officer, submitted_case):
    actions.take_stage(submitted_case.stages.get(), by=Actor.staff(officer))
    page = new_page(user=officer)
    page.goto(page_of(submitted_case, "ask"))
    page.locator("#id_question").fill("Que no se pierda.")
    page.context.clear_cookies(name="sessionid")

    page.locator("#corner button[type=submit]").click()

    expect(page.locator("#messages .message-error")).to_be_visible()
    expect(page.locator("#id_question")).to_have_value("Que no se pierda.")
    page.troubles.clear()  # the browser notes the 401 itself


def test_everything_works_without_script(new_page, officer, submitted_case):
    page = new_page(user=officer, javascript=False)
    page.goto(reverse("crm:agency-work"))
    page.get_by_text(submitted_case.folio).click()

    for key, text in (("t", ""), ("a", "¿Y la otra hoja?")):
        page.locator(f'#corner [data-key="{key}"]').click()
        if text:
            page.locator("#corner textarea").fill(text)
            with page.expect_navigation():
                page.locator("#corner button[type=submit]").click()

    assert Case.objects.get(pk=submitted_case.pk).state == CaseState.AWAITING_CITIZEN


def test_a_paper_is_downloaded_and_never_shown(new_page, officer, submitted_case):
    page = new_page(user=officer)
    page.goto(page_of(submitted_case))

    with page.expect_download() as download:
        page.get_by_role("link", name="comprobante.pdf").click()

    assert download.value.suggested_filename == "comprobante.pdf"


@SIZES
def test_signing_in_and_the_list_of_rooms(size, new_page, officer, stranger):
    page = new_page(size)
    page.goto(reverse("accounts:sign-in"))
    looks_well(page)
    page.locator("button[type=submit]").last.click()
    expect(page.locator(".error-summary")).to_be_visible()
    looks_well(page)
    page.locator("#id_login").fill(officer.email)
    page.locator("#id_password").fill(people.PASSWORD)
    page.locator("#id_password").press("Enter")
    page.wait_for_url("**/staff/agency/")
    for user, address in (
        (officer, "accounts:rooms"),
        (stranger, "accounts:rooms"),
        (officer, "accounts:password"),
    ):
        other = new_page(size, user=user)
        other.goto(reverse(address))
        looks_well(other)


@SIZES
def test_people_and_posts(size, new_page, administrator, officer, stranger):
    page = new_page(size, user=administrator)

    page.goto(reverse("accounts:people"))
    looks_well(page)
    page.locator("#id_text").fill("nadie con este nombre")
    page.locator("#id_text").press("Enter")
    expect(page.locator(".empty")).to_be_visible()
    looks_well(page)
    page.goto(reverse("accounts:person-new"))
    looks_well(page)
    page.goto(reverse("accounts:person", args=[officer.pk]))
    looks_well(page)
    page.locator('[data-key="l"]').click()
    expect(page.locator("#link")).to_be_visible()
    looks_well(page)
    page.goto(reverse("accounts:person", args=[stranger.pk]))
    page.locator('[data-key="p"]').click()
    expect(page.locator(".error-summary")).to_be_visible()
    looks_well(page)
    link = new_page(size)
    link.goto(reverse("accounts:choose-password"))
    looks_well(link)
