"""The API that clients of ChileAtiende know: both shapes, to the letter."""

import json
import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from catalog import actions
from catalog.models import ApiToken, SearchLog, Theme
from common import clock
from tests.catalog.sheets import publish_many
from tests.factories import catalog as sheets
from tests.factories.accounts import AgencyFactory
from tests.factories.territory import OfficeFactory

pytestmark = pytest.mark.django_db
FICHA_KEYS = [
    *("id", "codigo", "fecha", "servicio", "titulo", "updated_data_at", "objetivo", "beneficiarios", "costo"),
    *(
        "vigencia",
        "plazo",
        "observaciones",
        "marco_legal",
        "doc_requeridos",
        "guia_online",
        "guia_online_url",
    ),
    *("guia_oficina", "guia_telefonico", "guia_correo", "guia_consulado", "temas", "tags", "chileclic_id"),
    "permalink",
]


def read_xml(text: str | bytes) -> ET.Element:
    """Read our own answer as an old client does."""
    return ET.fromstring(text)  # noqa: S314  # it is ours


@pytest.fixture
def many(agency):
    return publish_many(agency, 12)


def test_the_feed_of_the_legacy_shape(client, many):
    feed = client.get("/api/fichas", {"maxResults": 5}).json()["fichas"]

    assert list(feed) == ["titulo", "tipo", "nextPageToken", "items", "total"]
    assert (feed["titulo"], feed["tipo"], feed["total"]) == (
        "Listado de Fichas",
        "chileatiende#fichasFeed",
        12,
    )
    assert [row["id"] for row in feed["items"]["ficha"]] == ["5000", "5001", "5002", "5003", "5004"]
    assert isinstance(feed["nextPageToken"], str)


def test_the_feed_of_the_list_shape(client, many):
    feed = client.get("/api/chileatiende/fichas").json()["fichas"]

    assert [row["id"] for row in feed["items"]] == [str(number) for number in range(5000, 5010)]
    assert feed["total"] == 12


def test_a_ficha_says_everything_under_the_names_clients_know(client, agency):
    agency.official_code = "AK002"
    agency.save()
    Theme.objects.create(code="identity", title_es="Identidad", title_en="Identity")
    sheets.publish(sheets.sheet(), agency=agency)

    told = client.get("/api/fichas/3430").json()["ficha"]

    assert list(told) == FICHA_KEYS
    assert (told["id"], told["codigo"], told["servicio"]) == ("3430", "AK002-3430", agency.name_es)
    assert told["costo"] == "<p>$3.820: Primera vez</p>"
    assert told["objetivo"] == "<p>Sirve para probar.</p>\n"
    assert told["doc_requeridos"] == "<ul><li>Cédula de identidad</li><li>Comprobante</li></ul>"
    assert told["marco_legal"] == '<p><a href="https://example.org/ley">Ley de ejemplo</a></p>'
    assert (told["temas"], told["tags"]) == ({"tema": ["Identidad"]}, {"tag": ["certificado", "papel"]})
    assert told["permalink"].split("/")[5] == "3430"
    assert told["fecha"][10] == " "


def test_a_ficha_is_found_by_number_or_by_agency_and_number(client, many):
    by_number = client.get("/api/fichas/5003").json()

    assert client.get("/api/fichas/SRCEI-5003").json() == by_number
    assert client.get("/api/fichas/IPS-5003").status_code == 404
    assert client.get("/api/fichas/-5003").status_code == 404


def test_the_language_of_the_reader_does_not_change_a_ficha(client, many):
    english = client.get("/api/fichas/5003", headers={"Accept-Language": "en"})

    assert english.json()["ficha"]["titulo"] == "Trámite 5003"
    assert english.json() == client.get("/api/fichas/5003", headers={"Accept-Language": "es"}).json()


@pytest.mark.parametrize("prefix", ["/api", "/api/chileatiende"])
def test_tokens_lead_through_all_pages_and_then_are_absent(client, many, prefix):
    found, token = [], ""
    while True:
        feed = client.get(
            f"{prefix}/fichas", {"maxResults": 5, **({"pageToken": token} if token else {})}
        ).json()["fichas"]
        items = feed["items"] if prefix.endswith("e") else feed["items"]["ficha"]
        found += [row["id"] for row in items]
        if "nextPageToken" not in feed:
            break
        token = feed["nextPageToken"]

    assert found == [str(number) for number in range(5000, 5012)]


def test_a_search_is_paged_by_rank(client, many):
    first = client.get("/api/fichas", {"query": "certificado", "maxResults": 5}).json()["fichas"]
    second = client.get(
        "/api/fichas", {"query": "certificado", "maxResults": 5, "pageToken": first["nextPageToken"]}
    ).json()["fichas"]

    ids = [row["id"] for row in first["items"]["ficha"] + second["items"]["ficha"]]
    assert len(set(ids)) == 10
    assert first["total"] == 12


