"""What was written in a case, as each side may read it."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from accounts.actors import Actor
from accounts.models import Role
from crm.models import Case, Message, MessageKind, Stage
from crm.models.message import TO_AGENCY, TO_CITIZEN

PAGE = 50  # on one screen; what is older stands in the thread


def read_by(actor: Actor) -> Q:
    """
    Which messages of a case somebody who sees the case reads: all but the notes; of these officers those of their own agency and those
    tied to no part, and nobody else any. An agency's programs read by the same rule (`crm.queries.agency_api`).
    """
    if actor.is_system:
        return Q()
    said = ~Q(kind=MessageKind.NOTE)
    agencies = actor.agency_ids(Role.OFFICER)
    return said | Q(stage__isnull=True) | Q(stage__agency__in=agencies) if agencies else said


def conversation(case: Case, *, actor: Actor) -> list[Message]:
    """
    Return the latest of what was asked, answered, written and noted in a case, in order, as far as the actor reads it (`read_by`).

    Each says whether it `is_new` to whoever looks: written by the other side, and not read yet.
    """
    messages = case.messages.filter(read_by(actor)).select_related("author", "stage__agency")
    latest = list(messages.order_by("-at", "-pk")[:PAGE])[::-1]
    for message in latest:
        message.is_new = _is_new(message, actor)  # type: ignore[attr-defined]
    return latest


def is_answer_owed(stage: Stage) -> bool:
    """Whether the citizen wrote to an agency's part of a case, and since then nobody wrote to them nor did the part end."""
    asked = stage.messages.filter(kind=MessageKind.MESSAGE, redacted_at__isnull=True).order_by("-at").first()
    if asked is None or (not stage.is_open and stage.state_since >= asked.at):
        return False
    return not stage.messages.filter(kind__in=TO_CITIZEN, at__gt=asked.at).exists()


def _is_new(message: Message, actor: Actor) -> bool:
    if message.read_at is not None:
        return False
    if actor.is_staff:
        mine = message.stage is None or message.stage.agency_id in actor.agency_ids(Role.OFFICER)
        return mine and message.kind in TO_AGENCY
    return message.kind in TO_CITIZEN


def cases_with_news(case_ids: Iterable[UUID], actor: Actor) -> set[UUID]:
    """Which of these cases hold something the citizen wrote to the actor's agencies, and nobody there has read."""
    mine = Q(stage__agency__in=actor.agency_ids(Role.OFFICER)) | Q(stage__isnull=True)
    unread = Message.objects.filter(mine, case__in=list(case_ids), read_at__isnull=True, kind__in=TO_AGENCY)
    return set(unread.values_list("case", flat=True))
