"""What somebody may still take back: their own last act, within ten minutes, while nothing else happened."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from accounts.actors import Actor
from crm.models import Case, Message, MessageKind, Stage
from events.models import Event

WITHIN = timedelta(minutes=10)
JUDGEMENTS = ("document.accepted", "document.rejected", "document.judgement_undone")


def last_event(case: Case) -> Event | None:
    """Return what happened last in a case."""
    return Event.objects.filter(subject_id=case.pk, subject_kind="case").order_by("-seq").first()


def is_own_last(
    event: Event | None, kind: str, actor: Actor, now: datetime, *, stage: Stage | None = None
) -> bool:
    """
    Whether a case's last event is this act of this person, and fresh.

    :param stage: and on this agency's part: another part of the case, taken by the same person, is another act
    """
    if event is None or event.kind != kind:
        return False
    if stage is not None and event.value("stage") != str(stage.pk):
        return False
    return event.actor_id is not None and event.actor_id == actor.user_id and event.at >= now - WITHIN


def judged_by(events: Iterable[Event], actor: Actor, now: datetime) -> set[UUID]:
    """Return the papers whose last judgement, among these events in order, is this person's own, and fresh."""
    last = {event.value("document"): event for event in events if event.kind in JUDGEMENTS}
    return {
        UUID(document)
        for document, event in last.items()
        if event.actor_id is not None
        and event.actor_id == actor.user_id
        and event.at >= now - WITHIN
        and event.kind != "document.judgement_undone"
    }


def judgements(case: Case, now: datetime) -> list[Event]:
    """Return the fresh judgements of a case's papers, in order."""
    events = Event.objects.filter(subject_id=case.pk, subject_kind="case", kind__in=JUDGEMENTS)
    return list(events.filter(at__gte=now - WITHIN).order_by("seq"))


def undone_by(undoing: Event) -> Event | None:
    """Return the judgement of a paper that was undone by another."""
    return judgements_of(undoing).filter(seq__lt=undoing.seq).order_by("-seq").first()


def judgements_of(event: Event) -> QuerySet[Event]:
    """What was decided about the paper of an event."""
    of_case = Event.objects.filter(subject_id=event.subject_id, subject_kind="case", kind__in=JUDGEMENTS)
    return of_case.filter(data__document=event.value("document"))


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
