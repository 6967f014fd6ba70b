"""The open API under /api/v1/: bounded, cacheable, readable from anywhere, and without anybody's data."""

from datetime import time, timedelta, timezone

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import LifeEvent, Theme
from common import clock
from territory.models import MobileStop
from tests.catalog.sheets import publish_many
from tests.factories import catalog as sheets
from tests.factories.accounts import AgencyFactory
from tests.factories.bundles import life_event, make_bundle, publish_bundle, two_procedures
from tests.factories.territory import CommuneFactory, OfficeFactory

pytestmark = pytest.mark.django_db
API = "/api/v1"


def results(client, address, **query):
    answer = client.get(f"{API}/{address}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def codes(client, address, **query):
    return [row["code"] for row in results(client, address, **query)]


def test_a_procedure_is_told_in_full_in_both_languages(client, procedure_version):
    told = client.get(f"{API}/procedures/3430").json()

    assert told["title"] == {"es": "Certificado de ejemplo", "en": "Example certificate"}
    assert told["sections"]["purpose"] == {"es": "Sirve para probar.", "en": "It is for testing."}
    assert told["costs"] == [
        {"amount": 3820, "currency": "CLP", "condition": {"es": "Primera vez", "en": "First time"}}
    ]
    assert (told["version"], told["term"]["business_days"], told["has_form"]) == (1, 10, True)
    assert told["form"]["schema"]["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert [one["key"] for one in told["form"]["questions"]][:2] == ["reason", "lost_on"]
    assert {way["channel"] for way in told["ways"]} == {"online", "office", "phone"}
    assert told["published_at"]


def test_which_document_each_requirement_is_is_told(client, agency):
    paper, *others = sheets.sheet()["requirements"]
    kept = [{**paper, "document_type": "birth-certificate"}, *others]
    variant = {
        "agency": agency.code,
        "text": {"es": "Otra cosa."},
        "requirements": [{**paper, "code": "other"}],
    }
    sheets.publish(sheets.sheet(requirements=kept, variants=[variant]), agency=agency)

    told = client.get(f"{API}/procedures/3430").json()

    assert [row["document_type"] for row in told["requirements"]] == [
        "birth-certificate",
        *("" for _row in others),
    ]
    assert [row["document_type"] for row in told["variants"][0]["requirements"]] == [""]


def test_how_surely_one_must_be_known_is_told_for_each_act_on_each_channel(client, agency):
    levels = {"office": {"submit": 500}, "web": {"submit": 600, "inform": None}}
    sheets.publish(sheets.sheet(levels=levels), agency=agency)

    told = client.get(f"{API}/procedures/3430").json()["levels"]

    assert told == {
        "web": {"inform": 0, "submit": 600, "status": 100, "answer": 100},
        "office": {"inform": 0, "submit": 500, "status": 100, "answer": 100},
        "mobile": {"inform": 0, "submit": 500, "status": 100, "answer": 100},
        "phone": {"inform": 0, "submit": 100, "status": 300, "answer": 300},
    }


def test_a_procedure_is_found_by_its_number_or_its_address_name(client, procedure_version):
    assert (
        client.get(f"{API}/procedures/certificado-de-ejemplo").json()
        == client.get(f"{API}/procedures/3430").json()
    )
    assert client.get(f"{API}/procedures/9999").status_code == 404


def test_a_draft_is_not_told(client, procedure_version, editor, actor_of):
    from catalog import actions

    draft = actions.begin_version(procedure_version.procedure, by=actor_of(editor))
    actions.edit_version(
        draft,
        by=actor_of(editor),
        content={**draft.content, "costs": [{"amount": 1}]},
        revision=draft.revision,
    )

    assert client.get(f"{API}/procedures/3430").json()["costs"][0]["amount"] == 3820


def test_pages_follow_each_other_to_the_end(client, agency):
    publish_many(agency, 7)

    found, address, pages = [], f"{API}/procedures?page_size=3", 0
    while address:
        page = client.get(address).json()
        found += [row["code"] for row in page["results"]]
        address, pages = page["next"], pages + 1

    assert (found, pages) == ([str(number) for number in range(5000, 5007)], 3)


def test_lists_are_narrowed(client, agency):
    publish_many(agency, 2)
    other = AgencyFactory(code="IPS")
    sheets.publish(
        sheets.sheet(code="9", slug="otro", life_events=["retire"], themes=["pensions"]), agency=other
    )

    assert codes(client, "procedures", agency="IPS") == ["9"]
    assert codes(client, "procedures", life_event="retire") == ["9"]
    assert codes(client, "procedures", theme="identity") == ["5000", "5001"]
    assert codes(client, "procedures", agency="NADIE") == []
    assert codes(client, "procedures", q="certificado 5001")[0] == "5001"
    assert codes(client, "procedures", q="certificado", agency="IPS") == ["9"]
    now = clock.now()
    assert len(codes(client, "procedures", updated_since=(now - timedelta(hours=1)).isoformat())) == 3
    assert codes(client, "procedures", updated_since=(now + timedelta(hours=1)).isoformat()) == []
    far = timezone(timedelta(hours=20))  # legal in ISO 8601, and no zone of the database
    for hours, found in ((-1, 3), (1, 0)):
        since = (now + timedelta(hours=hours)).astimezone(far).isoformat()
        assert len(codes(client, "procedures", updated_since=since)) == found


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("procedures?page_size=0", "page_size"),
        ("procedures?page_size=101", "page_size"),
        ("procedures?page_size=x", "page_size"),
        ("procedures?page_size=" + "9" * 400, "page_size"),
        ("procedures?cursor=%F0%9F%98%80", "cursor"),
        ("procedures?cursor=AAAA", "cursor"),
        ("procedures?updated_since=ayer", "updated_since"),
        ("procedures?updated_since=2026-13-40", "updated_since"),
        ("procedures?updated_since=2026-02-30T00:00:00Z", "updated_since"),
        ("procedures?updated_since=0001-01-01T00:00:00%2B14:00", "updated_since"),
        ("procedures?updated_since=9999-12-31T23:00:00-14:00", "updated_since"),
        ("procedures?agency=%27%20OR%201=1", "agency"),
        ("procedures?q=" + "x" * 300, "q"),
        ("procedures?q=x&language=fr", "language"),
        ("offices?kind=ship", "kind"),
        ("procedures?channel=nope", "channel"),
        ("procedures?language=fr", "language"),
        ("offices?limit=5", "limit"),
        ("themes?page_size=5", "page_size"),
        ("procedures/3430?lang=en", "lang"),
    ],
)
def test_what_can_not_be_answered_is_refused_with_the_field(client, address, field):
    answer = client.get(f"{API}/{address}")

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert field in answer.json()["errors"]


