"""
Records that may be of one person: looked for in small sets that indexes give, never by comparing everybody with everybody.

Nothing here says that two records are one: a suspicion waits for somebody to look at it.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from common import run
from common.keyset import KeysetPage, keyset_page
from crm import names
from crm.likeness import Known, letters_apart, suspects
from crm.models import (
    DuplicatePair,
    DuplicateRule,
    Interaction,
    Merge,
    PairState,
    Party,
    Person,
    Placement,
)
from crm.models.person import blocked, surviving

SUSPECTED = 10  # of one person; whoever is like more people than that has a common name, nothing else
PAGE = 20
# How much of the shorter of two names must be in the other for what is known of both to be compared. Whoever has one word in common, and
# as many letters apart in the others as a rule ever forgives, has half; whoever has nothing but a common name in common, a third.
LIKE = 0.45
FOR_EVER = datetime.max.replace(tzinfo=UTC)

# Whoever shares a phone or an address, a date of birth, the whole name, or a number but for a digit, and has a word of the name in common.
_NEAR = """
WITH named AS MATERIALIZED (SELECT id FROM crm_person WHERE name_keys(name) @> %(keys)s::text[] AND cardinality(%(keys)s::text[]) > 1),
near AS (
    (SELECT person_id AS id FROM crm_contactpoint JOIN unnest(%(kinds)s::text[], %(points)s::text[]) AS given (its_kind, its_value)
         ON kind = its_kind AND value = its_value WHERE ended_at IS NULL LIMIT 100)
    UNION
    (SELECT person_id FROM crm_personattribute WHERE key = 'birth_date' AND value = ANY (%(born)s::jsonb[]) LIMIT 500)
    UNION
    (SELECT person_id FROM crm_personidentifier WHERE kind = 'run' AND country = 'CL' AND value = ANY (%(runs)s)
         AND is_active AND agency_id IS NULL LIMIT 100)
    UNION
    (SELECT person_id FROM crm_personidentifier WHERE value = ANY (%(numbers)s) AND is_active AND NOT (kind = 'run') LIMIT 100)
    UNION
    (SELECT id FROM named LIMIT 50)
)
SELECT DISTINCT coalesce(p.merged_into_id, p.id), p.name FROM near JOIN crm_person p USING (id)
WHERE p.redacted_at IS NULL AND p.kind = %(kind)s AND coalesce(p.merged_into_id, p.id) <> %(person)s AND plain(p.name) ~ %(words)s
LIMIT 150
"""

_TOLD = """
SELECT record.survivor, told.field, told.value
FROM (SELECT id, coalesce(merged_into_id, id) AS survivor, name FROM crm_person
      WHERE (id = ANY (%s) OR merged_into_id = ANY (%s)) AND name IS NOT NULL) AS record, LATERAL (
    SELECT 'names', ARRAY[record.name::text]
    UNION ALL
    SELECT 'birth_dates', ARRAY[value #>> '{}'] FROM crm_personattribute
    WHERE person_id = record.id AND key = 'birth_date' AND value #>> '{}' IS NOT NULL
    UNION ALL
    SELECT 'numbers', ARRAY[kind, country, agency_id::text, value] FROM crm_personidentifier
    WHERE person_id = record.id AND is_active AND value IS NOT NULL
    UNION ALL
    SELECT kind || 's', ARRAY[value] FROM crm_contactpoint WHERE person_id = record.id AND ended_at IS NULL AND value IS NOT NULL
    UNION ALL
    SELECT 'communes', ARRAY[commune_id] FROM crm_homecommune WHERE person_id = record.id
) AS told (field, value)
"""


@dataclass(frozen=True)
class ToPlace:
    """What came while a merge stood and was written on the surviving record: a page of contacts, a page of parts in cases."""

    contacts: KeysetPage
    parts: KeysetPage


def suspicions_of(person: Person) -> list[tuple[Person, DuplicateRule]]:
    """
    Return the people a person may be the same as, each with the surest active rule that says so, the surest first.

    Pairs that were decided before are not suspected again.
    """
    rules = list(DuplicateRule.objects.filter(is_active=True).order_by("position", "code"))
    known = _known([person.survivor_id]).get(person.survivor_id)
    if not rules or known is None or not known.names:
        return []
    others = _near(person, known) - _decided(person)
    found = []
    for other, its in _known(others).items():
        apart = letters_apart(known, its)
        rule = next((rule for rule in rules if suspects(rule, apart)), None)
        if rule is not None:
            found.append((rule.position, sum(letters or 0 for letters in apart.values()), other, rule))
    found.sort(key=lambda one: one[:3])
    people = Person.objects.standing().in_bulk([other for *_, other, _rule in found[:SUSPECTED]])
    return [(people[other], rule) for *_, other, rule in found[:SUSPECTED] if other in people]


def waiting_pairs(*, place: str = "", size: int = PAGE) -> KeysetPage:
    """
    A page of the pairs that wait to be looked at, the longest waiting first; one of somebody whose data are blocked waits until they are not.
    """
    waiting = DuplicatePair.objects.waiting().exclude(blocked("first")).exclude(blocked("second"))
    rows = waiting.select_related("first", "second", "rule", "taken_by")
    return keyset_page(rows, "found_at", "id", place=place, size=size)


def to_place(merge: Merge, *, contacts_at: str = "", parts_at: str = "", size: int = PAGE) -> ToPlace:
    """
    The contacts and parts in cases that came while a merge stood, were written on a record that stood for both, and are placed by nobody yet.

    :param contacts_at: the place of the page of contacts; `parts_at` that of the page of parts
    """
    placed = Placement.objects.filter(merge=merge)
    contacts = contacts_meanwhile(merge).exclude(
        pk__in=placed.filter(interaction__isnull=False).values("interaction")
    )
    parts = parts_meanwhile(merge).exclude(pk__in=placed.filter(party__isnull=False).values("party"))
    return ToPlace(
        keyset_page(contacts.select_related("office"), "started_at", "id", place=contacts_at, size=size),
        keyset_page(parts.select_related("case__version__procedure"), "id", place=parts_at, size=size),
    )


def contacts_meanwhile(merge: Merge) -> QuerySet[Interaction]:
    """The contacts that came while a merge stood and were written on a record that stood for both then."""
    came = Q(pk__in=[])
    for record, since, until in _stood_for_both(merge):
        came |= Q(person=record, started_at__gte=since, started_at__lt=until or FOR_EVER)
    return Interaction.objects.filter(came)


def parts_meanwhile(merge: Merge) -> QuerySet[Party]:
    """
    The parts in cases that came likewise. A part is as old as its case: as its draft, which is when it may first have been written.
    """
    came = Q(pk__in=[])
    for record, since, until in _stood_for_both(merge):
        begun = Q(case__submitted_at__gte=since) | Q(
            case__submitted_at__isnull=True, case__begun_at__gte=since
        )
        came |= begun & Q(person=record, case__begun_at__lt=until or FOR_EVER)
    return Party.objects.filter(came)


def _stood_for_both(merge: Merge) -> list[tuple[UUID, datetime, datetime | None]]:
    """The surviving record, and whichever it was merged into in turn: each from when until when it stood for both."""
    found = [(merge.survivor_id, merge.at, merge.undone_at)]
    for record, since, until in found:  # grows while it is read: a record merged further up
        for above in Merge.objects.filter(merged=record):
            begin = max(since, above.at)
            end = min((one for one in (until, above.undone_at) if one), default=None)
            if end is None or begin < end:
                found.append((above.survivor_id, begin, end))
    return found


def _near(person: Person, known: Known) -> set[UUID]:
    words = sorted({word for name in known.names for word in names.words_of(name)})
    longest = max((names.words_of(name) for name in known.names), key=len)
    whole = sorted(set(longest[:8]))
    if not words:
        return set()
    points = [("phone", one) for one in known.phones] + [("email", one) for one in known.emails]
    runs = {near for number in known.numbers if number[0] == "run" for near in _misread_runs(number[3])}
    others = {near for number in known.numbers if number[0] != "run" for near in _misread(number[3])}
    values: dict[str, Any] = {
        "kinds": [kind for kind, _value in points],
        "points": [value for _kind, value in points],
        "born": [f'"{one}"' for one in known.birth_dates],
        "runs": list(runs),
        "numbers": list(others),
        # Whoever has each of these pairs of words has every word of the name: the other pairs ask for nothing more.
        "keys": [f"{one} {other}" for one, other in pairwise(whole)] if len(whole) > 2 else [],
        "kind": person.kind,
        "person": person.survivor_id,
        "words": rf"\m({'|'.join(words)})\M",
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, values)
        found = cursor.fetchall()
    own = [names.runs_of(name) for name in known.names]
    likes = ((other, names.runs_of(its)) for other, its in found)
    return {other for other, its in likes if any(names.overlap(one, its) >= LIKE for one in own)}


def found_two(one: Person, other: Person) -> bool:
    """Whether somebody found that a record of one is of somebody else than a record of the other."""
    mine, theirs = (list(Person.objects.one_with(who).values_list("pk", flat=True)) for who in (one, other))
    between = Q(first__in=mine, second__in=theirs) | Q(first__in=theirs, second__in=mine)
    return DuplicatePair.objects.filter(between, state=PairState.DISTINCT).exists()


def _decided(person: Person) -> set[UUID]:
    """Those about whom somebody has said already whether they are this person, whichever records of both were compared."""
    records = list(Person.objects.one_with(person).values_list("pk", flat=True))
    pairs = DuplicatePair.objects.filter(Q(first__in=records) | Q(second__in=records))
    decided = pairs.exclude(state=PairState.SUSPECTED).values_list(surviving("first"), surviving("second"))
    return {pk for pair in decided for pk in pair} - {person.survivor_id}


def _known(survivors: Collection[UUID]) -> dict[UUID, Known]:
    """What is known of several people, under whichever of their records it was written."""
    told: dict[UUID, dict[str, set[Any]]] = defaultdict(lambda: defaultdict(set))
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [list(survivors)] * 2)
        for survivor, field, value in cursor.fetchall():
            told[survivor][field].add(tuple(value) if len(value) > 1 else value[0])
    return {
        pk: Known(**{field: frozenset(values) for field, values in its.items()}) for pk, its in told.items()
    }


def _misread(value: str, digits: str = "0123456789") -> set[str]:
    """A number, and whatever it is with one digit mistaken or swapped with its neighbour."""
    places = range(len(value))
    mistaken = {value[:at] + digit + value[at + 1 :] for at in places for digit in digits}
    swapped = {value[:at] + value[at + 1 : at + 2] + value[at] + value[at + 2 :] for at in places}
    return {value} | mistaken | swapped


def _misread_runs(value: str) -> set[str]:
    """Likewise a RUN: its check digit follows the others."""
    numbers = {int(one) for one in _misread(value.partition("-")[0])}
    return {f"{number}-{run.check_digit(number)}" for number in numbers}
