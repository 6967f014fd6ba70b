"""The editors' room in a real browser: the whole way of a cost, and every state checked by axe."""

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.actors import Actor
from catalog import actions
from catalog.models import ProcedureVersion
from catalog.queries.published import published_version
from tests.browser import PHONE, assert_accessible, assert_fits

pytestmark = pytest.mark.django_db(transaction=True)


def at(name, *args):
    with translation.override("es"):
        return reverse(f"catalog:{name}", args=args)


def check(page):
    assert_accessible(page)
    assert_fits(page)


def test_a_cost_changes_hands_and_is_published(new_page, editor, reviewer, publisher, procedure_version):
    mine, hers, his = new_page(user=editor), new_page(user=reviewer), new_page(user=publisher)
    mine.goto(at("procedures"))
    check(mine)
    mine.get_by_role("link", name="Certificado de ejemplo").click()
    check(mine)
    mine.keyboard.press("n")
    mine.wait_for_url("**/edit/")
    check(mine)
    mine.locator("#id_cost-0-amount").fill("mucho")
    mine.locator("#id_title_es").press("Enter")
    mine.locator(".error-summary").wait_for()
    check(mine)
    assert mine.locator("#id_cost-0-amount").input_value() == "mucho"
    mine.locator("#id_cost-0-amount").fill("4.100")
    mine.keyboard.press("Tab")
    mine.locator(".action button[form=sheet]").click()
    mine.wait_for_url("**/versions/2/")
    check(mine)
    mine.locator("form[action$='/send/'] button").click()
    mine.locator(".message").wait_for()

    hers.goto(at("procedure", "3430"))
    check(hers)
    hers.keyboard.press("n")
    hers.wait_for_url("**/compare/")
    assert hers.locator("del").inner_text() == "$3.820"
    assert hers.locator("ins").inner_text() == "$4.100"
    check(hers)
    hers.locator("button[formaction$='/return/']").click()
    hers.locator(".error-summary").wait_for()
    check(hers)
    hers.fill("#id_text", "¿Desde cuándo?")
    hers.locator("#say button:not([formaction])").click()
    hers.locator("#comments ~ ul").wait_for()
    check(hers)
    hers.keyboard.press("p")
    hers.wait_for_url("**/versions/2/")
    check(hers)

    his.goto(at("procedures"))
    check(his)
    his.get_by_role("link", name="Certificado de ejemplo").click()
    his.wait_for_url("**/procedures/3430/")
    his.keyboard.press("n")
    his.wait_for_url("**/compare/")
    check(his)
    his.fill("#id_day", "2020-01-01")
    his.locator("section:has(#later) button").click()
    his.locator(".error-summary").wait_for()
    check(his)
    his.keyboard.press("p")
    his.wait_for_url("**/procedures/3430/")
    check(his)

    assert published_version("certificado-de-ejemplo").sheet.costs[0].amount == 4100


@pytest.mark.parametrize("javascript", [True, False])
def test_editing_on_a_phone_with_and_without_script(new_page, editor, procedure_version, javascript):
    actions.begin_version(procedure_version.procedure, by=Actor.staff(editor))
    page = new_page(PHONE, user=editor, javascript=javascript)
    page.goto(at("edit", "3430"))
    assert_fits(page)
    page.locator("button[value=cost]").click()
    page.locator("#id_cost-3-amount").fill("0")
    page.locator("#id_cost-3-condition_es").fill("Menores de edad")
    page.locator("button[value=rule]").click()
    page.locator("#id_rule-1-fact").select_option("age")
    page.locator("#id_rule-1-value").fill("65")
    page.locator("button[value=stage]").click()
    page.locator("#id_stage-1-agency").fill("srcei")
    page.locator("#id_stage-1-order").fill("2")
    page.locator("#id_stage-1-term").fill("30")
    page.locator("#id_stage-1-unit").select_option("calendar")
    page.locator("#id_level-phone_submit").select_option("500")
    page.locator("#id_req-0-document_type").fill("id-card")
    page.locator("#id_ask-0-question_es").fill("¿Cuánto demora?")
    page.locator(".action button[form=sheet]").click()
    page.wait_for_url("**/versions/2/")

    content = ProcedureVersion.objects.get(number=2).content
    assert content["costs"][1]["condition"] == {"es": "Menores de edad"}
    assert content["eligibility"] == {"all": [{"fact": "age", "at_least": 65}]}
    assert content["stages"][1] == {"agency": "SRCEI", "order": 2, "required": True, "term_calendar_days": 30}
    assert content["levels"] == {"phone": {"submit": 500}}
    assert content["requirements"][0]["document_type"] == "id-card"
    assert content["questions_for_agency"] == [{"es": "¿Cuánto demora?"}]


