"""The form editor in a real browser: a question written and seen as the citizen will, with the keyboard and without scripts."""

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.actors import Actor
from catalog import actions
from catalog.models import ProcedureVersion
from catalog.questionnaires import drafting
from tests.browser import PHONE, assert_accessible, assert_fits
from tests.catalog.forms import pair, row

pytestmark = pytest.mark.django_db(transaction=True)


def at(name, *args):
    with translation.override("es"):
        return reverse(f"catalog:{name}", args=args)


def check(page):
    assert_accessible(page)
    assert_fits(page)


@pytest.fixture
def draft(procedure_version, editor):
    return actions.begin_version(procedure_version.procedure, by=Actor.staff(editor))


def keys(draft):
    return [one["key"] for one in drafting.rows_of(ProcedureVersion.objects.get(pk=draft.pk).content)]


def test_a_question_is_written_from_the_keyboard_and_previewed_on_a_phone(new_page, editor, draft):
    page = new_page(user=editor)
    page.goto(at("form", "3430"))
    page.evaluate(
        "scrollTo(0, document.documentElement.scrollHeight)"
    )  # nothing half under the bar of actions
    check(page)
    page.locator("#kind").select_option("money")
    page.keyboard.press("a")
    page.wait_for_url("**/form/add/**")
    check(page)
    page.locator("#id_hint_es").fill("Por mes")
    page.locator("#id_hint_es").press("Enter")
    page.locator(".error-summary").wait_for()
    check(page)
    assert page.locator("#id_hint_es").input_value() == "Por mes"
    page.locator("#id_question_es").fill("¿Cuánto paga de arriendo?")
    page.locator("#id_if_1_question").select_option("reason")
    page.locator("#id_if_1_values").fill("Lo perdí")
    page.locator(".action button[form=question]").click()
    page.wait_for_url("**/form/#q-*")
    assert keys(draft)[-1] == "cuanto_paga_de_arriendo"
    page.goto(at("form-phone", "3430"))
    check(page)
    frame = page.frame_locator("iframe.phone")
    frame.get_by_label("Lo perdí").check()
    frame.locator("form button:not([name])").first.click()
    frame.locator("#id_lost_on_0").wait_for()
    assert frame.locator("body").evaluate("node => node.ownerDocument.documentElement.clientWidth") <= 360


def test_everything_works_without_scripts_on_a_narrow_screen(new_page, editor, draft):
    with translation.override("es"):
        home = {"page": pair("Su casa", "Your home")}
        rows = [
            *drafting.rows_of(draft.content),
            row("a", **home),
            row("b", "yes_no", **home),
            row("c", "group"),
        ]
        actions.edit_version(
            draft, by=Actor.staff(editor), content={**draft.content, "form": rows}, revision=1
        )
    page = new_page(PHONE, user=editor, javascript=False)
    page.goto(at("form", "3430"))
    assert_fits(page)
    page.locator("tr:has(#q-copies) button[value=down]").click()
    page.wait_for_url("**/form/#q-copies")
    assert page.evaluate("document.activeElement.id") == "q-copies", "who moved it goes on at it"
    assert keys(draft).index("copies") == keys(draft).index("delivery") + 1
    page.locator("tr:has(#q-b) a", has_text="Su casa").click()
    page.locator("#id_page_es").fill("Su hogar")
    page.locator(".action button[form=page]").click()
    page.wait_for_url("**/form/#q-b")
    for key in ("c", "a"):
        page.goto(at("form-question", "3430", key))
        assert_fits(page)
        page.goto(at("form-preview", "3430") + f"?question={key}")
        assert_fits(page)
    page.goto(at("form-remove", "3430", "reason"))
    assert_fits(page)
    assert page.locator("button[form=remove]").count() == 0
