"""Questions asked together on a page, and lists of several things: filled in by web and at a desk, checked, filed and read."""

import re
from html import unescape

import pytest
from django.test import Client

from accounts.actors import Actor
from catalog.questionnaires.checks import faults
from catalog.questionnaires.question import Questionnaire
from crm import actions as crm
from crm.models import Case
from crm.panels.applications import answer_rows, remove_named, save_whole, whole_form
from tests.catalog.forms import field, options, pair, row
from tests.factories.catalog import publish, sheet
from tests.factories.crm import pdf
from tests.factories.territory import CommuneFactory
from tests.portal.walks import begin, fill, page, question, reload

pytestmark = pytest.mark.django_db
HOME = pair("Su casa", "Your home")
FORM = [
    row("own", "yes_no", page=HOME),
    row("rent", "money", page=HOME, show_if={"question": "own", "is": False}, error_rule=pair("Un monto.")),
    row("where", "address", page=HOME),
    row("plan", "file", page=HOME, requirement="proof", required=False),
    row("notes", "long_text", page=HOME, required=False),
    row("why", "choice", options=options("uno", "dos")),
]
CARS = row(
    "cars",
    "group",
    item=pair("Un vehículo", "A vehicle"),
    max_items=3,
    min_items=2,
    fields=[
        field("plate", pattern="letters_digits"),
        field("year", "number", minimum=1900),
        field("bought", "date", past=True, required=False),
        field("use", "choice", options=options("uno", "dos"), required=False),
    ],
)
STREET = {"where__street": "Calle 1", "where__commune": "13101"}


def asked(client: Client, agency, *form, until: str):
    version = publish(sheet(form=list(form)), agency=agency)
    CommuneFactory()
    return fill(client, begin(client, version), until=until)


def answers(draft) -> dict:
    return {
        key: value for key, value in reload(draft).case.answers.items() if not key.startswith("applicant_")
    }


# --- pages ------------------------------------------------------------------------------------------
def test_the_questions_of_a_page_are_asked_together_under_its_heading(client: Client, agency):
    draft = asked(client, agency, *FORM, until="own")

    shown = client.get(question(draft, "own")).text

    assert re.findall(r"<h1[^>]*>\s*([^<]+)", shown) == ["Su casa"]
    assert all(f'name="{name}"' in shown for name in ("own", "where__street", "plan", "notes"))
    assert 'name="rent"' not in shown
    assert "<legend" in shown
    assert "6" in shown[shown.index('class="step"') :][:200]
    assert client.get(question(draft, "notes")).text.count('name="own"') == shown.count('name="own"')


def test_a_question_opened_on_its_own_page_is_asked_after_continue(client: Client, agency):
    draft = asked(client, agency, *FORM, until="own")

    opened = client.post(question(draft, "own"), {"own": "no", **STREET})
    shown = client.get(opened.url).text
    after = client.post(opened.url, {"own": "no", "rent": "250.000", **STREET})

    assert opened.url == question(draft, "rent") + "#q-rent"
    assert 'name="rent"' in shown
    assert 'id="q-rent"' in shown
    assert "has-error" not in shown
    assert 'value="Calle 1"' in shown
    assert after.url == question(draft, "why")
    assert answers(draft)["rent"] == 250000


def test_what_the_pages_own_answers_close_is_not_judged(client: Client, agency):
    draft = asked(client, agency, *FORM, until="own")
    opened = client.post(question(draft, "own"), {"own": "no", **STREET})

    after = client.post(opened.url, {"own": "yes", "rent": "mucho", **STREET})

    assert after.url == question(draft, "why")
    assert answers(draft)["own"] is True
    assert "rent" not in answers(draft)


