"""Keeping a sheet true: somebody sees to it, says that it still is, and is reminded when it is time to read it again."""

import logging
from datetime import date, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership, Role, User
from catalog import permissions
from catalog.actions.publications import EVERY_DAYS
from catalog.actions.versions import NOT_AN_EDITOR
from catalog.models import Procedure, ReviewReminder
from common import clock
from common.clock import ClockNow
from common.errors import DomainError, require
from events.record import record
from integrations import mail

_ADD_READINGS = """
INSERT INTO catalog_sheetreading (procedure_id, day, count)
SELECT p.id, %s, read.count FROM unnest(%s::uuid[], %s::int[]) AS read (id, count) JOIN catalog_procedure p USING (id)
ON CONFLICT (procedure_id, day) DO UPDATE SET count = catalog_sheetreading.count + excluded.count
"""
logger = logging.getLogger(__name__)

BEFORE = (30, 7, 0)  # days before the review at which its owner is reminded
MOST_SENT = 100  # reminders in one go
GIVE_UP_AFTER = 3  # letters that the mail system did not take
AFTER_EVERY = 30  # … and again, once it is over


@transaction.atomic
def look_after(
    procedure: Procedure, *, by: Actor, owner: User | None, review_by: date | None = None
) -> Procedure:
    """
    Say who sees to it that a sheet stays true, and by when it is to be read again.

    :param owner: somebody who works on the agency's sheets; None: all its editors
    :raises NotAllowed: `by` does not edit for the owning agency
    :raises DomainError: the owner does not work on them, or the day lies behind
    """
    procedure = Procedure.objects.select_for_update().get(pk=procedure.pk)
    require(permissions.can_edit(by, procedure), NOT_AN_EDITOR)
    if owner is not None and not permissions.works_on(Actor.staff(owner), procedure):
        stranger = _("Choose somebody who works on this agency's sheets.")
        raise DomainError(stranger, owner=stranger)
    now = clock.now()
    if review_by is not None and review_by != procedure.review_by:
        _require_ahead(review_by, clock.local_date(now, settings.TIME_ZONE))
    procedure.owner = owner
    procedure.review_by = review_by
    procedure.save(update_fields=["owner", "review_by"])
    record(
        "procedure.looked_after",
        procedure,
        by=by,
        at=now,
        owner=str(owner.pk) if owner else "",
        review_by=review_by.isoformat() if review_by else "",
    )
    return procedure


@transaction.atomic
def confirm_sheet(procedure: Procedure, *, by: Actor, review_by: date | None = None) -> Procedure:
    """
    Say that the public sheet was read through and is true; the public reads when.

    :param review_by: when it is to be read again; None: in a year
    :raises NotAllowed: `by` does not work on the agency's sheets
    :raises DomainError: it is not public, or the day lies behind
    """
    procedure = Procedure.objects.select_for_update().get(pk=procedure.pk)
    require(permissions.works_on(by, procedure), NOT_AN_EDITOR)
    now = clock.now()
    if not procedure.publications.filter(during__contains=now).exists():
        raise DomainError(_("This sheet is not public, so there is nothing to confirm."))
    today = clock.local_date(now, settings.TIME_ZONE)
    if review_by is not None:
        _require_ahead(review_by, today)
    procedure.reviewed_on = today
    procedure.review_by = review_by or today + timedelta(days=EVERY_DAYS)
    procedure.save(update_fields=["reviewed_on", "review_by"])
    record("procedure.confirmed", procedure, by=by, at=now, review_by=procedure.review_by.isoformat())
    return procedure


