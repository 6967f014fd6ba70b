"""Entering what we learn about a person, with how sure we are."""

import json
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.actors import Actor
from common import clock
from common.run import normalise
from crm.actions.appearances import show
from crm.levels import LIFETIMES, process_of
from crm.models import ContactPoint, Interaction, Person, PersonAttribute, PersonIdentifier
from crm.models.person import HomeCommune, PersonKind
from crm.queries.people import surest
from events.record import record

_ENTER = f"""
INSERT INTO {PersonIdentifier._meta.db_table} (person_id, kind, country, value, level, process, is_active, interaction_id, at)
VALUES (%s, 'run', 'CL', %s, %s, %s, true, %s, %s) ON CONFLICT DO NOTHING
"""  # noqa: S608  # one name of ours

# A new person, their number, all that was told of them and how to reach them: nothing, where somebody has the number.
_KNOW = f"""
WITH entered AS (
    INSERT INTO {PersonIdentifier._meta.db_table} (person_id, kind, country, value, level, process, is_active, interaction_id, at)
    VALUES (%(person)s, 'run', 'CL', %(run)s, %(level)s, %(process)s, true, %(interaction)s, %(at)s) ON CONFLICT DO NOTHING RETURNING person_id
), person AS (
    INSERT INTO {Person._meta.db_table} (id, kind, name, language, created_at, is_synthetic)
    SELECT person_id, %(kind)s, %(name)s, %(language)s, %(at)s, %(synthetic)s FROM entered RETURNING id
), attributes AS (
    INSERT INTO {PersonAttribute._meta.db_table} (person_id, key, value, level, process, interaction_id, at, expires_at)
    SELECT person.id, t.key, t.value::jsonb, %(level)s, %(process)s, %(interaction)s, %(at)s, %(until)s
    FROM person, unnest(%(keys)s::text[], %(values)s::text[]) AS t (key, value)
), points AS (
    INSERT INTO {ContactPoint._meta.db_table} (person_id, kind, value, level, process, is_safe, may_announce, interaction_id, at)
    SELECT person.id, t.kind, t.value, %(level)s, %(process)s, true, true, %(interaction)s, %(at)s
    FROM person, unnest(%(kinds)s::text[], %(points)s::text[]) AS t (kind, value) ON CONFLICT DO NOTHING
), home AS (
    INSERT INTO {HomeCommune._meta.db_table} (person_id, commune_id) SELECT id, %(commune)s FROM person WHERE %(commune)s::text IS NOT NULL
)
SELECT FROM person
"""  # noqa: S608  # names of ours

_TELL = f"""
WITH attributes AS (
    INSERT INTO {PersonAttribute._meta.db_table} (person_id, key, value, level, process, interaction_id, at, expires_at)
    SELECT %(person)s, t.key, t.value::jsonb, %(level)s, %(process)s, %(interaction)s, %(at)s, %(until)s
    FROM unnest(%(keys)s::text[], %(values)s::text[]) AS t (key, value)
), points AS (
    INSERT INTO {ContactPoint._meta.db_table} (person_id, kind, value, level, process, is_safe, may_announce, interaction_id, at)
    SELECT %(person)s, t.kind, t.value, %(level)s, %(process)s, true, true, %(interaction)s, %(at)s
    FROM unnest(%(kinds)s::text[], %(points)s::text[]) AS t (kind, value) ON CONFLICT DO NOTHING
)
INSERT INTO {HomeCommune._meta.db_table} (person_id, commune_id)
SELECT %(person)s, %(commune)s WHERE %(commune)s::text IS NOT NULL AND NOT EXISTS (
    SELECT FROM {PersonAttribute._meta.db_table} a JOIN {Person._meta.db_table} p ON p.id = a.person_id
    WHERE (p.id = %(survivor)s OR p.merged_into_id = %(survivor)s) AND a.key = 'commune' AND a.value IS NOT NULL
    AND a.level > %(level)s AND (a.expires_at IS NULL OR a.expires_at > %(at)s))
ON CONFLICT (person_id) DO UPDATE SET commune_id = excluded.commune_id
RETURNING commune_id
"""  # noqa: S608  # names of ours


_HOLD_BY_RUN = f"""
SELECT p.* FROM {Person._meta.db_table} p JOIN {PersonIdentifier._meta.db_table} i ON i.person_id = p.id
WHERE i.kind = 'run' AND i.country = 'CL' AND i.value = %s AND i.is_active AND i.agency_id IS NULL AND p.redacted_at IS NULL FOR KEY SHARE OF p, i
"""  # noqa: S608  # names of ours
_HOLD = f"""
SELECT redacted_at FROM {Person._meta.db_table} WHERE id = %s OR merged_into_id = %s ORDER BY id FOR {{strength}}
"""  # noqa: S608  # likewise


