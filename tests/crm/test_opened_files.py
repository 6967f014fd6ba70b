"""A file that no contact explains is opened with words that say something, so many a day, and supervisors see who opens how many."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.actors import Actor
from common import clock
from common.errors import DomainError
from crm import actions
from crm.models import AccessLog, BreakGlass
from crm.queries.opened import files_opened
from crm.queries.readings import readings_of_person

pytestmark = pytest.mark.usefixtures("in_english")

WHY = "Reclama que nadie le responde"


@pytest.fixture
def amina(db):
    return actions.know_person(by=Actor.system(), name="Amina Rojas Soto", run="12345678-5")


@pytest.mark.parametrize(
    "reason", ["........", "aaaaaaaa", "aaaa aaaa", "12345678 90", "Reclamo", "  a b c d e f "]
)
def test_a_reason_that_says_nothing_opens_no_file(amina, clerk, actor_of, reason):
    with pytest.raises(DomainError, match="few words"):
        actions.break_glass(amina, by=actor_of(clerk), reason=reason)

    assert not BreakGlass.objects.exists()


@pytest.mark.parametrize("reason", ["Pide ayuda", "Tuvo ñuñu ya", "Вопрос о деле"])
def test_two_words_in_any_letters_open_it(amina, clerk, actor_of, reason):
    assert actions.break_glass(amina, by=actor_of(clerk), reason=reason)


def test_one_member_of_staff_opens_so_many_a_day_and_no_more(amina, clerk, second_clerk, actor_of, settings):
    settings.FILES_WITH_REASON_A_DAY = 3
    by = actor_of(clerk)
    for _file in range(3):
        actions.break_glass(amina, by=by, reason=WHY)

    with pytest.raises(DomainError, match="3 files with a reason today"):
        actions.break_glass(amina, by=by, reason=WHY)

    assert AccessLog.objects.filter(act="open_person").count() == 3
    assert actions.break_glass(amina, by=actor_of(second_clerk), reason=WHY)
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert actions.break_glass(amina, by=by, reason=WHY)


@pytest.mark.django_db(transaction=True)
def test_files_opened_at_the_same_moment_are_all_counted(clerk, settings):
    settings.FILES_WITH_REASON_A_DAY = 3
    people = [actions.know_person(by=Actor.system(), name=f"Persona {number}") for number in range(6)]
    start = Barrier(6)

    def open_one(person):
        try:
            start.wait()
            return actions.break_glass(person, by=Actor.staff(clerk), reason=WHY)
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(open_one, people))

    assert sum(isinstance(one, DomainError) for one in found) == 3
    assert BreakGlass.objects.count() == 3


def test_a_supervisor_sees_who_of_their_office_opened_what_and_why(
    client, amina, office_supervisor, clerk, other_clerk, actor_of
):
    actions.break_glass(amina, by=actor_of(clerk), reason=WHY)
    actions.break_glass(amina, by=actor_of(other_clerk), reason="De otra oficina esto")
    client.force_login(office_supervisor)

    page = client.get("/en/staff/files/opened/").text

    assert clerk.name in page
    assert WHY in page
    assert "De otra oficina" not in page
    assert AccessLog.objects.get(act="list").shown_ids == [str(amina.pk)]


def test_who_supervises_the_line_sees_its_agents_and_a_clerk_sees_no_list(
    client_of, amina, supervisor, agent, clerk, actor_of
):
    actions.break_glass(amina, by=actor_of(agent), reason=WHY)

    assert agent.name in client_of(supervisor).get("/en/staff/files/opened/").text
    assert client_of(clerk).get("/en/staff/files/opened/").status_code == 403


@pytest.mark.parametrize("files", [2, 25])
def test_the_list_asks_the_same_however_long_it_is(amina, office_supervisor, clerk, actor_of, files):
    now = clock.now()
    BreakGlass.objects.bulk_create(
        BreakGlass(user=clerk, person=amina, reason=WHY, at=now, expires_at=now + timedelta(minutes=30))
        for _file in range(files)
    )

    with CaptureQueriesContext(connection) as asked:
        lines, _page = files_opened(actor_of(office_supervisor))

    assert (len(asked), len(lines), lines[0].that_day) == (
        4,
        files,
        files,
    )  # posts, the clock, the rows, their counts


def test_a_reason_that_nobody_wrote_is_read_in_the_readers_language(amina, clerk, actor_of, office):
    from tests.factories import mandates

    contact = mandates.at_desk(office, actor_of(clerk), amina)
    with translation.override("es"):
        from crm import reasons

        actions.open_file(amina, by=actor_of(clerk), reason=reasons.AT_DESK, interaction=contact)

    assert [line.why for line in readings_of_person(amina).rows] == ["Present at the desk"]
    with translation.override("es"):
        assert [line.why for line in readings_of_person(amina).rows] != ["Present at the desk"]
        assert ":desk" not in readings_of_person(amina).rows[0].why
