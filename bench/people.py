"""
Finding people, suspecting duplicates and merging them: among 10,000 people and, in the same run, among three million.

    python3 dev.py bench people [--people 3000000] [--rounds 300]

Beside each: the time the database took of it, and as its ceiling the same answer in bare psycopg: one statement of our own for a number,
a phone or a folio; for names and suspicions the very statements that were asked, without what finds, ranks and builds the answer.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from bench import _people_set, _setup
from bench.search import misspelt

SMALL = 10_000
TURNS = 3
RATIO = 1.5  # at most so many times slower at the large size
MOST_MS = {"suspicions": 30.0}
USUAL_MS = 20.0
BARE = {
    "RUN": "SELECT p.id, p.name, i.value, h.commune_id FROM crm_personidentifier i JOIN crm_person p ON p.id = i.person_id "
    "LEFT JOIN crm_homecommune h ON h.person_id = p.id WHERE i.kind = 'run' AND i.country = 'CL' AND i.value = %s AND i.is_active "
    "AND i.agency_id IS NULL",
    "passport": "SELECT p.id, p.name, i.value, h.commune_id FROM crm_personidentifier i JOIN crm_person p ON p.id = i.person_id "
    "LEFT JOIN crm_homecommune h ON h.person_id = p.id WHERE i.value = %s AND i.is_active AND NOT (i.kind = 'run')",
    "phone": "SELECT p.id, p.name, i.value, h.commune_id FROM crm_contactpoint c JOIN crm_person p ON p.id = c.person_id "
    "LEFT JOIN crm_personidentifier i ON i.person_id = p.id LEFT JOIN crm_homecommune h ON h.person_id = p.id "
    "WHERE c.kind = 'phone' AND c.value = %s AND c.ended_at IS NULL LIMIT 10",
    "folio": "SELECT c.id, c.state, p.code, a.name_es FROM crm_case c JOIN catalog_procedureversion v ON v.id = c.version_id "
    "JOIN catalog_procedure p ON p.id = v.procedure_id JOIN accounts_agency a ON a.id = p.agency_id WHERE c.folio = %s",
}


@dataclass
class Measured:
    """Milliseconds of each call: in all, of them in the database, and in bare psycopg; how many questions it asked at most; how often it found."""

    whole: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    questions: int = 0
    hits: int = 0
    statements: dict[str, list[float]] = field(default_factory=dict)  # by how each begins

    def line(self) -> str:
        told = [
            f"{name} p50 {_setup.percentiles(of)[0]:6.2f} p95 {_setup.percentiles(of)[1]:6.2f}"
            for name, of in (("whole", self.whole), ("database", self.database), ("bare", self.bare))
            if of
        ]
        return f"{' · '.join(told)} ms · {self.questions} questions · {self.hits} of {len(self.whole)} found"


@contextmanager
def overheard() -> Iterator[list[tuple[str, Any, float]]]:
    """Note each statement that is asked, with its values and its milliseconds."""
    from django.db import connection

    said: list[tuple[str, Any, float]] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            said.append((sql, params, 1000 * (time.perf_counter() - began)))

    with connection.execute_wrapper(listen):
        yield said


Meant = Callable[[Any], bool]  # whether an answer has what was meant


def measure(kind: str, act: Callable[[Any], Any], inputs: Sequence[tuple[Any, Meant]], bare: Any) -> Measured:
    """
    Do an act on every input, three times over, and the same in bare psycopg; of each input the quickest counts.

    The other two bear what else the machine was doing; all inputs come between one turn of an input and its next.
    """
    found = Measured()
    asked: list[list[tuple[str, Any]]] = []
    turns = []
    for turn in range(TURNS):
        timed = []
        for one, meant in inputs:
            with overheard() as said:
                began = time.perf_counter()
                answer = act(one)
                whole = 1000 * (time.perf_counter() - began)
            timed.append((whole, sum(wait for *_, wait in said)))
            for sql, _params, wait in said:
                found.statements.setdefault(" ".join(sql.split())[:110], []).append(wait)
            if turn == 0:
                found.questions = max(found.questions, len(said))
                found.hits += meant(answer)
                asked.append(
                    [(BARE[kind], [one])] if kind in BARE else [(sql, params) for sql, params, _ in said]
                )
        turns.append(
            [(*both, _barely(bare, statements)) for both, statements in zip(timed, asked, strict=True)]
        )
    for of_one in zip(*turns, strict=True):
        for name, values in zip(("whole", "database", "bare"), zip(*of_one, strict=True), strict=True):
            getattr(found, name).append(min(values))
    return found


def _barely(bare: Any, statements: list[tuple[str, Any]]) -> float:
    began = time.perf_counter()
    for sql, params in statements:
        bare.execute(sql, params).fetchall()
    return 1000 * (time.perf_counter() - began)


def named(size: int, dice: Random, rounds: int) -> list[tuple[str, Meant]]:
    """Return names of two to four words with one word mistyped; meant is whoever has all the words as they should be."""
    from crm import names
    from crm.models import Person

    chosen = [number_to_person(dice.randrange(1, size + 1)) for _ in range(rounds)]
    known = dict(Person.objects.filter(pk__in=chosen).values_list("pk", "name"))
    texts: list[tuple[str, Meant]] = []
    for pk in chosen:
        words = (known[pk] or "").split()
        words = dice.sample(words, min(len(words), dice.choice((2, 3, 3, 4))))
        meant = {word for one in words for word in names.words_of(one)}
        wrong = max(range(len(words)), key=lambda place: (len(words[place]) > 3, dice.random()))
        words[wrong] = misspelt(words[wrong], dice)
        texts.append((" ".join(words), partial(_has_name_with, words=meant)))
    return texts


def _has_name_with(answer: list[str], words: set[str]) -> bool:
    from crm import names

    return any(words <= set(names.words_of(name)) for name in answer)


def number_to_person(number: int) -> Any:
    """The id of the n-th person: everybody from the first to the last has an agency's number or a RUN made of it."""
    from django.db import connection

    with connection.cursor() as cursor:
        phone = f"+569{20_000_000 + number // 3 * 3:08d}"
        cursor.execute(
            "SELECT person_id FROM crm_contactpoint WHERE kind = 'phone' AND value IN (%s, %s) LIMIT 1",
            [f"+569{20_000_000 + number:08d}", phone],
        )
        return cursor.fetchone()[0]


