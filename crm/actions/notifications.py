"""Telling the citizen: prepared from an event once, sent outside any transaction, tried again, and followed until it arrived."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation

from accounts.actors import Actor
from common import clock, links
from crm.models import Case, ContactPoint, Notification
from crm.models.notification import Failure, NotificationState
from crm.models.person import blocked
from crm.queries.blocks import block_of
from crm.queries.notifications import (
    is_domicile,
    is_shared,
    is_told,
    is_typed_mail_shared,
    points_for,
    points_with_typed_mail,
    policy,
    typed_mail,
    zone_of,
)
from crm.queries.remedies import remedy_of
from crm.queries.still_so import is_still_so
from crm.queries.touched import news_for
from crm.queries.undo import WITHIN, undone_by
from crm.quiet import next_allowed
from crm.terms import NETWORK_ZONE, effective_on
from crm.told import NEUTRAL, TOLD, Told
from events.models import Event
from events.record import once
from integrations import mail, sms

MOST_TRIES = 16
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)  # doubled after each try: two days in all
OF_CHANGES = ("sheet_changed", "draft_outdated")  # messages that list what a procedure asks otherwise
LEASE = timedelta(minutes=5)  # within it a worker has sent a message, or is lost and another takes it up
ASK_AFTER, ASK_FOR = timedelta(minutes=2), timedelta(hours=72)  # whether a text message arrived


@transaction.atomic
def prepare_notifications(event_id: UUID, *, by: Actor) -> list[UUID]:
    """Make the notifications an event calls for; a second time returns those that may be sent now and are still to be."""
    event = Event.objects.get(pk=event_id)
    now = clock.now()
    if once(event_id, "crm.notify") and (told := TOLD.get(event.kind)):
        case = Case.objects.filter(pk=event.subject_id).select_related("commune").first()
        if case and _is_news(event, case):
            _make(case, event, told, now)
    pending = Notification.objects.filter(
        event_id=event_id, state=NotificationState.PENDING, next_try_at__lte=now
    )
    return list(pending.values_list("pk", flat=True))


def _is_news(event: Event, case: Case) -> bool:
    """
    Whether there is anything to tell. That a refusal was undone is news where the refusal had been told, however that came; of several
    applications that were filed in one form the first tells for all.
    """
    if event.kind == "case.submitted" and case.bundle_id is not None:
        return not Case.objects.filed_with(case).filter(bundle_place__lt=case.bundle_place).exists()
    if event.kind != "document.judgement_undone":
        return True
    undone = undone_by(event)
    left = Notification.objects.filter(state__in=[NotificationState.SENT, NotificationState.DELIVERED])
    return undone is not None and left.filter(event_id=undone.pk).exists()


def _make(case: Case, event: Event, told: Told, now: datetime) -> None:
    rules = policy()
    first = max(now, event.at + WITHIN) if told.is_undoable else now
    Notification.objects.bulk_create(
        [
            Notification(
                case=case,
                contact_point=point,
                event_id=event.pk,
                template=told.template,
                at=event.at,
                next_try_at=next_allowed(first, zone=zone_of(case), policy=rules)
                if point.kind == "phone"
                else first,
            )
            for point in points_for(case, told)
        ]
        or _to_typed(case, event, told, now),
        ignore_conflicts=True,
    )


def _to_typed(case: Case, event: Event, told: Told, now: datetime) -> list[Notification]:
    """The message about an application that was not sent yet: to the e-mail typed in it, where there is one."""
    if not (case.is_draft and typed_mail(case)):
        return []
    return [Notification(case=case, event_id=event.pk, template=told.template, at=event.at, next_try_at=now)]


def send_notification(notification_id: UUID, *, by: Actor) -> None:
    """
    Do what is due about one message: send it, or ask whether it arrived.

    While whoever sends it is away it stays to be sent, each time later, and after sixteen tries it has failed; a text message waits for
    the morning. A worker lost on the way leaves it to be taken up in five minutes, under the same id, which whoever sends it knows; so
    does anything unforeseen. Each counts as a try, and the next is as much later as if nobody had answered.
    """
    notification = _claim(notification_id)
    if notification is None:
        return
    if notification.state == NotificationState.SENT:
        _ask_receipt(notification)
    elif failure := _why_not(notification):
        _settle(notification, NotificationState.FAILED, failure=failure)
    else:
        _send(notification)


@transaction.atomic
def _claim(notification_id: UUID) -> Notification | None:
    """
    Take a due message for a while, so that no other worker does; None when nothing is due, it may not ring now, or it was tried often
    enough: workers may have been lost, or have failed, before they could say so.
    """
    rows = Notification.objects.select_for_update(of=("self",), skip_locked=True)
    notification = (
        rows.select_related("case__version", "case__commune", "contact_point__person")
        .filter(pk=notification_id, case__isnull=False)
        .first()
    )
    now = clock.now()
    if notification is None or notification.next_try_at is None or notification.next_try_at > now:
        return None
    if notification.state == NotificationState.PENDING and notification.attempts >= MOST_TRIES:
        _settle(notification, NotificationState.FAILED, failure=Failure.UNAVAILABLE)
        return None
    if notification.state == NotificationState.PENDING and notification.is_text:
        case: Case = notification.case  # type: ignore[assignment]  # asked for above
        allowed = next_allowed(now, zone=zone_of(case), policy=policy())
        if allowed > now:
            Notification.objects.filter(pk=notification.pk).update(next_try_at=allowed)
            return None
    if notification.state == NotificationState.PENDING:
        notification.attempts += 1
        notification.next_try_at = now + max(LEASE, _wait(notification))
    else:  # whether it arrived: after the last time nobody asks again, whatever becomes of it
        is_last = notification.sent_at is None or now - notification.sent_at > ASK_FOR
        notification.next_try_at = None if is_last else now + LEASE
    notification.save(update_fields=["attempts", "next_try_at"])
    return notification


def _why_not(notification: Notification) -> str:
    """Why a message must not be sent any more; empty when it may."""
    if not _is_news_still(notification):
        return Failure.OVERTAKEN
    point = notification.contact_point
    if point is None:
        return _why_not_typed(notification.case)  # type: ignore[arg-type]  # claimed with one
    case: Case = notification.case  # type: ignore[assignment]  # claimed with one
    if point.value is None or point.ended_at is not None or not is_told(point.person, case):
        return Failure.ENDED  # also where a mandate was revoked since it was prepared
    if not (point.is_safe and point.may_announce):
        return Failure.UNSAFE
    return Failure.BLOCKED if block_of(point.person) else ""


@transaction.atomic
def _is_news_still(notification: Notification) -> bool:
    event = Event.objects.filter(pk=notification.event_id).first()
    return event is None or is_still_so(event, notification.case)  # type: ignore[arg-type]  # claimed with one


def _why_not_typed(case: Case) -> str:
    """Likewise for the address that was typed in an application: what is known of it elsewhere holds here too."""
    if not (case.is_draft and typed_mail(case)):
        return Failure.ENDED
    known = points_with_typed_mail(case)
    if known.filter(Q(is_safe=False) | Q(may_announce=False)).exists():
        return Failure.UNSAFE
    return Failure.BLOCKED if known.filter(blocked("person")).exists() else ""


@dataclass(frozen=True)
class Letter:
    """What is sent, in the citizen's language."""

    subject: str
    body: str


