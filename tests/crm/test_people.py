"""One person per RUN, however many contacts come at once; equal phones join nobody; a weaker statement never overwrites a surer one."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.actors import Actor
from common import clock
from crm import actions
from crm.models import ContactPoint, Person, PersonAttribute, PersonIdentifier
from crm.queries.people import find_people
from tests.factories import mandates
from tests.factories.territory import CommuneFactory

SYSTEM = Actor.system()


def enter(**fields):
    return actions.know_person(by=SYSTEM, **{"name": "Amina Rojas", "run": "12345678-5", **fields})


@pytest.mark.django_db(transaction=True)
def test_fifty_first_contacts_with_one_run_make_one_person():
    def contact(number):
        try:
            return enter(name=f"Amina {number}").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=10) as pool:
        ids = set(pool.map(contact, range(50)))

    assert len(ids) == 1
    assert Person.objects.count() == PersonIdentifier.objects.count() == 1
    assert PersonAttribute.objects.filter(key="name").count() == 50


def test_an_equal_phone_or_mail_joins_nobody(db):
    first = enter(run=None, phone="+56987654321", email="casa@test.invalid")
    second = enter(run=None, phone="+56987654321", email="casa@test.invalid")

    assert first != second
    assert ContactPoint.objects.count() == 4


def test_one_number_given_again_and_again_is_one_way_to_reach_its_person(office, clerk, actor_of):
    by, person = actor_of(clerk), enter(phone="+56987654321")
    contact = mandates.at_desk(office, by, person)

    for written in ("9 8765 4321", "+56 9 8765-4321", "9/8765/4321", "09 8765 4321"):
        actions.add_contact_point(person, by=by, interaction=contact, kind="phone", value=written)

    assert person.contact_points.get().value == "+56987654321"


def test_a_declared_name_does_not_overwrite_one_read_from_a_document(db):
    person = enter(name="Amina Rojas Soto", level=500)

    enter(name="Otra Persona", level=100)

    person.refresh_from_db()
    assert person.name == "Amina Rojas Soto"
    assert set(person.attributes.filter(key="name").values_list("value", "level")) == {
        ("Amina Rojas Soto", 500),
        ("Otra Persona", 100),
    }


def test_a_name_is_found_without_its_accents_and_with_a_typing_error(clerk, actor_of):
    enter(name="Ñancupil Muñoz, José Andrés")
    enter(name="Pedro Soto", run="9876543-3")

    by = actor_of(clerk)

    assert [p.name for p in find_people("jose munoz", by=by)][:1] == ["Ñancupil Muñoz, José Andrés"]
    assert [p.name for p in find_people("Ñancupil", by=by)] == ["Ñancupil Muñoz, José Andrés"]
    assert [p.name for p in find_people("12.345.678-5", by=by)] == ["Ñancupil Muñoz, José Andrés"]
    assert find_people("12.345.678-4", by=by) == []


def test_only_whoever_attends_people_may_look_for_them(officer, editor, analyst, stranger, actor_of):
    enter()

    for user in (officer, editor, analyst, stranger):
        assert find_people("12.345.678-5", by=actor_of(user)) == []


def test_a_weaker_statement_does_not_move_a_person_who_proved_where_they_live(db):
    from crm.models.person import HomeCommune

    for code in ("13101", "05101"):
        CommuneFactory(code=code)
    told = {"by": SYSTEM, "name": "Amina Rojas", "run": "12345678-5"}
    person = actions.know_person(**told, level=500, commune_code="13101")

    actions.know_person(**told, level=100, commune_code="05101")
    assert HomeCommune.objects.get(person=person).commune_id == "13101"

    actions.know_person(**told, level=500, commune_code="05101")  # as surely, and later
    assert HomeCommune.objects.get(person=person).commune_id == "05101"
    PersonAttribute.objects.update(expires_at=clock.now())
    actions.know_person(**told, level=100, commune_code="13101")  # what was sure has expired
    assert HomeCommune.objects.get(person=person).commune_id == "13101"


def test_what_is_learnt_surely_through_a_merged_record_shows_on_the_one_that_stands(office_supervisor):
    from crm.models.person import HomeCommune

    CommuneFactory(code="13101")
    standing = actions.know_person(by=SYSTEM, name="Amina R.")
    number = actions.know_person(by=SYSTEM, name="Amina Rojas", run="12345678-5")
    merge = actions.merge_people(standing, number, by=Actor.staff(office_supervisor), reason="Es ella")

    actions.know_person(by=SYSTEM, name="Amina Rojas Soto", run="12345678-5", level=500, commune_code="13101")

    assert Person.objects.get(pk=standing.pk).name == "Amina Rojas Soto"
    assert HomeCommune.objects.get(person=standing).commune_id == "13101"
    actions.unmerge_people(merge, by=Actor.staff(office_supervisor), reason="Eran dos")
    assert Person.objects.get(pk=standing.pk).name == "Amina R."
    assert Person.objects.get(pk=number.pk).name == "Amina Rojas Soto"
    assert not HomeCommune.objects.filter(person=standing).exists()
