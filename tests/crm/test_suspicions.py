"""Two records are suspected to be of one person by rules that are data; a household shares a phone and is nobody's double."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from common import clock
from config.reference.duplicate_rules import load_duplicate_rules
from crm import actions, tasks
from crm.models import DuplicateRule, Interaction, PersonIdentifier
from crm.queries.duplicates import suspicions_of, to_place, waiting_pairs
from events.models import Event
from tests.crm.people import as_owner, crowd
from tests.factories.territory import CommuneFactory

SYSTEM = Actor.system()
PHONE = "+56987654321"


@pytest.fixture(autouse=True)
def _rules(db):
    load_duplicate_rules()


def enter(name, **fields):
    return actions.know_person(by=SYSTEM, name=name, **fields)


def suspected(person):
    return [(other.name, rule.code) for other, rule in suspicions_of(person)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"name": "María José González Muñoz"}, {"name": "Maria Jose Gonzales Munoz"}),
        ({"name": "María José González Muñoz"}, {"name": "María González"}),
        ({"name": "González Muñoz, María José"}, {"name": "Maria Jose González"}),
        ({"name": "Wladimir Ñancupil Soto"}, {"name": "Waldimir Ñancupil Soto"}),
    ],
)
def test_one_name_written_twice_is_suspected_with_the_same_birth_date_or_phone(first, second):
    enter(**first, birth_date="1980-03-12")
    enter(**first, phone=PHONE)

    by_birth = enter(**second, birth_date="1980-03-12")
    by_phone = enter(**second, phone=PHONE)

    assert suspected(by_birth) == [(first["name"], "names-and-birth")]
    assert (first["name"], "names-and-phone") in suspected(by_phone)


def test_a_date_of_birth_with_day_and_month_swapped_is_suspected():
    enter("Amina Rojas Soto", birth_date="1980-03-12")

    assert suspected(enter("Amina Rojas Soto", birth_date="1980-12-03")) == [
        ("Amina Rojas Soto", "names-and-birth")
    ]


def test_a_passport_number_with_a_swapped_digit_is_suspected():
    one, other = enter("Wladimir Petit"), enter("Wladimir Petit")
    for person, value in ((one, "AB123456"), (other, "AB123546")):
        PersonIdentifier.objects.create(
            person=person, kind="passport", country="HT", value=value, at=clock.now()
        )

    assert suspected(other) == [("Wladimir Petit", "names-and-number")]


def test_a_household_that_shares_a_phone_and_a_commune_is_nobodys_double():
    home = {"phone": PHONE, "email": "casa@test.invalid", "commune_code": CommuneFactory().pk}
    family = [
        "Juan Rojas Soto",
        "Juana Rojas Soto",
        "Mario Rojas Soto",
        "María Rojas Soto",
        "Marta Rojas Soto",
        "Claudio Rojas Soto",
        "Claudia Rojas Soto",
    ]
    people = [enter(name, **home) for name in family]

    assert [suspected(person) for person in people] == [[]] * len(people)


def test_twins_are_two():
    enter("José Luis Rojas Soto", birth_date="1980-03-12", phone=PHONE)

    assert suspected(enter("José Miguel Rojas Soto", birth_date="1980-03-12", phone=PHONE)) == []


def test_two_runs_are_two_people():
    enter("Amina Rojas Soto", run="12345678-5", birth_date="1980-03-12")

    assert suspected(enter("Amina Rojas Soto", run="9876543-3", birth_date="1980-03-12")) == []


def test_namesakes_with_nothing_else_in_common_are_not_suspected():
    enter("Amina Rojas Soto", phone=PHONE)

    assert suspected(enter("Amina Rojas Soto", phone="+56911112222")) == []


def test_a_rule_that_is_switched_off_suspects_nobody_and_stays_off():
    DuplicateRule.objects.filter(code="names-and-birth").update(is_active=False, max_distance=3)
    load_duplicate_rules()
    enter("Amina Rojas Soto", birth_date="1980-03-12")

    assert suspected(enter("Amina Rojas Soto", birth_date="1980-03-12")) == []
    assert DuplicateRule.objects.get(code="names-and-birth").max_distance == 3


def test_two_people_found_to_be_two_are_not_suspected_again(supervisor, actor_of):
    enter("Amina Rojas Soto", birth_date="1980-03-12")
    other = enter("Amina Rojas Soto", birth_date="1980-03-12")
    pair = actions.suspect_pair(other, suspicions_of(other)[0][0], by=SYSTEM)
    actions.find_distinct(pair, by=actor_of(supervisor), reason="Son primas.")

    assert suspected(other) == []


def test_a_person_is_compared_with_all_their_records(supervisor, actor_of):
    by = actor_of(supervisor)
    old, new = enter("Amina Rojas Soto", birth_date="1980-03-12"), enter("Amina Rojas", phone=PHONE)
    actions.merge_people(new, old, by=by, reason="Trajo su cédula.")

    third = enter("Amina Rojas Soto", birth_date="1980-03-12")

    assert [other.pk for other, _rule in suspicions_of(third)] == [new.pk]
    old.refresh_from_db()
    assert [other.pk for other, _rule in suspicions_of(old)] == [third.pk]


def test_whoever_is_entered_twice_waits_to_be_looked_at_once(django_capture_on_commit_callbacks):
    enter("Amina Rojas Soto", birth_date="1980-03-12")
    other = enter("Amina Rojas Sotto", birth_date="1980-03-12")
    event = Event.objects.get(kind="person.known", subject_id=other.pk)

    for _time in range(2):
        tasks.suspect_duplicates(event_ids=[str(event.pk)])

    (pair,) = waiting_pairs().rows
    assert pair.rule.code == "names-and-birth"
    assert pair.reported_by is None
    assert Event.objects.filter(kind="duplicate_pair.suspected").count() == 1


def test_pairs_wait_in_the_order_they_were_found_page_by_page():
    made = []
    for number in range(5):
        one, other = enter(f"Amina Rojas {number}"), enter(f"Amina Soto {number}")
        made.append(actions.suspect_pair(one, other, by=SYSTEM))

    first = waiting_pairs(size=3)
    second = waiting_pairs(size=3, place=first.after)

    assert [pair.pk for pair in [*first.rows, *second.rows]] == [pair.pk for pair in made]
    assert not second.after


def test_what_came_while_a_merge_stood_waits_to_be_placed(supervisor, actor_of):
    by = actor_of(supervisor)
    new, old = enter("Amina Rojas Soto"), enter("Amina Rojas")
    before = contact(new)
    merge = actions.merge_people(new, old, by=by, reason="Trajo su cédula.")
    during = [contact(new) for _ in range(3)]
    contact(old)
    merge = actions.unmerge_people(merge, by=by, reason="Eran primas.")
    contact(new)

    assert [one.pk for one in to_place(merge).contacts.rows] == [one.pk for one in during]
    assert before not in to_place(merge).contacts.rows
    page = to_place(merge, size=2).contacts
    assert [one.pk for one in to_place(merge, size=2, contacts_at=page.after).contacts.rows] == [during[2].pk]

    actions.place(merge, by=by, person=old, interaction=during[0])
    actions.place(merge, by=by, person=new, interaction=during[1])

    assert [one.pk for one in to_place(merge).contacts.rows] == [during[2].pk]


def contact(person):
    return Interaction.objects.create(
        channel="web", person=person, started_at=clock.now(), business_date=clock.now().date()
    )


def test_at_any_number_of_people_as_many_questions_are_asked_and_none_reads_everybody():
    def asked(name, run):
        person = enter(
            name, phone="+56920000003", birth_date="1980-03-12", email="persona3@bench.invalid", run=run
        )
        with CaptureQueriesContext(connection) as queries:
            suspicions_of(person)
        return [query["sql"] for query in queries.captured_queries]

    crowd(2_000)
    few = asked("Esteban Flores Zúñiga", "12345678-5")
    crowd(20_000)
    many = asked("Esteban Flores Zúñiga", "9876543-3")

    assert len(many) == len(few) <= 7
    with as_owner() as cursor:
        for sql in many:
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert not re.search(r"Seq Scan on crm_(person|contact|name|case|inter)", plan), f"{sql}\n{plan}"
