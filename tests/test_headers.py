"""What every answer carries, whatever it is."""

import pytest
from django.test import Client

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


def test_early_answers_carry_them_too(client, db, settings):
    _assert_headers(client.get("/es/", headers={"Host": "evil.example"}))  # refused
    _assert_headers(client.get("/es/seguir"))  # sent on to the address with its slash
    _assert_headers(client.get("/"))  # sent on to a language
    _assert_headers(client.get("/es/%00/"))  # unreadable
    _assert_headers(client.post("/es/", {f"x{n}": "1" for n in range(600)}))  # too many fields


def test_the_way_to_https_carries_them_too(db, settings):
    settings.SECURE_SSL_REDIRECT = True

    sent_on, refused = (
        Client().get("/es/seguir/"),
        Client().get("/es/seguir/", headers={"Host": "evil.example"}),
    )

    assert sent_on.status_code == 301
    assert refused.status_code == 400
    _assert_headers(sent_on)
    _assert_headers(refused)


@pytest.mark.parametrize("path", ["/api/", "/api/v1/no-such-thing", "/api/v2/procedures", "/api/telephony/"])
def test_an_unknown_address_for_machines_answers_a_problem_document(client, db, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 404
    assert "<" not in answer.text
    _assert_headers(answer)


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
