"""
A merge taken back leaves nothing of one person with the other: neither an export, nor a block, nor what was told or done meanwhile.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accounts.actors import Actor
from common import clock
from common.errors import DomainError
from crm import actions, tasks
from crm.models import (
    ContactPoint,
    Document,
    Interaction,
    Party,
    Person,
    PersonAttribute,
    PersonBlock,
    PersonExport,
    PersonIdentifier,
    PersonNeed,
)
from crm.models.person import HomeCommune
from crm.queries.duplicates import to_place
from crm.queries.rights import person_of
from events.models import Event
from tests.factories import crm
from tests.factories.rights import right_case
from tests.factories.territory import CommuneFactory

pytestmark = pytest.mark.usefixtures("in_english")

SYSTEM = Actor.system()
WHY = "Misma cédula, mismo rostro"


@pytest.fixture
def boss(office_supervisor: Any, actor_of: Any) -> Actor:
    return actor_of(office_supervisor)


@pytest.fixture
def berta(db: None) -> Person:
    return actions.know_person(by=SYSTEM, name="Berta Soto", run="5126663-3", phone="+56922222222")


@pytest.fixture
def asked(agency, officer):
    """Make a case of a right that Amina files, taken by an officer."""
    return lambda right: right_case(right, agency=agency, officer=officer)


def amina() -> Person:
    return PersonIdentifier.objects.of_run("12345678-5").get().person


def merged(survivor: Person, other: Person, boss: Actor, **more: Any) -> Any:
    return actions.merge_people(survivor, other, by=boss, reason=WHY, **more)


def undone(merge: Any, boss: Actor) -> Any:
    return actions.unmerge_people(merge, by=boss, reason="Eran dos")


def contact_with(person: Person) -> Interaction:
    return actions.open_interaction("web", by=SYSTEM, person=person)


# --- exports -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("berta_stands", [True, False])
def test_an_export_asked_for_while_a_merge_stood_is_not_made_once_it_is_taken_back(
    berta_stands, asked, berta, boss
):
    case = asked("access")
    merge = merged(berta, amina(), boss) if berta_stands else merged(amina(), berta, boss)
    export = actions.ask_export(case, by=case.by)
    undone(merge, boss)

    tasks.make_export(export_id=str(export.pk))

    export.refresh_from_db()
    assert export.given_up_at
    assert not Document.objects.filter(requirement__startswith="export-").exists()
    assert actions.ask_export(case, by=case.by).person == amina()  # asked for again, it is Amina's alone


def test_an_export_made_while_a_merge_stood_is_withdrawn_from_its_case(asked, berta, boss):
    case = asked("access")
    merge = merged(berta, amina(), boss)
    export = actions.ask_export(case, by=case.by)
    tasks.make_export(export_id=str(export.pk))
    undone(merge, boss)

    export.refresh_from_db()
    assert export.expired_at
    assert set(Document.objects.filter(requirement__startswith="export-").values_list("name", "sha256")) == {
        (None, "")
    }
    assert Event.objects.get(kind="case.export_withdrawn").subject_id == case.pk
    with pytest.raises(DomainError, match="first"):
        actions.decide_stage(case.stages.get(), by=case.by, decision="granted", reason="")


def test_an_export_made_before_the_merge_stays(asked, berta, boss):
    case = asked("access")
    export = actions.ask_export(case, by=case.by)
    tasks.make_export(export_id=str(export.pk))

    undone(merged(berta, amina(), boss), boss)

    assert PersonExport.objects.get().is_ready


@pytest.mark.django_db(transaction=True)
def test_an_export_that_is_made_while_the_merge_is_taken_back_hands_nothing_out(
    asked, boss, transactional_db
):
    case = asked("access")
    person = amina()
    for round_ in range(4):
        other = actions.know_person(by=SYSTEM, name=f"Berta {round_}")
        merge = merged(other, person, boss)
        export = actions.ask_export(case, by=case.by)
        start = Barrier(2)

        def at_once(act, start=start):
            try:
                start.wait()
                act()
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            acts = (lambda e=export: tasks.make_export(export_id=str(e.pk)), lambda m=merge: undone(m, boss))
            for done in [pool.submit(at_once, act) for act in acts]:
                done.result()

        export.refresh_from_db()
        assert (export.given_up_at is None) != (export.expired_at is None)
        assert not Document.objects.filter(requirement__startswith="export-", redacted_at=None).exists()


# --- deeds in a case of a right ----------------------------------------------------------------------
def test_a_block_asked_for_while_a_merge_stood_stays_with_whoever_asked(asked, berta, boss):
    case = asked("blocking")
    merge = merged(berta, amina(), boss)
    actions.block_person(case, by=case.by, reason="Mientras se corrige.")
    assert not Person.objects.standing().exists()  # while they stand as one, it is the one who is blocked

    undone(merge, boss)

    assert list(Person.objects.standing()) == [berta]


def test_a_block_reaches_every_record_that_stands_with_the_one_who_asked(asked, berta, boss):
    from crm.models.person import blocked

    case = asked("blocking")
    third = actions.know_person(by=SYSTEM, name="Berta S.")
    merged(berta, amina(), boss)
    merged(berta, third, boss)

    actions.block_person(case, by=case.by, reason="Mientras se corrige.")

    assert Person.objects.filter(blocked("pk")).count() == 3


def test_what_was_corrected_while_a_merge_stood_goes_back_with_its_person(asked, berta, boss):
    case = asked("rectification")
    merge = merged(berta, amina(), boss)

    actions.correct_attribute(
        case, by=case.by, key="name", value="Amina Sotomayor", evidence=case.documents.get()
    )
    assert Person.objects.get(pk=berta.pk).name == "Amina Sotomayor"
    undone(merge, boss)

    assert Person.objects.get(pk=berta.pk).name == "Berta Soto"
    assert amina().name == "Amina Sotomayor"
    assert PersonAttribute.objects.get(evidence__isnull=False).person == amina()


def test_what_was_done_about_the_applicant_goes_with_the_part_that_is_placed(asked, berta, boss):
    case = asked("blocking")
    person = amina()
    merge = merged(berta, person, boss)
    Party.objects.filter(case=case).update(person=berta)  # as filed by whoever was found as Berta
    type(case).objects.filter(pk=case.pk).update(begun_at=clock.now(), submitted_at=clock.now())
    actions.block_person(case, by=case.by, reason="Mientras se corrige.")
    merge = undone(merge, boss)

    actions.place(merge, by=boss, person=person, party=case.parties.get())

    assert PersonBlock.objects.get().person == person
    assert person_of(case) == person
    assert list(Person.objects.standing()) == [berta]


# --- what was told in a contact ----------------------------------------------------------------------
def test_what_was_told_in_a_contact_goes_with_it(berta, boss):
    CommuneFactory()
    person = actions.know_person(by=SYSTEM, name="Amina Rojas", run="12345678-5", phone="+56911112222")
    merge = merged(berta, person, boss)
    contact = contact_with(berta)
    told = {"person": berta, "interaction": contact}
    PersonIdentifier.objects.create(kind="passport", country="PE", value="X12345", **told)
    ContactPoint.objects.create(kind="phone", value="+56933333333", **told)
    ContactPoint.objects.create(kind="phone", value="+56911112222", **told)  # which Amina had already
    PersonNeed.objects.create(kind="interpreter", detail="aymara", **told)
    PersonAttribute.objects.create(key="commune", value="13101", **told)
    HomeCommune.objects.create(person=berta, commune_id="13101")
    merge = undone(merge, boss)

    actions.place(merge, by=boss, person=person, interaction=contact)

    assert set(ContactPoint.objects.filter(person=berta).values_list("value", flat=True)) == {"+56922222222"}
    assert set(ContactPoint.objects.filter(person=person).values_list("value", flat=True)) == {
        "+56911112222",
        "+56933333333",
    }
    assert PersonIdentifier.objects.get(kind="passport").person == person
    assert PersonNeed.objects.get().person == person
    assert HomeCommune.objects.get(person=person).commune_id == "13101"


def test_what_was_told_in_a_contact_that_stays_stays(berta, boss):
    person = actions.know_person(by=SYSTEM, name="Amina Rojas")
    merge = merged(berta, person, boss)
    contact = contact_with(berta)
    ContactPoint.objects.create(person=berta, interaction=contact, kind="phone", value="+56933333333")
    merge = undone(merge, boss)

    actions.place(merge, by=boss, person=berta, interaction=contact)

    assert ContactPoint.objects.get(value="+56933333333").person == berta


# --- chains and parts --------------------------------------------------------------------------------
def test_contacts_of_whichever_record_stood_for_both_are_listed_and_placed(berta, boss):
    one, two = (actions.know_person(by=SYSTEM, name=name) for name in ("Uno Rojas", "Dos Rojas"))
    before = contact_with(berta)
    inner = merged(two, one, boss)
    merged(berta, two, boss)
    came = contact_with(berta)
    inner = undone(inner, boss)
    after = contact_with(berta)

    assert [contact.pk for contact in to_place(inner).contacts.rows] == [came.pk]
    actions.place(inner, by=boss, person=one, interaction=came)

    came.refresh_from_db()
    assert came.person == one
    for contact in (before, after):
        with pytest.raises(DomainError, match="meanwhile"):
            actions.place(inner, by=boss, person=one, interaction=contact)


def test_a_part_the_other_has_already_is_left_with_a_sentence(procedure_version, berta, boss):
    person = actions.know_person(by=SYSTEM, name="Amina Segunda")
    merge = merged(berta, person, boss)
    case = crm.filed_case(procedure_version)
    for one in (berta, person):
        Party.objects.create(case=case, person=one, role="member")
    merge = undone(merge, boss)
    part = Party.objects.get(case=case, person=berta)

    with pytest.raises(DomainError, match="already"):
        actions.place(merge, by=boss, person=person, party=part)

    actions.place(merge, by=boss, person=berta, party=part)
    assert not to_place(merge).parts.rows