def letter_of(
    template: str, case: Case, *, is_text: bool, is_plain: bool = False, effective: date | None = None
) -> Letter:
    """
    Return a message's words. A text message names neither the procedure nor the outcome, and no message a link that opens anything.

    :param is_plain: somebody else reads there too: it says no more than that there is a message
    :param effective: the day on which the decision it tells of takes effect
    """
    name = NEUTRAL if is_plain else template
    with translation.override(case.language):
        context = {
            "case": case,
            "folio": case.folio,
            "title": case.version.title,
            "effective_on": effective,
            "url": settings.SITE_URL.rstrip("/") + links.url("resume" if case.is_draft else "follow"),
            "remedy": remedy_of(case, told_on=effective or clock.local_date(clock.now(), NETWORK_ZONE)),
            "changes": news_for(case) if template in OF_CHANGES else [],
            "others": list(Case.objects.filed_with(case).select_related("version"))
            if template == "submitted"
            else [],
        }
        if is_text:
            return Letter("", " ".join(render_to_string(f"sms/{name}.txt", context).split()))
        subject = " ".join(render_to_string(f"email/{name}.subject.txt", context).split())
        return Letter(subject, render_to_string(f"email/{name}.txt", context))


def _send(notification: Notification) -> None:
    case: Case = notification.case  # type: ignore[assignment]  # claimed with one
    point = notification.contact_point
    effective = _effect(notification, case, point) if point else None
    letter = letter_of(
        notification.template,
        case,
        is_text=notification.is_text,
        is_plain=is_shared(point, case) if point else is_typed_mail_shared(case),
        effective=effective,
    )
    name, to = str(notification.pk), (point.value if point else typed_mail(case)) or ""
    try:
        if notification.is_text:
            sms.get_client().send(to=to, text=letter.body, message_id=name)
        else:
            mail.get_client().send(to=to, subject=letter.subject, body=letter.body, message_id=name)
    except (mail.MailRefused, sms.SmsRefused):
        _settle(notification, NotificationState.FAILED, failure=Failure.REFUSED)
    except (mail.MailUnavailable, sms.SmsUnavailable):
        _put_off(notification)
    else:
        _settle(notification, NotificationState.SENT, effective=effective)


