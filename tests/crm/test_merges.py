"""
Two records of one person: suspected, looked into by one colleague at a time, merged by a pointer, and taken back.

Each mistake that other products made here has its test: a merge because of an equal phone, a merge with oneself that deletes, rows that
move and answers that reach the wrong person, two merges at once, a number held twice, history lost when it is undone.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, NotAllowed
from crm import actions
from crm.models import (
    AccessLog,
    Case,
    ContactPoint,
    DuplicatePair,
    Interaction,
    Merge,
    Party,
    Person,
    PersonIdentifier,
)
from crm.panels.files import person_file
from crm.queries.cases import cases_of
from crm.queries.duplicates import suspicions_of, to_place
from crm.queries.merges import merges_told
from crm.queries.people import find_people
from events.models import Event
from tests.factories.crm import filed_case

pytestmark = pytest.mark.usefixtures("in_english")

SYSTEM = Actor.system()
WHY = "Misma cédula, mismo rostro"


def enter(name: str = "Amina Rojas Soto", **more: Any) -> Person:
    return actions.know_person(by=SYSTEM, name=name, **more)


@pytest.fixture
def boss(office_supervisor: Any, actor_of: Callable[..., Actor]) -> Actor:
    return actor_of(office_supervisor)


@pytest.fixture
def two(db: None) -> tuple[Person, Person]:
    return enter(run="12345678-5", phone="+56911112222"), enter("Amina Roja Soto", phone="+56911112222")


def contact_with(person: Person) -> Interaction:
    return actions.open_interaction("web", by=SYSTEM, person=person)


@contextmanager
def rows_written() -> Iterator[dict[str, int]]:
    """Count the rows that are inserted, changed or deleted in all tables of ours."""
    written: dict[str, int] = {}
    ask = (
        "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables "
        "WHERE relname LIKE 'crm%%' OR relname LIKE 'events%%'"
    )
    with connection.cursor() as cursor:
        cursor.execute(ask)
        before = dict(cursor.fetchall())
        yield written
        cursor.execute(ask)
        for name, count in cursor.fetchall():
            if count - before.get(name, 0):
                written[name] = count - before.get(name, 0)


def test_after_a_merge_every_question_is_answered_as_of_one_person(
    two, boss, clerk, actor_of, procedure_version
):
    kept, other = two
    case = filed_case(procedure_version, applicant_run="9876543-3")
    Party.objects.filter(case=case, role="applicant").update(person=other)
    contact_with(other)

    actions.merge_people(kept, other, by=boss, reason=WHY)

    kept.refresh_from_db()
    other.refresh_from_db()
    assert [found.pk for found in find_people("+56911112222", by=actor_of(clerk))] == [kept.pk]
    assert list(cases_of(other, SYSTEM)) == list(cases_of(kept, SYSTEM)) == [case]
    assert Interaction.objects.of(kept).count() == Interaction.objects.of(other).count() == 1
    assert ContactPoint.objects.of(kept).count() == 2
    file = person_file(other, actor=SYSTEM, now=clock.now())
    assert file.person == kept
    assert [part.case for part in file.cases] == [case]


def rows_by_person() -> dict[str, set[Any]]:
    """Every row of any table that names a person, with whom it names; but for the pointers that are the merge itself."""
    naming = [
        one.field
        for one in Person._meta.get_fields(include_hidden=True)
        if one.auto_created and not one.concrete and isinstance(one.field, models.ForeignKey)
    ]
    return {
        str(field): set(field.model._base_manager.values_list("pk", field.attname))
        for field in naming
        if field.name != "merged_into"
    }


@pytest.mark.parametrize("is_undone", [False, True])
def test_a_merge_moves_no_row_of_either_person(two, boss, procedure_version, is_undone):
    kept, other = two
    contact_with(other)
    filed_case(procedure_version, applicant_run="9876543-3")
    Party.objects.update(person=other)
    before = rows_by_person()
    assert sum(bool(rows) for rows in before.values()) >= 5

    merge = actions.merge_people(kept, other, by=boss, reason=WHY, taken_over=["name"])
    if is_undone:
        actions.unmerge_people(merge, by=boss, reason="Eran primas")

    after = rows_by_person()
    assert {name: rows - after[name] for name, rows in before.items() if rows - after[name]} == {}


@pytest.mark.parametrize("contacts", [10, 300])
def test_a_merge_and_its_undoing_touch_as_many_rows_whatever_the_history(two, boss, contacts):
    kept, other = two
    Interaction.objects.bulk_create(
        Interaction(channel="web", business_date="2026-01-02", person=other) for _each in range(contacts)
    )

    with rows_written() as written:
        merge = actions.merge_people(kept, other, by=boss, reason=WHY, taken_over=["name"])
        actions.unmerge_people(merge, by=boss, reason="Eran primas")

    assert "crm_interaction" not in written
    assert sum(written.values()) <= 14, written


def test_a_merge_taken_back_leaves_both_records_as_they_were(two, boss):
    kept, other = two
    before = [person_file(one, actor=SYSTEM, now=clock.now()) for one in two]

    merge = actions.merge_people(kept, other, by=boss, reason=WHY, taken_over=["name", "commune", "language"])
    assert Person.objects.get(pk=kept.pk).name == other.name
    actions.unmerge_people(merge, by=boss, reason="Eran primas")

    after = [person_file(Person.objects.get(pk=one.pk), actor=SYSTEM, now=clock.now()) for one in two]
    for was, now in zip(before, after, strict=True):
        assert (was.name, was.numbers, was.facts, was.points) == (
            now.name,
            now.numbers,
            now.facts,
            now.points,
        )
        assert was.person == now.person


def test_a_name_learnt_since_is_not_put_back(two, boss):
    kept, other = two
    merge = actions.merge_people(kept, other, by=boss, reason=WHY, taken_over=["name"])
    actions.know_person(by=SYSTEM, name="Amina del Carmen Rojas Soto", run="12345678-5", level=500)

    actions.unmerge_people(merge, by=boss, reason="Eran primas")

    assert Person.objects.get(pk=kept.pk).name == "Amina del Carmen Rojas Soto"


def test_what_came_while_a_merge_stood_is_listed_and_placed_one_by_one(two, boss):
    kept, other = two
    contact_with(kept)
    merge = actions.merge_people(kept, other, by=boss, reason=WHY)
    came = contact_with(kept)
    merge = actions.unmerge_people(merge, by=boss, reason="Eran primas")

    assert [one.pk for one in to_place(merge).contacts.rows] == [came.pk]
    actions.place(merge, by=boss, person=other, interaction=came)
    actions.place(merge, by=boss, person=other, interaction=came)  # pressed twice

    came.refresh_from_db()
    assert came.person == other
    assert not to_place(merge).contacts.rows
    with pytest.raises(DomainError, match="colleague"):
        actions.place(merge, by=boss, person=kept, interaction=came)


def test_an_equal_phone_or_mail_merges_nobody_by_itself(db):
    for number in range(3):
        enter(f"Persona {number}", phone="+56222222222", email="casa@test.invalid")

    assert Person.objects.filter(merged_into__isnull=False).count() == 0
    assert Merge.objects.count() == 0


def test_merging_a_record_with_itself_is_refused_and_deletes_nothing(two, boss):
    kept, _other = two
    with pytest.raises(DomainError, match="one record"):
        actions.merge_people(kept, kept, by=boss, reason=WHY)
    assert Person.objects.filter(pk=kept.pk).exists()


def test_two_numbers_read_from_documents_are_two_people(boss, db):
    one, other = enter(run="12345678-5", level=500), enter(run="9876543-3", level=500)
    with pytest.raises(DomainError, match="two people"):
        actions.merge_people(one, other, by=boss, reason=WHY)


def test_both_numbers_go_on_naming_the_one_person(boss, clerk, actor_of, db):
    one, other = enter(run="12345678-5"), enter(run="9876543-3")
    actions.merge_people(one, other, by=boss, reason=WHY)

    assert (
        enter(run="9876543-3") == other
    )  # what is told under a number stays with it, whatever is undone later
    assert PersonIdentifier.objects.of(one).count() == 2
    for number in ("12345678-5", "9876543-3"):
        assert [found.pk for found in find_people(number, by=actor_of(clerk))] == [one.pk]


def test_merging_again_returns_the_same_merge(two, boss):
    kept, other = two
    assert actions.merge_people(kept, other, by=boss, reason=WHY) == actions.merge_people(
        kept, other, by=boss, reason="Otra vez"
    )


def test_a_chain_of_merges_is_taken_apart_link_by_link(boss, db):
    one, two, three = enter("Uno Rojas"), enter("Dos Rojas"), enter("Tres Rojas")
    first = actions.merge_people(two, three, by=boss, reason=WHY)
    second = actions.merge_people(one, two, by=boss, reason=WHY)
    assert set(Person.objects.one_with(one)) == {one, two, three}

    with pytest.raises(DomainError, match="meanwhile"):
        actions.merge_people(three, one, by=boss, reason=WHY)
    actions.unmerge_people(second, by=boss, reason="Eran dos")

    assert set(Person.objects.one_with(Person.objects.get(pk=one.pk))) == {one}
    assert set(Person.objects.one_with(Person.objects.get(pk=two.pk))) == {two, three}
    actions.unmerge_people(first, by=boss, reason="Eran tres")
    assert not Person.objects.filter(merged_into__isnull=False).exists()


def test_an_inner_merge_taken_back_first_leaves_the_outer_one(boss, db):
    one, two, three = enter("Uno Rojas"), enter("Dos Rojas"), enter("Tres Rojas")
    inner = actions.merge_people(two, three, by=boss, reason=WHY)
    actions.merge_people(one, two, by=boss, reason=WHY)

    actions.unmerge_people(inner, by=boss, reason="Eran dos")

    assert Person.objects.get(pk=three.pk).merged_into_id is None
    assert Person.objects.get(pk=two.pk).merged_into_id == one.pk


def test_not_the_same_person_is_remembered(two, boss, clerk, actor_of):
    kept, other = two
    pair = actions.suspect_pair(kept, other, by=actor_of(clerk))
    actions.find_distinct(pair, by=boss, reason="Dos cédulas")

    assert actions.suspect_pair(other, kept, by=SYSTEM) is None
    assert DuplicatePair.objects.count() == 1
    with pytest.raises(DomainError, match="two people"):
        actions.merge_people(kept, other, by=boss, reason=WHY)


@pytest.mark.parametrize("first_into_the_third", [True, False])
def test_not_the_same_person_is_remembered_through_a_third_record(first_into_the_third, two, boss, db):
    kept, other = two
    third = enter("Amina R. Soto", phone="+56911112222")
    actions.find_distinct(actions.suspect_pair(kept, other, by=SYSTEM), by=boss, reason="Dos cédulas")
    near, far = (kept, other) if first_into_the_third else (other, kept)
    actions.merge_people(third, near, by=boss, reason=WHY)

    assert actions.suspect_pair(third, far, by=SYSTEM) is None
    far.refresh_from_db()
    assert third not in [one for one, _rule in suspicions_of(far)]
    with pytest.raises(DomainError, match="two people"):
        actions.merge_people(third, far, by=boss, reason=WHY)
    assert Person.objects.get(pk=far.pk).merged_into is None


def test_two_records_that_stand_as_one_are_not_found_to_be_two(two, boss, db):
    third = enter("Amina R. Soto")
    pair = actions.suspect_pair(*two, by=SYSTEM)
    for one in two:
        actions.merge_people(third, one, by=boss, reason=WHY)

    with pytest.raises(DomainError, match="take that merge back"):
        actions.find_distinct(pair, by=boss, reason="Dos cédulas")


@pytest.mark.django_db(transaction=True)
def test_a_merge_through_a_third_record_and_two_people_at_once_never_both_hold(boss, supervisor, actor_of):
    second = actor_of(supervisor)
    for round_ in range(4):
        one, two, third = (enter(f"{name} Rojas {round_}") for name in ("Uno", "Dos", "Tres"))
        pair = actions.suspect_pair(one, two, by=SYSTEM)
        actions.merge_people(third, one, by=boss, reason=WHY)

        at_once(
            lambda pair=pair: actions.find_distinct(pair, by=second, reason="Dos cédulas"),
            lambda third=third, two=two: actions.merge_people(third, two, by=boss, reason=WHY),
        )

        are_one = Person.objects.get(pk=two.pk).merged_into_id == third.pk
        assert are_one != (DuplicatePair.objects.get(pk=pair.pk).state == "distinct")


def test_a_pair_is_decided_by_the_colleague_who_looks_into_it(two, boss, supervisor, actor_of):
    pair = actions.suspect_pair(*two, by=SYSTEM)
    actions.take_pair(pair, by=boss)

    with pytest.raises(actions.TakenByColleague):
        actions.take_pair(pair, by=actor_of(supervisor))
    with pytest.raises(actions.TakenByColleague):
        actions.find_distinct(pair, by=actor_of(supervisor), reason="Dos")
    with pytest.raises(actions.TakenByColleague):
        actions.merge_people(*two, by=actor_of(supervisor), reason=WHY)

    actions.leave_pair(pair, by=boss)
    actions.take_pair(pair, by=actor_of(supervisor))


def test_only_supervisors_merge_and_nothing_merges_by_itself(two, clerk, agent, officer, analyst, actor_of):
    for by in (SYSTEM, *(actor_of(user) for user in (clerk, agent, officer, analyst))):
        with pytest.raises(NotAllowed):
            actions.merge_people(*two, by=by, reason=WHY)


def test_agencies_and_auditors_are_told_old_and_new_and_back(two, boss):
    kept, other = two
    merge = actions.merge_people(kept, other, by=boss, reason=WHY)
    actions.unmerge_people(merge, by=boss, reason="Eran primas")

    told = Event.objects.filter(kind__in=["person.merged", "person.unmerged"]).order_by("seq")
    assert [(event.kind, event.value("old"), event.value("new"), event.actor_id) for event in told] == [
        ("person.merged", str(other.pk), str(kept.pk), boss.user_id),
        ("person.unmerged", str(kept.pk), str(other.pk), boss.user_id),
    ]


def test_the_database_refuses_a_pointer_to_a_record_that_was_merged_itself(boss, db):
    one, two, three = enter("Uno Rojas"), enter("Dos Rojas"), enter("Tres Rojas")
    actions.merge_people(one, two, by=boss, reason=WHY)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=three.pk).update(merged_into=two)


# --- at once -----------------------------------------------------------------------------------------
def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Carry acts out at the same moment, each on its own connection; return what each returned or raised."""

    def carry_out(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(acts)) as pool:
        return [future.result() for future in [pool.submit(carry_out, act) for act in acts]]


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_who_merge_the_same_pair_make_one_merge(two, boss, supervisor, actor_of):
    kept, other = two
    second = actor_of(supervisor)

    for _round in range(4):
        found = at_once(
            lambda: actions.merge_people(kept, other, by=boss, reason=WHY),
            lambda: actions.merge_people(other, kept, by=second, reason=WHY),
        )
        merges = list(Merge.objects.standing())
        assert len(merges) == 1
        assert sum(isinstance(one, Merge) for one in found) >= 1
        assert Person.objects.filter(merged_into__isnull=False).count() == 1
        actions.unmerge_people(merges[0], by=boss, reason="Otra vuelta")
        DuplicatePair.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_merging_while_another_takes_it_back_ends_in_one_clear_state(boss, supervisor, actor_of):
    one, two, three = enter("Uno Rojas"), enter("Dos Rojas"), enter("Tres Rojas")
    second = actor_of(supervisor)

    for _round in range(4):
        merge = actions.merge_people(two, three, by=boss, reason=WHY)
        at_once(
            lambda merge=merge: actions.unmerge_people(merge, by=boss, reason="Eran dos"),
            lambda: actions.merge_people(one, two, by=second, reason=WHY),
        )
        pointed = dict(Person.objects.values_list("pk", "merged_into"))
        assert pointed[three.pk] is None
        assert pointed[two.pk] == one.pk
        assert Merge.objects.standing().count() == 1
        actions.unmerge_people(Merge.objects.standing().get(), by=boss, reason="Otra vuelta")
        DuplicatePair.objects.all().delete()


