import re
from urllib.parse import quote

import pytest
from django.test import Client

from accounts.actors import Actor
from catalog.models import LifeEvent, SearchLog
from crm.actions import write_queue_state
from tests.factories.catalog import publish, sheet

pytestmark = pytest.mark.django_db
KILOBYTE = 1000


def test_home_is_one_sentence_and_a_search_field(client: Client, procedure_version):
    page = client.get("/es/").text

    assert page.count("<h1") == 1
    assert 'name="q"' in page
    assert "/es/tramites/certificado-de-ejemplo/" in page


def test_the_same_procedure_has_an_address_in_each_language(client: Client, procedure_version):
    spanish = client.get("/es/tramites/certificado-de-ejemplo/")
    english = client.get("/en/procedures/certificado-de-ejemplo/")

    assert "Certificado de ejemplo" in spanish.text
    assert "Example certificate" in english.text
    assert quote("/en/procedures/certificado-de-ejemplo/", safe="") in spanish.text
    assert client.get("/en/tramites/certificado-de-ejemplo/").status_code == 404


def test_a_procedure_answers_the_six_questions_in_its_first_part(client: Client, procedure_version):
    page = client.get("/en/procedures/certificado-de-ejemplo/").text
    first = page[: page.index("What it is<")]

    for answer in (
        "A certificate for the tests.",
        "Anyone.",
        "$3.820",
        "Up to 10 business days",
        "2 things",
        "Apply online",
    ):
        assert answer in first


def test_a_term_that_takes_many_words_is_not_said_to_be_missing(client: Client, agency):
    publish(sheet(term={"business_days": None, "text": {"es": "Depende de la región. " * 9}}), agency=agency)

    page = client.get("/en/procedures/certificado-de-ejemplo/").text

    assert 'href="#time"' in page
    assert "No term is stated" not in page


def test_what_a_thin_sheet_does_not_say_is_said_not_to_be_known(client: Client, agency):
    publish(sheet(channels={}, sections={"purpose": {"es": "Sirve."}}, eligibility={}), agency=agency)

    page = client.get("/en/procedures/certificado-de-ejemplo/").text

    assert "We do not know who may ask for it. Ask the agency before you begin." in page
    assert "You can apply online. We do not know of any other way." in page
    assert "Other ways" not in page


def test_the_quickest_way_alone_is_marked_and_told_why(client: Client, procedure_version):
    page = client.get("/en/procedures/certificado-de-ejemplo/").text

    assert page.count('class="way-quickest"') == 1
    assert "about 20 minutes less than the next" in page
    assert list(re.findall(r'id="way-(\w+)"', page)) == ["online", "office", "phone"]


def test_only_informing_is_never_the_quickest_way(client: Client, agency):
    channels = {
        "office": {"mode": "complete", "minutes": 30, "text": {"es": "Vaya."}},
        "phone": {"mode": "inform", "minutes": 2, "text": {"es": "Llame."}},
    }
    publish(sheet(channels=channels), agency=agency)

    page = client.get("/en/procedures/certificado-de-ejemplo/").text

    assert page.index('id="way-office"') < page.index("way-quickest") < page.index('id="way-phone"')


def test_hostile_text_in_a_sheet_does_no_harm(client: Client, agency):
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1)) </script>"
    publish(
        sheet(
            title={"es": hostile},
            summary={"es": hostile},
            sections={"purpose": {"es": hostile}, "who_may": {"es": hostile}},
            questions_for_agency=[{"es": hostile}],
        ),
        agency=agency,
    )

    for address in ("/es/tramites/certificado-de-ejemplo/", "/es/", "/es/buscar/?q=alert", "/es/tramites/"):
        page = client.get(address).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript:' not in page


def test_the_page_quotes_the_code_and_its_sources(client: Client, procedure_version):
    page = client.get("/es/tramites/certificado-de-ejemplo/").text

    assert "3430" in page
    assert "https://example.org" in page
    assert "2026-11-24" in page


def test_without_thirty_decided_cases_no_practice_is_told(client: Client, submitted_case):
    assert "half are decided" not in client.get("/en/procedures/certificado-de-ejemplo/").text


def test_search_finds_by_citizens_words_and_says_what_it_searched_instead(client: Client, procedure_version):
    page = client.get("/es/buscar/?q=sertificado").text

    assert "Certificado de ejemplo" in page
    assert "certificado" in page
    assert SearchLog.objects.get().results == 1


def test_the_english_page_finds_what_only_its_spanish_name_is_known_of(client: Client, procedure_version):
    page = client.get("/en/search/?q=certificado").text

    assert procedure_version.title_en in page