def test_good_answers_of_a_page_are_kept_and_each_wrong_one_is_linked(client: Client, agency):
    draft = asked(client, agency, *FORM, until="own")
    client.post(question(draft, "own"), {"own": "no", **STREET})

    refused = client.post(
        question(draft, "own"),
        {
            "own": "no",
            "rent": "mucho",
            "where__street": "",
            "where__commune": "13101",
            "notes": "Algo",
            "plan": pdf(),
        },
    )

    text = unescape(refused.text)
    assert refused.status_code == 422
    assert 'href="#id_rent"' in text
    assert 'href="#id_where__street"' in text
    assert "Un monto." in text
    assert 'value="mucho"' in text
    kept = answers(draft)
    assert (kept["notes"], kept["plan"]["name"]) == ("Algo", "comprobante.pdf")
    assert "comprobante.pdf" in text, "a file given once is not asked again"


def test_leaving_a_page_half_filled_keeps_what_is_good_and_asks_only_about_what_would_be_lost(
    client: Client, agency
):
    draft = asked(client, agency, *FORM, until="own")

    half = client.post(question(draft, "own"), {"own": "no", "leave": "1"})
    lost = client.post(question(draft, "own"), {"own": "no", "where__street": "Calle 1", "leave": "1"})
    anyway = client.post(question(draft, "own"), {"leave": "anyway"})

    assert half.url == anyway.url == page(draft, "guardada")
    assert lost.status_code == 422
    assert answers(draft) == {"own": False, "notes": "", "plan": None}


def test_going_back_from_a_page_and_to_it(client: Client, agency):
    draft = asked(client, agency, *FORM, until="own")
    client.post(question(draft, "own"), {"own": "yes", **STREET})

    on_page, after = client.get(question(draft, "where")).text, client.get(question(draft, "why")).text

    assert f'href="{question(draft, "applicant_commune")}"' in on_page
    assert f'href="{question(draft, "own")}"' in after


def test_the_check_leads_to_the_page_and_what_it_opens_is_asked(client: Client, agency):
    draft = asked(client, agency, *FORM, until="own")
    client.post(question(draft, "own"), {"own": "yes", **STREET})
    client.post(question(draft, "why"), {"why": "uno"})

    check = client.get(page(draft, "revisar")).text
    changed = client.post(question(draft, "own"), {"own": "no", "from": "check", **STREET})

    assert question(draft, "where") + "?from=check" in check
    assert client.get(changed.url).url == question(draft, "rent")
    client.post(question(draft, "rent"), {"own": "no", "rent": "9", **STREET})
    sent = client.post(page(draft, "revisar"))
    assert sent.url == page(draft, "comprobante")


def test_a_page_is_read_in_the_other_language_with_what_was_typed(client: Client, agency):
    draft = asked(client, agency, *FORM, until="own")
    english = f"/en/applications/{draft.code}/question/own/"

    other = client.post(english, {"own": "no", "notes": "A medias", "only_the_language": "1"})

    assert ">Your home</h1>" in other.text
    assert "A medias" in other.text
    assert answers(draft) == {}


def test_filing_says_the_editors_own_words(client: Client, agency):
    draft = asked(
        client, agency, row("code", min_length=5, error_rule=pair("Son cinco letras.")), until="code"
    )
    crm.fill_case(draft.case, by=Actor.system(), answers={"code": "abc"})

    refused = client.post(page(draft, "revisar"))

    assert refused.status_code == 422
    assert "Son cinco letras." in refused.text


# --- lists of several things ----------------------------------------------------------------------------
def car(plate: str, **more) -> dict:
    return {"cars__plate": plate, "cars__year": "2019", "add": "1", **more}


