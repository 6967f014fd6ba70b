"""Telling the citizen: prepared from an event once, sent outside any transaction."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from accounts.actors import Actor
from common import clock, links
from crm.models import Case, ContactPoint, Notification
from crm.models.notification import NotificationState
from crm.models.person import blocked
from crm.queries.blocks import block_of
from events.models import Event
from events.record import once
from integrations import mail

TOLD = {
    "case.submitted": "submitted",
    "case.asked": "asked",
    "case.granted": "granted",
    "case.denied": "denied",
    "case.referred": "referred",
}


@transaction.atomic
def prepare_notifications(event_id: UUID, *, by: Actor) -> list[UUID]:
    """Make the notifications an event calls for; a second time returns those still to be sent."""
    event = Event.objects.get(pk=event_id)
    if once(event_id, "crm.notify") and event.kind in TOLD:
        case = Case.objects.filter(pk=event.subject_id).first()
        if case:
            _make(case, event)
    pending = Notification.objects.filter(event_id=event_id, state=NotificationState.PENDING)
    return list(pending.values_list("pk", flat=True))


def _make(case: Case, event: Event) -> None:
    """Only the mail given in this very case is written to: a person's other addresses may belong to somebody else."""
    given = ((case.answers or {}).get("applicant_email") or "").strip().lower()
    points = (
        ContactPoint.objects.filter(kind="email", value=given, person__parties__case=case)
        .exclude(blocked("person"))
        .distinct()
        if given
        else []
    )
    Notification.objects.bulk_create(
        [
            Notification(
                case=case, contact_point=point, event_id=event.pk, template=TOLD[event.kind], at=event.at
            )
            for point in points
        ],
        ignore_conflicts=True,
    )


def send_notification(notification_id: UUID, *, by: Actor) -> None:
    """
    Send one notification and note that it left.

    :raises MailUnavailable: try again later; it stays pending
    """
    notification = Notification.objects.select_related("case__version", "contact_point__person").get(
        pk=notification_id
    )
    if notification.state != NotificationState.PENDING or notification.case is None:
        return
    if notification.contact_point.value is None or block_of(notification.contact_point.person):
        _settle(
            notification, NotificationState.FAILED
        )  # erased or blocked meanwhile: nothing is sent any more
        return
    case = notification.case
    with translation.override(case.language):
        context = {
            "case": case,
            "title": case.version.title,
            "url": settings.SITE_URL.rstrip("/") + links.url("follow"),
        }
        subject = render_to_string(f"email/{notification.template}.subject.txt", context).strip()
        body = render_to_string(f"email/{notification.template}.txt", context)
    state = NotificationState.SENT
    try:
        mail.get_client().send(
            to=notification.contact_point.value, subject=subject, body=body, message_id=str(notification.pk)
        )
    except mail.MailRefused:
        state = NotificationState.FAILED
    _settle(notification, state)


def _settle(notification: Notification, state: NotificationState) -> None:
    with transaction.atomic():
        Notification.objects.filter(pk=notification.pk, state=NotificationState.PENDING).update(
            state=state, sent_at=clock.now()
        )
