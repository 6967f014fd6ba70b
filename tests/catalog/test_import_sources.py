"""Servers that are read again and again; and the administrators' page of what each reading came to."""

import threading
from datetime import timedelta

import httpx
import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import Actor
from catalog import actions, tasks, troubles
from catalog.importer import sync
from catalog.models import ImportItem, ImportRun, ImportSource, Procedure
from common import clock
from common.errors import DomainError, NotAllowed
from integrations.chileatiende import CatalogueRefused, CatalogueUnavailable, FichaPage
from integrations.chileatiende.http import HttpCatalogue
from integrations.chileatiende.memory import MemoryCatalogue
from tests.catalog.sheets import AGENCIES, ficha
from tests.fakes_verified.test_chileatiende import FakeServer, serve

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
SYSTEM = Actor.system()
NO_SHEETS = {"fichas": {"items": []}}


def url(name, *args):
    return reverse(f"catalog:{name}", args=args)


@pytest.fixture
def source(db):
    return ImportSource.objects.create(url="https://www.example.org/api", every_hours=24)


def catalogue(*numbers, page_size=50):
    return lambda source: MemoryCatalogue([ficha(n) for n in numbers], AGENCIES, page_size=page_size)


class Broken(MemoryCatalogue):
    def fichas(self, page_token: str = "") -> FichaPage:
        raise CatalogueUnavailable("The server did not answer.")


def due_again(source):
    ImportSource.objects.filter(pk=source.pk).update(next_at=clock.now())


def test_a_source_that_is_due_is_read_and_rests_until_it_is_due_again(source):
    assert sync.sync_source(source.pk, by=SYSTEM, client_of=catalogue(1, 2))
    source.refresh_from_db()

    assert Procedure.objects.count() == 2
    assert (source.failures, source.trouble, source.last_run.finished_at is None) == (0, "", False)
    assert source.next_at > clock.now() + timedelta(hours=23)
    assert not sync.sync_source(source.pk, by=SYSTEM, client_of=catalogue(1, 2)), "it is not due"
    assert ImportRun.objects.count() == 1


def test_a_long_catalogue_is_read_in_turns_and_each_sheet_once(source, monkeypatch):
    monkeypatch.setattr(sync, "TURN", 3)
    client_of = catalogue(*range(1, 9), page_size=2)

    turns = 0
    while sync.sync_source(source.pk, by=SYSTEM, client_of=client_of):
        turns += 1

    assert turns == 3
    run = ImportRun.objects.get()
    assert (run.finished_at is not None, run.items.count(), run.source) == (True, 8, source)
    assert set(run.items.values_list("outcome", flat=True)) == {"created"}


def test_failures_are_counted_told_and_tried_later_each_time(source):
    waits = []
    for _time in range(3):
        due_again(source)
        sync.sync_source(source.pk, by=SYSTEM, client_of=lambda source: Broken([]))
        source.refresh_from_db()
        waits.append(round((source.next_at - clock.now()).total_seconds() / 60))

    assert (source.failures, source.trouble) == (3, "The server did not answer.")
    assert waits == [5, 10, 20]
    assert ImportRun.objects.count() == 1, "it would go on where it was cut"

    due_again(source)
    sync.sync_source(source.pk, by=SYSTEM, client_of=catalogue(1))
    source.refresh_from_db()
    assert (source.failures, source.trouble) == (0, "")
    assert ImportRun.objects.count() == 2, "after three failures it begins afresh"


def test_the_page_shows_what_fails_and_since_when(client_of, administrator, source):
    for _time in range(2):
        due_again(source)
        sync.sync_source(source.pk, by=SYSTEM, client_of=lambda source: Broken([]))

    page = client_of(administrator).get(url("imports")).text

    assert "2 times in a row" in page
    assert "The server did not answer." in page
    run = client_of(administrator).get(url("import-run", ImportRun.objects.get().pk)).text
    assert "Cut short" in run
    assert "No sheet of this reading came to this." in run


def test_what_nobody_foresaw_counts_as_a_failure_too(source):
    def explode(source):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sync.sync_source(source.pk, by=SYSTEM, client_of=explode)

    source.refresh_from_db()
    assert (source.failures, source.trouble) == (1, sync.UNKNOWN)


