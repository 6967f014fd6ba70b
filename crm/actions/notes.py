"""What staff write for each other in a case."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, require
from crm import permissions
from crm.actions.messages import NOTHING_WRITTEN
from crm.actions.transitions import require_fresh
from crm.models import Case, Message, MessageKind, Stage
from crm.texts import written
from events.record import record


@transaction.atomic
def note_case(
    case: Case, *, by: Actor, text: str, stage: Stage | None = None, revision: int | None = None
) -> Message:
    """
    Write an internal note; the citizen does not see it.

    :raises NotAllowed: `by` is no officer of an agency that decides the case
    :raises StaleVersion: the case was changed since it was looked at
    :raises DomainError: nothing was written, or the case was erased
    """
    text = written(text, "text", _("Write the note."))
    case = Case.objects.lock(case.pk)
    require(permissions.can_note(by, case), _("Only officers of the agency can write notes here."))
    require_fresh(case, revision)
    if case.redacted_at is not None:
        raise DomainError(NOTHING_WRITTEN)
    now = clock.now()
    message = Message.objects.create(
        case=case, stage=stage, kind=MessageKind.NOTE, text=text, author_id=by.user_id, at=now
    )
    case.revision += 1
    case.save(update_fields=["revision"])
    record("case.note_added", case, by=by, at=now, channel="agency", message=str(message.pk))
    return message
