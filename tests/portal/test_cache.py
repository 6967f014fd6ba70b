import gzip

import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ConnectionError as RedisDown

from accounts.actors import Actor
from catalog import actions as catalog
from catalog import caching, tasks
from events.models import Event
from portal import cache as pages
from tests.factories.catalog import sheet

pytestmark = pytest.mark.django_db
PAGE = "/es/tramites/certificado-de-ejemplo/"


@pytest.fixture(autouse=True)
def _empty_memory():
    pages.memory.clear()


def test_a_hit_costs_no_query_no_cookie_and_no_session(
    client: Client, procedure_version, django_assert_num_queries
):
    client.get(PAGE)

    with django_assert_num_queries(0):
        hit = client.get(PAGE)

    assert hit.status_code == 200
    assert not hit.cookies
    assert "Cookie" not in hit.headers["Vary"]


def test_a_hit_carries_the_headers_of_the_page_as_it_was_rendered(client: Client, procedure_version):
    rendered = client.get(PAGE)
    hit = client.get(PAGE)

    assert dict(hit.headers) == dict(rendered.headers)
    for name in (
        "Content-Security-Policy",
        "Strict-Transport-Security",
        "X-Content-Type-Options",
        "X-Frame-Options",
        "Referrer-Policy",
        "Permissions-Policy",
        "Content-Language",
    ):
        assert hit.headers[name], name
    assert hit.headers["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_an_unchanged_page_is_not_sent_again(client: Client, procedure_version):
    tag = client.get(PAGE).headers["ETag"]

    again = client.get(PAGE, headers={"If-None-Match": tag})

    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["ETag"] == tag
    assert again.headers["Content-Security-Policy"]


def test_browsers_that_can_are_sent_a_packed_page(client: Client, procedure_version):
    plain = client.get(PAGE)

    packed = client.get(PAGE, headers={"Accept-Encoding": "gzip, br"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert (
        client.get(
            PAGE, headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
        ).status_code
        == 304
    )


def test_a_new_version_is_seen_at_the_next_edition(client: Client, procedure_version):
    assert "$3.820" in client.get(PAGE).text

    catalog.put_sheet(procedure_version.procedure.agency, sheet(costs=[{"amount": 4000}]), by=Actor.system())
    caching.forget_pages()

    assert "$4.000" in client.get(PAGE).text


def test_a_process_believes_an_edition_for_a_second_at_most(client: Client, procedure_version, monkeypatch):
    monkeypatch.setattr(pages, "EDITION_SECONDS", 1.0)
    now = 1000.0
    monkeypatch.setattr(pages.time, "monotonic", lambda: now)
    client.get(PAGE)
    catalog.put_sheet(procedure_version.procedure.agency, sheet(costs=[{"amount": 4000}]), by=Actor.system())
    caching.forget_pages()

    assert "$3.820" in client.get(PAGE).text
    now += 1.1

    assert "$4.000" in client.get(PAGE).text


def test_a_staff_session_does_not_leak_into_a_page_nor_out_of_it(client_of, editor, procedure_version):
    staff = client_of(editor)

    drawn_for_staff = staff.get(PAGE)
    drawn_for_anyone = Client().get(PAGE)

    assert editor.name not in drawn_for_staff.text
    assert drawn_for_staff.content == drawn_for_anyone.content
    assert not drawn_for_staff.cookies
    assert "_auth_user_id" in staff.session


def test_a_page_holds_no_token(client: Client, procedure_version):
    for address in (PAGE, "/es/", "/es/acerca/"):
        page = client.get(address)
        assert "csrf" not in page.text
        assert not page.cookies


def test_what_was_drawn_for_one_host_is_not_given_to_another(client: Client, procedure_version):
    client.get(PAGE)

    assert client.get(PAGE, headers={"Host": "evil.example"}).status_code == 400


def test_a_refused_host_neither_reads_nor_writes_what_is_kept(client: Client, procedure_version, monkeypatch):
    asked = []
    monkeypatch.setattr(pages.cache, "get", lambda key, *args: asked.append(key))
    monkeypatch.setattr(pages.cache, "set", lambda key, *args, **more: asked.append(key))

    for number in range(5):
        assert client.get(PAGE, headers={"Host": f"evil{number}.example"}).status_code == 400

    assert not asked
    assert not pages.memory.pages


def test_the_name_by_which_it_is_asked_fills_no_memory(client: Client, procedure_version, settings):
    settings.ALLOWED_HOSTS = ["testserver", ".ventanilla.example"]
    hosts = ["testserver", "TESTSERVER", "testserver.", *(f"testserver:{port}" for port in range(80, 100))]

    for host in [*hosts, *(f"a{number}.ventanilla.example" for number in range(20))]:
        assert client.get(PAGE, headers={"Host": host}).status_code == 200

    assert len(pages.memory.pages) == len(settings.ALLOWED_HOSTS)
    assert not any("a1.ventanilla" in key or ":81" in key for key in pages.memory.pages)


def test_a_question_mark_in_the_address_passes_the_cache_by(client: Client, procedure_version):
    client.get(PAGE)
    kept = len(pages.memory.pages)

    response = client.get(PAGE + "?utm=1")

    assert response.status_code == 200
    assert len(pages.memory.pages) == kept


def test_what_is_not_found_is_not_kept(client: Client, db):
    assert client.get("/es/tramites/no-hay/").status_code == 404

    assert not pages.memory.pages


def test_another_process_finds_the_page_in_the_shared_cache(
    client: Client, procedure_version, django_assert_num_queries
):
    client.get(PAGE)
    pages.memory.clear()

    with django_assert_num_queries(0):
        assert client.get(PAGE).status_code == 200


def test_without_a_cache_pages_are_still_shown(client: Client, procedure_version, monkeypatch):
    def down(*args: object, **kwargs: object) -> None:
        raise RedisDown

    monkeypatch.setattr(cache, "get", down)
    monkeypatch.setattr(cache, "set", down)

    assert client.get(PAGE).status_code == 200


def test_only_reading_is_answered(client: Client, procedure_version):
    client.get(PAGE)

    assert client.head(PAGE).status_code == 200
    assert client.post(PAGE).status_code == 405


def is_kept(client, address, django_assert_num_queries):
    with django_assert_num_queries(0):
        return client.get(address).status_code == 200


def published_again(agency, **changes):
    """Publish the sheet with changes, and let the worker hear of it."""
    catalog.put_sheet(agency, sheet(**changes), by=Actor.system())
    event = Event.objects.filter(kind="version.published").latest("seq")
    tasks.refresh_pages(event_ids=[str(event.pk)])


def test_publishing_has_its_own_pages_drawn_anew_and_no_other(
    client: Client, procedure_version, django_assert_num_queries
):
    agency = procedure_version.procedure.agency
    catalog.put_sheet(agency, sheet(code="99", slug="otro", title={"es": "Otro trámite"}), by=Actor.system())
    others = ["/es/tramites/otro/", "/es/", "/es/acerca/", f"/es/instituciones/{agency.code}/"]
    for address in [PAGE, *others]:
        assert client.get(address).status_code == 200, address

    published_again(agency, costs=[{"amount": 4000}])

    assert all(is_kept(client, address, django_assert_num_queries) for address in others)
    assert "$4.000" in client.get(PAGE).text
    assert is_kept(client, PAGE, django_assert_num_queries)


def test_a_new_title_has_the_lists_drawn_anew_too(
    client: Client, procedure_version, django_assert_num_queries
):
    agency = procedure_version.procedure.agency
    listed = f"/es/instituciones/{agency.code}/"
    for address in [listed, "/es/acerca/"]:
        client.get(address)

    published_again(agency, title={"es": "Certificado con otro nombre"})

    assert "Certificado con otro nombre" in client.get(listed).text
    assert is_kept(client, "/es/acerca/", django_assert_num_queries)


def test_a_page_drawn_while_its_procedure_changes_is_drawn_again(
    client: Client, procedure_version, monkeypatch
):
    """What was read before the change must not be kept as if it were read after it."""
    from portal.views import procedures

    drawn = procedures.render

    def render_late(*args, **kwargs):
        response = drawn(*args, **kwargs)
        caching.forget_pages_of([str(procedure_version.procedure_id)])
        return response

    with monkeypatch.context() as patched:
        patched.setattr(procedures, "render", render_late)
        client.get(PAGE)

    monkeypatch.setattr(procedures, "render", lambda *args, **kwargs: drawn(*args, **kwargs))
    present = pages.memory.present()
    assert not any(present.is_fresh(page.scope, page.stamp) for page in pages.memory.pages.values())


def test_a_process_that_missed_many_changes_takes_everything_to_be_changed(monkeypatch):
    monkeypatch.setattr(caching, "MOST_KNOWN", 3)
    known = caching.present(caching.Present())
    stamp = known.number
    for _ in range(5):
        caching.forget_pages_of(["one"])

    later = caching.present(known)

    assert not later.is_fresh("another", stamp)
    assert later.is_fresh("another", later.number)


def test_a_process_hears_of_each_change_once(monkeypatch):
    known = caching.present(caching.Present())
    caching.forget_pages_of(["one"])
    known = caching.present(known)
    caching.forget_pages_of(["two", "three"])

    later = caching.present(known)

    assert not later.is_fresh("two", known.number)
    assert later.is_fresh("one", known.number)
    assert later.is_fresh("four", known.number)


def test_a_cache_that_lost_what_changed_last_has_every_page_drawn_anew():
    caching.forget_pages_of(["one"])
    known = caching.present(caching.Present())
    cache.delete(caching.NUMBER)

    later = caching.present(known)
    caching.forget_pages_of(["one"])

    assert not later.is_fresh("one", known.number)
    assert not caching.present(later).is_fresh("one", later.number)
