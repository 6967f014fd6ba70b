"""Whether what was sealed is still what it was; and what was changed of a person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext

from accounts.models import User
from crm.models import Change, Person
from events.models import Event
from events.registry import kind_of

SHOWN = 50


@dataclass(frozen=True)
class BrokenSeal:
    """A stretch of rows that are not what they were when they were sealed."""

    source: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class ChangeLine:
    """One change of a person's file: when, what it was before, by whom, and what was recorded with it at the end of the same act."""

    at: datetime
    what: str
    before: list[str]
    who: str
    act: str


def broken_seals() -> list[BrokenSeal]:
    """Hash every sealed stretch anew and return those that differ; takes about ten seconds a million rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT source, since, until FROM broken_seals() ORDER BY source, since")
        return [BrokenSeal(*row) for row in cursor.fetchall()]


def changes_of(person: Person) -> list[ChangeLine]:
    """Return what was changed of a person, under whichever of their records, the latest first."""
    records = Person.objects.one_with(person).values("pk")
    rows = list(Change.objects.filter(person_id__in=records).order_by("-at")[:SHOWN])
    events = {
        event.pk: event
        for event in Event.objects.filter(pk__in={row.event_id for row in rows if row.event_id})
    }
    names = dict(
        User.objects.filter(
            pk__in={event.actor_id for event in events.values() if event.actor_id}
        ).values_list("pk", "name")
    )
    return [_line(row, events.get(row.event_id) if row.event_id else None, names) for row in rows]


def _line(row: Change, event: Event | None, names: dict[Any, str]) -> ChangeLine:
    words = {
        "crm_person": gettext("The record"),
        "crm_personidentifier": gettext("A number"),
        "crm_personattribute": gettext("Something known"),
        "crm_contactpoint": gettext("A phone or an e-mail"),
        "crm_personneed": gettext("A need"),
        "crm_homecommune": gettext("Commune"),
        "crm_party": gettext("A part in a case"),
        "crm_merge": gettext("A merge"),
        "crm_mandate": gettext("A mandate"),
        "crm_personblock": gettext("A block"),
    }
    hidden = {"id", "at", "interaction_id", "person_id"}
    before = [f"{name}: {value}" for name, value in (row.before or {}).items() if name not in hidden]
    who = names.get(event.actor_id, "") if event else ""
    act = str(kind_of(event.kind).staff_label) if event else ""
    return ChangeLine(row.at, words.get(row.relation, row.relation), before, who, act)