def test_a_file_is_opened_with_a_constant_number_of_queries(two, boss, procedure_version):
    kept, other = two
    actions.merge_people(kept, other, by=boss, reason=WHY)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            person_file(kept, actor=boss, now=clock.now())
        return len(seen)

    few = queries()
    Interaction.objects.bulk_create(
        Interaction(channel="web", business_date="2026-01-02", person=other) for _each in range(60)
    )
    case = filed_case(procedure_version)
    Party.objects.filter(case=case).update(person=kept)
    for number in range(30):
        actions.know_person(by=SYSTEM, name="Amina Rojas", run="12345678-5", phone=f"+5698765{number:04d}")

    assert queries() <= few + 1  # whether the case may be opened is asked only when there is one
    assert few <= 8


def test_every_reading_of_a_pair_is_logged(client, two, office_supervisor):
    pair = actions.suspect_pair(*two, by=SYSTEM)
    client.force_login(office_supervisor)

    client.get(f"/en/staff/files/duplicates/{pair.pk}/")

    line = AccessLog.objects.get(act="compare")
    assert set(line.shown_ids) == {str(one.pk) for one in two}
    assert Case.objects.count() == 0


def test_an_agency_is_told_page_by_page_which_id_became_which_and_back(
    boss, procedure_version, agency, other_agency, django_assert_num_queries
):
    merges = []
    for number in range(3):
        case = filed_case(procedure_version, applicant_run=("12345678-5", "9876543-3", "5126663-3")[number])
        other = enter(f"Otra {number}")
        merges.append(actions.merge_people(case.parties.get().person, other, by=boss, reason=WHY))
    actions.merge_people(enter("Nadie"), enter("De ninguna parte"), by=boss, reason=WHY)
    first, second, third = merges
    actions.unmerge_people(first, by=boss, reason="Eran dos")

    with django_assert_num_queries(3):
        told, page = merges_told([agency.pk], size=2)
    rest, last = merges_told([agency.pk], size=2, place=page.after)

    assert [(one.kind, one.old, one.new) for one in [*told, *rest]] == [
        ("person.merged", second.merged_id, second.survivor_id),
        ("person.merged", third.merged_id, third.survivor_id),
        ("person.unmerged", first.survivor_id, first.merged_id),
    ]
    assert Event.objects.get(pk=rest[0].event).at == rest[0].at
    assert not last.after
    assert merges_told([other_agency.pk])[0] == []