def test_whoever_has_the_answer_gets_no_second_copy(client, procedure_version):
    first = client.get(f"{API}/procedures/3430")
    again = client.get(f"{API}/procedures/3430", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    sheets.publish(sheets.sheet(costs=[{"amount": 4000}]), agency=procedure_version.procedure.agency)
    assert (
        client.get(f"{API}/procedures/3430", headers={"If-None-Match": first.headers["ETag"]}).status_code
        == 200
    )


def test_any_page_may_read_and_nobody_may_write(client, procedure_version):
    answer = client.get(f"{API}/procedures", headers={"Origin": "https://other.example"})

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not answer.cookies
    for method in ("post", "put", "patch", "delete"):
        refused = getattr(client, method)(f"{API}/procedures")
        assert (refused.status_code, refused.headers["Content-Type"]) == (405, "application/problem+json")


@pytest.mark.parametrize(
    "address", ["procedures", "procedures/3430", "agencies", "life-events", "themes", "offices", "communes"]
)
def test_an_address_is_answered_with_or_without_a_final_slash(client, procedure_version, address):
    bare, slashed = client.get(f"{API}/{address}"), client.get(f"{API}/{address}/")

    assert (bare.status_code, slashed.status_code) == (200, 200)
    assert bare.json() == slashed.json()


@pytest.mark.parametrize("address", ["/api/fichas", "/api/chileatiende/fichas", f"{API}/procedures/"])
def test_writing_is_refused_as_a_method_and_not_as_a_forged_form(address):
    client = Client(enforce_csrf_checks=True)
    for method in (client.post, client.put, client.delete):
        refused = method(address)
        assert (refused.status_code, refused.headers["Content-Type"]) == (405, "application/problem+json")


def test_a_refusal_is_told_in_one_language(client):
    spanish = client.post(f"{API}/procedures").json()
    english = client.post(f"{API}/procedures", headers={"Accept-Language": "en"}).json()
    missing = client.get(f"{API}/procedures/nada").json()

    assert (spanish["title"], english["title"]) == ("Método no permitido", "Method not allowed")
    assert (missing["title"], missing["detail"]) == ("No encontrado", "No hay nada en esta dirección.")


def test_a_procedure_without_a_form_has_the_shape_the_document_promises(client, db):
    import jsonschema

    document = client.get(f"{API}/openapi.json").json()
    promised = document["components"]["schemas"]["ProcedureInFull"]["properties"]["form"]

    jsonschema.validate(None, promised)
    jsonschema.validate({"schema": {}, "questions": []}, promised)
    assert "404" in document["paths"][f"{API}/statistics/{{code}}/"]["get"]["responses"]


def test_too_many_requests_are_told_to_wait(client, monkeypatch):
    from catalog.api.public import PublicThrottle

    monkeypatch.setattr(PublicThrottle, "rate", "3/min", raising=False)
    statuses = [client.get(f"{API}/themes").status_code for _time in range(4)]
    legacy = client.get("/api/fichas")

    assert statuses == [200, 200, 200, 429]
    assert client.get(f"{API}/themes").headers["Retry-After"]
    assert (legacy.status_code, legacy.headers["Retry-After"]) == (429, "60")


def test_agencies_and_topics_tell_how_much_is_published(client, agency):
    publish_many(agency, 2)
    LifeEvent.objects.create(
        code="get-my-papers", title_es="Sacar mis documentos", title_en="Getting my papers"
    )
    Theme.objects.create(code="health", title_es="Salud", title_en="Health")

    assert [(row["code"], row["procedures"]) for row in results(client, "agencies")] == [("SRCEI", 2)]
    assert [(row["code"], row["procedures"]) for row in results(client, "life-events")] == [
        ("get-my-papers", 2)
    ]
    assert [(row["title"]["en"], row["procedures"]) for row in results(client, "themes")] == [("Health", 0)]


def test_an_office_tells_its_hours_on_its_own_clock(client, office):
    told = client.get(f"{API}/offices/{office.code}").json()

    assert told["time_zone"] == "America/Santiago"
    assert told["hours"][0] == {"weekday": 1, "opens": "08:30", "closes": "14:00"}
    assert client.get(f"{API}/offices/NADA").status_code == 404


def test_a_mobile_office_is_found_where_it_stops(client, office):
    far = CommuneFactory(code="13102", name="Cerrillos")
    mobile = OfficeFactory(code="MO-13-1", kind="mobile")
    MobileStop.objects.create(
        office=mobile,
        commune=far,
        week_of_month=1,
        weekday=2,
        opens=time(10),
        closes=time(13),
        place={"es": "Plaza", "en": "Square"},
    )

    assert codes(client, "offices", commune="13102") == ["MO-13-1"]
    assert codes(client, "offices", kind="office") == [office.code]
    assert set(codes(client, "offices", region="13")) == {office.code, "MO-13-1"}
    stop = client.get(f"{API}/offices/MO-13-1").json()["stops"][0]
    assert (stop["commune"]["name"], stop["week_of_month"], stop["place"]["en"]) == ("Cerrillos", 1, "Square")


def test_communes_tell_their_offices(client, office):
    assert [(row["code"], row["offices"]) for row in results(client, "communes", region="13")] == [
        ("13101", 1)
    ]


@pytest.mark.parametrize(
    "address", ["procedures", "procedures?q=certificado", "agencies", "offices", "communes"]
)
def test_a_list_asks_as_much_of_the_database_for_three_rows_as_for_thirty(client, agency, address):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"{API}/{address}").status_code == 200
        return len(asked)

    publish_many(agency, 3)
    OfficeFactory.create_batch(3)
    few = queries()
    publish_many(agency, 20, start=6000)
    OfficeFactory.create_batch(20)
    AgencyFactory.create_batch(20)

    assert queries() == few
    assert few <= 6


