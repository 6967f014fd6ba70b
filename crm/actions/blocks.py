"""A person's data are blocked for a while at their request, and freed again (Ley 19.628, art. 8 ter)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, require
from crm import permissions
from crm.actions.people import hold_records
from crm.actions.rights import begin_act
from crm.models import Case, PersonBlock
from crm.queries.rights import record_of
from events.record import record

LONGEST = timedelta(days=366)


@transaction.atomic
def block_person(
    case: Case, *, by: Actor, reason: str, until: datetime | None = None, revision: int | None = None
) -> PersonBlock:
    """
    Block the data of the person who asks for it: from now on nobody finds or opens them, and nothing is sent to them from what we hold.

    :param until: when it ends by itself; None: until it is lifted
    :raises NotAllowed: `by` is no officer of the agency
    :raises DomainError: no reason, an end that is past or too far, or they are blocked in this case already
    """
    case, _stage = begin_act(case, "blocking", by=by, revision=revision)
    person = record_of(case)
    if person is None or not hold_records(person):
        raise DomainError(_("This person was erased: there is nothing to block."))
    if not reason.strip():
        raise DomainError(_("Write why they are blocked."), reason=_("Write why they are blocked."))
    now = clock.now()
    if until is not None and not now < until <= now + LONGEST:
        wrong = _("Choose a day after today, at most a year from now.")
        raise DomainError(wrong, until=wrong)
    if case.blocks.filter(lifted_at__isnull=True).exists():
        raise DomainError(_("Their data are blocked in this case already."))
    block = PersonBlock(
        person=person, case=case, reason=reason.strip()[:300], by_id=by.signed_in_id, at=now, until=until
    )
    block.save(force_insert=True)
    _changed(case)
    record("person.blocked", person, by=by, at=now, block=str(block.pk))
    record("case.blocked", case, by=by, at=now, channel="agency", block=str(block.pk))
    return block


@transaction.atomic
def lift_block(case: Case, *, by: Actor, revision: int | None = None) -> PersonBlock:
    """
    Free the data blocked in a case; also once the case is decided.

    :raises NotAllowed: `by` is no officer of the agency
    :raises DomainError: nothing is blocked in it
    """
    case = Case.objects.lock(case.pk)
    require(permissions.can_note(by, case), _("Only officers of the agency do this."))
    block = PersonBlock.objects.select_for_update().filter(case=case, lifted_at__isnull=True).first()
    if block is None:
        raise DomainError(_("Nothing is blocked in this case."))
    now = clock.now()
    block.lifted_at, block.lifted_by_id = now, by.user_id
    block.save(update_fields=["lifted_at", "lifted_by"])
    _changed(case)
    record("person.unblocked", block.person, by=by, at=now, block=str(block.pk))
    record("case.unblocked", case, by=by, at=now, channel="agency", block=str(block.pk))
    return block


def _changed(case: Case) -> None:
    case.revision += 1
    case.save(update_fields=["revision"])
