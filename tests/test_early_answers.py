"""What is answered before any page is reached carries the same headers; what machines ask for in vain is answered in their form."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def assert_headers(response):
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "max-age=" in response.headers["Strict-Transport-Security"]


def test_early_answers_carry_the_security_headers(client: Client):
    assert_headers(client.get("/es/", headers={"Host": "evil.example"}))  # refused
    assert_headers(client.get("/es/seguir"))  # sent on to the address with its slash
    assert_headers(client.get("/"))  # sent on to a language
    assert_headers(client.get("/es/%00/"))  # unreadable
    assert_headers(client.post("/es/", {f"x{n}": "1" for n in range(600)}))  # too many fields


def test_the_way_to_https_carries_them_too(settings):
    settings.SECURE_SSL_REDIRECT = True
    browser = Client()

    sent_on = browser.get("/es/seguir/")
    refused = browser.get("/es/seguir/", headers={"Host": "evil.example"})

    assert (sent_on.status_code, refused.status_code) == (301, 400)
    assert_headers(sent_on)
    assert_headers(refused)


@pytest.mark.parametrize("path", ["/api/", "/api/v1/no-such-thing", "/api/v2/procedures", "/api/telephony/"])
def test_an_unknown_address_for_machines_answers_a_problem_document(client: Client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 404
    assert "<" not in answer.text
    assert_headers(answer)