def test_a_source_that_breaks_takes_no_other_ones_turn(source, monkeypatch):
    second = ImportSource.objects.create(url="https://www.example.net/api")
    due_again(second)
    read, tried_too = [], []

    def breaks_first(source_id, *, by):
        read.append(source_id)
        if source_id == source.pk:
            raise ZeroDivisionError

    def breaks(run, *, by):
        tried_too.append(run.source_id)
        raise ZeroDivisionError

    for one in (source, second):
        actions.ask_trial(one, by=SYSTEM)
    monkeypatch.setattr(tasks, "sync_source", breaks_first)
    monkeypatch.setattr(tasks, "try_source", breaks)

    tasks.sync_sources()

    assert read == tried_too == [source.pk, second.pk]


def test_a_source_whose_token_is_not_there_says_so(source):
    ImportSource.objects.filter(pk=source.pk).update(token_variable="IMPORT_TOKEN_OTHER")

    tasks.sync_sources()

    source.refresh_from_db()
    assert "IMPORT_TOKEN_OTHER" in source.trouble


def test_the_task_reads_over_http_with_the_token_from_the_environment(monkeypatch):
    monkeypatch.setenv("IMPORT_TOKEN_OTHER", "abracadabra")
    with FakeServer(serve("list")) as server:
        source = ImportSource.objects.create(url=server.url, token_variable="IMPORT_TOKEN_OTHER")
        tasks.sync_sources()

    source.refresh_from_db()
    assert (source.trouble, Procedure.objects.count()) == ("", 5)
    assert server.asked[0][1]["access_token"] == "abracadabra"


def test_no_other_secret_of_the_house_can_be_named(source, administrator, actor_of):
    with pytest.raises(DomainError, match="IMPORT_TOKEN_"):
        actions.change_source(source, by=actor_of(administrator), token_variable="SECRET_KEY")
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportSource.objects.filter(pk=source.pk).update(token_variable="DATABASE_URL")


def test_a_name_that_leads_into_a_private_network_is_refused(monkeypatch, settings):
    settings.AGENCY_ON_LOOPBACK = False
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: [(2, 1, 6, "", ("10.0.0.7", 443))])
    client = HttpCatalogue("https://inside.example.org/api", public_only=True)

    with pytest.raises(Exception, match="private network"):
        client.fichas()


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch, settings):
    settings.AGENCY_ON_LOOPBACK = False
    answers = iter(["93.184.216.34", "10.0.0.7"])
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: [(2, 1, 6, "", (next(answers), 443))])
    sent = []

    def answer(request):
        sent.append(request)
        return httpx.Response(200, json={"fichas": {"items": []}})

    client = HttpCatalogue(
        "https://www.example.org/api", public_only=True, transport=httpx.MockTransport(answer)
    )
    client.fichas()
    with pytest.raises(CatalogueRefused, match="private network"):
        client.fichas()

    (request,) = sent
    assert (request.url.host, request.headers["Host"]) == ("93.184.216.34", "www.example.org")
    assert request.extensions["sni_hostname"] == "www.example.org"


def test_each_hop_of_a_redirect_is_checked_under_the_name_of_the_server(monkeypatch, settings):
    settings.AGENCY_ON_LOOPBACK = False
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: [(2, 1, 6, "", ("93.184.216.34", 443))])
    locations = iter(["/api/there", "https://www.example.org/api/here", "https://other.example.org/api"])
    sent = []

    def answer(request):
        sent.append((request.url.path, request.headers["Host"]))
        return httpx.Response(302, headers={"Location": next(locations)})

    client = HttpCatalogue(
        "https://www.example.org/api", public_only=True, transport=httpx.MockTransport(answer)
    )
    with pytest.raises(CatalogueRefused, match="another server"):
        client.fichas()

    paths = ["/api/fichas", "/api/there", "/api/here"]
    assert sent == [(path, "www.example.org") for path in paths]


@pytest.mark.parametrize(
    "location",
    [
        "http://www.example.org/api/fichas",
        "http://www.example.org:443/api/fichas",
        "https://www.example.org:8443/api/fichas",
        "//www.example.org:25/",
    ],
)
def test_a_redirect_to_another_scheme_or_port_is_not_followed(location):
    sent = []

    def answer(request):
        sent.append(str(request.url))
        return httpx.Response(302, headers={"Location": location})

    client = HttpCatalogue(
        "https://www.example.org/api", token="abracadabra", transport=httpx.MockTransport(answer)
    )
    with pytest.raises(CatalogueRefused, match="another scheme or port"):
        client.fichas()

    assert len(sent) == 1


def test_a_redirect_that_names_the_usual_port_is_followed():
    locations = iter(["https://www.example.org:443/api/there"])

    def answer(request):
        there = next(locations, None)
        return (
            httpx.Response(302, headers={"Location": there}) if there else httpx.Response(200, json=NO_SHEETS)
        )

    client = HttpCatalogue("https://www.example.org/api", transport=httpx.MockTransport(answer))

    assert client.fichas().fichas == ()


