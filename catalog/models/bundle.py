"""
Bundles: several procedures applied for in one form, because one thing that happens in a life asks for them all.

A bundle names procedures, not versions: what is asked follows their public text (`catalog.queries.bundles`).
"""

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Role
from catalog.models.procedure import SHEET_ROLES, Procedure
from catalog.models.topic import LifeEvent
from common.clock import ClockNow
from common.errors import IllegalMove
from common.ids import new_id

MOST_PARTS = 8  # procedures in one form: more than that nobody fills in at a sitting


class BundleStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


NEXT: dict[BundleStatus, frozenset[BundleStatus]] = {
    BundleStatus.DRAFT: frozenset({BundleStatus.PUBLISHED}),
    BundleStatus.PUBLISHED: frozenset({BundleStatus.DRAFT}),
}


class BundleQuerySet(models.QuerySet["Bundle"]):
    def published(self) -> "BundleQuerySet":
        """Those that are offered to the public."""
        return self.filter(status=BundleStatus.PUBLISHED)

    def visible_to(self, actor: Actor) -> "BundleQuerySet":
        """Whoever works on sheets sees all of them, whichever agencies they join; everybody sees what is published."""
        if actor.is_system or actor.has_role(*SHEET_ROLES, Role.ADMINISTRATOR):
            return self
        return self.published()

    def lock(self, pk: UUID) -> "Bundle":
        return self.select_for_update(of=("self",)).get(pk=pk)


class Bundle(models.Model):
    """Several procedures under one name and in one form, for everybody alike. `code` stands in its address."""

    event_kind = "bundle"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=80, unique=True)
    title_es = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    summary_es = models.CharField(max_length=400)
    summary_en = models.CharField(max_length=400, blank=True)
    life_event = models.ForeignKey(LifeEvent, models.PROTECT, null=True, blank=True, related_name="bundles")
    status = models.CharField(max_length=9, choices=BundleStatus, default=BundleStatus.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(db_default=ClockNow(), editable=False)
    revision = models.PositiveIntegerField(default=1)  # optimistic lock for two editors on one bundle

    objects = BundleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="bundle_published_at_iff_published",
                condition=Q(status="published", published_at__isnull=False)
                | Q(status="draft", published_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        return self.title_en if self.title_en and (get_language() or "es").startswith("en") else self.title_es

    @property
    def summary(self) -> str:
        is_english = self.summary_en and (get_language() or "es").startswith("en")
        return self.summary_en if is_english else self.summary_es

    @property
    def is_published(self) -> bool:
        return self.status == BundleStatus.PUBLISHED

    def move_to(self, status: BundleStatus) -> None:
        """Change the status in memory; the caller holds the row lock and saves."""
        old = BundleStatus(self.status)
        if status not in NEXT[old]:
            raise IllegalMove(old, status)
        self.status = status


class BundlePart(models.Model):
    """One procedure of a bundle, at its place."""

    bundle = models.ForeignKey(Bundle, models.CASCADE, related_name="parts")
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="bundle_parts")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="bundlepart_procedure_once", fields=["bundle", "procedure"]),
            models.UniqueConstraint(name="bundlepart_place_once", fields=["bundle", "position"]),
        ]

    def __str__(self) -> str:
        return f"{self.bundle_id} {self.position}"