# --- what a supervisor sees ---------------------------------------------------------------------------
def test_a_decided_pair_shows_each_record_by_itself(client, two, boss, office_supervisor):
    kept, other = two
    pair = actions.suspect_pair(kept, other, by=SYSTEM)
    actions.merge_people(kept, other, by=boss, reason=WHY)
    client.force_login(office_supervisor)

    page = client.get(f"/en/staff/files/duplicates/{pair.pk}/")

    names = {page.context["comparison"].first.name, page.context["comparison"].second.name}
    assert names == {"Amina Rojas Soto", "Amina Roja Soto"}
    assert "each record is shown as it is by itself" in page.text


def test_a_merge_that_can_not_be_says_why_on_the_screen_and_joins_nobody(client, office_supervisor, db):
    one, other = enter(run="12345678-5", level=500), enter(run="9876543-3", level=500)
    pair = actions.suspect_pair(one, other, by=SYSTEM)
    chosen = {f"one-{name}": str(one.pk) for name in ("survivor", "name", "commune", "language")}
    client.force_login(office_supervisor)

    refused = client.post(f"/en/staff/files/duplicates/{pair.pk}/one/", {**chosen, "one-reason": WHY})

    assert refused.status_code == 422
    assert "two people" in refused.text
    assert WHY in refused.text
    assert not Merge.objects.exists()


def test_after_a_merge_is_taken_back_both_files_are_linked_and_no_arrow_joins_them(
    client, two, boss, office_supervisor
):
    kept, other = two
    merge = actions.merge_people(kept, other, by=boss, reason=WHY)
    client.force_login(office_supervisor)
    address = f"/en/staff/files/merges/{merge.pk}/"
    assert "→" in client.get(address).text
    actions.unmerge_people(merge, by=boss, reason="Eran primas")

    page = client.get(address).text

    assert "→" not in page
    for one in two:
        assert f"/en/staff/files/{one.pk}/" in page
