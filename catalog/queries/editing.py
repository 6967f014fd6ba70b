"""What an editor looks at: the procedures of their agencies, and what people said about them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate

from accounts.actors import Actor
from accounts.models import Role
from catalog.models import (
    ErrorReport,
    Procedure,
    ProcedureVersion,
    Publication,
    Retirement,
    SearchEntry,
    SheetReading,
    UsefulnessVote,
    VersionStatus,
)
from catalog.models.procedure import OPEN, sees_every_sheet
from catalog.queries.search import search
from common.clock import ClockNow, ClockOnce

PAGE = 50
MOST_FOUND = 100
VIEWS = (
    "mine",
    "all",
    "review",
    "drafts",
    "due",
    "stale",
    "thin",
    "unread",
    "reports",
    "unpublished",
    "ended",
)
THIN = 3  # parts a reader misses, from which on a sheet is thin
DUE_DAYS = 30  # before its day, from which on whoever sees to a sheet is reminded of it
UNREAD_DAYS = 90
UNHAPPY_VOTES, UNHAPPY_SHARE = 5, 0.3  # so many votes, so many of them “not useful”, in the last 90 days


@dataclass(frozen=True)
class ProcedureRow:
    """A line of the editor's list."""

    code: str
    slug: str
    title: str
    agency: str
    published_at: datetime | None
    ended_at: datetime | None
    number: int | None
    draft: str
    draft_author: str
    not_useful: int
    useful: int
    open_reports: int

    @property
    def draft_label(self) -> str:
        return str(VersionStatus(self.draft).label) if self.draft else ""


def editors_procedures(
    actor: Actor, *, view: str = "all", after: str = "", language: str = "es"
) -> tuple[list[ProcedureRow], str]:
    """Return a page of the procedures an actor edits, by address name, and where the next begins, if any."""
    rows = _filtered(Procedure.objects.visible_to(actor), view, actor)
    if after:
        rows = rows.filter(slug__gt=after)
    found = [_row(one, language) for one in _annotated(rows).order_by("slug")[: PAGE + 1]]
    return found[:PAGE], found[PAGE - 1].slug if len(found) > PAGE else ""


def found_procedures(actor: Actor, query: str, *, language: str = "es") -> list[ProcedureRow]:
    """Return the procedures an actor edits that answer a search, the best first; an exact code counts too."""
    best = [entry.procedure_id for entry in search(query, language=language, limit=MOST_FOUND).entries]
    rows = Procedure.objects.visible_to(actor).filter(Q(pk__in=best) | Q(code=query.strip()[:20]))
    place = {pk: number for number, pk in enumerate(best)}
    return [_row(one, language) for one in sorted(_annotated(rows), key=lambda one: place.get(one.pk, -1))]


def view_counts(actor: Actor) -> dict[str, int]:
    """Return how many of an actor's procedures each view holds, in one query."""
    rows = Procedure.objects.visible_to(actor)
    counted: dict[str, int] = rows.aggregate(
        **{view: Count("pk", filter=_condition(view, actor)) for view in VIEWS}
    )
    return counted


def _filtered(rows: QuerySet[Procedure], view: str, actor: Actor) -> QuerySet[Procedure]:
    return rows.filter(_condition(view, actor)) if view in VIEWS else rows


def _condition(view: str, actor: Actor) -> Q:
    match view:
        case "mine":
            return _waits_for(actor)
        case "review":
            return _has_version(status__in=[VersionStatus.IN_REVIEW, VersionStatus.REVIEWED])
        case "drafts":
            return _has_version(status__in=[VersionStatus.DRAFT, VersionStatus.REJECTED])
        case "due":
            soon = Q(review_by__lte=TruncDate(ClockOnce() + timedelta(days=DUE_DAYS)))
            return soon & _is_published() & _is_read_by(actor)
        case "stale":
            return Q(review_by__lte=TruncDate(ClockOnce())) & _is_published()
        case "thin":
            return _is_published(gaps__len__gte=THIN)
        case "unread":
            return _is_published() & ~_is_read() & _is_public_for_long()
        case "reports":
            return _has_reports() | _is_unhappy()
        case "unpublished":
            return ~_is_published() & ~_has_ended()
        case "ended":
            return _has_ended()
    return Q(pk__isnull=False)