def run_of(number: int) -> str:
    from common import run

    value = _people_set.FIRST_RUN + number
    return f"{value}-{run.check_digit(value)}"


def newcomers(size: int, dice: Random, rounds: int) -> list[tuple[Any, Meant]]:
    """Enter people who are there already, with a letter of the name mistyped, as another channel would; return them with whom they are."""
    from accounts.actors import Actor
    from crm import actions
    from crm.models import ContactPoint, Person, PersonAttribute

    made: list[tuple[Any, Meant]] = []
    for _ in range(rounds):
        old = Person.objects.get(pk=number_to_person(dice.randrange(1, size + 1)))
        born = (
            PersonAttribute.objects.filter(person=old, key="birth_date")
            .values_list("value", flat=True)
            .first()
        )  # who is old is one record
        phone = ContactPoint.objects.filter(person=old, kind="phone").values_list("value", flat=True)[0]
        place = dice.randrange(1, len(old.name or "") - 1)
        name = (old.name or "")[:place] + (old.name or "")[place + 1 :]
        new = actions.know_person(
            by=Actor.system(), name=name, birth_date=born, phone=phone or "", synthetic=True
        )
        made.append((new, partial(_has, person=old)))
    return made


def _has(answer: list[Any], person: Any) -> bool:
    return person in answer