@pytest.mark.parametrize("size", [PHONE, {"width": 1280, "height": 800}])
def test_a_procedure_that_ended_is_taken_off_and_brought_back(new_page, publisher, procedure_version, size):
    page, public = new_page(size, user=publisher), new_page(size)
    page.goto(at("procedure", "3430"))
    page.locator("a[href$='/retire/']").click()
    page.wait_for_url("**/retire/")
    check(page)
    page.locator(".action button[form=retire]").click()
    page.locator(".error-summary").wait_for()
    check(page)
    page.fill("#id_reason_es", "La ley 21.000 lo terminó.")
    page.fill("#id_reason_en", "Law 21,000 ended it.")
    page.locator(".action button[form=retire]").click()
    page.wait_for_url("**/procedures/3430/")
    check(page)

    answer = public.goto("/es/tramites/certificado-de-ejemplo/")
    assert answer.status == 410
    check(public)
    page.locator("form[action$='/bring-back/'] button").click()
    page.locator(".message").wait_for()
    assert public.goto("/es/tramites/certificado-de-ejemplo/").status == 200


def test_whoever_leaves_with_something_unsent_is_asked_first_and_nobody_else(
    new_page, editor, procedure_version
):
    actions.begin_version(procedure_version.procedure, by=Actor.staff(editor))
    page = new_page(user=editor)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    leave = page.locator("a.back")

    page.goto(at("edit", "3430"))
    leave.click()
    page.wait_for_url("**/procedures/3430/")
    page.goto(at("edit", "3430"))
    page.locator("#id_summary_es").fill("Otro resumen.")
    leave.click()
    assert asked == ["beforeunload"]
    assert page.locator("#id_summary_es").input_value() == "Otro resumen.", "who stays goes on"
    page.locator("nav a[href='#costs']").click()
    page.locator("button[value=cost]").click()
    page.locator("#id_cost-2-amount:focus").wait_for()
    leave.click()
    assert asked == ["beforeunload"] * 2, "what came back with the page is still unsent"
    page.locator(".action button[form=sheet]").click()
    page.wait_for_url("**/versions/2/")
    assert asked == ["beforeunload"] * 2


def test_two_editors_see_both_texts(new_page, editor, second_editor, procedure_version):
    actions.begin_version(procedure_version.procedure, by=Actor.staff(editor))
    mine, hers = new_page(user=editor), new_page(user=second_editor)
    for page, words in ((mine, "El resumen de él."), (hers, "El resumen de ella.")):
        page.goto(at("edit", "3430"))
        page.locator("#id_summary_es").fill(words)
    mine.locator(".action button[form=sheet]").click()
    mine.wait_for_url("**/versions/2/")
    hers.locator(".action button[form=sheet]").click()
    hers.locator(".error-summary").wait_for()

    assert hers.locator("del").inner_text() == "él"
    assert hers.locator("#id_summary_es").input_value() == "El resumen de ella."
    check(hers)


@pytest.mark.parametrize("view", ["reports", "settled", "votes", "searches"])
def test_what_people_say_filled_and_empty(new_page, editor, procedure_version, view):
    page = new_page(user=editor)
    page.goto(f"{at('feedback')}?view={view}")
    page.locator(".empty").wait_for()
    check(page)
    visitor = Actor.visitor()
    report = actions.report_error(procedure_version, by=visitor, text="El precio está malo")
    actions.record_vote(procedure_version, by=visitor, is_useful=False, comment="No dice dónde")
    actions.log_search("carnet perdido", by=visitor, language="es", channel="web", results=0)
    if view == "settled":
        actions.settle_report(report, by=Actor.system())

    page.reload()

    assert page.locator(".empty").count() == 0
    check(page)


@pytest.mark.parametrize("size", [PHONE, {"width": 1280, "height": 800}])
def test_the_page_for_developers(new_page, transactional_db, size):
    page = new_page(size)
    page.goto("/es/desarrolladores/")

    check(page)
