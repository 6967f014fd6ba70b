"""A person's file as a value ready to be drawn: the same number of queries whatever its history."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from accounts.actors import Actor
from common import channels, phone
from common import run as runs
from crm.models import Case, ContactPoint, DuplicatePair, Interaction, Merge, NeedKind, Party, Person
from crm.models.duplicate import PairState
from crm.models.person import (
    LANGUAGES,
    VULNERABILITIES,
    ContactKind,
    IdentifierKind,
    PersonAttribute,
    PersonIdentifier,
    PersonKind,
    PersonNeed,
    Process,
)
from crm.queries.history import name_channels
from territory.queries.communes import commune_names

SHOWN = 20


@dataclass(frozen=True)
class Fact:
    """One thing known: what, its value, how sure and how it was learnt, since when, and whether that has expired."""

    id: int
    label: str
    value: str
    process: str
    at: datetime | None
    has_expired: bool = False
    is_active: bool = True


@dataclass(frozen=True)
class Point:
    """A way to reach the person, with what to mind."""

    id: int
    label: str
    value: str
    is_safe: bool
    may_announce: bool
    has_ended: bool
    is_domicile: bool = False
    is_mail: bool = False


@dataclass(frozen=True)
class Need:
    """An adaptation, or a reason for care."""

    id: int
    label: str
    detail: str
    is_vulnerability: bool


@dataclass(frozen=True)
class PersonFile:
    """All of a person's file that one screen shows."""

    person: Person
    name: str
    glyph: str
    wishes: str
    numbers: list[Fact]
    facts: list[Fact]
    points: list[Point]
    needs: list[Need]
    cases: list[Party]
    contacts: list[Interaction]
    merges: list[Merge] = field(default_factory=list)
    pairs: list[DuplicatePair] = field(default_factory=list)

    @property
    def has_more_cases(self) -> bool:
        """Whether there may be earlier ones than those shown; likewise of contacts."""
        return len(self.cases) == SHOWN

    @property
    def has_more_contacts(self) -> bool:
        return len(self.contacts) == SHOWN


def person_file(person: Person, *, actor: Actor, now: datetime, alone: bool = False) -> PersonFile:
    """
    Return the file of a person under whichever of their records, the one that stands for all; five queries.

    :param alone: only what stands on this very record, whichever others were found to be of the same person
    :param now: the moment at which levels may have expired
    """
    standing = _with_rows(person.pk if alone else person.survivor_id, alone=alone)
    mine = Q(
        person__in=standing.records
    )  # by value: with one record, as nearly always, its latest rows are read from an index
    return PersonFile(
        person=standing,
        name=standing.shown_name,
        glyph="organisation" if standing.kind == PersonKind.ORGANISATION else "person",
        wishes=_wishes(standing),
        numbers=[_number(one) for one in standing.all_numbers],
        facts=[_fact(one, now) for one in standing.all_facts],
        points=[_point(one) for one in standing.all_points],
        needs=[_need(one) for one in standing.all_needs],
        cases=_parts(Party.objects.filter(mine), actor),
        contacts=_contacts(Interaction.objects.filter(mine)),
        merges=list(
            Merge.objects.filter(Q(survivor=standing) | Q(merged=standing))
            .select_related("merged", "survivor", "by")
            .order_by("-at")[:SHOWN]
        ),
        pairs=list(
            DuplicatePair.objects.filter(state=PairState.SUSPECTED)
            .filter(Q(first=standing) | Q(second=standing))
            .order_by("-found_at")[:SHOWN]
        ),
    )