@transaction.atomic
def note_due_reviews(*, by: Actor) -> None:
    """
    Write down who is to be reminded today of which sheet: 30 and 7 days before its day, on it, and every thirty days after. Twice on one
    day writes nothing new.

    :raises NotAllowed: `by` is not the system
    """
    require(by.is_system, _("Only Ventanilla itself reminds of sheets."))
    today = clock.local_date(clock.now(), settings.TIME_ZONE)
    due = Procedure.objects.filter(
        review_by__lte=today + timedelta(days=BEFORE[0]), search_entries__isnull=False
    ).distinct()
    for procedure in due.select_related("owner").iterator(500):
        day: date = procedure.review_by  # type: ignore[assignment]  # only those with a day were asked for
        step = _step((day - today).days)
        reminders = [
            ReviewReminder(procedure=procedure, user=user, review_by=day, days_left=step)
            for user in _readers(procedure)
        ]
        ReviewReminder.objects.bulk_create(reminders, ignore_conflicts=True)


def _step(left: int) -> int:
    """The reminder that is due when so many days are left: the last whose day has come."""
    if left >= 0:
        return min(step for step in BEFORE if step >= left)
    return -(-left // AFTER_EVERY) * AFTER_EVERY


def _readers(procedure: Procedure) -> list[User]:
    """Who is reminded: the owner while they work on it, or else every editor of the agency."""
    owner = procedure.owner
    if owner is not None and owner.is_active and permissions.works_on(Actor.staff(owner), procedure):
        return [owner]
    posts = Membership.objects.current().filter(role=Role.EDITOR, agency=procedure.agency_id)
    return list(User.objects.filter(is_active=True, pk__in=posts.values("user")))


def _require_ahead(day: date, today: date) -> None:
    if day <= today:
        wrong = _("Choose a day that lies ahead.")
        raise DomainError(wrong, review_by=wrong)


def send_reminders(*, by: Actor) -> int:
    """
    Send the reminders that wait: at least once each, under one message id. What the mail system does not take now waits for the next
    time. Returns how many were sent.

    :raises NotAllowed: `by` is not the system
    """
    require(by.is_system, _("Only Ventanilla itself reminds of sheets."))
    waiting = ReviewReminder.objects.filter(sent_at__isnull=True)
    waiting.exclude(
        review_by=F("procedure__review_by"), user__is_active=True
    ).delete()  # seen to meanwhile, or gone
    sent = failed = 0
    for reminder in waiting.select_related("user", "procedure").order_by("pk")[:MOST_SENT]:
        subject, body = _letter(reminder)
        try:
            mail.get_client().send(
                to=reminder.user.email, subject=subject, body=body, message_id=f"sheet-reminder-{reminder.pk}"
            )
        except mail.MailUnavailable:
            failed += 1
            if failed == GIVE_UP_AFTER:  # not one address: the mail system
                break
            continue
        except mail.MailRefused:
            logger.warning("the mail system refused reminder %s", reminder.pk)
        ReviewReminder.objects.filter(pk=reminder.pk).update(sent_at=ClockNow())
        sent += 1
    return sent


def _letter(reminder: ReviewReminder) -> tuple[str, str]:
    procedure = reminder.procedure
    with translation.override(reminder.user.language):
        version = procedure.versions.published().defer("content").first()
        context = {
            "title": version.title if version else procedure.slug,
            "code": procedure.code,
            "review_by": reminder.review_by,
            "is_over": reminder.days_left < 0,
            "url": settings.SITE_URL.rstrip("/") + reverse("catalog:procedure", args=[procedure.code]),
        }
        subject = " ".join(render_to_string("email/sheet_review.subject.txt", context).split())
        return subject, render_to_string("email/sheet_review.txt", context)


@transaction.atomic
def keep_readings(counts: dict[str, int], *, by: Actor) -> None:
    """
    Add how often pages were read to today's counts.

    :param counts: readings by the procedure's id
    :raises NotAllowed: `by` is not the system
    """
    require(by.is_system, _("Only Ventanilla itself counts readings."))
    today = clock.local_date(clock.now(), settings.TIME_ZONE)
    with connection.cursor() as cursor:
        cursor.execute(_ADD_READINGS, [today, list(counts), list(counts.values())])
