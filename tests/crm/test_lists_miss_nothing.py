"""A program that keeps its last place in a list is shown everything, also what was written before it looked and kept only afterwards."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event as Signal

import pytest
from django.db import connection, transaction

from accounts.actors import Actor
from accounts.models import Role
from crm import actions
from crm.queries.settled import settled_before
from tests.crm.programs import program_of
from tests.factories import accounts as people
from tests.factories import catalog, crm
from tests.factories.accounts import AgencyFactory

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def being_written(act) -> Iterator[None]:
    """Do something in another connection, and keep it only when the block is over."""
    done, keep = Signal(), Signal()

    def write():
        try:
            with transaction.atomic():
                act()
                done.set()
                assert keep.wait(30)
        finally:
            done.set()
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        assert done.wait(30)
        yield
        keep.set()
        writing.result()


def listed(program, **query):
    rows = program.get("cases", **query).json()["results"]
    return [(row["folio"], row["state"]) for row in rows], (rows[-1]["since"] if rows else None)


def test_a_change_that_is_kept_later_than_a_younger_one_is_not_passed_over():
    agency = AgencyFactory(code="SRCEI")
    version = catalog.publish(catalog.sheet(), agency=agency)
    early, slow, quick = (crm.filed_case(version) for _ in range(3))
    officer = Actor.staff(people.staff("Olga Soto", Role.OFFICER, agency=agency))
    program = program_of(agency)

    with being_written(lambda: actions.take_stage(slow.stages.get(), by=officer)):
        actions.take_stage(quick.stages.get(), by=officer)
        before, place = listed(program)
    after, _place = listed(program, changed_since=place)

    assert before[:1] == [(early.folio, "received")]
    assert (quick.folio, "in_review") not in before  # it is younger than what is still being written
    assert after[-2:] == [(slow.folio, "in_review"), (quick.folio, "in_review")]


def test_a_merge_that_is_kept_later_than_a_younger_one_is_not_passed_over():
    agency = AgencyFactory(code="SRCEI")
    person = crm.filed_case(catalog.publish(catalog.sheet(), agency=agency)).parties.get().person
    boss = Actor.staff(people.staff("Sofía Araya", Role.SUPERVISOR))
    program = program_of(agency)
    one, other = (
        actions.know_person(by=Actor.system(), name=name, run=run)
        for name, run in (("Amina Rojas", "9876543-3"), ("A. Rojas S.", "5126663-3"))
    )
    undone = actions.merge_people(person, one, by=boss, reason="Es la misma persona.")

    with being_written(lambda: actions.unmerge_people(undone, by=boss, reason="Eran primas.")):
        told = program.get("merges").json()["results"]

    assert [row["kind"] for row in told] == ["person.merged"]
    actions.merge_people(person, other, by=boss, reason="Es la misma persona.")
    kinds = [row["kind"] for row in program.get("merges").json()["results"]]
    assert kinds == ["person.unmerged", "person.merged"]


def test_whoever_only_reads_and_whoever_asks_hold_no_list_back():
    AgencyFactory(code="SRCEI")

    with being_written(lambda: connection.cursor().execute("SELECT 1")):
        assert settled_before() is None
    with transaction.atomic():
        AgencyFactory(code="IPS")
        assert settled_before() is None
    with being_written(lambda: AgencyFactory(code="TGR")):
        assert settled_before() is not None
