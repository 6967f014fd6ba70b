"""What is masked in a log line, and what stays readable."""

import pytest

from common.logs import masked
from crm import keys


@pytest.mark.parametrize(
    "secret",
    [
        "12.345.678-5",
        "12345678-5",
        "123456785",
        "5.126.663-K",
        "1.234.567-k",
        "2026-0000123-4",
        "2026-0000123-X",
        "20260000123X",
        "amina.rojas+x@test.invalid",
        "amina%40test.invalid",
        "+56987654321",
        "+56 9 8765 4321",
        "9 8765 4321",
        "(02) 2345 6789",
        "2015-02-01",
        "7q3zk5m9x2t8w4r6y0bhjndvfc",
        "7q3zk-5m9x2-t8w4r-6y0bh-jndvf-c",
        "7Q3ZK-5M9X2-T8W4R-6Y0BH-JNDVF-C",
        "abcdefghijklmnopqrstuvwxyz",
        "k7m2px9qrt",
        "k7m2p-x9qrt",
        "K7M2PX9Q",
        "0f8a1c3e5b7d9f0a2c4e6b8d0f1a3c5e",
    ],
)
def test_what_is_shaped_like_personal_data_or_a_key_is_only_named(secret):
    for around in ("%s", "for %s, at once", "/es/casos/%s/papel/", "?run=%s&x=1", "'%s'", "key_%s=", "(%s)"):
        assert secret not in masked(around % secret), around


def test_every_new_key_is_masked_however_it_falls_out():
    from uuid import uuid4

    for _ in range(200):
        key, token = keys.new_key(), keys.survey_token(uuid4())
        line = masked(f"key {key} or {keys.pretty(key)}, token {token}")
        assert key not in line
        assert keys.pretty(key) not in line
        assert token not in line


@pytest.mark.parametrize(
    "plain",
    [
        "request_finished",
        "duplicate key value violates unique constraint",
        "0192f0c0-1234-7000-8000-00000000000a",
        'File "/srv/ventanilla/portal/views/drafts.py", line 1234, in begin',
        "portal:question",
        "no such route",
        "django.core.exceptions.ImproperlyConfigured",
        "Retry in 120 seconds, attempt 3 of 5",
        "ModuleNotFoundError: No module named 'psycopg_binary'",
    ],
)
def test_what_helps_to_find_a_fault_stays_readable(plain):
    assert masked(plain) == plain


def test_what_a_database_quotes_of_a_row_is_left_out():
    told = masked(
        "IntegrityError: null value in column\nDETAIL:  Failing row contains (7, Amina\nRojas).\n\n"
        "The above exception was the direct cause of the following exception:\nKeyError: 'x'"
    )

    assert "Amina" not in told
    assert "Rojas" not in told
    assert "null value in column" in told
    assert "KeyError" in told