def test_rows_are_entered_one_by_one_and_read_everywhere(client: Client, agency):
    draft = asked(client, agency, CARS, row("end", required=False), until="cars")
    address = question(draft, "cars")

    nothing = client.post(address, {})
    half = client.post(address, {"cars__plate": "AB-12", "add": "1"})
    client.post(
        address,
        car(
            "ABCD12", cars__bought_day="3", cars__bought_month="2", cars__bought_year="2020", cars__use="uno"
        ),
    )
    short = client.post(address, {})
    mark = re.search(r'name="cars__page" value="([^"]+)"', client.get(address).text)[1]
    for _twice in range(2):
        client.post(address, car("EFGH34", cars__page=mark))
    client.post(address, car("IJKL56"))
    full = client.post(address, car("MNOP78"))
    on = client.post(address, {})

    assert nothing.status_code == half.status_code == short.status_code == full.status_code == 422
    assert "Un vehículo" in nothing.text
    assert 'href="#id_cars__year"' in half.text
    stored = answers(draft)["cars"]
    assert [one["plate"] for one in stored] == ["ABCD12", "EFGH34", "IJKL56"]
    assert {**stored[0], "id": ""} == {
        "plate": "ABCD12",
        "year": 2019,
        "bought": "2020-02-03",
        "use": "uno",
        "id": "",
    }
    assert on.url == question(draft, "end")
    client.post(address, {"remove": stored[2]["id"]})
    client.post(address, {"remove": stored[2]["id"]})
    client.post(question(draft, "end"), {"skip": "1"})
    check = unescape(client.get(page(draft, "revisar")).text)
    assert "Plate: ABCD12, Year: 2019, Bought: 03-02-2020, Use: Uno; Plate: EFGH34" in check
    client.post(page(draft, "revisar"))
    filed = Case.objects.get()
    assert filed.folio
    receipt = client.get(page(draft, "comprobante/papel")).text
    assert filed.folio in receipt
    [told] = [one["answer"] for one in answer_rows(filed) if one["key"] == "cars"]
    assert "EFGH34" in told


def test_a_list_with_too_few_is_not_filed(client: Client, agency):
    draft = asked(client, agency, CARS, until="cars")
    added = client.post(question(draft, "cars"), {**car("ABCD12"), "add": ""})

    refused = client.post(page(draft, "revisar"))

    assert added.url == question(draft, "cars")
    assert refused.status_code == 422
    assert question(draft, "cars") in refused.text
    assert "2" in refused.text


def test_staff_see_pages_under_their_headings_and_fill_lists(
    client: Client, agency, clerk, office, actor_of, client_of
):
    version = publish(sheet(form=[*FORM, CARS]), agency=agency)
    CommuneFactory()
    by = actor_of(clerk)
    contact = crm.attend_interaction(crm.open_interaction("office", by=by, office=office), by=by)
    case = crm.begin_case(version, by=by, interaction=contact, key="k")
    sent = {"own": "no", "rent": "9", **STREET, "why": "uno", **car("ABCD12"), "cars__page": "one"}

    for _twice in range(2):
        save_whole(case, by=by, data=sent, files=None)
    case.refresh_from_db()
    form = whole_form(case)

    assert [one.heading for one in form.sections if one.heading] == ["Su casa"]
    assert case.answers["rent"] == 9
    assert [one["plate"] for one in case.answers["cars"]] == ["ABCD12"]
    remove_named(case, by=by, named=f"cars:{case.answers['cars'][0]['id']}")
    remove_named(case, by=by, named="why:x")
    remove_named(case, by=by, named="x")
    case.refresh_from_db()
    assert case.answers["cars"] == []


def test_going_on_under_another_text_drops_what_is_no_answer_to_it_any_more(client: Client, agency):
    draft = asked(client, agency, row("a"), row("b"), row("c", "number"), until="a")
    for key in ("a", "b"):
        client.post(question(draft, key), {key: "Algo"})
    publish(sheet(form=[row("a", "date"), row("b"), row("c", "number")], costs=[]), agency=agency)

    client.post(page(draft, "cambios"))

    assert answers(draft) == {"b": "Algo"}
    assert client.get(question(draft, "a")).status_code == 200


def test_programs_send_rows_and_what_is_wrong_in_one_is_told(agency):
    form = Questionnaire(publish(sheet(form=[CARS]), agency=agency).content)

    good = [{"plate": "ABCD12", "year": 2019}, {"plate": "EFGH34", "year": 2020, "use": "dos"}]
    question = [one for one in form.questions if one.key == "cars"]

    assert faults(question, {"cars": good}) == {}
    assert "cars" in faults(question, {"cars": [good[0], {**good[1], "year": 3}]})
    assert "cars" in faults(question, {"cars": [good[0], {**good[1], "use": "tres"}]})