def merged_and_back(number: int) -> str:
    """Merge somebody into a record made for it and take it back; say how long it took and how many rows were touched."""
    from accounts.actors import Actor
    from accounts.models import Membership, Role
    from crm import actions
    from crm.models import Interaction, PersonIdentifier

    by = Actor.staff(Membership.objects.filter(role=Role.SUPERVISOR).select_related("user")[0].user)
    person = PersonIdentifier.objects.get(kind="run", value=run_of(number)).person
    contacts = Interaction.objects.of(person).count()
    other = actions.know_person(by=Actor.system(), name=person.name or "", synthetic=True)
    merging, merge = _counted(lambda: actions.merge_people(other, person, by=by, reason="Medición."))
    undoing, _merge = _counted(lambda: actions.unmerge_people(merge, by=by, reason="Medición."))
    return f"{contacts} contacts: merge {merging}, unmerge {undoing}"


def _counted(act: Callable[[], Any]) -> tuple[str, Any]:
    from django.db import transaction

    with transaction.atomic():
        before = _rows_touched()
        began = time.perf_counter()
        done = act()
        took = 1000 * (time.perf_counter() - began)
        added, changed, removed = (now - then for now, then in zip(_rows_touched(), before, strict=True))
    return f"{took:.1f} ms, {added} rows added, {changed} changed, {removed} removed", done


def _rows_touched() -> tuple[int, int, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(n_tup_ins), sum(n_tup_upd), sum(n_tup_del) FROM pg_stat_xact_user_tables")
        return tuple(map(int, cursor.fetchone()))  # type: ignore[return-value]  # three of them


def opening_a_file() -> Callable[[Any], Any]:
    """Return what reads a whole file, at a moment read once."""
    from accounts.actors import Actor
    from common import clock
    from crm.panels.files import person_file

    now = clock.now()
    return lambda person: person_file(person, actor=Actor.system(), now=now)


def kinds(
    size: int, dice: Random, rounds: int
) -> Iterator[tuple[str, Callable[[Any], Any], list[tuple[Any, Meant]]]]:
    """Each kind of question: what is done, and on what."""
    from accounts.actors import Actor
    from crm import folios
    from crm.models import Person
    from crm.queries.cases import find_case
    from crm.queries.duplicates import suspicions_of
    from crm.queries.people import find_people

    def find(text: str) -> list[str]:
        return [person.name or "" for person in find_people(text, by=Actor.system())]

    def drawn(wanted: Callable[[int], bool]) -> list[int]:
        numbers = (dice.randrange(1, size + 1) for _ in iter(int, 1))
        return [next(number for number in numbers if wanted(number)) for _ in range(rounds)]

    yield "RUN", find, [(run_of(number), bool) for number in drawn(lambda n: n % 25 < 22)]
    yield "folio", find_case, [(folios.make(2025, number), bool) for number in drawn(lambda n: n % 5 == 0)]
    yield (
        "phone",
        find,
        [(f"+569{20_000_000 + number // 3 * 3:08d}", bool) for number in drawn(lambda n: n > 3)],
    )
    yield "passport", find, [(f"AB{number}", bool) for number in drawn(lambda n: n % 25 > 22)]
    yield "name", find, list(named(size, dice, rounds))
    yield "one word", find, [(text.split()[0], bool) for text, _meant in named(size, dice, rounds)]
    yield (
        "suspicions",
        lambda new: [other for other, _rule in suspicions_of(new)],
        newcomers(size, dice, rounds),
    )
    open_file = opening_a_file()
    numbers = [number_to_person(number) for number in drawn(lambda n: True)]
    yield (
        "opening a file",
        open_file,
        [(person, bool) for person in Person.objects.filter(pk__in=numbers)],
    )


def measured_at(size: int, rounds: int, profile: bool) -> Iterator[tuple[str, Measured]]:
    """Measure one kind after the other at this size, and print it; then merge and take back."""
    import psycopg
    from django.db import connection

    where = connection.settings_dict
    with psycopg.connect(
        dbname=where["NAME"], user=where["USER"], password=where["PASSWORD"] or None, host=where["HOST"], port=where["PORT"] or None,
        options=where["OPTIONS"]["options"], autocommit=True, cursor_factory=psycopg.ClientCursor,
    ) as bare:  # fmt: skip
        for kind, act, inputs in kinds(size, Random(f"people {size}"), rounds):  # noqa: S311
            found = measure(kind, act, inputs, bare)
            print(f"{size:>9,} people  {kind:<15} {found.line()}", flush=True)
            if profile:
                for sql, waits in found.statements.items():
                    p50, p95 = _setup.percentiles(waits)[:2]
                    print(f"    p50 {p50:5.2f} p95 {p95:5.2f} ms, {len(waits):>5} times: {sql}", flush=True)
            yield kind, found
    for number in (6, 1):
        print(f"{size:>9,} people  {merged_and_back(number)}", flush=True)


def measured_by_turns(sizes: dict[str, int], rounds: int, profile: bool) -> list[dict[str, Measured]]:
    """
    Measure each kind at one size and at once at the other: what the machine does, and how fast it is, changes within a quarter of an hour.

    :param sizes: for the name of a database, how many people are in it
    """
    measuring = {name: measured_at(size, rounds, profile) for name, size in sizes.items()}
    found: dict[str, dict[str, Measured]] = {name: {} for name in sizes}
    while measuring:
        for name in list(measuring):
            _turn_to(name)
            if (one := next(measuring[name], None)) is None:
                del measuring[name]
            else:
                found[name].update([one])
    return list(found.values())


def _turn_to(database: str) -> None:
    from django.db import connections

    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = database


@contextmanager
def copied(database: str) -> Iterator[str]:
    """A copy of a database as it is now, removed at the end. Nobody may be connected."""
    import psycopg
    from django.db import connections
    from psycopg import sql

    copy = f"{database}_few"
    where = connections["owner"].settings_dict
    _turn_to(database)
    with psycopg.connect(
        dbname="postgres", user=where["USER"], password=where["PASSWORD"] or None, host=where["HOST"], port=where["PORT"] or None,
        autocommit=True,
    ) as admin:  # fmt: skip
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(copy), sql.Identifier(database))
        )
        try:
            yield copy
        finally:
            _turn_to(database)
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(copy)))


