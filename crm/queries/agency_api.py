"""What an agency's program reads: lists of stages, a case in full, its thread. One query for each thing, as plain rows."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from accounts.actors import Actor
from crm.models import Case, ContactPoint, Document, Message, MessageKind, Party, PersonIdentifier, Stage
from events.models import Event

ROW = (
    "id", "state", "state_since", "order", "is_required", "due_on", "case_id", "assigned_to_id", "case__folio", "case__state",
    "case__revision", "case__submitted_at", "case__channel", "case__version__procedure__code", "case__version__number",
)  # fmt: skip


def listed_stages(
    actor: Actor, *, state: str = "", since: datetime | None = None, procedure: str = "", assigned: str = ""
) -> QuerySet[Any]:
    """
    Return the stages of the program's agency, in the order in which they changed last.

    :param assigned: `yes`: to somebody; `no`: to nobody
    """
    rows = Stage.objects.of_agencies(actor)
    if state:
        rows = rows.filter(state=state)
    if since:
        rows = rows.filter(state_since__gte=since)
    if procedure:
        rows = rows.filter(case__version__procedure__code=procedure)
    if assigned:
        rows = rows.filter(assigned_to__isnull=assigned == "no")
    return rows.order_by("state_since", "id").values(*ROW)


def case_in_full(actor: Actor, folio: str) -> dict[str, Any] | None:
    """Return a case the program may see, with its own row and all that hangs on it but the thread; None when there is none."""
    case = (
        Case.objects.visible_to(actor)
        .filter(folio=folio)
        .values(
            "id", "folio", "state", "state_since", "revision", "channel", "language", "answers", "submitted_at", "decided_at",
            "closed_at", "promised_on", "reopened_count", "version__number", "version__procedure__code", "version__title_es",
            "version__title_en",
        )
        .first()
    )  # fmt: skip
    if case is None:
        return None
    case["stages"] = list(stages_of(case["id"]))
    case["parties"] = list(_parties(case["id"]))
    case["documents"] = list(_documents(case["id"]))
    case["messages"] = list(_messages(case["id"], actor))
    return case


def stages_of(case_id: UUID) -> QuerySet[Any]:
    """Every agency's part of a case, with what a write answers."""
    return (
        Stage.objects.filter(case=case_id)
        .order_by("order", "id")
        .values(
            "id", "state", "state_since", "order", "is_required", "due_on", "decided_at", "decision_reason", "assigned_to_id",
            "agency__code", "case__folio", "case__state", "case__revision",
        )
    )  # fmt: skip


def _parties(case_id: UUID) -> QuerySet[Any]:
    """Who has a part, with the numbers and ways to reach them that hold."""
    person = OuterRef("person")
    numbers = PersonIdentifier.objects.filter(person=person, is_active=True).order_by("id")
    points = ContactPoint.objects.filter(person=person, ended_at__isnull=True).order_by("id")
    return (
        Party.objects.filter(case=case_id)
        .order_by("id")
        .values(
            "role",
            "relation",
            "person_id",
            name=F("person__name"),
            kind=F("person__kind"),
            numbers=ArraySubquery(
                numbers.values(json=JSONObject(kind="kind", country="country", value="value"))
            ),
            contacts=ArraySubquery(points.values(json=JSONObject(kind="kind", value="value"))),
        )
    )


def _documents(case_id: UUID) -> QuerySet[Any]:
    return (
        Document.objects.filter(case=case_id, replaced_at__isnull=True)
        .order_by("received_at", "id")
        .values("id", "requirement", "name", "content_type", "size", "state", "reason", "received_at")
    )


def _messages(case_id: UUID, actor: Actor) -> QuerySet[Any]:
    """What was asked, answered and told; of the notes, its own agency's alone."""
    own = Q(stage__isnull=True) | Q(stage__agency=actor.agency_id)
    return (
        Message.objects.filter(case=case_id)
        .filter(~Q(kind=MessageKind.NOTE) | own)
        .order_by("at", "id")
        .values("id", "kind", "text", "at", "stage_id", "answers_id")
    )


def thread_of(case_id: UUID, *, after: int, most: int) -> list[dict[str, Any]]:
    """Return what happened in a case after the event with this number, in order; codes and ids only."""
    events = Event.objects.filter(subject_kind="case", subject_id=case_id, seq__gt=after)
    return list(
        events.order_by("seq").values("id", "seq", "at", "kind", "actor_kind", "channel", "data")[:most]
    )


def own_stages(actor: Actor, folio: str) -> list[Stage]:
    """The program's agency's parts of the case with this folio."""
    rows = Stage.objects.of_agencies(actor).filter(case__folio=folio).select_related("agency")
    return list(rows.order_by("order", "id"))


def state_hash(folio: str, stages: Iterable[tuple[int, str]]) -> str:
    """
    Return what both sides compare: SHA-256 of the folio and the order and state of each of the agency's parts.

    :param stages: `(order, state)` of one agency's parts
    """
    parts = ",".join(f"{order}:{state}" for order, state in sorted(stages))
    return hashlib.sha256(f"{folio}|{parts}".encode()).hexdigest()
