"""
How long what we hold is kept: rules as data, each change of one with its reason, and what was redacted under them.

Redacting empties texts and takes names away; counts, dates, places, channels and outcomes stay, so that every figure stays true.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from accounts.models import User
from common.clock import ClockNow
from common.ids import new_id
from crm.models.case import Case


def _in_english() -> bool:
    return (get_language() or "es").startswith("en")


class RetentionRule(models.Model):
    """
    What is redacted so many days after a moment: data, changed without a new version of the software.

    `subject` is the code under which an app registered what the rule empties (`crm.held`). `is_duty`: until then it must be kept, even
    when the person asks for its erasure.
    """

    event_kind = "retention_rule"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    subject = models.CharField(max_length=40)
    title_es = models.CharField(max_length=160)
    title_en = models.CharField(max_length=160)
    since_es = models.CharField(max_length=120)  # the moment from which the days are counted, in words
    since_en = models.CharField(max_length=120)
    basis_es = models.CharField(max_length=400)
    basis_en = models.CharField(max_length=400)
    days = models.PositiveIntegerField()
    is_duty = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=50)

    class Meta:
        constraints = [models.CheckConstraint(name="retention_some_days", condition=Q(days__gte=1))]

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        return self.title_en if _in_english() else self.title_es

    @property
    def since(self) -> str:
        return self.since_en if _in_english() else self.since_es

    @property
    def basis(self) -> str:
        return self.basis_en if _in_english() else self.basis_es


class RetentionChange(models.Model):
    """A rule was changed: from what to what, by whom and why. Never changed or removed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule = models.ForeignKey(RetentionRule, models.PROTECT, related_name="changes")
    days_before = models.PositiveIntegerField()
    days = models.PositiveIntegerField()
    was_active = models.BooleanField()
    is_active = models.BooleanField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockNow())

    class Meta:
        constraints = [models.CheckConstraint(name="retention_change_says_why", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.at}"


class RedactionLog(models.Model):
    """That something was redacted: under which rule, or in which case of a right, and how many rows. Never changed or removed."""

    event_kind = "redaction"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule = models.ForeignKey(RetentionRule, models.PROTECT, null=True, related_name="redactions")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="redactions")
    rows = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=ClockNow())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="redaction_by_rule_or_right",
                condition=Q(rule__isnull=False, case__isnull=True) | Q(rule__isnull=True, case__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["rule", "-at"], name="redaction_last")]

    def __str__(self) -> str:
        return f"{self.rule_id or self.case_id} {self.rows}"
