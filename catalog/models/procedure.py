"""
Procedures, their immutable versions, and when each version is the public one.

A version carries everything as data (`catalog.sheets`): its text per language, costs, requirements, channels, the stages that
decide it, the identity level of each act on each channel, and its form. What a case was filed under never changes.
"""

from datetime import datetime
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency, Role, User
from catalog.sheets import Sheet
from common.clock import ClockNow
from common.ids import new_id

SHEET_ROLES = (Role.EDITOR, Role.REVIEWER, Role.PUBLISHER)


def sees_every_sheet(actor: Actor) -> bool:
    """Whether somebody works on the sheets of every agency: the system, administrators, publishers of the whole house."""
    return (
        actor.is_system
        or actor.has_role(Role.ADMINISTRATOR)
        or any(post.role == Role.PUBLISHER and post.agency_id is None for post in actor.posts)
    )


class ProcedureQuerySet(models.QuerySet["Procedure"]):
    def visible_to(self, actor: Actor) -> "ProcedureQuerySet":
        """Who works on an agency's sheets sees its procedures, administrators and the house's publishers all; the public reads versions."""
        if sees_every_sheet(actor):
            return self
        return self.filter(agency__in=actor.agency_ids(*SHEET_ROLES))


class Procedure(models.Model):
    """What a citizen can ask for. `code` is the number quoted to line 101."""

    event_kind = "procedure"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=20, unique=True)
    slug = models.SlugField(max_length=150, unique=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="procedures")
    popularity = models.PositiveSmallIntegerField(default=1)
    origin = models.CharField(
        max_length=200, blank=True
    )  # the server it was imported from; empty: written here
    is_synthetic = models.BooleanField(default=False)
    # Who sees to it that the sheet stays true (nobody: all editors of the agency), when it was last read through, and when again.
    owner = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    reviewed_on = models.DateField(null=True, blank=True)
    review_by = models.DateField(null=True, blank=True)

    objects = ProcedureQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.code} {self.slug}"


class VersionStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("Waiting for review")
    REVIEWED = "reviewed", _("Waiting to be published")
    REJECTED = "rejected", _("Returned to its author")
    APPROVED = "approved", _("Approved")
    SET_ASIDE = "set_aside", _("Set aside")


S = VersionStatus
OPEN = frozenset({S.DRAFT, S.IN_REVIEW, S.REVIEWED, S.REJECTED})  # of a procedure at most one is
NEXT: dict[VersionStatus, frozenset[VersionStatus]] = {
    S.DRAFT: frozenset({S.IN_REVIEW, S.SET_ASIDE}),
    S.IN_REVIEW: frozenset({S.REVIEWED, S.REJECTED, S.SET_ASIDE}),
    S.REVIEWED: frozenset({S.APPROVED, S.REJECTED, S.SET_ASIDE}),
    S.REJECTED: frozenset({S.DRAFT, S.SET_ASIDE}),
    S.APPROVED: frozenset(),
    S.SET_ASIDE: frozenset(),
}


class ProcedureVersionQuerySet(models.QuerySet["ProcedureVersion"]):
    def published(self, at: datetime | None = None) -> "ProcedureVersionQuerySet":
        """The versions that are public at `at` (default: the database's now)."""
        return self.filter(publications__during__contains=at or ClockNow())

    def visible_to(self, actor: Actor) -> "ProcedureVersionQuerySet":
        """Who works on an agency's sheets sees all their versions; everybody sees what is published."""
        if sees_every_sheet(actor):
            return self
        if agencies := actor.agency_ids(*SHEET_ROLES):
            return self.filter(procedure__agency__in=agencies)
        return self.published()

    def lock(self, pk: UUID) -> "ProcedureVersion":
        return self.select_for_update(of=("self",)).get(pk=pk)


class ProcedureVersion(models.Model):
    """One text of a procedure. Once approved the database refuses any change of it."""

    event_kind = "version"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=9, choices=VersionStatus, default=VersionStatus.DRAFT)
    content = models.JSONField()  # a validated sheet: see catalog.sheets
    title_es = models.CharField(max_length=250)
    title_en = models.CharField(max_length=250, blank=True)
    has_form = models.BooleanField(default=False)
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=ClockNow(), editable=False)
    # Who read it for the agency, or returned it; then who approved it. Neither wrote in it.
    reviewer = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_comment = models.TextField(blank=True)
    publisher = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    restores = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    revision = models.PositiveIntegerField(default=1)  # optimistic lock for two editors on one draft

    objects = ProcedureVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="version_number_once", fields=["procedure", "number"]),
            models.UniqueConstraint(
                name="version_one_open_draft",
                fields=["procedure"],
                condition=Q(status__in=["draft", "in_review", "reviewed", "rejected"]),
            ),
            models.CheckConstraint(
                name="version_reviewed_iff_decided",
                condition=Q(status__in=["reviewed", "approved", "rejected"], reviewed_at__isnull=False)
                | Q(status__in=["draft", "in_review", "set_aside"]),
            ),
            models.CheckConstraint(
                name="version_four_eyes",
                condition=~Q(status__in=["reviewed", "approved"])
                | Q(author__isnull=True)
                | Q(reviewer__isnull=False) & ~Q(reviewer=F("author")),
            ),
            models.CheckConstraint(
                name="version_published_by_another",
                condition=Q(publisher__isnull=True) | Q(author__isnull=True) | ~Q(publisher=F("author")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} (v{self.number})"

    @property
    def title(self) -> str:
        return self.title_en if self.title_en and (get_language() or "es").startswith("en") else self.title_es

    @property
    def sheet(self) -> Sheet:
        """The content, read in the active language."""
        return Sheet(self.content)

    def move_to(self, status: VersionStatus, *, at: datetime, by: UUID | None = None) -> None:
        """Change the status in memory; the caller holds the row lock and saves."""
        from common.errors import IllegalMove

        old = VersionStatus(self.status)
        if status not in NEXT[old]:
            raise IllegalMove(old, status)
        self.status = status
        if status in {S.REVIEWED, S.REJECTED}:
            self.reviewed_at, self.reviewer_id = at, by
        elif status == S.APPROVED:
            self.publisher_id = by


class Publication(models.Model):
    """When a version is the public one: at any instant at most one of a procedure, by exclusion constraint."""

    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="publications")
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="publications")
    during = DateTimeRangeField()
    # When it was told of: search and feeds written, pages drawn anew. One that is to begin on a later day waits for it.
    begun_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # Once it began: what was public until then, and what of people's it touched (`catalog.queries.impact.Touch`).
    replaces = models.ForeignKey(ProcedureVersion, models.PROTECT, null=True, blank=True, related_name="+")
    touches = ArrayField(models.CharField(max_length=5), default=list, blank=True)
    tells = models.BooleanField(
        default=True
    )  # those it touches; its publisher may say that it changes nothing for them

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="publication_one_at_a_time",
                expressions=[("procedure", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
        ]
        indexes = [
            models.Index(fields=["version"], name="publication_version"),
            models.Index(fields=["id"], name="publication_to_begin", condition=Q(begun_at__isnull=True)),
            models.Index(
                fields=["procedure", "-begun_at"], name="publication_touching", condition=~Q(touches=[])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.during}"