@pytest.mark.parametrize(
    ("query", "found"), [("7", True), ("certificado 2", True), ("8", False), ("y", False)]
)
def test_a_procedure_is_found_by_its_number_of_one_digit(client: Client, agency, query, found):
    publish(sheet(code="7"), agency=agency)

    assert ("We found nothing" not in client.get("/en/search/", {"q": query}).text) == found


def test_search_without_results_helps_and_names_line_101(client: Client, procedure_version):
    page = client.get("/en/search/?q=zzxxqq").text

    assert "We found nothing" in page
    assert 'href="tel:101"' in page
    assert "Example certificate" in page  # most wanted


@pytest.mark.parametrize(
    "query", ["", "   ", "a" * 5000, "%' OR 1=1 --", "<script>", "¿?", "😀", "12345678-5"]
)
def test_search_answers_anything_typed(client: Client, procedure_version, query):
    response = client.get("/es/buscar/", {"q": query})

    assert response.status_code == 200
    assert "<script>" not in response.text.replace("<script src", "").replace("<script type", "")


def test_a_run_typed_into_the_search_is_not_kept(client: Client, procedure_version):
    client.get("/es/buscar/", {"q": "12.345.678-5"})

    assert not SearchLog.objects.exists()


def test_search_asks_little_of_the_database_and_is_kept_out_of_search_engines(
    client: Client, procedure_version, django_assert_max_num_queries
):
    with django_assert_max_num_queries(9):
        response = client.get("/es/buscar/?q=certificado de trabajo perdido")

    assert 'name="robots" content="noindex"' in response.text


def test_every_catalogue_page_is_light(client: Client, procedure_version, office):
    LifeEvent.objects.create(code="get-my-papers", title_es="Sacar mis documentos", title_en="Get my papers")
    addresses = [
        "/es/",
        "/es/buscar/?q=certificado",
        "/es/tramites/",
        "/es/tramites/certificado-de-ejemplo/",
        "/es/tramites/certificado-de-ejemplo/lista/",
        "/es/tramites/certificado-de-ejemplo/solicitar/",
        "/es/instituciones/SRCEI/",
        "/es/situaciones/get-my-papers/",
        "/es/oficinas/?commune=13101",
        "/es/acerca/",
        "/es/accesibilidad/",
        "/es/privacidad/",
        "/es/esperas/",
    ]
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        assert len(response.content) < 40 * KILOBYTE, (
            address
        )  # letters and styles take the rest of the 100 kB


def test_a_list_costs_the_same_whatever_its_length(client: Client, agency, django_assert_num_queries):
    publish(sheet(), agency=agency)
    counts = []
    for size in (3, 12):
        for number in range(size):
            publish(sheet(code=f"{size}{number:03d}", slug=f"ejemplo-{size}-{number}"), agency=agency)
        client.get("/es/buscar/?q=certificado")
        with django_assert_num_queries(10, exact=False) as seen:
            client.get("/es/buscar/?q=certificado")
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_offices_are_listed_by_distance_with_hours_and_wait(client: Client, office, other_office):
    write_queue_state("office", by=Actor.system(), office=office, waiting=4, estimated_seconds=600)

    page = client.get("/en/offices/?commune=13101").text

    assert office.name in page
    assert "Monday to Friday" in page
    assert "Open now" in page or "Closed now" in page
    assert ("4 people are waiting" in page) == ("Open now" in page)

    write_queue_state("office", by=Actor.system(), office=office, waiting=4, estimated_seconds=20)

    page = client.get("/en/offices/?commune=13101").text
    assert "about less than" not in page
    assert ("less than 1 min" in page) == ("Open now" in page)


def test_no_commune_is_answered_in_words(client: Client, office):
    page = client.get("/en/offices/?commune=").text

    assert "Choose your commune." in page
    assert client.get("/en/offices/?commune=99999&procedure=no-such").status_code == 200


def test_the_wait_of_the_line_is_told_while_it_is_known(client: Client, db):
    assert "not known" in client.get("/en/waits/").text

    write_queue_state("phone", by=Actor.system(), waiting=3, estimated_seconds=240)

    assert "about 4 min" in client.get("/en/waits/").text

    write_queue_state("phone", by=Actor.system(), waiting=1, estimated_seconds=20)

    page = client.get("/en/waits/").text
    assert "You would be answered within a minute now." in page
    assert "about less than" not in page


@pytest.mark.parametrize(
    "address", ["/es/tramites/no-hay/", "/es/situaciones/no-hay/", "/es/instituciones/NO/", "/es/temas/x/"]
)
def test_what_does_not_exist_is_a_404(client: Client, db, address):
    assert client.get(address).status_code == 404