def test_nothing_of_a_person_is_told(client, submitted_case):
    for address in ("procedures", "procedures/3430", "agencies", "offices", "communes"):
        body = client.get(f"{API}/{address}").text
        assert "Amina" not in body
        assert "12345678" not in body


def test_the_document_describes_every_address_and_validates(client):
    from drf_spectacular.validation import validate_schema

    document = client.get(f"{API}/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    validate_schema(document)
    wanted = {
        "procedures",
        "procedures/{ref}",
        "agencies",
        "life-events",
        "themes",
        "offices",
        "offices/{code}",
        "communes",
    }
    assert {f"{API}/{one}" for one in wanted} <= set(document["paths"])


def test_answers_have_the_shape_the_document_promises(client, procedure_version, office):
    import jsonschema

    document = client.get(f"{API}/openapi.json").json()
    for path, address in {
        "procedures": "procedures",
        "procedures/{ref}": "procedures/3430",
        "agencies": "agencies",
        "themes": "themes",
        "offices": "offices",
        "offices/{code}": f"offices/{office.code}",
        "communes": "communes",
    }.items():
        promised = document["paths"][f"{API}/{path}"]["get"]["responses"]["200"]["content"][
            "application/json"
        ]["schema"]
        schema = {**promised, "components": document["components"]}
        told = client.get(f"{API}/{address}").json()
        jsonschema.validate(told, schema)


@pytest.mark.parametrize("address", ["/es/desarrolladores/", "/en/developers/"])
def test_the_page_for_developers_comes_from_here_alone(client, address):
    page = client.get(address).text

    assert "/api/v1/procedures" in page
    assert "updated_since" in page
    assert "<script" not in page
    assert 'src="http' not in page
    assert client.get(f"{API}/docs").status_code == 302


def test_the_english_page_for_developers_is_found_at_the_spanish_address_it_had(client):
    assert client.get("/en/desarrolladores/").headers["Location"] == "/en/developers/"


def test_who_may_get_it_is_told_as_rules_and_in_both_languages(client, agency):
    rules = {"all": [{"fact": "age", "at_least": 65}, {"fact": "lives_in_chile", "is": True}]}
    sheets.publish(sheets.sheet(eligibility=rules), agency=agency)
    sheets.publish(sheets.sheet(code="3431", slug="otro"), agency=agency)

    told = client.get(f"{API}/procedures/3430").json()["eligibility"]
    assert told["rules"] == rules
    assert [len(told["words"][language]) for language in ("es", "en")] == [2, 2]
    assert "65" in told["words"]["es"][0]
    assert told["words"]["es"] != told["words"]["en"]
    assert client.get(f"{API}/procedures/3431").json()["eligibility"] is None


def test_bundles_are_told_with_what_can_be_applied_for_together_now(client, agency, other_agency):
    first, second = two_procedures(agency, other_agency)
    other = {"code": "3433", "slug": "otro-certificado"}
    third = sheets.publish(sheets.sheet(**other), agency=agency)
    publish_bundle([first, third, second], life_event=life_event())
    sheets.publish(sheets.sheet(**other, form=None), agency=agency)
    make_bundle([first, second], code="en-borrador")

    (told,) = results(client, "bundles")

    assert (told["code"], told["life_event"]) == ("nace-un-hijo", "have-a-child")
    assert [(one["code"], one["is_offered"]) for one in told["procedures"]] == [
        (first.procedure.code, True),
        (third.procedure.code, False),
        (second.procedure.code, True),
    ]
    assert told["page"].endswith("/nace-un-hijo/")
    assert len(results(client, "bundles", life_event="have-a-child")) == 1
    assert results(client, "bundles", life_event="none") == []
    assert client.get(f"{API}/bundles", {"theme": "x"}).status_code == 400
