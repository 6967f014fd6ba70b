"""People are found by any of their numbers, by phone and by name, however it is typed; at any number of people by as many questions."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from common import clock
from crm import actions, names
from crm.models import NameWord, Person, PersonIdentifier
from crm.queries.people import find_people
from tests.crm.people import as_owner, crowd

SYSTEM = Actor.system()


def enter(name, **fields):
    return actions.know_person(by=SYSTEM, name=name, **fields)


def found(text, limit=10):
    return [person.name for person in find_people(text, by=SYSTEM, limit=limit)]


@pytest.fixture
def several(db):
    for name in (
        "María José González Muñoz",
        "María Fernanda Rojas Díaz",
        "José Andrés Ñancupil Soto",
        "Jacqueline Vásquez Jiménez",
        "Juan de la Cruz Pérez",
        "Jean-Pierre O'Ryan",
    ):
        enter(name)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("maria jose gonzalez munoz", "María José González Muñoz"),
        ("MUÑOZ GONZALEZ, MARIA", "María José González Muñoz"),
        ("maria gonzales", "María José González Muñoz"),
        ("gonzalez munos", "María José González Muñoz"),
        ("marai fernanda rojas", "María Fernanda Rojas Díaz"),
        ("maria fernnda rojas diaz", "María Fernanda Rojas Díaz"),
        ("jose nancupil", "José Andrés Ñancupil Soto"),
        ("Ñancupl", "José Andrés Ñancupil Soto"),
        ("jacqeline basques", "Jacqueline Vásquez Jiménez"),
        ("marai fernnda rojas", "María Fernanda Rojas Díaz"),
        ("jaqeline basques gimenez", "Jacqueline Vásquez Jiménez"),
        ("jsoe andres ñancupl soto", "José Andrés Ñancupil Soto"),
        ("gimenes vasquez", "Jacqueline Vásquez Jiménez"),
        ("jac vasquez", "Jacqueline Vásquez Jiménez"),
        ("perez de la cruz juan", "Juan de la Cruz Pérez"),
        ("jean pierre oryan", "Jean-Pierre O'Ryan"),
        ("o’ryan", "Jean-Pierre O'Ryan"),
    ],
)
def test_a_name_is_found_in_any_order_and_with_typing_errors(several, typed, meant):
    assert found(typed)[:1] == [meant]


def test_every_word_that_was_typed_counts(several):
    assert found("maria pereira") == []
    assert found("jose rojas") == []
    assert found("xyzzyqwk") == []


def test_whoever_has_just_that_name_comes_first(db):
    for extra in ("Antonia", "Belén", "Carmen"):
        enter(f"María {extra} González Muñoz")
    enter("María González")

    assert found("maria gonzalez")[0] == "María González"


def test_a_name_with_an_accent_comes_before_one_without(db):
    enter("Rosa Pena")
    enter("Rosa Peña")

    assert found("rosa peña") == ["Rosa Peña", "Rosa Pena"]
    assert found("rosa pena") == ["Rosa Pena", "Rosa Peña"]


def test_a_record_that_was_merged_is_found_as_the_one_that_stands_for_it(supervisor, actor_of):
    old, new = enter("Yasna Catrileo", run="12345678-5"), enter("Yasna Huenchumil")
    actions.merge_people(new, old, by=actor_of(supervisor), reason="Trajo su cédula.")

    assert found("catrileo") == found("12.345.678-5") == ["Yasna Huenchumil"]


def test_a_name_that_was_corrected_is_found_by_its_new_words(db):
    person = enter("Amina Rojas", run="12345678-5")

    enter("Amina Quilaqueo", run="12345678-5", level=500)

    assert found("quilaqeo") == [person.name.replace("Rojas", "Quilaqueo")]
    assert found("amina rojas") == []


def test_nobody_is_found_under_a_name_that_was_erased(db):
    person = enter("Amina Rojas")
    with as_owner() as cursor:
        cursor.execute(
            "UPDATE crm_person SET name = NULL, redacted_at = clock_now() WHERE id = %s", [person.pk]
        )

    assert found("amina rojas") == []


@pytest.mark.parametrize(
    ("kind", "kept", "typed"),
    [
        ("passport", "AB123456", "ab 123-456"),
        ("provisional", "1002345678", "100.234.567-8"),
        ("passport", "X7", "x7"),
    ],
)
def test_another_number_is_found_however_it_is_written(db, kind, kept, typed):
    person = enter("Wladimir Petit")
    PersonIdentifier.objects.create(person=person, kind=kind, country="HT", value=kept, at=clock.now())

    assert found(typed) == ["Wladimir Petit"]
    assert found(typed[:-1] + "0") == []


def test_an_agencys_own_number_is_found(agency):
    person = enter("Wladimir Petit")
    PersonIdentifier.objects.create(
        person=person, kind="agency", agency=agency, value="C77812", at=clock.now()
    )

    assert found("c-77812") == ["Wladimir Petit"]


def test_a_phone_finds_everyone_who_gave_it(db):
    enter("Amina Rojas", phone="+56987654321")
    enter("Bastián Rojas", phone="+56987654321")

    assert sorted(found("9 8765 4321")) == ["Amina Rojas", "Bastián Rojas"]


def test_the_words_of_names_are_learnt_once(db):
    enter("María González")
    enter("María Rojas")

    assert sorted(NameWord.objects.values_list("word", flat=True)) == ["gonzalez", "maria", "rojas"]


@pytest.mark.parametrize(
    ("one", "other", "letters"),
    [
        ("rojas", "rojas", 0),
        ("rojas", "roajs", 1),
        ("rojas", "roja", 1),
        ("munos", "munoz", 1),
        ("ab", "", 2),
        ("gonzalez", "gosales", 3),
    ],
)
def test_letters_that_differ_are_counted(one, other, letters):
    assert names.distance(one, other) == names.distance(other, one) == letters


SEARCHES = (
    "luis flores",
    "eduardo julio rivra tapia",
    "gonsalez",
    "gloira castillo",
    "+56920000003",
    "1000001-7",
    "AB24",
)


def test_at_any_number_of_people_the_same_questions_are_asked_and_none_reads_everybody(db):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert [text for text in SEARCHES if not find_people(text, by=SYSTEM)] == []
        return [query["sql"] for query in queries.captured_queries]

    crowd(2_000)
    few = asked()
    crowd(20_000)
    many = asked()

    assert len(many) == len(few) <= 4 * len(SEARCHES)
    with connection.cursor() as cursor:
        for sql in many:
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert not re.search(r"Seq Scan on crm_(person|contact|name)", plan), f"{sql}\n{plan}"
    assert Person.objects.count() == 20_000