def _waits_for(actor: Actor) -> Q:
    """What waits for just this person: versions to judge that they did not write, their own drafts, sheets of theirs to be read again."""
    not_own = ~Q(author=actor.user_id)
    to_review = _has_version(not_own, status=VersionStatus.IN_REVIEW)
    to_publish = _has_version(not_own, status=VersionStatus.REVIEWED)
    own = _has_version(author=actor.user_id, status__in=[VersionStatus.DRAFT, VersionStatus.REJECTED])
    waits = own | Q(owner=actor.user_id, review_by__lte=TruncDate(ClockOnce()))
    if actor.has_role(Role.ADMINISTRATOR):
        return waits | to_review | to_publish
    if agencies := actor.agency_ids(Role.REVIEWER):
        waits |= to_review & Q(agency__in=agencies)
    if sees_every_sheet(actor):
        waits |= to_publish
    elif agencies := actor.agency_ids(Role.PUBLISHER):
        waits |= to_publish & Q(agency__in=agencies)
    return waits


# Each of these asks once for the procedures that are so, and not for each procedure whether it is: nine of them are counted on one page.
def _has_version(*which: Q, **also: Any) -> Q:
    return Q(pk__in=ProcedureVersion.objects.filter(*which, **also).values("procedure"))


def _has_ended() -> Q:
    return Q(pk__in=Retirement.objects.standing().values("procedure"))


def _is_published(**which: Any) -> Q:
    return Q(pk__in=SearchEntry.objects.filter(language="es", **which).values("procedure"))


def _is_read_by(actor: Actor) -> Q:
    """Whether it is theirs to read again: they see to it, or nobody who is here does."""
    return Q(owner=actor.user_id) | Q(owner__isnull=True) | Q(owner__is_active=False)


def _is_read() -> Q:
    since = TruncDate(ClockOnce() - timedelta(days=UNREAD_DAYS))
    return Q(pk__in=SheetReading.objects.filter(day__gt=since).values("procedure"))


def _is_public_for_long() -> Q:
    """Whether it could have been read for as long, and readings were counted: it was public then, and not taken off and brought back since."""
    begun = ClockOnce() - timedelta(days=UNREAD_DAYS)
    counted = Exists(SheetReading.objects.filter(day__lte=TruncDate(begun)))
    was_public = Q(pk__in=Publication.objects.filter(during__startswith__lt=begun).values("procedure"))
    came_back = Q(pk__in=Retirement.objects.filter(ended_at__gt=begun).values("procedure"))
    return was_public & ~came_back & Q(counted)


def _is_unhappy() -> Q:
    lately = ClockOnce() - timedelta(days=UNREAD_DAYS)
    votes = UsefulnessVote.objects.filter(at__gt=lately).order_by().values("version__procedure")
    counted = votes.annotate(votes=Count("pk"), unhappy=Count("pk", filter=Q(is_useful=False)))
    unhappy = counted.filter(votes__gte=UNHAPPY_VOTES, unhappy__gte=F("votes") * UNHAPPY_SHARE)
    return Q(pk__in=unhappy.values("version__procedure"))


def _has_reports() -> Q:
    reports = ErrorReport.objects.filter(settled_at__isnull=True)
    return Q(pk__in=reports.values("version__procedure"))


