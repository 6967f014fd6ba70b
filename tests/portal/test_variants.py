"""A citizen chooses their commune and reads how it is there: without script, kept nowhere but in the address."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from territory.queries import communes
from tests.factories import accounts as people
from tests.factories.catalog import publish, sheet
from tests.factories.territory import CommuneFactory

pytestmark = pytest.mark.django_db
PAGE = "/en/procedures/certificado-de-ejemplo/"
VARIANT = {
    "communes": ["13120"],
    "text": {"es": "Se pide en **Tránsito**.", "en": "Ask at **Traffic**."},
    "costs": [{"amount": 5000, "currency": "CLP"}],
    "requirements": [{"code": "own-form", "label": {"es": "Formulario propio", "en": "Own form"}}],
    "term": {"business_days": 3},
    "url": "https://nunoa.example",
}


@pytest.fixture(autouse=True)
def _communes(db):
    for code, name in (("13101", "Santiago"), ("13120", "Ñuñoa"), ("13118", "Macul")):
        CommuneFactory(code=code, name=name)


@pytest.fixture
def varied(agency):
    return publish(sheet(variants=[VARIANT]), agency=agency)


def main(answer):
    return answer.text[answer.text.index("<main") :]


def test_the_page_offers_the_communes_in_which_it_is_otherwise_and_no_others(client: Client, varied):
    page = main(client.get(PAGE))

    assert '<option value="13120">Ñuñoa</option>' in page
    assert "Santiago" not in page
    assert 'method="get"' in page
    assert "$3.820" in page
    assert "$5.000" not in page
    assert "Own form" not in page


def test_what_differs_stands_in_its_place_with_a_notice(client: Client, varied):
    answer = client.get(PAGE, {"commune": "13120"})

    page = main(answer)
    first = page[: page.index("What it is<")]
    assert "You are reading how it is in Ñuñoa" in first
    assert "<strong>Traffic</strong>" in first
    assert "$5.000" in first
    assert "Up to 3 business days" in first
    assert "3 things" in first
    assert "https://nunoa.example" in first
    assert "$3.820" not in page
    assert "Own form" in page
    assert "(in Ñuñoa)" in page
    assert '<option value="13120" selected>' in page
    assert 'name="robots" content="noindex"' in answer.text
    assert not answer.cookies


def test_the_list_on_paper_and_the_other_language_keep_the_commune(client: Client, varied):
    page = client.get(PAGE, {"commune": "13120"}).text
    assert "/lista/?commune=13120" in page or "/list/?commune=13120" in page or "?commune=13120" in page

    paper = client.get("/es/tramites/certificado-de-ejemplo/lista/?commune=13120").text

    assert "Formulario propio" in paper
    assert "commune%3D13120" in page or "commune=13120" in page


def test_elsewhere_it_is_as_the_page_says(client: Client, varied):
    page = main(client.get(PAGE, {"commune": "13101"}))

    assert "In Santiago it is as this page says." in page
    assert "$3.820" in page


@pytest.mark.parametrize("asked", ["99999", "x", "<script>", "13120'", "a" * 5000, "١٣١٢٠"])
def test_a_commune_nobody_knows_is_told_at_the_field_and_the_page_stands(client: Client, varied, asked):
    answer = client.get(PAGE, {"commune": asked})

    assert answer.status_code == 200
    assert "Choose a commune from the list." in answer.text
    assert "<script>" not in main(answer)
    assert "$3.820" in answer.text


def test_nothing_chosen_is_the_page_as_everywhere(client: Client, varied):
    page = main(client.get(PAGE, {"commune": ""}))

    assert "Choose a commune from the list." not in page
    assert "$3.820" in page


def test_where_an_agency_does_it_otherwise_it_is_a_link(client: Client, agency):
    people.AgencyFactory(code="MUNI", name_es="Municipalidades", name_en="Municipalities")
    publish(
        sheet(variants=[{"agency": "MUNI", "text": {"es": "Otra cosa.", "en": "Another thing."}}]),
        agency=agency,
    )

    page = main(client.get(PAGE))
    there = main(client.get(PAGE, {"agency": "MUNI"}))
    nowhere = main(client.get(PAGE, {"agency": "NADIE"}))

    assert f'href="{PAGE}?agency=MUNI"' in page
    assert "<select" not in page
    assert "You are reading how it is in Municipalities" in there
    assert "Another thing." in there
    assert "You are reading" not in nowhere


def test_a_sheet_that_is_the_same_everywhere_asks_nothing(client: Client, procedure_version):
    page = main(client.get(PAGE, {"commune": "13120"}))

    assert "<select" not in page
    assert "You are reading" not in page


def test_the_page_costs_the_same_however_many_communes_it_names(client: Client, agency):
    counts = []
    for size in (2, 30):
        variants = []
        for number in range(size):
            code = f"{size:02d}{number:03d}"
            CommuneFactory(code=code, name=f"Comuna {code}")
            variants.append({"communes": [code], "text": {"es": "x", "en": "y"}})
        communes.forget()
        publish(sheet(variants=variants), agency=agency)
        asked = {"commune": variants[0]["communes"][0]}
        client.get(PAGE, asked)
        with CaptureQueriesContext(connection) as seen:
            client.get(PAGE, asked)
        counts.append(len(seen))

    assert counts[0] == counts[1]
