"""The retention rules as they stand: how much each would reach now, and when it last did."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from common import clock
from crm import held
from crm.models import RedactionLog, RetentionRule

MOST = 10_000  # beyond this a count is told as “more than”


@dataclass(frozen=True)
class RuleLine:
    """A rule, how many rows it would reach now (`is_more`: at least so many), and what it last did."""

    rule: RetentionRule
    due: int
    is_more: bool


def rules() -> QuerySet[RetentionRule]:
    """The rules in their order, each with when it was last applied and to how many rows then."""
    last = RedactionLog.objects.filter(rule=OuterRef("pk")).order_by("-at")
    return RetentionRule.objects.annotate(
        last_at=Subquery(last.values("at")[:1]), last_rows=Subquery(last.values("rows")[:1])
    ).order_by("position", "code")


def active_rules() -> QuerySet[RetentionRule]:
    """The rules that are applied, as everybody may read them (Ley 19.628, art. 14 ter: permanent information)."""
    return RetentionRule.objects.filter(is_active=True).order_by("position", "code")


def rule_lines() -> list[RuleLine]:
    """Return every rule with what it would reach now; one bounded count each."""
    now = clock.now()
    found = []
    with connection.cursor() as cursor:
        for rule in rules():
            due = held.subject(rule.subject).due
            cursor.execute(
                f"SELECT count(*) FROM (SELECT FROM ({due}) AS due LIMIT %(most)s) AS counted",  # noqa: S608  # a query of ours
                {"before": now - timedelta(days=rule.days), "most": MOST + 1},
            )
            count = cursor.fetchone()[0]
            found.append(RuleLine(rule, min(count, MOST), count > MOST))
    return found