@pytest.mark.parametrize("location", ["https://[", "https://www.example.org:99999/"])
def test_a_redirect_that_can_not_be_read_is_refused_in_words(location):
    client = HttpCatalogue(
        "https://www.example.org/api",
        transport=httpx.MockTransport(lambda request: httpx.Response(302, headers={"Location": location})),
    )
    with pytest.raises(CatalogueRefused, match="The server sends us to"):
        client.fichas()


@pytest.mark.parametrize(
    ("headers", "first"),
    [({}, b" "), ({"Content-Encoding": "gzip"}, b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x03")],
    ids=["plain", "packed, with a file name that never ends"],
)
def test_an_answer_that_drips_is_given_up_in_time_and_not_asked_for_again(monkeypatch, headers, first):
    now, asked = [0.0], []
    monkeypatch.setattr("integrations.chileatiende.http.time.monotonic", lambda: now[0])

    class Drip(httpx.SyncByteStream):
        def __iter__(self):
            yield first
            while now[0] < 3600:
                now[0] += 15
                yield b" "

    def answer(request):
        asked.append(request)
        return httpx.Response(200, headers=headers, stream=Drip())

    client = HttpCatalogue("https://www.example.org/api", transport=httpx.MockTransport(answer))
    with pytest.raises(CatalogueUnavailable, match="more than 120 seconds"):
        client.fichas()

    assert (now[0], len(asked)) == (135, 1)


def test_an_answer_that_can_not_be_unpacked_is_told_in_a_sentence():
    packed = httpx.MockTransport(
        lambda request: httpx.Response(
            200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"not packed")
        )
    )
    client = HttpCatalogue("https://www.example.org/api", transport=packed, sleep=lambda seconds: None)
    with pytest.raises(CatalogueUnavailable, match="DecodingError"):
        client.fichas()


def test_the_reading_of_servers_ends_in_time_and_the_slow_one_says_so(source, monkeypatch):
    assert 0 < tasks.sync_sources.soft_time_limit < tasks.sync_sources.time_limit

    class Endless(MemoryCatalogue):
        def fichas(self, page_token: str = "") -> FichaPage:
            raise SoftTimeLimitExceeded

    monkeypatch.setattr(sync, "HttpCatalogue", lambda *args, **more: Endless([]))
    second = ImportSource.objects.create(url="https://www.example.net/api")
    due_again(second)

    with pytest.raises(SoftTimeLimitExceeded):
        tasks.sync_sources()

    source.refresh_from_db()
    second.refresh_from_db()
    assert (source.failures, source.trouble) == (1, sync.TOO_LONG)
    assert source.next_at > clock.now() >= second.next_at, "the other one is first the next time"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_read_a_source_once():
    source = ImportSource.objects.create(url="https://www.example.org/api")
    begun, go_on, done = threading.Event(), threading.Event(), []

    class Slow(MemoryCatalogue):
        def fichas(self, page_token: str = "") -> FichaPage:
            begun.set()
            assert go_on.wait(20)
            return super().fichas(page_token)

    def work():
        try:
            done.append(
                sync.sync_source(source.pk, by=SYSTEM, client_of=lambda source: Slow([ficha(1)], AGENCIES))
            )
        finally:
            connection.close()

    first = threading.Thread(target=work)
    first.start()
    assert begun.wait(20)
    due_again(source)  # what a worker that dies would leave: due, and held by nobody else

    assert not sync.sync_source(source.pk, by=SYSTEM, client_of=catalogue(1))
    go_on.set()
    first.join(20)

    assert done == [True]
    assert ImportRun.objects.count() == 1


# --- the administrators' page -----------------------------------------------------------------------
def test_an_administrator_adds_pauses_and_asks_for_a_server(client_of, administrator, monkeypatch):
    asked = []
    monkeypatch.setattr(tasks.sync_sources, "delay_on_commit", lambda: asked.append(1))
    client = client_of(administrator)
    given = {
        "url": "https://www.example.org/api/",
        "shape": "auto",
        "every_hours": "12",
        "token_variable": "",
    }

    assert client.post(url("source-new"), given).url == url("imports")
    source = ImportSource.objects.get()
    assert (source.url, source.every_hours) == ("https://www.example.org/api", 12)
    assert "already" in client.post(url("source-new"), given).text
    client.post(url("source-pause", source.pk), {"active": "0"})
    assert "It is paused" not in client.get(url("imports")).text.replace("It is paused: nobody reads it.", "")
    refused = client.post(url("source-run", source.pk), follow=True)
    assert "This server is paused" in refused.text
    client.post(url("source-pause", source.pk), {"active": "1"})
    ImportSource.objects.update(next_at=clock.now() + timedelta(hours=5))
    client.post(url("source-run", source.pk))
    source.refresh_from_db()
    assert source.next_at <= clock.now()
    assert len(asked) == 2
    client.post(
        url("source", source.pk), {"shape": "list", "every_hours": "48", "token_variable": "IMPORT_TOKEN_A"}
    )
    source.refresh_from_db()
    assert (source.shape, source.every_hours, source.token_variable) == ("list", 48, "IMPORT_TOKEN_A")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"url": ""}, "Write the server"),
        ({"url": "javascript:alert(1)"}, "Write an https address"),
        ({"url": "http://plain.example.org/api"}, "Write an https address"),
        ({"url": "https://user:secret@example.org/api"}, "Write an https address"),
        ({"url": "https://[::1"}, "Write an https address"),
        ({"every_hours": "0"}, "from 1 to 720"),
        ({"every_hours": "١٢٣٤٥٦٧٨"}, "from 1 to 720"),
        ({"every_hours": "pronto"}, "from 1 to 720"),
        ({"token_variable": "SECRET_KEY"}, "IMPORT_TOKEN_"),
        ({"token_variable": "x" * 81}, "at most 80"),
    ],
)
def test_what_can_not_be_a_server_is_told_at_its_field(client_of, administrator, changes, sentence):
    given = {"url": "https://www.example.org/api", "shape": "auto", "every_hours": "12", "token_variable": ""}

    answer = client_of(administrator).post(url("source-new"), {**given, **changes})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert not ImportSource.objects.exists()


