"""What an agency tells the citizen while a case goes on."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import require
from crm import permissions
from crm.actions.messages import require_patience_with_agency, require_writable
from crm.actions.transitions import require_fresh
from crm.models import Case, Message, MessageKind, Stage
from crm.texts import written
from events.record import record


@transaction.atomic
def tell_citizen(stage: Stage, *, by: Actor, text: str, revision: int | None = None) -> Message:
    """
    Write a notice the citizen reads in their case: how far the agency has come. It changes no state; it is written where and as often
    as other letters are.

    :raises NotAllowed: `by` does not decide this part of the case
    :raises StaleVersion: the case was changed since it was looked at
    :raises DomainError: nothing was written, or the case is over since more than thirty days
    :raises TooManyAttempts: the agency's programs, or its officers, wrote too often
    """
    text = written(text, "text", _("Write what the citizen will read."))
    case = Case.objects.lock(stage.case_id)
    require(permissions.can_decide(by, stage), _("Only the agency tells how far it has come."))
    require_fresh(case, revision)
    now = clock.now()
    require_writable(case, now)
    require_patience_with_agency(stage, by=by, at=now)
    message = Message(
        case=case, stage=stage, kind=MessageKind.NOTICE, text=text, author_id=by.user_id, at=now
    )
    message.save(force_insert=True)
    case.revision += 1
    case.save(update_fields=["revision"])
    record(
        "case.noticed",
        case,
        by=by,
        at=now,
        channel="agency",
        stage=str(stage.pk),
        agency=stage.agency.code,
        message=str(message.pk),
    )
    return message