@pytest.mark.parametrize(
    ("asked", "given"), [("0", 1), ("1", 1), ("100", 12), ("1000", 12), ("x", 10), ("-5", 10), ("", 10)]
)
def test_the_size_of_a_page_is_bounded(client, many, asked, given):
    assert len(client.get("/api/fichas", {"maxResults": asked}).json()["fichas"]["items"]["ficha"]) == given


def test_agencies(client):
    AgencyFactory(
        code="B", official_code="AD009", name_es="Ñandú", acronym="Ñ", home_url="https://example.org"
    )
    AgencyFactory(code="A", name_es="Zeta")

    legacy = client.get("/api/servicios").json()["servicios"]
    plain = client.get("/api/chileatiende/servicios").json()["servicios"]

    assert legacy["items"]["servicio"] == plain["items"]
    assert (legacy["tipo"], legacy["total"]) == ("chileatiende#serviciosFeed", 2)
    told = {"id": "AD009", "nombre": "Ñandú", "sigla": "Ñ", "url": "https://example.org", "mision": ""}
    assert client.get("/api/servicios/AD009").json() == {"servicio": told}
    assert client.get("/api/servicios/B").status_code == 404, "one agency answers to one code"


def test_the_sheets_of_an_agency_are_a_plain_list_in_both_shapes(client, many):
    for prefix in ("/api", "/api/chileatiende"):
        feed = client.get(f"{prefix}/servicios/SRCEI/fichas").json()["fichas"]
        assert len(feed["items"]) == 12
        assert "nextPageToken" not in feed
        assert feed["titulo"].startswith("Listado de Fichas - ")
    page = client.get("/api/servicios/SRCEI/fichas", {"maxResults": "5"}).json()["fichas"]
    assert (len(page["items"]), "nextPageToken" in page) == (5, True)


def test_offices(client, office):
    mobile = OfficeFactory(code="MO-13-1", kind="mobile")

    feed = client.get("/api/sucursales").json()["sucursales"]

    assert (feed["tipo"], feed["total"], len(feed["items"])) == ("chileatiende#sucursalesFeed", 2, 2)
    assert [
        row["id"] for row in client.get("/api/sucursales?mobileOffices=true").json()["sucursales"]["items"]
    ] == [mobile.code]
    assert [
        row["id"] for row in client.get("/api/sucursales?mobileOffices=false").json()["sucursales"]["items"]
    ] == [office.code]
    told = client.get(f"/api/chileatiende/sucursales/{office.code}").json()["sucursal"]
    assert told["horario"] == "Lunes a viernes de 8:30 a 14:00"
    assert (told["comuna"], told["mobileOffice"], told["telefono"]) == ("Santiago", False, "101")
    assert isinstance(told["latitud"], float)


@pytest.mark.parametrize(
    "address",
    ["/api/fichas/", "/api/servicios/", "/api/servicios/SRCEI/", "/api/fichas/5000/", "/api/sucursales/"],
)
def test_a_slash_at_the_end_is_forgiven(client, many, address):
    answer = client.get(f"{address}?callback=")

    assert answer.status_code == 200
    assert answer.json() == client.get(address.rstrip("/")).json()


def test_json_is_exactly_json(client, many):
    assert client.get("/api/fichas?callback=").headers["Content-Type"] == "application/json"


def test_jsonp_calls_a_function_and_nothing_else(client, many):
    answer = client.get("/api/fichas/5000?callback=jQuery123_456")

    assert answer.headers["Content-Type"].startswith("application/javascript")
    assert answer.text.startswith("/**/jQuery123_456({")
    assert answer.text.endswith("});")
    assert (
        json.loads(answer.text.removeprefix("/**/jQuery123_456(").removesuffix(");"))["ficha"]["id"] == "5000"
    )


@pytest.mark.parametrize(
    "callback",
    [
        "alert(1)",
        "a.b",
        "a b",
        "1a",
        "a;",
        "<script>",
        "function",
        "eval",
        "a" * 101,
        "ñ",
        "a\n",
        "%00",
        "alert`1`",
    ],
)
@pytest.mark.parametrize("address", ["/api/fichas", "/api/fichas/5000", "/api/chileatiende/servicios"])
def test_a_callback_that_is_no_identifier_is_refused(client, many, callback, address):
    answer = client.get(address, {"callback": callback})

    assert answer.status_code == 400
    assert callback not in answer.text or callback in {"function", "eval", "a\n"}


