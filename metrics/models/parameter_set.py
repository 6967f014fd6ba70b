"""
The values that turn counts into savings, in versioned sets. An approved set never changes (the database
refuses it): a correction is a new version, with a reason for each value changed and a second person's
approval.
"""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.clock import ClockNow
from common.errors import IllegalMove
from common.ids import new_id
from territory.models import Region


class SetStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")


class ValueKind(models.TextChoices):
    """What a value rests on."""

    SURVEY = "survey", _("Survey")
    PUBLISHED = "published", _("Published")
    ASSUMPTION = "assumption", _("Assumption")
    CALIBRATED = "calibrated", _("Calibrated")


class ParameterSetQuerySet(models.QuerySet["ParameterSet"]):
    def approved(self) -> "ParameterSetQuerySet":
        return self.filter(status=SetStatus.APPROVED)

    def current(self) -> "ParameterSetQuerySet":
        """The last approved version of each code."""
        return self.approved().order_by("code", "-version").distinct("code")

    def lock(self, pk: UUID) -> "ParameterSet":
        return self.select_for_update(of=("self",)).get(pk=pk)


class ParameterSet(models.Model):
    """
    A version of a set. `population` names the census it counts people by; `as_of` is the day its
    infrastructure savings are counted on.
    """

    event_kind = "parameters"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    title_es = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    notes_es = models.TextField(blank=True)
    notes_en = models.TextField(blank=True)
    currency = models.CharField(max_length=3, default="CLP")
    price_year = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    population = models.CharField(
        max_length=16, choices=[("population_2015", "2015"), ("population_2024", "2024")]
    )
    clp_per_usd = models.DecimalField(max_digits=10, decimal_places=2)
    exchange_kind = models.CharField(max_length=10, choices=ValueKind)
    exchange_source_es = models.TextField(blank=True)
    exchange_source_en = models.TextField(blank=True)
    as_of = models.DateField()
    target_usd = models.PositiveBigIntegerField(null=True, blank=True)  # what the classes were calibrated to
    status = models.CharField(max_length=8, choices=SetStatus, default=SetStatus.DRAFT)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=ClockNow(), editable=False)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    is_synthetic = models.BooleanField(default=False)

    objects = ParameterSetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="parameter_set_once", fields=["code", "version"]),
            models.UniqueConstraint(
                name="parameter_set_one_draft", fields=["code"], condition=Q(status="draft")
            ),
            models.CheckConstraint(
                name="parameter_set_approved_at_iff_approved",
                condition=Q(status="approved", approved_at__isnull=False)
                | Q(status="draft", approved_at__isnull=True),
            ),
            models.CheckConstraint(
                name="parameter_set_four_eyes",
                condition=Q(status="draft")
                | Q(created_by__isnull=True)
                | Q(approved_by__isnull=False) & ~Q(approved_by=models.F("created_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    @property
    def title(self) -> str:
        return self.title_en if _english() else self.title_es

    @property
    def notes(self) -> str:
        return self.notes_en if _english() else self.notes_es

    @property
    def exchange_source(self) -> str:
        return self.exchange_source_en if _english() else self.exchange_source_es

    @property
    def is_draft(self) -> bool:
        return self.status == SetStatus.DRAFT

    @property
    def is_approved(self) -> bool:
        return self.status == SetStatus.APPROVED

    @property
    def tone(self) -> str:
        return "granted" if self.is_approved else "waiting"

    def holds_on(self, day: date) -> bool:
        """Whether this is the set for a day's prices."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def approve(self, *, by: UUID | None, at: datetime) -> None:
        """Freeze the set in memory; the caller holds the row lock and saves."""
        if not self.is_draft:
            raise IllegalMove(SetStatus(self.status), SetStatus.APPROVED)
        self.status, self.approved_by_id, self.approved_at = SetStatus.APPROVED, by, at


class Value(models.Model):
    """A number with its doubt, its ground and its date."""

    standard_error = models.DecimalField(max_digits=16, decimal_places=4, default=Decimal(0))
    n = models.PositiveIntegerField(default=0)  # people asked; 0 when nobody was
    kind = models.CharField(max_length=10, choices=ValueKind)
    as_of = models.DateField()
    source_es = models.TextField()
    source_en = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def source(self) -> str:
        return self.source_en if self.source_en and _english() else self.source_es


class Parameter(Value):
    """A survey value by channel, area and region; an empty one fits all."""

    set = models.ForeignKey(ParameterSet, models.CASCADE, related_name="parameters")
    name = models.CharField(max_length=40)
    channel = models.CharField(max_length=20, blank=True)
    area = models.CharField(max_length=5, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.CharField(max_length=60)
    mean = models.DecimalField(max_digits=16, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="parameter_once",
                fields=["set", "name", "channel", "area", "region"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="parameter_not_negative", condition=Q(mean__gte=0, standard_error__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return " · ".join(part for part in (self.name, self.channel, self.area, self.region_id or "") if part)


class InvestmentClass(Value):
    """What the office that an agency would have needed costs, by the size of its commune."""

    set = models.ForeignKey(ParameterSet, models.CASCADE, related_name="investment_classes")
    code = models.SlugField(max_length=20)
    label_es = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120)
    population_from = models.PositiveIntegerField()
    population_to = models.PositiveIntegerField(null=True, blank=True)
    clp = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="investment_class_once", fields=["set", "code"]),
            models.CheckConstraint(
                name="investment_class_not_negative", condition=Q(clp__gte=0, standard_error__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def label(self) -> str:
        return self.label_en if _english() else self.label_es

    def fits(self, people: int) -> bool:
        """Whether a commune of so many people belongs to this class."""
        return self.population_from <= people and (self.population_to is None or people <= self.population_to)


class ParameterChange(models.Model):
    """Who changed which value of a draft, from what to what, and why; only added to."""

    set = models.ForeignKey(ParameterSet, models.CASCADE, related_name="changes")
    what = models.CharField(max_length=120)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=ClockNow())

    def __str__(self) -> str:
        return self.what


def _english() -> bool:
    return (get_language() or "es").startswith("en")
