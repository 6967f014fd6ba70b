"""One case on one screen: the same few questions whatever its history, the thread page by page, who else reads it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import presence
from crm import actions
from crm.models import Case
from crm.queries import timeline
from events.models import Event
from tests.factories import crm

pytestmark = pytest.mark.django_db
MORE = """
INSERT INTO events_event (id, at, kind, subject_kind, subject_id, actor_kind, channel, data)
SELECT uuidv7(), clock_now(), 'case.status_told', 'case', %s, 'system', 'web', '{}' FROM generate_series(1, %s)
"""


@pytest.fixture
def officer_client(officer, client_of):
    return client_of(officer)


def page(case):
    return reverse("crm:case", args=[case.folio])


def lengthen(case, events):
    with connection.cursor() as cursor:
        cursor.execute(MORE, [case.pk, events])


def questions(client, case, place=""):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(page(case), {"in": place} if place else {}).status_code == 200
    return [one["sql"] for one in asked]


def test_opening_a_case_asks_the_same_of_ten_events_as_of_ten_thousand(
    procedure_version, officer_client, officer, actor_of
):
    short, long = crm.filed_case(procedure_version), crm.filed_case(procedure_version)
    for case in (short, long):
        actions.take_stage(case.stages.get(), by=actor_of(officer))
        actions.write_to_citizen(case.stages.get(), by=actor_of(officer), text="Ya lo estamos viendo.")
        actions.open_task("Llamar", by=actor_of(officer), case=case, agency=case.stages.get().agency)
        lengthen(case, 5)
    lengthen(long, 10_000)
    place = officer_client.get(reverse("crm:work")).context["lines"][0].place
    questions(officer_client, short, place)  # what is cached for all cases is asked for once

    few, many = (questions(officer_client, case, place) for case in (short, long))

    assert len(many) == len(few), "\n".join(many)
    assert len(few) <= 13, "\n".join(few)  # three of them say who is signed in
    assert Event.objects.filter(subject_id=long.pk).count() > 10_000


def test_the_thread_is_turned_back_page_by_page_and_misses_nothing(
    submitted_case, officer_client, monkeypatch
):
    monkeypatch.setattr(timeline, "PAGE", 4)
    lengthen(submitted_case, 7)
    every = Event.objects.filter(subject_id=submitted_case.pk).count()

    seen, address = 0, page(submitted_case)
    for _ in range(10):
        file = officer_client.get(address).context["file"]
        seen += len(file.points)
        if file.earlier is None:
            break
        address = f"{page(submitted_case)}?before={file.earlier}"

    assert seen == every
    assert not file.is_latest
    assert not any(point.present for point in file.points)


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40])
def test_a_nonsense_place_in_the_thread_is_the_latest(before, submitted_case, officer_client):
    answer = officer_client.get(page(submitted_case), {"before": before})

    assert answer.context["file"].is_latest


# --- presence ---------------------------------------------------------------------------------------
@pytest.fixture
def colleague(agency):
    from accounts.models import Role
    from tests.factories import accounts as people

    return people.staff("Ana Pinto", Role.OFFICER, agency=agency)


def test_whoever_reads_a_case_is_seen_by_whoever_else_does_and_not_by_themselves(
    submitted_case, officer_client, colleague, client_of
):
    alone = client_of(colleague).get(page(submitted_case))
    together = officer_client.get(page(submitted_case))
    asked_again = client_of(colleague).get(reverse("crm:presence", args=[submitted_case.folio]))

    assert alone.context["readers"] == []
    assert together.context["readers"] == ["Ana Pinto"]
    assert "Olga Vidal" in asked_again.content.decode()


def test_a_reader_is_gone_after_a_minute(submitted_case, officer_client, colleague, client_of, monkeypatch):
    client_of(colleague).get(page(submitted_case))
    later = presence.time.time() + presence.SECONDS + 1
    monkeypatch.setattr(presence.time, "time", lambda: later)

    assert officer_client.get(page(submitted_case)).context["readers"] == []


def test_presence_holds_ids_and_no_names(submitted_case, officer, officer_client):
    officer_client.get(page(submitted_case))

    key = f"presence:case:{submitted_case.pk}"
    assert presence.client().zrange(key, 0, -1) == [str(officer.pk).encode()]
    assert 0 < presence.client().ttl(key) <= presence.SECONDS


def test_without_the_cache_server_the_case_opens_all_the_same(submitted_case, officer_client, monkeypatch):
    def broken():
        raise presence.RedisError

    monkeypatch.setattr(presence, "client", broken)

    assert officer_client.get(page(submitted_case)).context["readers"] == []


@pytest.mark.usefixtures("in_english")
def test_beside_each_party_stands_how_surely_they_were_known_when_it_was_filed(
    procedure_version, officer_client
):
    crm.filed_case(procedure_version, identity_level=500)
    case = crm.filed_case(procedure_version)  # by whoever wrote the same number on the web

    told = [
        line.level_words
        for one in (Case.objects.order_by("pk").first(), case)
        for line in officer_client.get(page(one)).context["parties"]
    ]

    assert told == ["We saw the identity card", "As the person says"]
