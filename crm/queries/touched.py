"""Whom a new text of a procedure touches: who fills in or has filed an application under another, who explained another to somebody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from accounts.models import Membership, User
from catalog.models import ProcedureVersion
from catalog.queries.impact import Change, changes_since
from common import clock
from crm.models import Case, CaseState, Enquiry, Interaction, Notification
from crm.models.case import OPEN
from crm.models.notification import NotificationState
from crm.models.task import LINE_ROLES, TEAM_ROLES
from crm.queries.teams import Team
from events.models import Event

TOLD_OF_TEXT = (
    "case.sheet_changed",
    "case.draft_outdated",
)  # events that say in a case what its procedure asks now
LAST_DAYS = timedelta(days=14)  # what was explained within them is still believed


@dataclass(frozen=True)
class Touched:
    """How many a new text touches; `explained`: matters that somebody explained, `staff`: who did."""

    drafts: int
    open_cases: int
    staff: int
    explained: int


def touched_by(version: ProcedureVersion) -> Touched:
    """Count whom a version touches, or would if it were public now."""
    others = _other_texts(version)
    counted = _going_on(others).aggregate(
        drafts=Count("pk", filter=Q(state=CaseState.DRAFT)), open_cases=Count("pk", filter=Q(state__in=OPEN))
    )
    explained = _explained(others, clock.now() - LAST_DAYS).aggregate(
        staff=Count("interaction__agent", distinct=True), explained=Count("pk")
    )
    return Touched(**counted, **explained)


def cases_under_other_text(version: ProcedureVersion) -> QuerySet[Case]:
    """The applications of a version's procedure that go on, filed or not, under another text of it."""
    return _going_on(_other_texts(version))


def news_for(case: Case) -> list[Change]:
    """Return what the applicant of a case brings, pays or waits otherwise under the public text than under that of the case."""
    return changes_since(case.version_id, answers=case.answers or {}, commune=commune_of(case))


def commune_of(case: Case) -> str | None:
    """Where the applicant of a case lives: of one that is not filed yet, as they wrote it."""
    return case.commune_id or (case.answers or {}).get("applicant_commune")


def _other_texts(version: ProcedureVersion) -> list[UUID]:
    others = ProcedureVersion.objects.filter(procedure=version.procedure_id, number__lt=version.number)
    return list(others.values_list("pk", flat=True))


def _going_on(versions: list[UUID]) -> QuerySet[Case]:
    return Case.objects.filter(
        version__in=versions, state__in=[CaseState.DRAFT, *sorted(OPEN)], redacted_at__isnull=True
    )


def _explained(versions: list[UUID], since: datetime) -> QuerySet[Enquiry]:
    """What was asked about these texts since a moment, where somebody attended."""
    return Enquiry.objects.filter(
        version__in=versions, opened_at__gte=since, interaction__agent__isnull=False
    )


@dataclass(frozen=True)
class Explainer:
    """Somebody who explained another text, and the team in which they still work."""

    user: User
    team: Team


def explainers(version: ProcedureVersion, *, since: datetime) -> list[Explainer]:
    """Return those at desks and on the line who explained another text of a version's procedure since a moment, and work here still."""
    places = (
        _explained(_other_texts(version), since)
        .values("interaction__agent", "interaction__office")
        .annotate(last=Max("opened_at"))
    )
    latest = {row["interaction__agent"]: row["interaction__office"] for row in places.order_by("last")}
    posts = (
        Membership.objects.current()
        .filter(user__in=latest, user__is_active=True, role__in={*TEAM_ROLES, *LINE_ROLES})
        .select_related("user", "office")
    )
    found: dict[UUID, Explainer] = {}
    for post in posts.order_by("pk"):
        if post.office_id is None and post.role not in LINE_ROLES:
            continue
        is_there = post.office_id == latest[post.user_id]
        if is_there or post.user_id not in found:
            found[post.user_id] = Explainer(post.user, Team(office=post.office))
    return [found[user] for user in sorted(found, key=str)]


def told_by(user_id: UUID | None, version: ProcedureVersion, *, before: datetime) -> QuerySet[Interaction]:
    """The contacts of the last days before a moment in which somebody explained another text of a version's procedure, the latest first."""
    explained = _explained(_other_texts(version), before - LAST_DAYS).filter(
        interaction=OuterRef("pk"), opened_at__lt=before
    )
    contacts = Interaction.objects.filter(
        agent=user_id, started_at__gte=before - LAST_DAYS - timedelta(days=1)
    )
    return contacts.filter(Exists(explained)).select_related("person", "office").order_by("-started_at", "pk")


def already_told(cases: Iterable[UUID], publication: int) -> set[UUID]:
    """Of some cases, those that were told of a publication."""
    told = Event.objects.filter(
        subject_kind="case",
        subject_id__in=list(cases),
        kind__in=TOLD_OF_TEXT,
        data__publication=publication,
    )
    return set(told.values_list("subject_id", flat=True))


def believing_otherwise(cases: Iterable[UUID]) -> set[UUID]:
    """Of some cases, those that were told last that something is otherwise than in their own text."""
    latest = (
        Event.objects.filter(
            subject_kind="case",
            subject_id__in=list(cases),
            kind__in=[*TOLD_OF_TEXT, "case.draft_renewed"],
        )
        .order_by("subject_id", "-seq")
        .distinct("subject_id")
    )
    return {event.subject_id for event in latest if event.value("touches")}


def was_written_to(case: Case, *, before: Event) -> bool:
    """Whether a message left that something is otherwise, since a case was told last before an event that all is as it was."""
    earlier = Event.objects.filter(
        subject_kind="case", subject_id=case.pk, kind__in=TOLD_OF_TEXT, seq__lt=before.seq
    )
    told = [event.pk for event in takewhile(lambda one: one.value("touches"), earlier.order_by("-seq"))]
    left = Notification.objects.filter(state__in=[NotificationState.SENT, NotificationState.DELIVERED])
    return left.filter(event_id__in=told).exists()
