"""Where a procedure is done otherwise, for whoever explains it by phone."""

import pytest
from django.urls import reverse

from tests.callcentre import phones
from tests.factories.catalog import publish, sheet
from tests.factories.territory import CommuneFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_spanish", "in_english")]


def test_an_agent_reads_where_it_is_otherwise_and_what_differs_there(agent, agency, client_of):
    CommuneFactory(code="13120", name="Ñuñoa")
    there = {"communes": ["13120"], "costs": [{"amount": 5000}], "term": {"business_days": 3}}
    publish(sheet(variants=[there], valid_for={"unit": "no_end"}), agency=agency)
    contact, console = phones.speaks(agent), client_of(agent)

    console.post(reverse("callcentre:matter-add", args=[contact.pk]), {"procedure": "certificado-de-ejemplo"})
    page = console.get(reverse("callcentre:contact", args=[contact.pk])).text

    assert "Otherwise: Ñuñoa" in page
    assert "$5.000" in page
    assert "Up to 3 business days" in page
    assert "$3.820" in page
    assert "It does not expire." in page