@transaction.atomic
def know_person(
    *,
    by: Actor,
    name: str,
    run: str | None = None,
    kind: str = PersonKind.HUMAN,
    level: int = 100,
    email: str = "",
    phone: str = "",
    commune_code: str | None = None,
    birth_date: str | None = None,
    interaction: Interaction | None = None,
    synthetic: bool = False,
) -> Person:
    """
    Return the one person with this RUN, or a new one; what was told is added with its level and source.

    A weaker statement never overwrites a surer one: it is kept beside it. Without a RUN a new person is made: equal names,
    phones or mails join nobody.

    :param run: canonical RUN (`12345678-5`), already checked
    """
    return enter_person(
        by=by,
        at=clock.now(),
        name=name,
        run=run,
        kind=kind,
        level=level,
        email=email,
        phone=phone,
        commune_code=commune_code,
        birth_date=birth_date,
        interaction=interaction,
        synthetic=synthetic,
    )


def enter_person(
    *,
    by: Actor,
    at: datetime,
    name: str,
    run: str | None = None,
    kind: str = PersonKind.HUMAN,
    level: int = 100,
    email: str = "",
    phone: str = "",
    commune_code: str | None = None,
    birth_date: str | None = None,
    interaction: Interaction | None = None,
    synthetic: bool = False,
) -> Person:
    """Do what `know_person` says, as a step of an action that has its transaction and has read the clock."""
    run = (normalise(run) or run) if run else None  # whatever wrote it, one form
    attributes = {"name": name, "birth_date": birth_date, "commune": commune_code}
    points = {"email": email.strip().lower(), "phone": phone}
    told = _told(attributes, points, level=level, interaction=interaction, at=at)
    person = Person(name=name[:250], kind=kind, created_at=at, is_synthetic=synthetic)
    while not _enter_new(person, run, told):
        if known := _by_run(run or ""):
            return _enter_known(known, name, run or "", told, level=level, at=at)
    channel = interaction.channel if interaction else ""
    record("person.known", person, by=by, at=at, interaction=interaction, channel=channel)
    return person


def _enter_new(person: Person, run: str | None, told: dict[str, Any]) -> bool:
    """
    Enter a new person with their number and what was told of them; False: somebody has it, and nobody was entered.

    Of two contacts that enter one RUN at the same moment, the second waits here for the first and then finds its person.
    """
    if not run:
        person.save(force_insert=True)
        _add_told(person, told)
        return True
    values: dict[str, Any] = {
        **told,
        "person": person.pk,
        "run": run,
        "kind": person.kind,
        "name": person.name,
        "language": person.language,
        "synthetic": person.is_synthetic,
    }
    with connection.cursor() as cursor:
        cursor.execute(_KNOW, values)
        return bool(cursor.rowcount)


def _enter_known(
    person: Person, name: str, run: str, told: dict[str, Any], *, level: int, at: datetime
) -> Person:
    """Keep what was told of somebody we know."""
    if name and level > 100 and level > _level_of(person, "name", at):
        person.name = name[:250]
        show(person, "name", person.name)
    _add_told(person, told)
    if level > 100:
        PersonIdentifier.objects.filter(person=person, value=run, level__lt=level).update(
            level=level, process=process_of(level)
        )
    return person


def enter_number(
    person: Person, run: str, *, level: int, interaction: Interaction | None, at: datetime
) -> bool:
    """Give a person who has none their number; False: somebody has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ENTER, [person.pk, run, level, process_of(level), interaction.pk if interaction else None, at]
        )
        return bool(cursor.rowcount)


def _by_run(run: str) -> Person | None:
    """
    Return the person with this number, held so that nobody erases them before the end of the transaction (several may hold them at
    once); None when they were erased while we waited, and the number is nobody's any more.
    """
    found = Person.objects.raw(_HOLD_BY_RUN, [run])
    return next(iter(found), None)


def hold_records(person: Person, *, to_erase: bool = False) -> bool:
    """
    Keep a person, under every record of theirs, as they are until the end of the transaction: held by several at once, erased by one
    alone. False: they were erased.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HOLD.format(strength="UPDATE" if to_erase else "KEY SHARE"), [person.survivor_id] * 2)
        rows = cursor.fetchall()
    return bool(rows) and all(redacted_at is None for (redacted_at,) in rows)


def _level_of(person: Person, key: str, at: datetime) -> int:
    found = surest(person, key, at=at)
    return found.level_at(at) if found else 0


def _told(
    attributes: dict[str, str | None],
    points: dict[str, str],
    *,
    level: int,
    interaction: Interaction | None,
    at: datetime,
) -> dict[str, Any]:
    """What was told of somebody, and how to reach them, with level and source, as the statements that keep it take it."""
    told = {key: json.dumps(value) for key, value in attributes.items() if value}
    reached = {kind: value for kind, value in points.items() if value}
    return {
        "keys": list(told),
        "values": list(told.values()),
        "kinds": list(reached),
        "points": list(reached.values()),
        "commune": attributes.get("commune"),
        "level": level,
        "process": process_of(level),
        "until": at + lifetime if (lifetime := LIFETIMES.get(level)) else None,
        "interaction": interaction.pk if interaction else None,
        "at": at,
    }


def _add_told(person: Person, told: dict[str, Any]) -> None:
    """Keep what was told of a person; where they live is what was told last, of what is known most surely."""
    with connection.cursor() as cursor:
        cursor.execute(_TELL, {**told, "person": person.pk, "survivor": person.survivor_id})
        told_last = cursor.fetchone()
    if told_last and person.merged_into_id:
        show(person, "commune", told_last[0])
