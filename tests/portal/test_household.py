"""A household: entered one person at a time, by several windows at once, sent twice, taken off twice."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from crm import actions as crm
from crm.models import Party
from crm.panels.applications import questionnaire, save_whole
from tests.factories.catalog import publish, sheet
from tests.portal.walks import begin, fill, page, question, reload

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = {
    "key": "members",
    "type": "people",
    "question": {"es": "¿Quiénes viven con usted?"},
    "max_items": 4,
}


def asked(client: Client, agency, **changes):
    """Return a draft that stands at the question of the household."""
    version = publish(sheet(form=[*sheet()["form"], {**PEOPLE, **changes}]), agency=agency)
    return fill(client, begin(client, version), until="members")


def someone(given: str, **more):
    return {
        "members__given": given,
        "members__surnames": "Rojas",
        "members__birth_date_day": "1",
        "members__birth_date_month": "2",
        "members__birth_date_year": "2015",
        "members__relation": "child",
        "add": "1",
        **more,
    }


def page_mark(client: Client, draft) -> str:
    """Return what this page, and no other, sends along."""
    found = re.search(r'name="members__page" value="([^"]+)"', client.get(question(draft, "members")).text)
    assert found
    return found[1]


def names(draft) -> list[str]:
    return [one["given"] for one in reload(draft).case.answers.get("members") or []]


def ids(draft) -> list[str]:
    return [one["id"] for one in reload(draft).case.answers["members"]]


def at_once(client: Client, address: str, posts: list[dict]) -> list[int]:
    """Send several posts of one browser at the same moment, each on a connection of its own."""
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def send(data: dict) -> int:
        browser = Client()
        browser.cookies.load(cookies)
        try:
            return browser.post(address, data).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(posts)) as pool:
        return list(pool.map(send, posts))


def test_a_household_is_entered_one_person_at_a_time(client: Client, agency):
    draft = asked(client, agency, max_items=2)
    address = question(draft, "members")

    nobody = client.post(address, {})
    half = client.post(address, {"members__given": "Luz", "add": "1"})
    added = client.post(address, someone("Luz"))
    listed = client.get(address).text
    client.post(address, someone("Sol"))
    third = client.post(address, someone("Mar"))
    client.post(address, {"remove": ids(draft)[0]})
    for odd in ("99", "-1", "x", "²", "0"):
        client.post(address, {"remove": odd})
    client.post(address, {"skip": "1"})
    on = client.post(address, {})

    assert nobody.status_code == half.status_code == third.status_code == 422
    assert added.url == address
    assert "Luz Rojas" in listed
    assert names(draft) == ["Sol"]
    assert client.get(on.url).status_code in (200, 302)


def test_people_added_by_several_windows_at_once_are_all_kept(client: Client, agency):
    draft = asked(client, agency)

    statuses = at_once(
        client, question(draft, "members"), [someone(name) for name in ("Luz", "Sol", "Mar", "Sky")]
    )

    assert statuses == [302] * 4
    assert sorted(names(draft)) == ["Luz", "Mar", "Sky", "Sol"]
    assert len(set(ids(draft))) == 4


def test_no_more_than_fit_are_added_however_many_windows_send_at_once(client: Client, agency):
    draft = asked(client, agency, max_items=2)

    statuses = at_once(
        client, question(draft, "members"), [someone(name) for name in ("Luz", "Sol", "Mar", "Sky")]
    )

    assert sorted(statuses) == [302, 302, 422, 422]
    assert len(names(draft)) == 2


def test_a_double_click_adds_one_person_even_to_a_full_list(client: Client, agency):
    draft = asked(client, agency, max_items=1)
    sent = someone("Luz", members__page=page_mark(client, draft))

    at_once(client, question(draft, "members"), [sent] * 6)
    again = client.post(question(draft, "members"), sent)

    assert names(draft) == ["Luz"]
    assert again.status_code == 302


def test_going_back_and_writing_somebody_else_over_the_first_adds_the_second(client: Client, agency):
    draft = asked(client, agency)
    mark = page_mark(client, draft)

    client.post(question(draft, "members"), someone("Luz", members__page=mark))
    client.post(question(draft, "members"), someone("Sol", members__page=mark))

    assert names(draft) == ["Luz", "Sol"]


def test_two_people_of_one_name_from_two_pages_are_two(client: Client, agency):
    draft = asked(client, agency)

    for _twin in range(2):
        client.post(question(draft, "members"), someone("Luz", members__page=page_mark(client, draft)))

    assert names(draft) == ["Luz", "Luz"]


def test_removing_twice_at_once_removes_one_person(client: Client, agency):
    draft = asked(client, agency)
    for name in ("Luz", "Sol", "Mar"):
        client.post(question(draft, "members"), someone(name))

    statuses = at_once(client, question(draft, "members"), [{"remove": ids(draft)[0]}] * 4)

    assert statuses == [302] * 4
    assert names(draft) == ["Sol", "Mar"]


def test_somebody_added_while_another_is_removed_stays(client: Client, agency):
    draft = asked(client, agency)
    client.post(question(draft, "members"), someone("Luz"))

    at_once(client, question(draft, "members"), [{"remove": ids(draft)[0]}, someone("Sol"), someone("Mar")])

    assert sorted(names(draft)) == ["Mar", "Sol"]


def test_answers_of_old_without_ids_are_listed_removed_and_filed(client: Client, agency):
    draft = asked(client, agency)
    one = {"given": "Luz", "surnames": "Rojas", "run": "", "birth_date": "2015-02-01", "relation": "child"}
    old = [one, dict(one), {**one, "given": "Sol"}]
    holder = client.session["held_cases"]
    assert str(draft.case_id) in holder
    draft.case.answers = {**draft.case.answers, "members": old}
    draft.case.save(update_fields=["answers"])

    shown = re.findall(r'name="remove" value="([^"]+)"', client.get(question(draft, "members")).text)
    for _twice in range(2):
        client.post(question(draft, "members"), {"remove": shown[0]})
    client.post(question(draft, "members"), {})
    check = client.get(page(draft, "revisar")).text
    client.post(page(draft, "revisar"))

    assert len(set(shown)) == 3
    assert names(draft) == ["Luz", "Sol"]
    assert "Luz Rojas" in check
    assert sorted(Party.objects.filter(role="member").values_list("person__name", flat=True)) == [
        "Luz Rojas",
        "Sol Rojas",
    ]


def test_enter_in_a_box_adds_and_never_takes_anybody_off(client: Client, agency):
    draft = asked(client, agency)
    client.post(question(draft, "members"), someone("Luz"))

    shown = client.get(question(draft, "members")).text
    form = shown[shown.index('enctype="multipart/form-data"') : shown.index("</form>")]
    buttons = [tag for tag in re.findall(r"<button[^>]*>", form) if "form=" not in tag]

    assert 'name="add"' in buttons[0]


def test_a_whole_form_sent_twice_by_staff_adds_one_person(client: Client, agency, clerk, office, actor_of):
    version = publish(sheet(form=[{**PEOPLE, "required": False}]), agency=agency)
    by = actor_of(clerk)
    contact = crm.attend_interaction(crm.open_interaction("office", by=by, office=office), by=by)
    case = crm.begin_case(version, by=by, interaction=contact, key="k")
    sent = {**someone("Luz"), "members__page": "one page"}

    first = save_whole(case, by=by, data=sent, files=None)  # refused elsewhere: the page is shown again
    again = save_whole(case, by=by, data=sent, files=None)

    case.refresh_from_db()
    assert first.errors
    assert again.errors
    assert [one["given"] for one in case.answers["members"]] == ["Luz"]
    assert questionnaire(case).get("members") is not None


def test_an_optional_list_left_blank_never_empties_what_another_window_added(client: Client, agency):
    draft = asked(client, agency, required=False)

    at_once(client, question(draft, "members"), [{}, someone("Luz"), {}, someone("Sol")])

    assert sorted(names(draft)) == ["Luz", "Sol"]
