"""Papers given and judged, and their validity."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, require
from crm import permissions
from crm.actions.levels import require_level
from crm.actions.mandates import may_speak
from crm.actions.transitions import require_fresh
from crm.files import StoredFile
from crm.models import Case, Document, DocumentState, Interaction, MandateAct, PaperState
from crm.terms import NETWORK_ZONE
from events.record import record

MAX_REASON = 2000  # letters
OTHER = "other-"  # and a number: papers that answer no requirement of the sheet


@transaction.atomic
def add_document(
    case: Case,
    *,
    by: Actor,
    file: StoredFile,
    requirement: str,
    interaction: Interaction | None = None,
    revision: int | None = None,
) -> Document:
    """
    Add a stored file (`crm.files.store`) to a case for one requirement; an earlier one for the same requirement is replaced while nobody
    has read it (a draft's), when it was refused or when its validity is over; otherwise both are kept, like the two sides of a card. The
    same file for the same requirement is the document that is there already.

    :param requirement: empty for any other paper; those never replace one another
    :raises NotAllowed: `by` neither holds the key, nor has the case before them, nor is of an agency that decides it
    :raises LevelTooLow: the sheet asks to be surer of who answers on this channel; whoever brings a paper of somebody else's says nothing
    :raises StaleVersion: the case was changed since it was looked at
    :raises DomainError: the case is decided
    :raises StaleVersion: the case was changed since it was looked at
    """
    case = Case.objects.select_related("source").lock(case.pk)
    is_theirs = may_hand_in(case, by=by, interaction=interaction)
    require_fresh(case, revision)
    return put_document(
        case, by=by, file=file, requirement=requirement, interaction=interaction, is_theirs=is_theirs
    )


def may_hand_in(case: Case, *, by: Actor, interaction: Interaction | None) -> bool:
    """
    Refuse whoever may not add papers to a locked case, and papers that it takes no more; return whether the citizen's own voice adds them.

    :raises NotAllowed: `by` neither holds the key nor has the case before them
    :raises DomainError: the case is decided
    """
    is_theirs = case.is_draft or may_speak(case, by=by, act=MandateAct.ANSWER, interaction=interaction)
    allowed = (
        permissions.can_fill(by, case) if case.is_draft else is_theirs or permissions.can_hand_in(by, case)
    )
    require(allowed, _("Only the citizen, or whoever attends them, can add papers."))
    if not case.is_draft and is_theirs:
        require_level(case, "answer", by=by, interaction=interaction or case.source)
    if not case.is_draft and not case.is_open:
        raise DomainError(_("This case is decided: papers can not be added any more."))
    if case.redacted_at is not None:
        raise DomainError(
            _("This application was not sent in time and is not kept any more. Begin it again.")
        )
    return is_theirs


def put_document(
    case: Case,
    *,
    by: Actor,
    file: StoredFile,
    requirement: str,
    interaction: Interaction | None,
    is_theirs: bool,
    reused: Document | None = None,
) -> Document:
    """Put a paper into a locked case that takes it; the shared step of adding one and of using one again."""
    now = clock.now()
    today = clock.local_date(now, NETWORK_ZONE)
    others = case.documents.filter(Q(requirement="") | Q(requirement__regex=rf"^{OTHER}\d+$"))
    same = case.documents.filter(requirement=requirement) if requirement else others
    if repeated := same.current().filter(sha256=file.sha256).first():
        return repeated
    if requirement:
        over = Q(state=DocumentState.REJECTED) | Q(expired_at__isnull=False) | Q(valid_until__lt=today)
        (same.current() if case.is_draft else same.current().filter(over)).update(replaced_at=now)
    else:
        requirement = f"{OTHER}{others.count() + 1}"
    document = Document(
        case=case,
        requirement=requirement,
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        sha256=file.sha256,
        interaction=interaction or case.source,
        received_at=now,
        valid_until=reused.valid_until if reused else _good_until(case, requirement, today),
        reused_from=reused,
    )
    document.save(force_insert=True)
    if not case.is_draft:
        is_agencys = not is_theirs and interaction is None and permissions.can_note(by, case)
        case.revision += 1
        case.save(update_fields=["revision"])
        record(
            "case.paper_reused" if reused else "case.paper_added",
            case,
            by=by,
            at=now,
            interaction=interaction,
            channel=interaction.channel if interaction else "agency" if is_agencys else "",
            document=str(document.pk),
            requirement=requirement,
            by_other=not (is_theirs or is_agencys),
        )
    return document


def _good_until(case: Case, requirement: str, today: date) -> date | None:
    """
    The last day on which a paper that came today can still be good: the sheet says how old one may be, and it can not be younger than
    the day it came.
    """
    days = next((row.valid_days for row in case.version.sheet.requirements if row.code == requirement), None)
    return today + timedelta(days=days) if days else None


@transaction.atomic
def judge_document(
    document: Document,
    *,
    by: Actor,
    state: str,
    reason: str = "",
    valid_until: date | None = None,
    revision: int | None = None,
) -> Document:
    """
    Accept a paper, or refuse it with a reason the citizen reads.

    :param valid_until: its last good day, as the officer reads it on the paper; None leaves what the sheet says
    :raises NotAllowed: `by` is no officer of an agency that decides the case
    :raises DomainError: refused without a reason, accepted when it is not good any more, replaced by a newer paper, or the case is decided
    :raises StaleVersion: the case was changed since it was looked at
    """
    case = Case.objects.lock(document.case_id)
    document = Document.objects.select_for_update().get(pk=document.pk)
    require(permissions.can_note(by, case), _("Only officers of the agency judge papers."))
    if state not in {DocumentState.ACCEPTED, DocumentState.REJECTED}:
        raise DomainError(
            _("Choose whether the paper is accepted."), state=_("Choose whether the paper is accepted.")
        )
    require_fresh(case, revision)
    if not case.is_open:
        raise DomainError(_("This case is decided: its papers are not judged any more."))
    if document.replaced_at is not None:
        raise DomainError(_("The citizen has replaced this paper by a newer one. Look at that one."))
    if state == DocumentState.REJECTED and not reason.strip():
        raise DomainError(
            _("Write why the paper can not be accepted."),
            reason=_("Write why the paper can not be accepted."),
        )
    if len(reason) > MAX_REASON:
        long = _("This is longer than 2,000 letters. Shorten it, please.")
        raise DomainError(long, reason=long)
    now = clock.now()
    document.remember()
    if state == DocumentState.ACCEPTED:
        _note_validity(document, valid_until, clock.local_date(now, NETWORK_ZONE))
    document.state = state
    document.reason = reason.strip() if state == DocumentState.REJECTED else ""
    document.save(update_fields=Document.JUDGED)
    case.revision += 1
    case.save(update_fields=["revision"])
    record(
        f"document.{state}",
        case,
        by=by,
        at=now,
        channel="agency",
        document=str(document.pk),
        requirement=document.requirement,
    )
    return document


def _note_validity(document: Document, valid_until: date | None, today: date) -> None:
    """Keep the day an officer read on a paper, in memory; a paper that is over is not accepted."""
    if valid_until is not None:
        if valid_until < today:
            over = _("That day is over: a paper that is not good any more is not accepted.")
            raise DomainError(over, valid_until=over)
        document.valid_until, document.expired_at = valid_until, None
    if document.state_on(today) == PaperState.EXPIRED and document.state != DocumentState.REJECTED:
        over = _(
            "The validity of this paper is over. Do not accept it, or write the day until which it is good."
        )
        raise DomainError(over, valid_until=over)


@transaction.atomic
def expire_document(document_id: UUID, *, by: Actor) -> bool:
    """
    Note that the validity of a paper ended before its case was decided, once; return whether it was noted now.

    What was decided, replaced, refused or given a later day meanwhile is left as it is.
    """
    case_id = Document.objects.values_list("case", flat=True).get(pk=document_id)
    case = Case.objects.lock(case_id)
    document = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    now = clock.now()
    if not Document.objects.expiring(clock.local_date(now, NETWORK_ZONE)).filter(pk=document_id).exists():
        return False
    document.expired_at = now
    document.save(update_fields=["expired_at"])
    case.revision += 1
    case.save(update_fields=["revision"])
    record(
        "document.expired", case, by=by, at=now, document=str(document.pk), requirement=document.requirement
    )
    return True
