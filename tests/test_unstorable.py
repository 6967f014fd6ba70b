"""A character no database keeps (NUL, half of a pair) is refused at the door of every room, in words, and breaks nothing."""

import json

import pytest
from django.conf import settings
from django.test import Client

from callcentre.models import CallEvent
from tests.factories.crm import pdf, pdf_of

pytestmark = pytest.mark.django_db
PAGES = [
    "/es/tramites/certificado%00/",
    "/en/procedures/certificado-de-ejemplo%00/apply/",
    "/es/instituciones/SRCEI%00/",
    "/es/encuesta/abc%00/",
    "/es/solicitudes/k7m2px9qrt/pregunta/a%00/",
    "/es/buscar/?q=a%00b",
    "/es/oficinas/?commune=%00",
    "/es/oficinas/?%00=1",
    "/en/applications/continue/?draft=%00",
    "/es/staff/agency/?folio=%00",
    "/es/staff/catalogue/?q=%00",
    "/es/staff/desk/?office=%00",
    "/es/staff/line/?q=%00",
    "/es/staff/figures/?region=%00",
    "/idioma/es%00/",
    "/static/x%00.css",
]
MACHINES = [
    "/api/v1/procedures/3430%00",
    "/api/v1/procedures?q=%00",
    "/api/v1/offices?commune=%00",
    "/api/v1/statistics/a%00/",
    "/api/fichas?query=%00",
    "/api/telephony/x%00/",
]
FORMS = [
    ("/en/follow/", {"folio": "2026-0000001-5", "key": "a\x00b"}),
    ("/es/solicitudes/continuar/", {"code": "k7m2px9qrt", "key": "\x00"}),
    ("/es/tramites/certificado-de-ejemplo/util/", {"is_useful": "yes", "comment": "a\x00b"}),
    ("/es/tramites/certificado-de-ejemplo/error/", {"text": "a", "\x00": "b"}),
    ("/en/staff/sign-in/", {"login": "a\x00@test.invalid", "password": "x"}),
]


@pytest.fixture
def browser() -> Client:
    """A client to which a fault on our side is an answer, not an exception."""
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("address", PAGES)
def test_in_an_address_it_is_answered_by_a_page_in_words(browser, procedure_version, address):
    answer = browser.get(address)

    assert answer.status_code == 400
    assert "<h1>" in answer.text
    assert f'lang="{"en" if address.startswith("/en") else "es"}"' in answer.text
    assert answer.headers["Content-Security-Policy"]
    assert "\x00" not in answer.text


@pytest.mark.parametrize("address", MACHINES)
def test_in_an_address_for_machines_it_is_answered_by_a_problem_document(browser, procedure_version, address):
    answer = browser.get(address)

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "NUL" in answer.json()["detail"]


@pytest.mark.parametrize("as_files", [False, True])
@pytest.mark.parametrize(("address", "typed"), FORMS)
def test_in_a_form_it_is_refused_by_a_page(browser, procedure_version, address, typed, as_files):
    if as_files:
        answer = browser.post(address, typed)
    else:
        from urllib.parse import urlencode

        answer = browser.post(address, urlencode(typed), content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 400
    assert "<h1>" in answer.text


@pytest.mark.parametrize("address", ["desk", "line", "agency", "catalogue", "people"])
def test_staff_rooms_refuse_it_in_forms_too(browser, administrator, address):
    browser.force_login(administrator)

    assert browser.post(f"/es/staff/{address}/", {"q": "a\x00"}).status_code in {400, 404}


@pytest.mark.parametrize(
    "sent",
    [
        json.dumps({"event": "newCall", "callId": "a\x001"}),
        json.dumps({"event": "newCall", "callId": "a1", "user": [{"x": "y\x00"}]}),
        json.dumps({"event": "newCall", "callId": "a1", "\x00": 1}),
        '{"event": "newCall", "callId": "a1", "from": "\\ud83d"}',
        b'{"event": "newCall", "callId": "a\x00"}',
    ],
)
def test_the_telephony_door_refuses_it_in_json(browser, sent):
    answer = browser.post(
        f"/api/telephony/{settings.TELEPHONY_TOKEN}/", sent, content_type="application/json"
    )

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not CallEvent.objects.exists()


@pytest.mark.parametrize(
    ("sent", "told"),
    [("\x00", "NUL"), ("\ud83d", "lone surrogate, \\ud83d"), ("a\udfffb", "lone surrogate, \\udfff")],
)
def test_machines_are_told_which_of_the_two_it_is(browser, sent, told):
    answer = browser.post(
        f"/api/telephony/{settings.TELEPHONY_TOKEN}/",
        json.dumps({"event": "newCall", "callId": [sent]}),
        content_type="application/json",
        headers={"Accept-Language": "en"},
    )

    assert answer.status_code == 400
    assert told in answer.json()["detail"]


def test_the_telephony_door_refuses_it_in_a_form(browser):
    answer = browser.post(
        f"/api/telephony/{settings.TELEPHONY_TOKEN}/",
        "event=newCall&callId=a%001",
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 400
    assert not CallEvent.objects.exists()


def test_what_only_looks_like_it_is_let_through(browser, procedure_version):
    call = {"event": "newCall", "callId": "a\\u0000", "menu": "\U0001f600"}
    told = browser.post(
        f"/api/telephony/{settings.TELEPHONY_TOKEN}/", json.dumps(call), content_type="application/json"
    )

    assert told.status_code == 200
    assert browser.get("/es/buscar/?q=%2500").status_code == 200


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_what_is_too_large_is_refused_in_the_words_of_its_door(browser, kind):
    answer = browser.post(
        f"/api/telephony/{settings.TELEPHONY_TOKEN}/", b"%00" * 1_000_000, content_type=kind
    )

    assert answer.status_code == 413


def test_a_cookie_that_holds_it_counts_as_none(browser, procedure_version):
    browser.cookies["sessionid"] = "abcdefgh\x00"

    assert browser.get("/es/seguir/").status_code == 200


def test_a_papers_name_with_it_is_made_harmless(browser, submitted_case):
    browser.post("/es/seguir/", {"folio": submitted_case.folio, "key": submitted_case.key})

    sent = browser.post(
        f"/es/casos/{submitted_case.folio}/papel/",
        {"requirement": "other", "file": pdf("a\x00b.pdf", pdf_of("1"))},
    )

    assert sent.status_code == 302