def _with_rows(record: UUID, *, alone: bool) -> Any:
    """A record with its few small rows, and those of the records merged into it unless it is looked at alone, in one query."""
    own = Q(pk=OuterRef(OuterRef("pk")))
    merged = Q(merged_into=OuterRef(OuterRef("pk")))
    records = Person.objects.filter(own if alone else own | merged).values("pk")
    of_it = Q(pk=OuterRef("pk")) if alone else Q(pk=OuterRef("pk")) | Q(merged_into=OuterRef("pk"))
    its_records = Person.objects.filter(of_it).order_by("pk").values("pk")

    def rows(model: Any, order: list[str], **columns: str) -> ArraySubquery:
        mine: QuerySet[Any] = model.objects.filter(person__in=records).order_by(*order)
        return ArraySubquery(mine.values(json=JSONObject(**columns))[:60])

    return (
        Person.objects.select_related("home__commune")
        .annotate(
            records=ArraySubquery(its_records),
            all_numbers=rows(
                PersonIdentifier,
                ["-is_active", "kind", "-level", "pk"],
                id="pk", kind="kind", country="country", agency="agency__acronym", value="value",
                process="process", at="at", is_active="is_active",
            ),
            all_facts=rows(
                PersonAttribute, ["key", "-level", "-at", "pk"],
                id="pk", key="key", value="value", level="level", process="process", at="at", expires_at="expires_at",
            ),
            all_points=rows(
                ContactPoint, ["kind", "-at", "pk"],
                id="pk", kind="kind", value="value", is_safe="is_safe", may_announce="may_announce", is_domicile="is_domicile", ended_at="ended_at",
            ),
            all_needs=rows(
                PersonNeed, ["kind"], id="pk", kind="kind", detail="detail", ended_at="ended_at"
            ),
        )
        .get(pk=record)
    )  # fmt: skip


def _parts(mine: QuerySet[Party], actor: Actor) -> list[Party]:
    """
    The latest cases a person has a part in, and whether the actor may open each now.

    Parts are entered as cases are filed, so the last entered are of the cases filed last: whoever has thousands is not asked about each.
    """
    last = mine.order_by("-pk").values("pk")[:SHOWN]
    parts = Party.objects.filter(pk__in=last).select_related("case__version")
    latest = list(parts.order_by("-case__submitted_at", "-pk"))
    open_to_actor = set(
        Case.objects.visible_to(actor)
        .filter(pk__in=[part.case_id for part in latest])
        .values_list("pk", flat=True)
    )
    for part in latest:
        part.is_open_to_actor = part.case_id in open_to_actor  # type: ignore[attr-defined]
    return latest


def _contacts(mine: QuerySet[Interaction]) -> list[Interaction]:
    contacts = list(mine.select_related("office").order_by("-started_at")[:SHOWN])
    name_channels(contacts)
    return contacts


def _number(row: dict[str, Any]) -> Fact:
    label = str(IdentifierKind(row["kind"]).label)
    if row["kind"] == IdentifierKind.PASSPORT:
        label = f"{label} ({row['country']})"
    elif row["agency"]:
        label = gettext("Number at %(agency)s") % {"agency": row["agency"]}
    value = row["value"] or gettext("erased")
    shown = runs.pretty(value) if row["kind"] == IdentifierKind.RUN and row["value"] else value
    return Fact(row["id"], label, shown, _process(row), parse_datetime(row["at"]), is_active=row["is_active"])


def _fact(row: dict[str, Any], now: datetime) -> Fact:
    labels = {"name": gettext("Name"), "birth_date": gettext("Date of birth"), "commune": gettext("Commune")}
    until = parse_datetime(row["expires_at"]) if row["expires_at"] else None
    value = gettext("erased") if row["value"] is None else str(row["value"])
    if row["key"] == "commune":
        value = commune_names([value]).get(value, value)
    return Fact(
        row["id"],
        labels.get(row["key"], row["key"]),
        value,
        _process(row),
        parse_datetime(row["at"]),
        has_expired=until is not None and until <= now,
    )


def _process(row: dict[str, Any]) -> str:
    return str(Process(row["process"]).label)


def _point(row: dict[str, Any]) -> Point:
    value = row["value"] or gettext("erased")
    is_number = row["kind"] == ContactKind.PHONE and row["value"]
    return Point(
        row["id"],
        str(ContactKind(row["kind"]).label),
        phone.pretty(value) if is_number else value,
        row["is_safe"],
        row["may_announce"],
        row["ended_at"] is not None,
        row["is_domicile"],
        row["kind"] == ContactKind.EMAIL,
    )


def _need(row: dict[str, Any]) -> Need:
    return Need(
        row["id"], str(NeedKind(row["kind"]).label), row["detail"] or "", row["kind"] in VULNERABILITIES
    )


def _wishes(person: Person) -> str:
    language = LANGUAGES.get(person.language, person.language)
    if person.channel:
        return gettext("%(channel)s, in %(language)s") % {
            "channel": channels.get(person.channel).label,
            "language": language,
        }
    return str(language)
