"""Merges that concern an agency: of people with a part in its cases."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from accounts.models import Role
from common.keyset import KeysetPage, keyset_page
from crm.models import Merge, Party, Stage
from crm.models.duplicate import MergeQuerySet
from crm.queries.blocks import closed_to, closed_words
from crm.queries.settled import settled_before
from events.models import Event

SHOWN = 100


def merges_of_agencies(actor: Actor) -> list[Merge]:
    """
    Return the merges of people with a part in a case of the actor's agencies, and those taken back, the latest first.

    Each carries `folios`: the cases of these agencies that were filed under either record; and `names`, of the old record and the new, for
    whoever's data are not blocked.
    """
    agencies = actor.agency_ids(Role.OFFICER)
    found = list(_concerned(agencies).select_related("survivor", "merged").order_by("-at")[:SHOWN])
    people = {pk for merge in found for pk in (merge.survivor_id, merge.merged_id)}
    parts = _parts(agencies).filter(person__in=people).select_related("case")
    folios: dict[object, list[str]] = {}
    for part in parts.order_by("-case__submitted_at"):
        folios.setdefault(part.person_id, []).append(part.case.folio or "")
    closed = closed_to(actor, [one for merge in found for one in (merge.survivor, merge.merged)])
    for merge in found:
        hidden = {merge.survivor.survivor_id, merge.merged.survivor_id} & closed
        names = [one.name or "" for one in (merge.merged, merge.survivor)]
        merge.names = [closed_words()] * 2 if hidden else names  # type: ignore[attr-defined]
        both = [*folios.get(merge.survivor_id, []), *folios.get(merge.merged_id, [])]
        merge.folios = list(dict.fromkeys(both))  # type: ignore[attr-defined]
    return found


@dataclass(frozen=True)
class MergeTold:
    """What an agency is told of a merge, or of its undoing: whoever had the old id has the new one from `at` on."""

    event: UUID
    kind: str  # person.merged, person.unmerged
    old: UUID
    new: UUID
    at: datetime


def merges_told(
    agencies: Iterable[int], *, place: str = "", size: int = SHOWN
) -> tuple[list[MergeTold], KeysetPage]:
    """
    Return a page of the merges of people with a part in cases of these agencies, each by the last that happened to it, the longest ago
    first: one that is taken back comes again, after whatever was told before. Three queries, however long the history is.

    As far as that order is settled (`crm.queries.settled`): whoever goes on after the last they were told is told everything.
    """
    changed = Coalesce("undone_at", "at")
    settled = settled_before()
    rows = _concerned(list(agencies)).annotate(changed_at=changed)
    rows = rows.filter(changed_at__lt=settled) if settled else rows
    page = keyset_page(rows, "changed_at", "id", place=place, size=size)
    subjects = {merge.pk: merge.merged_id if merge.undone_at else merge.survivor_id for merge in page.rows}
    kinds = {merge.pk: "person.unmerged" if merge.undone_at else "person.merged" for merge in page.rows}
    found = Event.objects.filter(subject_id__in=set(subjects.values()), kind__in=set(kinds.values()))
    by_act = {(event.value("merge"), event.kind): event for event in found} if subjects else {}
    events = (by_act.get((str(pk), kind)) for pk, kind in kinds.items())
    told = [
        MergeTold(event.pk, event.kind, UUID(event.value("old")), UUID(event.value("new")), event.at)
        for event in events
        if event is not None
    ]
    return told, page


def _parts(agencies: list[int]) -> QuerySet[Party]:
    own = Stage.objects.filter(case=OuterRef("case"), agency__in=agencies)
    return Party.objects.filter(Exists(own)).exclude(case__state="draft")


def _concerned(agencies: list[int]) -> MergeQuerySet:
    parts = _parts(agencies)
    return Merge.objects.filter(
        Q(Exists(parts.filter(person=OuterRef("survivor"))))
        | Q(Exists(parts.filter(person=OuterRef("merged"))))
    )