def test_only_administrators_see_and_change_servers(client_of, editor, publisher, source, actor_of):
    run = actions.begin_run(source.url, by=SYSTEM)
    for user in (editor, publisher):
        client = client_of(user)
        for name, args in (
            ("imports", ()),
            ("import-run", (run.pk,)),
            ("import-report", (run.pk,)),
            ("source", (source.pk,)),
        ):
            assert client.get(url(name, *args)).status_code == 403
        for act in (actions.ask_source, actions.change_source):
            with pytest.raises(NotAllowed):
                act(source, by=actor_of(user))
        assert url("imports") not in client.get(url("procedures")).text


def test_a_reading_is_shown_sheet_by_sheet_filtered_and_saved(client_of, administrator, source):
    rows = [ficha(1), ficha(2, titulo=""), ficha(3, id="=cmd|1")]
    sync.sync_source(source.pk, by=SYSTEM, client_of=lambda source: MemoryCatalogue(rows, AGENCIES))
    run = ImportRun.objects.get()
    client = client_of(administrator)

    assert "2" in client.get(url("imports")).text
    page = client.get(url("import-run", run.pk))
    assert [item.remote_id for item in page.context["items"]][:2] == ["1", "2"]
    refused = client.get(url("import-run", run.pk) + "?outcome=refused")
    assert [item.outcome for item in refused.context["items"]] == ["refused", "refused"]
    assert "it has no title" in refused.text
    assert client.get(url("import-run", run.pk) + "?outcome=%27x&place=nonsense").status_code == 200
    saved = client.get(url("import-report", run.pk))
    assert saved.headers["Content-Type"] == "text/csv; charset=utf-8"
    lines = saved.content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("1,Created,")
    assert lines[2].startswith("2,Refused,it has no title")


def test_the_pages_ask_as_much_of_the_database_for_few_as_for_many(client_of, administrator, source):
    client = client_of(administrator)

    def counts():
        found = []
        for address in (url("imports"), url("import-run", ImportRun.objects.order_by("-pk")[0].pk)):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            found.append(len(asked))
        return found

    sync.sync_source(source.pk, by=SYSTEM, client_of=catalogue(1))
    few = counts()
    for number in range(3):
        ImportSource.objects.create(url=f"https://www.example.org/{number}")
        due_again(source)
        sync.sync_source(source.pk, by=SYSTEM, client_of=catalogue(*range(1, 12)))

    assert counts() == few


# --- tried from the room ------------------------------------------------------------------------------
def tried(source, *numbers):
    (run,) = sync.trials_under_way().filter(source=source)
    return sync.try_source(run, by=SYSTEM, client_of=catalogue(*numbers, page_size=2))