def _effect(notification: Notification, case: Case, point: ContactPoint) -> date | None:
    """The day on which a decision sent now to the applicant's electronic domicile takes effect; None wherever that rule does not reach."""
    rules = policy()
    decides = any(told.decides for told in TOLD.values() if told.template == notification.template)
    if not (rules.domicile_is_active and decides and is_domicile(point, case)):
        return None
    return effective_on(clock.local_date(clock.now(), zone_of(case)), rules.domicile_days)


@transaction.atomic
def _put_off(notification: Notification) -> None:
    if notification.attempts >= MOST_TRIES:
        _settle(notification, NotificationState.FAILED, failure=Failure.UNAVAILABLE)
        return
    Notification.objects.filter(pk=notification.pk).update(next_try_at=clock.now() + _wait(notification))


def _wait(notification: Notification) -> timedelta:
    """How long it rests after its last try."""
    wait: timedelta = min(FIRST_WAIT * 2 ** (notification.attempts - 1), LONGEST_WAIT)
    return wait


@transaction.atomic
def _settle(
    notification: Notification,
    state: NotificationState,
    *,
    failure: str = "",
    effective: date | None = None,
) -> None:
    """Note that a message left, or that it did not; a text message is asked after for three days."""
    now = clock.now()
    is_followed = state == NotificationState.SENT and notification.is_text
    Notification.objects.filter(pk=notification.pk, state=NotificationState.PENDING).update(
        state=state,
        failure=failure,
        sent_at=now if state == NotificationState.SENT else None,
        next_try_at=now + ASK_AFTER if is_followed else None,
        effective_on=effective,
    )


def _ask_receipt(notification: Notification) -> None:
    try:
        receipt = sms.get_client().receipt(str(notification.pk))
    except (sms.SmsRefused, sms.SmsUnavailable):
        receipt = sms.SmsReceipt.UNDERWAY
    _note_receipt(notification, receipt)


@transaction.atomic
def _note_receipt(notification: Notification, receipt: sms.SmsReceipt) -> None:
    """Note that a text message arrived, or did not; where nobody knows, ask again later, each time twice as late."""
    now = clock.now()
    rows = Notification.objects.filter(pk=notification.pk, state=NotificationState.SENT)
    since = now - (notification.sent_at or now)
    if receipt == sms.SmsReceipt.DELIVERED:
        rows.update(state=NotificationState.DELIVERED, delivered_at=now, next_try_at=None)
    elif receipt == sms.SmsReceipt.UNDELIVERED:
        rows.update(state=NotificationState.FAILED, failure=Failure.UNDELIVERED, next_try_at=None)
    else:
        rows.update(next_try_at=None if since > ASK_FOR else now + max(ASK_AFTER, since))