def judged(few: dict[str, Measured], many: dict[str, Measured]) -> int:
    """Print each kind's verdict; return 1 when a target is missed."""
    missed = 0
    for kind, one in many.items():
        p95, p95_few = _setup.percentiles(one.database)[1], _setup.percentiles(few[kind].database)[1]
        whole = _setup.percentiles(one.whole)[1] / _setup.percentiles(few[kind].whole)[1]
        bare = _setup.percentiles(one.bare)[1] / _setup.percentiles(one.whole)[1]
        most = MOST_MS.get(kind, USUAL_MS)
        met = p95 <= most and whole <= RATIO
        missed |= not met
        print(
            f"  {kind:<15} in the database p95 {p95:.2f} ms, target ≤ {most:.0f}; large / small {whole:.2f} (database alone "
            f"{p95 / p95_few:.2f}), target ≤ {RATIO}; bare / whole {bare:.2f}: {'met' if met else 'NOT met'}",
            flush=True,
        )
    return int(missed)


def main() -> int:
    """Measure and print; return 1 when a target is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=3_000_000)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--profile", action="store_true", help="say also how long each statement took")
    given = parser.parse_args()
    _setup.as_product()
    from django.db import connections

    with connections["owner"].cursor() as owner:
        _people_set.require_room(owner, given.people)
    whole = connections["owner"].settings_dict["NAME"]
    _people_set.enlarge(1, SMALL, print)
    with copied(whole) as few:
        _people_set.enlarge(SMALL + 1, given.people, print)
        return judged(*measured_by_turns({few: SMALL, whole: given.people}, given.rounds, given.profile))


if __name__ == "__main__":
    sys.exit(main())