def _annotated(rows: QuerySet[Procedure]) -> QuerySet[Procedure]:
    """Everything a line shows, in the one query of the list."""
    current = Publication.objects.filter(procedure=OuterRef("pk"), during__contains=ClockNow())
    latest = ProcedureVersion.objects.filter(procedure=OuterRef("pk")).order_by("-number")
    draft = ProcedureVersion.objects.filter(procedure=OuterRef("pk"), status__in=OPEN)
    votes = (
        UsefulnessVote.objects.filter(version__procedure=OuterRef("pk"))
        .order_by()
        .values("version__procedure")
    )
    reports = ErrorReport.objects.filter(
        version__procedure=OuterRef("pk"), settled_at__isnull=True
    ).order_by()
    ended = Retirement.objects.standing().filter(procedure=OuterRef("pk"))
    return rows.select_related("agency").annotate(
        ended_at=Subquery(ended.values("at")[:1]),
        published_at=Subquery(current.values("during__startswith")[:1]),
        published_number=Subquery(current.values("version__number")[:1]),
        published_es=Subquery(current.values("version__title_es")[:1]),
        published_en=Subquery(current.values("version__title_en")[:1]),
        latest_es=Subquery(latest.values("title_es")[:1]),
        draft_status=Subquery(draft.values("status")[:1]),
        draft_author=Subquery(draft.values("author__name")[:1]),
        useful=_counted(votes.filter(is_useful=True)),
        not_useful=_counted(votes.filter(is_useful=False)),
        open_reports=_counted(reports.values("version__procedure")),
    )


def _counted(rows: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def _row(one: Procedure, language: str) -> ProcedureRow:
    english = one.published_en if language == "en" else ""  # type: ignore[attr-defined]
    return ProcedureRow(
        code=one.code,
        slug=one.slug,
        title=english or one.published_es or one.latest_es or one.slug,  # type: ignore[attr-defined]
        agency=one.agency.short_name,
        published_at=one.published_at,  # type: ignore[attr-defined]
        ended_at=one.ended_at,  # type: ignore[attr-defined]
        number=one.published_number,  # type: ignore[attr-defined]
        draft=one.draft_status or "",  # type: ignore[attr-defined]
        draft_author=one.draft_author or "",  # type: ignore[attr-defined]
        useful=one.useful,  # type: ignore[attr-defined]
        not_useful=one.not_useful,  # type: ignore[attr-defined]
        open_reports=one.open_reports,  # type: ignore[attr-defined]
    )


def versions_of(
    procedure: Procedure, *, before: int | None = None, limit: int = 20
) -> tuple[list[ProcedureVersion], int | None]:
    """Return the history of a procedure, the latest first, with who and when, and where the next begins."""
    current = Publication.objects.filter(version=OuterRef("pk")).order_by("-during")
    rows = (
        procedure.versions.select_related("author", "reviewer", "publisher")
        .defer("content")
        .annotate(
            published_from=Subquery(current.values("during__startswith")[:1]),
            published_until=Subquery(current.values("during__endswith")[:1]),
        )
        .order_by("-number")
    )
    if before is not None:
        rows = rows.filter(number__lt=before)
    found = list(rows[: limit + 1])
    return found[:limit], found[limit - 1].number if len(found) > limit else None


def open_reports(
    actor: Actor, *, settled: bool = False, before: int | None = None, limit: int = PAGE
) -> list[ErrorReport]:
    """Return the reports about an actor's procedures, latest first; one beyond `limit` if there are more."""
    rows = ErrorReport.objects.filter(
        version__procedure__in=Procedure.objects.visible_to(actor), settled_at__isnull=not settled
    ).select_related("version__procedure")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.defer("version__content").order_by("-pk")[: limit + 1])


def unhappy_votes(actor: Actor, *, before: int | None = None, limit: int = PAGE) -> list[UsefulnessVote]:
    """Return the votes of “not useful”, the latest first; one row beyond `limit` if there are more."""
    rows = UsefulnessVote.objects.filter(
        version__procedure__in=Procedure.objects.visible_to(actor), is_useful=False, redacted_at__isnull=True
    ).select_related("version__procedure")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.defer("version__content").order_by("-pk")[: limit + 1])


def feedback_about(procedure: Procedure) -> dict[str, int]:
    """Return how often a procedure's sheet was found useful, and what is reported about it."""
    votes = UsefulnessVote.objects.filter(version__procedure=procedure).aggregate(
        useful=Count("pk", filter=Q(is_useful=True)), not_useful=Count("pk", filter=Q(is_useful=False))
    )
    reports = ErrorReport.objects.filter(version__procedure=procedure, settled_at__isnull=True).count()
    return {**votes, "reports": reports}
