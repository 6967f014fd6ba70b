"""Acts on a case of a person's right over their data: the term extended once, and something we hold corrected."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, NotAllowed
from crm import permissions
from crm.actions.appearances import show
from crm.actions.people import hold_records
from crm.actions.transitions import require_fresh
from crm.levels import LIFETIMES, process_of
from crm.models import Case, Document, Message, MessageKind, PersonAttribute, Stage, StageState
from crm.queries.levels import was_filed_surely
from crm.queries.people import surest
from crm.queries.rights import NOT_SURE, record_of, right_of
from crm.terms import NETWORK_ZONE, extended
from crm.texts import written
from events.record import record
from territory.models import Commune

SEEN = 500  # an officer saw the document
CORRECTABLE = ("name", "birth_date", "commune")


def begin_act(case: Case, *rights: str, by: Actor, revision: int | None) -> tuple[Case, Stage]:
    """
    Lock a case of one of these rights, and return it with the part under review: the first step of every act on one.

    :raises NotAllowed: `by` is no officer of the agency
    :raises StaleVersion: the case was changed since it was looked at
    :raises DomainError: the case is of no such right, or not under review; or it was not sure, when it was filed, that it was theirs
    """
    case, stage = _begin(case, *rights, by=by, revision=revision)
    if not was_filed_surely(case):
        raise DomainError(NOT_SURE)
    return case, stage


def _begin(case: Case, *rights: str, by: Actor, revision: int | None) -> tuple[Case, Stage]:
    case = Case.objects.lock(case.pk)
    stages = Stage.objects.lock_all(case.pk)
    own = [stage for stage in stages if permissions.can_decide(by, stage)]
    if not own:
        raise NotAllowed(_("Only officers of the agency do this."))
    require_fresh(case, revision)
    if right_of(case) not in rights:
        raise DomainError(_("This case does not ask for that."))
    stage = next((stage for stage in own if stage.state == StageState.IN_REVIEW), None)
    if stage is None:
        raise DomainError(_("Take the case first: this is done while it is under review."))
    return case, stage


@transaction.atomic
def extend_term(case: Case, *, by: Actor, reason: str, revision: int | None = None) -> Stage:
    """
    Extend the term of a case of a right by thirty calendar days, once, with a reason the citizen reads (Ley 19.628, art. 11).

    :raises NotAllowed: `by` is no officer of the agency
    :raises DomainError: no reason; it was extended before; it is late already; blocking has a term that is not extended
    """
    reason = written(reason, "reason", _("Write the reason the citizen will read."))
    rights = ("access", "rectification", "suppression", "opposition", "portability")
    case, stage = _begin(case, *rights, by=by, revision=revision)
    now = clock.now()
    if stage.extended_at is not None:
        raise DomainError(_("This term was extended already; it is extended only once."))
    if stage.due_on is None or stage.due_on < clock.local_date(now, NETWORK_ZONE):
        raise DomainError(_("The term is over: it can not be extended any more. Decide the case."))
    stage.due_on, stage.extended_at = extended(stage.due_on), now
    stage.save(update_fields=["due_on", "extended_at"])
    notice = _notice(case, stage, reason, by=by, at=now)
    case.promised_on = max(case.promised_on or stage.due_on, stage.due_on)
    case.revision += 1
    case.save(update_fields=["promised_on", "revision"])
    record(
        "case.extended",
        case,
        by=by,
        at=now,
        channel="agency",
        message=str(notice.pk),
        due_on=str(stage.due_on),
    )
    return stage


@transaction.atomic
def correct_attribute(
    case: Case, *, by: Actor, key: str, value: str, evidence: Document, revision: int | None = None
) -> PersonAttribute:
    """
    Correct something we hold about the person (Ley 19.628, art. 6), with a paper of the case as evidence; what was held before stays in
    the history.

    :param key: name, birth_date or commune (its code)
    :raises NotAllowed: `by` is no officer of the agency
    :raises DomainError: nothing was written, it is not of that kind, or the paper is not one of this case
    """
    case, _stage = begin_act(case, "rectification", by=by, revision=revision)
    person = record_of(case)
    if person is None or not hold_records(person):
        raise DomainError(_("This person was erased: there is nothing to correct."))
    if key not in CORRECTABLE:
        raise DomainError(_("Choose what is wrong."), key=_("Choose what is wrong."))
    value = _right_value(key, value.strip())
    if evidence.case_id != case.pk or evidence.redacted_at is not None:
        wrong = _("Choose the paper of this case that proves it.")
        raise DomainError(wrong, evidence=wrong)
    now = clock.now()
    before = surest(person, key, at=now)
    row = PersonAttribute.objects.create(
        person=person,
        key=key,
        value=value,
        level=max(SEEN, before.level if before else 0),
        process=process_of(SEEN),
        evidence=evidence,
        at=now,
        expires_at=now + LIFETIMES[SEEN],
    )
    show(person, key, value)
    case.revision += 1
    case.save(update_fields=["revision"])
    data: dict[str, Any] = {"key": key, "document": str(evidence.pk)}
    record("person.corrected", person, by=by, at=now, case=str(case.pk), **data)
    record("case.corrected", case, by=by, at=now, channel="agency", **data)
    return row


def _right_value(key: str, value: str) -> str:
    if not value:
        raise DomainError(_("Write how it should read."), value=_("Write how it should read."))
    if key == "birth_date" and not _is_date(value):
        wrong = _("Write the date as year, month and day: 1950-12-31.")
        raise DomainError(wrong, value=wrong)
    if key == "commune" and not Commune.objects.filter(pk=value).exists():
        wrong = _("Write the code of the commune: five figures.")
        raise DomainError(wrong, value=wrong)
    return value[:250]


def _is_date(value: str) -> bool:
    from django.utils.dateparse import parse_date

    try:
        return parse_date(value) is not None
    except ValueError:
        return False


def _notice(case: Case, stage: Stage, text: str, *, by: Actor, at: Any) -> Message:
    return Message.objects.create(
        case=case, stage=stage, kind=MessageKind.NOTICE, text=text, author_id=by.user_id, at=at
    )
