"""Sheets as files: what goes out, and the files that came in."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from accounts.actors import Actor
from accounts.models import Agency
from catalog.models import (
    BulkImport,
    BulkOutcome,
    BulkResult,
    BulkRow,
    BulkState,
    Procedure,
    ProcedureVersion,
)
from common.clock import ClockNow
from common.keyset import KeysetPage, keyset_page

FILES, ROWS = 20, 50
KINDS: dict[str, Any] = {
    **{one.value: one.label for one in BulkOutcome},
    BulkResult.DRAFTED.value: BulkResult.DRAFTED.label,
}


@dataclass(frozen=True)
class Progress:
    """How far a file has come; `kinds` counts its rows by what became of them or, before that, by what they would do."""

    kinds: dict[str, int]
    total: int
    to_do: int
    done: int
    waiting: int  # to be judged

    @property
    def percent(self) -> int:
        return 100 * self.done // self.to_do if self.to_do else 100


def exported(actor: Actor, *, agency: str = "") -> QuerySet[ProcedureVersion]:
    """Return the texts an actor may save as a file, by number: of each procedure that from which a draft would begin."""
    mine = Procedure.objects.visible_to(actor)
    if agency:
        mine = mine.filter(agency__code=agency)
    latest = ProcedureVersion.objects.filter(procedure=OuterRef("pk"), publications__isnull=False)
    ids = mine.annotate(latest=Subquery(latest.order_by("-number").values("pk")[:1])).values("latest")
    rows = ProcedureVersion.objects.filter(pk__in=ids).select_related("procedure__agency")
    return rows.order_by("procedure__code")


def agencies_of(actor: Actor) -> QuerySet[Agency]:
    """Return the agencies on whose sheets an actor works, by name."""
    return Agency.objects.filter(pk__in=Procedure.objects.visible_to(actor).values("agency")).by_name()


def files_of(actor: Actor, *, place: str = "", size: int | None = None) -> KeysetPage:
    """Return a page of the files an actor sent, the latest first."""
    rows = (
        BulkImport.objects.visible_to(actor)
        .annotate(
            count=Count("rows"),
            drafts=Count("rows", filter=Q(rows__result=BulkResult.DRAFTED)),
        )
        .order_by()
    )
    return keyset_page(rows, "at", "id", place=place, size=size or FILES, latest_first=True)


def bulk_rows(bulk: BulkImport, kind: str = "", *, place: str = "", size: int | None = None) -> KeysetPage:
    """Return a page of a file's rows in their order, all or those of one kind: what they would do or, once done, what became of them."""
    return keyset_page(rows_of(bulk, kind), "number", place=place, size=size or ROWS)


def rows_of(bulk: BulkImport, kind: str = "") -> QuerySet[BulkRow]:
    """Return a file's rows, all or those of one kind."""
    rows = bulk.rows.select_related("version__procedure").defer("data", "version__content")
    return rows.filter(Q(result=kind) | Q(result="", outcome=kind)) if kind in KINDS else rows


def progress_of(bulk: BulkImport) -> Progress:
    """Return how far a file has come, in one query."""
    counted = bulk.rows.order_by().values_list("outcome", "result").annotate(count=Count("pk"))
    kinds = dict.fromkeys(KINDS, 0)
    total = waiting = to_do = done = 0
    for outcome, result, count in counted:
        total += count
        if kind := result or outcome:
            kinds[kind] += count
        else:
            waiting += count
        if outcome in {BulkOutcome.CREATED, BulkOutcome.CHANGED}:
            to_do += count
            done += count if result else 0
    return Progress(kinds, total, to_do, done, waiting)


def unfinished_files() -> list[UUID]:
    """Return the files on which work was begun and not ended: whatever a lost worker left."""
    states = [BulkState.READING, BulkState.CONFIRMED]
    rows = BulkImport.objects.filter(state__in=states, expires_at__gt=ClockNow()).order_by("at")
    return list(rows.values_list("pk", flat=True))
