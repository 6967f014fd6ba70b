"""Reminding whoever sees to sheets that they are to be read again: noted as rows, then told of in one letter a day to each person."""

import logging
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership, Role, User
from catalog import permissions
from catalog.models import Procedure, ProcedureVersion, ReviewDigest, ReviewReminder
from common import clock
from common.clock import ClockNow
from common.errors import require
from integrations import mail

logger = logging.getLogger(__name__)

BEFORE = (30, 7, 0)  # days before the review at which its owner is reminded
AFTER_EVERY = 30  # … and again, once it is over
MOST_SENT = 100  # letters in one go
MOST_LISTED = 20  # sheets that a letter names; the others are counted
GIVE_UP_AFTER = 3  # letters that the mail system did not take
CLAIMED_FOR = timedelta(minutes=30)  # after which a letter whose sender was lost is sent by another


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


def send_reminders(*, by: Actor) -> int:
    """
    Send the reminders that wait: of each person all in one letter a day, at least once, under one message id. What the mail system does
    not take now waits for the next time; where a sender was lost another sends the same letter. Returns how many letters were sent.

    :raises NotAllowed: `by` is not the system
    """
    require(by.is_system, _("Only Ventanilla itself reminds of sheets."))
    today = clock.local_date(clock.now(), settings.TIME_ZONE)
    _gather(today)
    sent = failed = 0
    for digest in _unclaimed().select_related("user").order_by("pk")[:MOST_SENT]:
        if not _unclaimed().filter(pk=digest.pk).update(claimed_at=ClockNow()):
            continue  # another worker was quicker
        reminders = list(digest.reminders.select_related("procedure").order_by("review_by", "pk"))
        if not reminders:  # all of them were seen to meanwhile
            digest.delete()
            continue
        subject, body = _letter(digest.user, reminders, today)
        try:
            mail.get_client().send(
                to=digest.user.email, subject=subject, body=body, message_id=f"sheet-reminders-{digest.pk}"
            )
        except mail.MailUnavailable:
            ReviewDigest.objects.filter(pk=digest.pk).update(claimed_at=None)
            failed += 1
            if failed == GIVE_UP_AFTER:  # not one address: the mail system
                break
            continue
        except mail.MailRefused:
            logger.warning("the mail system refused the reminders %s", digest.pk)
        _note_sent(digest, reminders)
        sent += 1
    return sent


def _unclaimed() -> QuerySet[ReviewDigest]:
    """The letters to send that nobody is sending."""
    lost = Q(claimed_at__lt=ClockNow() - CLAIMED_FOR)
    return ReviewDigest.objects.filter(Q(claimed_at__isnull=True) | lost, sent_at__isnull=True)


@transaction.atomic
def _gather(today: date) -> None:
    """Put the reminders that wait into letters: the one of their reader that nobody sent yet, or one of today if there was none today."""
    waiting = ReviewReminder.objects.filter(sent_at__isnull=True)
    waiting.exclude(
        review_by=F("procedure__review_by"), user__is_active=True
    ).delete()  # seen to meanwhile, or gone
    loose = waiting.filter(digest__isnull=True)
    untouched = ReviewDigest.objects.filter(sent_at__isnull=True, claimed_at__isnull=True)
    readers = loose.exclude(user__in=untouched.values("user")).values_list("user", flat=True).distinct()
    ReviewDigest.objects.bulk_create(
        [ReviewDigest(user_id=user, day=today) for user in readers], ignore_conflicts=True
    )
    own = untouched.filter(user=OuterRef("user")).order_by("day")
    loose.update(digest=Subquery(own.values("pk")[:1]))


@transaction.atomic
def _note_sent(digest: ReviewDigest, reminders: list[ReviewReminder]) -> None:
    ReviewDigest.objects.filter(pk=digest.pk).update(sent_at=ClockNow())
    ReviewReminder.objects.filter(pk__in=[one.pk for one in reminders]).update(sent_at=ClockNow())


def _letter(user: User, reminders: list[ReviewReminder], today: date) -> tuple[str, str]:
    """Return subject and text of a letter in its reader's language: one sheet by its name, of several a list. A query however many."""
    latest = {one.procedure_id: one for one in reminders}  # of one sheet more than one day may wait
    due = sorted(latest.values(), key=lambda one: (one.review_by, one.procedure.code))
    listed = due[:MOST_LISTED]
    with translation.override(user.language):
        titles = _titles([one.procedure for one in listed])
        context: dict[str, Any] = {
            "rows": [
                {
                    "title": titles[one.procedure_id],
                    "code": one.procedure.code,
                    "review_by": one.review_by,
                    "is_over": one.review_by < today,
                    "url": _absolute(reverse("catalog:procedure", args=[one.procedure.code])),
                }
                for one in listed
            ],
            "count": len(due),
            "more": len(due) - len(listed),
            "list_url": _absolute(f"{reverse('catalog:procedures')}?view=due"),
        }
        subject = " ".join(render_to_string("email/sheet_review.subject.txt", context).split())
        return subject, render_to_string("email/sheet_review.txt", context)


def _titles(procedures: list[Procedure]) -> dict[Any, str]:
    public = ProcedureVersion.objects.published().filter(procedure__in=procedures).defer("content")
    titles = {version.procedure_id: version.title for version in public}
    return {one.pk: titles.get(one.pk, one.slug) for one in procedures}


def _absolute(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path
