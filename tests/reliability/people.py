"""
Citizens who come by three channels, written each time as people write (32): one person for a RUN, doubles suspected and not invented,
and merges that can be taken back.

Families share surnames, commune and telephone; now and then there are twins. Each channel knows something else of a citizen and spells
it its own way; without a RUN the channel makes a record of its own, and those records are the doubles to be found.
"""

from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count

from accounts.actors import Actor
from bench._people_set import GIVEN, SURNAMES
from bench.search import misspelt
from common import run
from crm import actions, names
from crm.models import ContactPoint, DuplicatePair, Merge, Person, PersonAttribute, PersonIdentifier
from events.models import Event
from tests.reliability import Outcome

SYSTEM = Actor.system()
AT_ONCE = 50
PRECISION = 0.95


@dataclass(frozen=True)
class Citizen:
    """Somebody as they are."""

    number: int
    given: tuple[str, str]
    surnames: tuple[str, str]
    born: str
    phone: str
    email: str
    run: str


def citizens(size: int, dice: Random) -> Iterator[Citizen]:
    """Families of one to five, with names as unevenly spread as in Chile."""
    given, surnames = GIVEN.split(), [name.replace("-", " ") for name in SURNAMES.split()]
    number = 0
    while number < size:
        father, mother = _drawn(surnames, dice), _drawn(surnames, dice)
        phone = f"+569{30_000_000 + number:08d}"
        first = dice.sample(given, 5)
        born = None
        for place in range(min(dice.choice((1, 2, 3, 4, 5)), size - number)):
            born = born if born and dice.random() < 0.03 else _date(dice)
            own = dice.random() < 0.4
            yield Citizen(
                number,
                (_drawn(given, dice) if dice.random() < 0.3 else first[place], _drawn(given, dice)),
                (father, mother),
                born,
                f"+569{60_000_000 + number:08d}" if own else phone,
                f"persona{number}@test.invalid" if dice.random() < 0.7 else "",
                f"{2_000_000 + number}-{run.check_digit(2_000_000 + number)}",
            )
            number += 1


def _drawn(words: list[str], dice: Random) -> str:
    return dice.choices(words, [1 / (place + 8) for place in range(len(words))])[0]


def _date(dice: Random) -> str:
    return f"{dice.randint(1935, 2005)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}"


def told(citizen: Citizen, channel: str, dice: Random) -> dict[str, Any]:
    """What a channel writes down of a citizen: the web much and clean, the desk from a document, the line what it hears."""
    chance = {
        # RUN, date of birth, phone, e-mail, second given name, second surname, accents, a typing error
        "web": (0.9, 0.7, 0.9, 0.9, 0.9, 0.95, 0.75, 0.03),
        "desk": (0.7, 0.9, 0.6, 0.2, 0.9, 0.95, 0.9, 0.04),
        "line": (0.4, 0.5, 0.9, 0.1, 0.5, 0.6, 0.5, 0.1),
    }[channel]
    has_run, has_born, has_phone, has_email, two_given, two_surnames, accents, error = (
        dice.random() < one for one in chance
    )
    given = citizen.given if two_given and citizen.given[0] != citizen.given[1] else citizen.given[:1]
    surnames = citizen.surnames if two_surnames else citizen.surnames[:1]
    name = " ".join((*given, *surnames))
    name = misspelt(name, dice) if error else name
    return {
        "name": name if accents else names.plain(name).title(),
        "run": citizen.run if has_run else None,
        "birth_date": citizen.born if has_born else None,
        "phone": citizen.phone if has_phone else "",
        "email": citizen.email if has_email else "",
    }