@pytest.mark.parametrize("prefix", ["/api", "/api/chileatiende"])
def test_xml_repeats_what_a_list_holds(client, many, prefix):
    answer = client.get(f"{prefix}/fichas", {"type": "xml", "maxResults": 3})
    tree = read_xml(answer.content)

    assert answer.headers["Content-Type"].startswith("text/xml")
    assert tree.tag == "fichas"
    assert [row.findtext("id") for row in tree.findall("items/ficha")] == ["5000", "5001", "5002"]
    assert tree.find("items/ficha/tags").findall("tag")[1].text == "papel"
    assert tree.find("items/ficha/objetivo").text.startswith("<p>")


def test_xml_holds_whatever_a_sheet_says(client, agency):
    hostile = "]]> <b>&amp;</b> \u0008 \ufffe \U0001f600"
    sheets.publish(sheets.sheet(title={"es": hostile}, summary={"es": hostile}), agency=agency)

    tree = read_xml(client.get("/api/fichas/3430?type=xml").content)

    assert tree.findtext("titulo").startswith("]]> <b>&amp;</b>")


@pytest.mark.parametrize("token", ["%00", "AAAA====", "ñ", "x" * 1000, "MTIz"])
def test_a_token_of_elsewhere_never_breaks(client, many, token):
    for query in ("", "trámite"):
        assert client.get("/api/fichas", {"pageToken": token, "query": query}).status_code in {200, 400}


def test_what_is_not_there_is_404_in_the_form_each_client_reads(client, db):
    legacy, plain = client.get("/api/fichas/1"), client.get("/api/chileatiende/fichas/1")

    assert (legacy.status_code, plain.status_code) == (404, 404)
    assert read_xml(legacy.text).find("body/div/h1").text == "No encontrado"
    assert plain.json()["status"] == 404


class TestWithKeys:
    @pytest.fixture(autouse=True)
    def _closed(self, settings):
        settings.CATALOGUE_API_OPEN = False

    @pytest.mark.parametrize("token", ["", "wrong", "x" * 5000])
    def test_without_a_key_each_shape_refuses_in_its_own_way(self, client, many, token):
        legacy = client.get("/api/fichas", {"access_token": token})
        plain = client.get("/api/chileatiende/fichas", {"access_token": token})

        assert legacy.status_code == 401
        tree = read_xml(legacy.text)
        assert tree.find("body/div/h1").text == "Acceso no autorizado"
        assert tree.find("body/div/p").text == "access_token incorrecto"
        assert plain.status_code == 403

    def test_a_key_opens_until_it_is_withdrawn(self, client, many):
        key = actions.make_token("Municipalidad", by=Actor.system())
        assert client.get("/api/fichas", {"access_token": key}).status_code == 200
        assert not ApiToken.objects.filter(digest=key).exists()

        actions.revoke_token(ApiToken.objects.get(), by=Actor.system())

        assert client.get("/api/fichas", {"access_token": key}).status_code == 401

    def test_suggestions_and_categories_need_none(self, client, db):
        assert client.get("/api/suggest?query=ab").status_code == 200
        assert client.get("/api/categories").status_code == 200

    def test_our_own_api_stays_open(self, client, db):
        assert client.get("/api/v1/procedures").status_code == 200


def test_suggestions_never_show_what_only_a_few_have_typed(client, many):
    now = clock.now()
    for query, times, days in (
        ("permiso de circulación", 12, 1),
        ("permiso secreto", 3, 1),
        ("permiso viejo", 20, 60),
    ):
        SearchLog.objects.bulk_create(
            SearchLog(query=query, language="es", channel="web", results=2, at=now - timedelta(days=days))
            for _n in range(times)
        )

    suggested = client.get("/api/suggest?query=Permiso").json()["suggestions"]

    assert "permiso de circulación" in suggested
    assert "permiso secreto" not in suggested
    assert "permiso viejo" not in suggested


def test_permalinks_lead_to_the_page(client, many):
    for address in ("/fichas/ver/5000", "/fichas/5000", "/fichas/5000-tramite-5000", "/fichas/ver/5000/"):
        answer = client.get(address)
        assert (answer.status_code, "tramite-5000" in answer.headers["Location"]) == (302, True)
    assert client.get("/fichas/ver/1").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "fichas?maxResults=100",
        "servicios",
        "servicios/SRCEI/fichas",
        "sucursales",
        "fichas?query=certificado",
    ],
)
def test_a_feed_asks_as_much_of_the_database_for_few_as_for_many(client, agency, address):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/api/{address}").status_code == 200
        return len(asked)

    publish_many(agency, 3)
    OfficeFactory.create_batch(2)
    few = queries()
    publish_many(agency, 15, start=6000)
    OfficeFactory.create_batch(15)

    assert queries() == few
    assert few <= 7
