"""What every answer carries, whatever it is; and what no log line or address ever holds."""

import io
import logging

import pytest
from django.test import Client

from common.logs import JsonFormatter
from tests.factories import crm

ANSWERS = [
    "/es/",
    "/es/no-such-page/",
    "/en/staff/sign-in/",
    "/healthz",
    "/robots.txt",
    "/es/staff/",
    "/boom",
]


@pytest.fixture
def broken(settings, monkeypatch):
    from config import views

    def fail(request):
        raise RuntimeError("a fault with 12.345.678-5 in it")

    fail.login_required = False
    monkeypatch.setattr(views, "show_robots", fail)


def _assert_headers(response):
    policy = response.headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy
    assert "'unsafe-eval'" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["X-Frame-Options"] == "DENY"
    age = int(response.headers["Strict-Transport-Security"].split("max-age=")[1].split(";")[0])
    assert age >= 31_536_000


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_carries_the_security_headers(client, db, path):
    _assert_headers(client.get(path))


def test_a_server_error_carries_them_too_and_tells_nothing(db, settings):
    from django.contrib.auth.decorators import login_not_required
    from django.urls import path

    @login_not_required
    def fail(request):
        raise RuntimeError("a fault with 12.345.678-5 in it")

    import config.urls as urls

    urls.urlpatterns.insert(0, path("boom", fail))
    from django.urls import clear_url_caches

    clear_url_caches()
    try:
        response = Client(raise_request_exception=False).get("/boom")
    finally:
        urls.urlpatterns.pop(0)
        clear_url_caches()

    assert response.status_code == 500
    _assert_headers(response)
    assert "12.345.678-5" not in response.text


def test_no_log_line_holds_a_run(procedure_version, caplog):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    level = root.level
    root.setLevel(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)
    try:
        case = crm.filed_case(procedure_version)
        client = Client()
        client.post("/es/staff/sign-in/", {"login": "12.345.678-5@canary.invalid", "password": "12345678-5"})
        client.get("/es/", {"q": "12.345.678-5"})
        client.get("/no/12345678-5/?run=12.345.678-5")
    finally:
        root.removeHandler(handler)
        root.setLevel(level)

    lines = stream.getvalue()
    assert case.folio
    assert "run=12.345.678-5" not in lines
    assert "Amina" not in lines
    assert "canary" not in lines
