"""What somebody may still take back: their own last act, within ten minutes, while nothing else happened."""

from datetime import datetime, timedelta
from uuid import UUID

from accounts.actors import Actor
from crm.models import Case, Message, MessageKind
from events.models import Event

WITHIN = timedelta(minutes=10)
JUDGEMENTS = ("document.accepted", "document.rejected", "document.judgement_undone")


def last_event(case: Case) -> Event | None:
    """Return what happened last in a case."""
    return Event.objects.filter(subject_id=case.pk, subject_kind="case").order_by("-seq").first()


def is_own_last(event: Event | None, kind: str, actor: Actor, now: datetime) -> bool:
    """Whether a case's last event is this act of this person, and fresh."""
    if event is None or event.kind != kind:
        return False
    return event.actor_id is not None and event.actor_id == actor.user_id and event.at >= now - WITHIN


def judged_by(case: Case, actor: Actor, now: datetime) -> set[UUID]:
    """Return the papers of a case whose last judgement is this person's own, and fresh."""
    events = Event.objects.filter(
        subject_id=case.pk, subject_kind="case", kind__in=JUDGEMENTS, at__gte=now - WITHIN
    )
    last: dict[str, Event] = {event.value("document"): event for event in events.order_by("seq")}
    return {
        UUID(document)
        for document, event in last.items()
        if event.actor_id == actor.user_id and event.kind != "document.judgement_undone"
    }


def can_take_back(message: Message, actor: Actor, now: datetime) -> bool:
    """Whether a note is this person's own, fresh, and still there."""
    return (
        message.kind == MessageKind.NOTE
        and message.withdrawn_at is None
        and message.text is not None
        and message.author_id is not None
        and message.author_id == actor.user_id
        and message.at >= now - WITHIN
    )