def check(size: int, *, rushes: int, merges: int, supervisor: Actor) -> Outcome:
    """
    Enter so many citizens by three channels, suspect doubles, merge some and take it back.

    :param rushes: how many RUNs are entered for the first time by fifty contacts at once
    """
    dice = Random("citizens")  # noqa: S311  # a test, not a secret
    records: dict[int, set[UUID]] = defaultdict(set)
    for citizen in citizens(size, dice):
        for channel in ("web", "desk", "line"):
            records[citizen.number].add(actions.know_person(by=SYSTEM, **told(citizen, channel, dice)).pk)
    for event in Event.objects.filter(kind="person.known").order_by("seq").values_list("pk", flat=True):
        actions.suspect_known(event, by=SYSTEM)
    doubles = {tuple(sorted(pair)) for some in records.values() for pair in combinations(some, 2)}
    suspected = set(DuplicatePair.objects.values_list("first", "second"))
    right = len(doubles & suspected)
    figures: dict[str, int | str] = {
        "citizens": size,
        "records": Person.objects.count(),
        "doubles": len(doubles),
        "suspected": len(suspected),
        "precision": f"{right / max(len(suspected), 1):.3f}",
        "recall": f"{right / max(len(doubles), 1):.3f}",
    }
    wrong = [] if right >= PRECISION * len(suspected) and right else [f"precision below {PRECISION}"]
    wrong += _rush(rushes)
    wrong += _there_and_back(sorted(doubles & suspected)[:merges], supervisor)
    twice = PersonIdentifier.objects.values("value").annotate(people=Count("pk")).filter(people__gt=1)
    wrong += [f"{row['people']} people have one RUN" for row in twice]
    return Outcome(
        "one person for a RUN, doubles suspected (32)", {**figures, "rushes": rushes, "merges": merges}, wrong
    )


def _rush(times: int) -> list[str]:
    """Fifty first contacts with one RUN at the same moment, again and again: one person each time."""

    def contact(given: tuple[int, int]) -> UUID:
        number, place = given
        try:
            value = f"{1_500_000 + number}-{run.check_digit(1_500_000 + number)}"
            return actions.know_person(by=SYSTEM, name=f"Rosa Paine {place}", run=value).pk
        finally:
            connection.close()

    wrong = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number in range(times):
            people = set(pool.map(contact, [(number, place) for place in range(AT_ONCE)]))
            wrong += [f"{len(people)} people for one RUN"] if len(people) != 1 else []
    return wrong


def _there_and_back(pairs: list[tuple[UUID, UUID]], supervisor: Actor) -> list[str]:
    """Merge and take back: the records show what they showed before, and both acts can be read."""
    wrong = []
    for first, second in pairs:
        survivor, merged = Person.objects.get(pk=first), Person.objects.get(pk=second)
        if survivor.merged_into_id or merged.merged_into_id or not _may_merge(first, second):
            continue
        before = _shown(first), _shown(second)
        merge = actions.merge_people(
            survivor, merged, by=supervisor, reason="Es la misma persona.", taken_over=["name"]
        )
        if not {*before[0], *before[1]} - {("name", before[0][0][1])} <= {*_shown(first)}:
            wrong.append("a merged record hides something of the two")
        actions.unmerge_people(merge, by=supervisor, reason="Eran dos.")
        if (_shown(first), _shown(second)) != before:
            wrong.append("a merge that was taken back left something changed")
        if not Merge.objects.filter(pk=merge.pk, undone_at__isnull=False, by=supervisor.user_id).exists():
            wrong.append("a merge that was taken back is not remembered")
        kinds = Event.objects.filter(data__merge=str(merge.pk)).values_list("kind", flat=True)
        if sorted(kinds) != ["person.merged", "person.unmerged"]:
            wrong.append("a merge does not stand in both histories")
    return wrong


def _may_merge(first: UUID, second: UUID) -> bool:
    pair = DuplicatePair.objects.get(first=first, second=second)
    return pair.state == "suspected"


def _shown(pk: UUID) -> list[tuple[str, str]]:
    """Everything a record shows."""
    person = Person.objects.get(pk=pk)
    told = [("name", person.name or "")]
    told += sorted(PersonAttribute.objects.of(person).values_list("key", "value"))
    told += sorted(PersonIdentifier.objects.of(person).values_list("kind", "value"))
    return told + sorted(ContactPoint.objects.of(person).values_list("kind", "value"))