def test_an_administrator_tries_a_server_and_reads_what_would_be_done(
    client_of, administrator, source, monkeypatch
):
    asked = []
    monkeypatch.setattr(tasks.sync_sources, "delay_on_commit", lambda: asked.append(1))
    client, address = client_of(administrator), url("source-try", source.pk)
    assert address in client.get(url("imports")).text

    begun = client.post(address, follow=True)
    twice = client.post(address, follow=True)

    assert "It is tried next, and changes nothing." in begun.text
    assert "Not at its end" in begun.text
    assert "This server is being tried" in twice.text
    assert len(asked) == 1
    assert tried(source, 1, 2)
    run = ImportRun.objects.get()
    assert (run.is_dry, run.finished_at is not None, Procedure.objects.exists()) == (True, True, False)
    assert dict(run.items.values_list("remote_id", "outcome")) == {"1": "created", "2": "created"}
    assert "This reading changed nothing" in client.get(url("import-run", run.pk)).text
    source.refresh_from_db()
    assert (source.last_run, source.failures) == (None, 0), "it is read when it is due, as before"


def test_a_server_is_tried_before_it_is_ever_read(client_of, administrator, monkeypatch):
    monkeypatch.setattr(tasks.sync_sources, "delay_on_commit", lambda: None)
    given = {"url": "https://www.example.org/api", "shape": "auto", "every_hours": "12", "only_tried": "on"}

    page = client_of(administrator).post(url("source-new"), given, follow=True)

    assert "It is paused, and tried now" in page.text
    source = ImportSource.objects.get()
    assert not source.is_active
    assert tried(source, 1)
    assert not Procedure.objects.exists()
    assert ImportRun.objects.get().items.count() == 1


def test_a_long_trial_goes_on_turn_after_turn_and_one_that_fails_ends(source, monkeypatch):
    monkeypatch.setattr(sync, "TURN", 3)
    actions.ask_trial(source, by=SYSTEM)
    turns = 0
    while sync.trials_under_way().exists():
        assert tried(source, *range(1, 9))
        turns += 1
    assert (turns, ImportRun.objects.get().items.count(), Procedure.objects.count()) == (3, 8, 0)

    run = actions.ask_trial(source, by=SYSTEM)
    assert sync.try_source(run, by=SYSTEM, client_of=lambda source: Broken([]))
    run.refresh_from_db()
    assert (run.stopped_because, run.finished_at) == ("The server did not answer.", None)
    assert not sync.try_source(run, by=SYSTEM, client_of=catalogue(1)), "whoever asked reads why"


def test_the_task_reads_what_is_only_to_be_tried_after_what_is_due():
    with FakeServer(serve("list")) as server:
        source = ImportSource.objects.create(url=server.url, is_active=False)
        actions.ask_trial(source, by=SYSTEM)
        tasks.sync_sources()

    assert (Procedure.objects.count(), ImportRun.objects.get().items.count()) == (0, 5)


def test_only_administrators_try_servers(editor, source, actor_of, client_of):
    with pytest.raises(NotAllowed):
        actions.ask_trial(source, by=actor_of(editor))
    assert client_of(editor).post(url("source-try", source.pk)).status_code == 403


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (
            "The server did not answer after 4 attempts (status 503).",
            "<The server did not answer after 4 attempts (status 503).>",
        ),
        ("The answer is not JSON.", "<The answer is not JSON.>"),
        (
            "The environment has no IMPORT_TOKEN_A: the token is not there.",
            "<The environment has no IMPORT_TOKEN_A: the token is not there.>",
        ),
        (sync.UNKNOWN, f"<{sync.UNKNOWN}>"),
        (sync.TOO_LONG, f"<{sync.TOO_LONG}>"),
        ("Something of theirs", "Something of theirs"),
    ],
)
def test_what_stopped_a_reading_is_said_in_the_readers_language(monkeypatch, source, kept, said):
    monkeypatch.setattr(troubles, "gettext", lambda words: f"<{words}>")

    assert ImportSource(trouble=kept).trouble_said == said
    assert ImportRun(stopped_because=kept).stop_said == said


def test_where_a_sheet_stood_is_said_in_the_readers_language(monkeypatch):
    in_spanish = {
        "%(sheet)s (row %(row)s, page %(page)s)": "%(sheet)s (fila %(row)s, página %(page)s)",
        "%(sheet)s (row %(row)s)": "%(sheet)s (fila %(row)s)",
        "? without id": "? sin id",
    }
    monkeypatch.setattr(troubles, "gettext", in_spanish.__getitem__)

    said = [
        ImportItem(remote_id=name).name_said
        for name in ("9001", "9001 (row 3, page 12)", "? without id (row 5)")
    ]

    assert said == ["9001", "9001 (fila 3, página 12)", "? sin id (fila 5)"]
