"""“May I get this?”: answered to anybody, kept by nobody."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import SearchLog
from events.models import Event
from tests.factories.catalog import publish, sheet
from tests.portal.test_language_switch import switch

pytestmark = pytest.mark.django_db

PAGE = "/en/procedures/certificado-de-ejemplo/"
ADDRESS = f"{PAGE}may-i/"
RULES = {
    "all": [
        {"fact": "age", "at_least": 60},
        {"any": [{"fact": "situation", "is": "retired"}, {"fact": "income_bracket", "at_most": 60}]},
        {"fact": "residence", "is": "13"},
    ]
}
YES = {"age": "67", "situation": ["retired"], "residence": "13"}


@pytest.fixture
def strict():
    """A browser that keeps cookies and would be refused without a token where one is asked for."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture(autouse=True)
def version(agency):
    return publish(sheet(eligibility=RULES), agency=agency)


def test_a_procedure_with_rules_leads_to_their_questions_and_one_without_does_not(client: Client, agency):
    publish(sheet(code="9", slug="sin-reglas"), agency=agency)

    assert f'href="{ADDRESS}"' in client.get(PAGE).text
    assert "may-i" not in client.get("/en/procedures/sin-reglas/").text
    assert client.get("/en/procedures/sin-reglas/may-i/").status_code == 404
    assert client.post("/en/procedures/nada/may-i/", YES).status_code == 404


def test_the_questions_of_the_rules_stand_on_one_page_in_a_settled_order(client: Client):
    page = client.get(ADDRESS).text

    asked = [
        "In which region do you live?",
        "How old are you?",
        "In which bracket of the Social Registry of Households is your household?",
        "Which of these are you?",
    ]
    assert sorted(asked, key=page.index) == [asked[1], asked[0], asked[2], asked[3]]
    assert "Drawing a pension" in page
    assert "Widowed" not in page, "only situations of which the rules speak"
    assert "How large is the organisation?" not in page


def test_yes_with_why_and_what_to_do_next(client: Client):
    answer = client.post(ADDRESS, YES)

    assert answer.status_code == 200
    assert "By what you say, it seems that you may<" in answer.text
    assert "You must be 60 or older." in answer.text
    assert "You said: 67" in answer.text
    assert "Nobody has decided anything." in answer.text
    assert "Apply online" in answer.text
    assert 'href="tel:101"' in answer.text


def test_no_with_why_and_it_is_no_decision(client: Client):
    answer = client.post(ADDRESS, {"age": "58"})

    assert "By what you say, it seems that you may not" in answer.text
    assert "You said: 58" in answer.text
    assert "To be surer" not in answer.text, "nothing more could change it"
    assert "ask before you give up" in answer.text
    assert "Nobody has decided anything." in answer.text


def test_what_is_not_known_is_asked_for(client: Client):
    answer = client.post(ADDRESS, {"age": "67", "situation": ["retired"]})

    assert "It depends on what we do not know" in answer.text
    assert "<li>In which region do you live?</li>" in answer.text
    assert "<li>In which bracket" not in answer.text, "it would change nothing"
    assert "We do not know" in answer.text


def test_the_answers_stay_in_the_form(client: Client):
    page = client.post(ADDRESS, YES).text

    assert 'name="age" value="67"' in page
    assert '<option value="13" selected>' in page
    assert 'value="retired" id="id_situation_0" checked' in page


def test_nothing_is_kept_of_it_nor_of_who_asks(strict: Client):
    seen = strict.get(ADDRESS)
    events = Event.objects.count()
    with CaptureQueriesContext(connection) as queries:
        answer = strict.post(ADDRESS, YES)

    assert answer.status_code == 200
    assert not seen.cookies
    assert not answer.cookies
    assert "csrfmiddlewaretoken" not in answer.text
    assert all(one["sql"].lstrip().startswith("SELECT") for one in queries.captured_queries)
    assert (Event.objects.count(), SearchLog.objects.count()) == (events, 0)


def test_no_robot_lists_it_and_no_cache_keeps_it(client: Client):
    for page in (client.get(ADDRESS), client.post(ADDRESS, YES)):
        assert '<meta name="robots" content="noindex">' in page.text
        assert page.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "sent",
    [
        {"age": "sixty"},
        {"age": "9" * 5000},
        {"age": "-1"},
        {"age": "121"},
        {"age": "1e3"},
        {"age": "６x"},
        {"residence": "99"},
        {"residence": "<b>"},
        {"situation": ["rich"]},
        {"situation": ["none", "retired"]},
        {"income_bracket": "65"},
        {"income_bracket": ["40", "41"]},
    ],
)
def test_what_is_no_answer_is_told_at_its_field_and_kept(sent, client: Client):
    answer = client.post(ADDRESS, {"age": "67", **sent})

    assert answer.status_code == 422
    assert 'class="error-summary"' in answer.text
    assert 'id="answer"' not in answer.text
    if "age" in sent:
        assert f'value="{sent["age"]}"' in answer.text


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ("age=%00", "application/x-www-form-urlencoded"),
        ("age=%ff%fe", "application/x-www-form-urlencoded"),
        ("{", "application/json"),
        ("", "multipart/form-data; boundary=x"),
        (
            '--x\r\nContent-Disposition: form-data; name="age"\r\n\r\n\x00\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_no_body_breaks_the_page(sent, kind, client: Client):
    assert client.generic("POST", ADDRESS, sent, content_type=kind).status_code in {200, 400, 422}


def test_the_answer_is_read_in_the_other_language_too_without_a_cookie(strict: Client):
    strict.cookies.clear()

    switched = switch(strict, strict.post(ADDRESS, YES))

    assert switched.status_code == 200
    assert 'lang="es"' in switched.text
    assert 'name="age" value="67"' in switched.text
    assert not strict.cookies


def test_an_organisation_is_asked_about_itself(client: Client, agency):
    rules = {"fact": "organisation_age", "at_least": 2}
    publish(sheet(code="9", slug="fondo", applicant="organisation", eligibility=rules), agency=agency)

    answer = client.post("/en/procedures/fondo/may-i/", {"organisation_age": "1"})

    assert "The organisation must be at least 2 years old." in answer.text
    assert "it seems that you may not" in answer.text
