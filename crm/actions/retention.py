"""Retention: a rule is changed by somebody who says why, and applied every night in small steps."""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, require
from crm import held, permissions
from crm.models import Case, Person, RedactionLog, RetentionChange, RetentionRule
from events.record import record

BATCH = 200  # rows of one step: short enough for nobody to wait for its locks
MOST_DAYS = 36_525
SUBJECTS: dict[str, Any] = {"case": Case, "person": Person}


@transaction.atomic
def change_retention_rule(
    rule: RetentionRule, *, by: Actor, days: int, is_active: bool, reason: str
) -> RetentionRule:
    """
    Change after how many days a rule applies, or whether it does.

    :raises NotAllowed: `by` is neither an administrator nor a supervisor
    :raises DomainError: no reason, or a number of days that makes no sense
    """
    require(permissions.can_set_retention(by), _("Only administrators and supervisors change what is kept."))
    rule = RetentionRule.objects.select_for_update().get(pk=rule.pk)
    reason = reason.strip()
    if not reason:
        raise DomainError(_("Write why the rule changes."), reason=_("Write why the rule changes."))
    if not 1 <= days <= MOST_DAYS:
        wrong = _("Write a number of days from 1 to 36,525 (a hundred years).")
        raise DomainError(wrong, days=wrong)
    if (days, is_active) == (rule.days, rule.is_active):
        return rule
    now = clock.now()
    RetentionChange(
        rule=rule,
        days_before=rule.days,
        days=days,
        was_active=rule.is_active,
        is_active=is_active,
        reason=reason[:300],
        by_id=by.signed_in_id,
        at=now,
    ).save(force_insert=True)
    rule.days, rule.is_active = days, is_active
    rule.save(update_fields=["days", "is_active"])
    record("retention_rule.changed", rule, by=by, at=now, days=days, is_active=is_active)
    return rule


@transaction.atomic
def apply_retention_rule(rule: RetentionRule, *, by: Actor, limit: int = BATCH) -> int:
    """
    Redact the next rows that a rule reaches; return how many were reached. Nought: nothing is left.

    Rows somebody is working with now are passed over, for the next night. Each step commits by itself, so that a run cut short has done
    what it has done, and the next one goes on.
    """
    require(by.is_system, _("Rules are applied by Ventanilla itself."))
    rule = RetentionRule.objects.get(pk=rule.pk)
    if not rule.is_active:
        return 0
    now = clock.now()
    subject = held.subject(rule.subject)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{subject.due} ORDER BY t.id LIMIT %(limit)s FOR UPDATE OF t SKIP LOCKED",
            {"before": now - timedelta(days=rule.days), "limit": limit},
        )
        ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return 0
        cursor.execute(subject.redact.replace("%(ids)s", f"%(ids)s::{subject.key}[]"), {"ids": ids})
        rows = cursor.fetchone()[0]
    log = RedactionLog.objects.create(rule=rule, rows=rows, at=now)
    record("redaction.applied", log, by=by, at=now, rule=rule.code, rows=rows)
    if kind := SUBJECTS.get(subject.subject_kind):
        for one in ids:
            record(f"{kind.event_kind}.redacted", kind(pk=one), by=by, at=now, rule=rule.code)
    return len(ids)
