"""Where a request comes from: what the last of our own proxies saw, and nothing that anybody can claim."""

import pytest
from django.test import Client, RequestFactory

from common.origins import address_of

CLAIMED = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.9, 203.0.113.7"}


def test_without_a_proxy_of_ours_a_claim_is_not_believed(settings):
    settings.SECURE_PROXY_SSL_HEADER = None

    assert address_of(RequestFactory().get("/", **CLAIMED)) == "10.0.0.1"


def test_behind_our_proxy_it_is_what_the_proxy_saw(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    assert address_of(RequestFactory().get("/", **CLAIMED)) == "203.0.113.7"
    assert address_of(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1")) == "10.0.0.1"


@pytest.fixture
def two_a_minute(monkeypatch):
    from catalog.api.public import PublicThrottle

    monkeypatch.setattr(PublicThrottle, "get_rate", lambda self: "2/min")


def test_nobody_escapes_the_limit_of_the_open_api_by_claiming_another_address(db, settings, two_a_minute):
    settings.SECURE_PROXY_SSL_HEADER = None
    statuses = [
        Client().get("/api/v1/themes", headers={"X-Forwarded-For": f"198.51.100.{number}"}).status_code
        for number in range(4)
    ]

    assert statuses == [200, 200, 429, 429]


def test_behind_our_proxy_the_open_api_counts_each_caller_apart(db, settings, two_a_minute):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    statuses = [
        Client().get("/api/v1/themes", headers={"X-Forwarded-For": f"9.9.9.{lie}, 203.0.113.{caller}"})
        for caller in (1, 2)
        for lie in range(3)
    ]

    assert [one.status_code for one in statuses] == [200, 200, 429] * 2


def test_the_telephony_door_and_the_sign_in_count_by_the_same_address(db, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    def guess(caller: str) -> int:
        return Client().post("/api/telephony/wrong/", headers={"X-Forwarded-For": caller}).status_code

    guessed = [guess("203.0.113.1") for _ in range(31)]

    assert guessed[-1] == 429
    assert guess("203.0.113.2") == 403
