"""No log line holds personal data or a key, whatever is asked, wherever it stands, however it ends."""

import io
import json
import logging

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import clear_url_caches, path

from common.logs import JsonFormatter
from config import urls
from crm import keys
from crm.models import Case
from tests.portal.walks import begin

RUN, RUN_AS_TYPED, MAIL, PHONE = "20347878-8", "20.347.878-8", "canary.rojas@test.invalid", "+56 9 8111 2233"
NAME = "Canario"  # has no shape of its own: it is left out with the row that a database quotes and with what was sent


@pytest.fixture
def lines():
    """All lines logged from now on, as production writes them, down to the last detail."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield lambda: stream.getvalue()
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


@pytest.fixture
def broken():
    """An address that fails with whatever it was sent."""

    @login_not_required
    def fail(request: HttpRequest, what: str) -> HttpResponse:
        try:
            raise IntegrityError(f"duplicate key\nDETAIL:  Failing row contains (7, {NAME}, {RUN}).")
        except IntegrityError as error:
            raise RuntimeError(
                f"a fault with {what} {request.GET} {request.POST} at {request.path}"
            ) from error

    urls.urlpatterns.insert(0, path("es/broken/<path:what>/", fail, name="broken"))
    clear_url_caches()
    yield "/es/broken/"
    urls.urlpatterns.pop(0)
    clear_url_caches()


def test_no_line_holds_a_canary_whatever_the_answer(
    lines, broken, procedure_version, submitted_case, officer
):
    browser = Client(raise_request_exception=False)
    draft = begin(browser, procedure_version)
    token, key, folio = keys.survey_token(submitted_case.source_id), submitted_case.key, submitted_case.folio
    canaries = [
        *(RUN, RUN_AS_TYPED, MAIL, PHONE),
        *(folio, folio.replace("-", ""), key, keys.pretty(key), token, draft.code, draft.pretty_code),
        *(browser.cookies[f"key_{draft.code}"].value, browser.cookies["sessionid"].value),
    ]
    everything = {"name": NAME, **{f"field{number}": one for number, one in enumerate(canaries)}}
    statuses = set()

    def ask(method: str, address: str, **data: str) -> None:
        statuses.add(getattr(browser, method)(address, data).status_code)

    for one in canaries:
        ask("get", f"/es/{one}/")  # 404
        ask("get", f"/api/v1/procedures/{one}")
        ask("get", "/es/buscar/", q=one)  # 200
        ask("get", "/es/seguir/", folio=one)
        ask("get", f"/es/encuesta/{one}/")
        ask("get", f"/es/broken/{one}/", **everything)  # 500
        ask("post", f"/es/broken/{one}/", **everything)
        ask("post", "/es/seguir/", folio=one, key=one)  # 422
        ask("post", "/es/solicitudes/continuar/", code=one, key=one)
        ask("post", "/es/staff/sign-in/", login=one, password=one)
        ask("get", f"/api/telephony/{one}/")  # 403
        ask("delete", f"/es/encuesta/{one}/")  # 405
        ask("get", f"/es/encuesta/{one}%00/")  # 400
    ask("post", "/es/seguir/", folio=folio, key=key)  # 302
    ask("post", f"/es/encuesta/{token}/", grade="9", comment=MAIL)
    ask("post", f"/es/encuesta/{token}/", grade="7", comment=MAIL)
    ask("get", f"/es/casos/{folio}/")
    browser.cookies.clear()
    for address in (f"/es/casos/{folio}/", f"/es/solicitudes/{draft.code}/"):
        ask("get", address, key=key, mail=MAIL)  # 403
    browser.force_login(officer)
    ask("get", f"/es/staff/people/?q={MAIL}")
    ask("get", "/es/seguir/", **everything)
    browser.get("/es/", headers={"Host": "evil.example", "User-Agent": MAIL})
    strict = Client(enforce_csrf_checks=True)
    strict.post(f"/es/encuesta/{token}/", {"comment": MAIL})
    logging.getLogger("ours").warning("sent to %s for %s", MAIL, RUN_AS_TYPED)
    logging.getLogger("ours").warning({"event": "sent", "to": [MAIL, {"key": key}]})

    said = lines()
    assert {200, 302, 400, 403, 404, 405, 422, 500} <= statuses
    assert Case.objects.count() == 2
    assert len(said.splitlines()) > 100
    assert all(json.loads(line) for line in said.splitlines())
    assert {one: said.count(one) for one in [*canaries, NAME] if one in said} == {}


def test_a_line_says_which_page_it_was_and_how_it_ended(lines, broken, submitted_case):
    Client(raise_request_exception=False).get(f"/es/broken/{RUN}/")
    Client().get(f"/es/casos/{submitted_case.folio}/")

    told = [json.loads(line) for line in lines().splitlines()]
    assert {"broken", "portal:case"} <= {line.get("route") for line in told}
    assert any("RuntimeError: a fault with [number]" in line.get("exception", "") for line in told)
    assert any(line.get("route") == "portal:case" and line.get("status") == 403 for line in told)
