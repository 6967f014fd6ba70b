"""What every answer carries, whatever it is; and what no log line or address ever holds. Full in `dev.py bench reliability`."""

import pytest
from django.test import Client

from tests.reliability import access, headers
from tests.reliability.server import serving


def test_every_answer_of_every_route_carries_the_security_headers(db):
    assert headers.check_routes(access.make_world(), every=False).wrong == []


def test_a_server_error_tells_nothing(db):
    with headers.broken() as address:
        response = Client(raise_request_exception=False).get(address)

    assert response.status_code == 500
    assert "12.345.678-5" not in response.text


@pytest.mark.django_db(transaction=True)
def test_running_servers_send_them_too_and_nothing_personal_is_in_their_lines_and_addresses():
    with (
        serving(production=False) as site,
        serving(production=False, application="config.live:application", interface="asgi") as live,
    ):
        wire = headers.check_wire(site, live)
        said = headers.check_said(site)

    assert wire.wrong == []
    assert said.wrong == []
    assert said.figures["requests"] > 60
