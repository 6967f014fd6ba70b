"""Acting from a page that is not any more how the case stands: nobody decides without having seen what happened meanwhile."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.actors import Actor
from accounts.models import Role
from crm import actions
from crm.models import Case, CaseState, TaskState
from tests.browser import DESK, PHONE, assert_accessible, assert_fits
from tests.factories import accounts as people

pytestmark = pytest.mark.usefixtures("in_english")
HTMX = {"HX-Request": "true"}
ORDER = "COURT ORDER: do not deny"
CHANGED = "Somebody changed this case"


@pytest.fixture
def officer_client(officer, client_of):
    return client_of(officer)


@pytest.fixture
def colleague(agency):
    return people.staff("Ofelia Rivas", Role.OFFICER, agency=agency)


@pytest.fixture
def opened(submitted_case, officer, colleague, actor_of):
    """A case that the officer took and looked at; then a colleague wrote a note. Its `revision` is that of the page looked at."""
    actions.take_stage(submitted_case.stages.get(), by=actor_of(officer))
    submitted_case.refresh_from_db()
    actions.note_case(submitted_case, by=actor_of(colleague), text=ORDER, stage=submitted_case.stages.get())
    return submitted_case


def act(case, name):
    return reverse("crm:case-act", args=[case.folio, name])


def page(case):
    return reverse("crm:case", args=[case.folio])


# --- a form opened from an old page -----------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("address", ["deny", ""], ids=["form", "not now"])
def test_whoever_opens_a_form_from_an_old_page_is_shown_the_whole_case_as_it_is(
    address, headers, opened, officer_client
):
    where = act(opened, address) if address else page(opened)

    answer = officer_client.get(where, {"revision": opened.revision}, headers=headers)

    assert "<main" in answer.text
    assert ORDER in answer.text
    assert CHANGED in answer.text
    assert f"revision={opened.revision + 1}" in answer.text


@pytest.mark.django_db
def test_every_act_is_opened_under_the_revision_of_its_page(opened, officer_client):
    present = opened.revision + 1

    text = officer_client.get(page(opened)).text
    corner = officer_client.get(act(opened, "deny"), {"revision": present}, headers=HTMX)

    assert f'href="{act(opened, "deny")}?revision={present}"' in text
    assert f'hx-get="{act(opened, "deny")}?revision={present}"' in text
    assert CHANGED not in text
    assert "<main" not in corner.text
    assert f'hx-get="{page(opened)}?revision={present}"' in corner.text


# --- a refused form ---------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "Falta la firma."], ids=["empty", "written"])
def test_a_refused_form_says_that_the_case_changed_whatever_else_is_wrong_with_it(
    reason, opened, officer_client
):
    refused = officer_client.post(
        act(opened, "deny"), {"revision": opened.revision, "reason": reason}, headers=HTMX
    )

    assert refused.status_code == 422
    assert CHANGED in refused.text
    assert ORDER in refused.text
    assert "<main" in refused.text
    assert reason in refused.text
    assert f'name="revision" value="{opened.revision + 1}"' in refused.text


@pytest.mark.django_db
def test_a_form_refused_for_its_own_sake_alone_stays_in_its_corner_under_its_revision(opened, officer_client):
    present = opened.revision + 1

    refused = officer_client.post(act(opened, "deny"), {"revision": present, "reason": ""}, headers=HTMX)

    assert refused.status_code == 422
    assert CHANGED not in refused.text
    assert "<main" not in refused.text
    assert f'name="revision" value="{present}"' in refused.text


@pytest.mark.django_db
def test_a_paper_refused_without_a_reason_on_an_old_page_says_that_the_case_changed(opened, officer_client):
    address = reverse("crm:paper-judge", args=[opened.folio, opened.documents.get().pk])

    refused = officer_client.post(address, {"revision": opened.revision, "state": "rejected", "reason": ""})

    assert refused.status_code == 422
    assert CHANGED in refused.text


@pytest.mark.django_db
def test_a_task_ended_without_a_word_on_an_old_page_says_that_it_changed(
    agency, officer, colleague, officer_client, actor_of
):
    task = actions.open_task("Llamar al archivo", by=actor_of(officer), agency=agency)
    actions.take_task(task, by=actor_of(colleague))
    address = reverse("tasks:act", args=[task.pk, "finish"])

    refused = officer_client.post(address, {"revision": task.revision, "outcome": ""})
    again = officer_client.post(address, {"revision": task.revision + 1, "outcome": ""})

    assert "Somebody changed this task meanwhile" in refused.text
    assert "Somebody changed this task meanwhile" not in again.text
    task.refresh_from_db()
    assert task.state == TaskState.OPEN


# --- as it is seen ----------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["wide", "narrow"])
def test_the_page_under_the_form_is_drawn_again_and_what_was_typed_is_kept(
    size, new_page, officer, colleague, submitted_case
):
    actions.take_stage(submitted_case.stages.get(), by=Actor.staff(officer))
    screen = new_page(size, user=officer)
    screen.goto(page(submitted_case))
    screen.locator('#corner [data-key="d"]').click()
    screen.locator("#id_reason").fill("Falta la firma.")
    actions.note_case(submitted_case, by=Actor.staff(colleague), text=ORDER)

    screen.locator("#corner button[type=submit]").click()

    expect(screen.locator("#corner .error-summary")).to_be_visible()
    expect(screen.locator("#main")).to_contain_text(ORDER)
    expect(screen.locator("#aside")).to_contain_text("Ofelia Rivas")
    expect(screen.locator("#id_reason")).to_have_value("Falta la firma.")
    assert_accessible(screen)
    assert_fits(screen)
    assert Case.objects.get(pk=submitted_case.pk).state == CaseState.IN_REVIEW


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["wide", "narrow"])
def test_a_key_pressed_on_an_old_page_shows_what_happened_before_it_lets_anybody_decide(
    size, new_page, officer, colleague, submitted_case
):
    actions.take_stage(submitted_case.stages.get(), by=Actor.staff(officer))
    screen = new_page(size, user=officer)
    screen.goto(page(submitted_case))
    actions.note_case(submitted_case, by=Actor.staff(colleague), text=ORDER)

    screen.keyboard.press("d")

    expect(screen.locator("#corner .notice-warning")).to_be_visible()
    expect(screen.locator("#main")).to_contain_text(ORDER)
    expect(screen.locator("#id_reason")).to_be_visible()
    assert_accessible(screen)
    assert_fits(screen)
