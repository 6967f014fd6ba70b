"""Papers given and judged, and their validity."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, require
from crm import permissions
from crm.actions.levels import require_level
from crm.actions.mandates import may_speak
from crm.actions.questions import answer_with_papers
from crm.actions.transitions import require_fresh
from crm.files import StoredFile
from crm.models import Case, Document, DocumentState, Interaction, MandateAct, PaperState
from crm.queries.requirements import good_until
from crm.terms import NETWORK_ZONE
from events.record import record

MAX_REASON = 2000  # letters
MOST_PAPERS = 200  # of one case
MOST_BYTES = 500 * 1024 * 1024
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
    same file for the same requirement is the document that is there already, unless that was refused, is over, or was asked for anew. The
    last of the papers that a question asked for answers it.

    :param requirement: empty for any other paper; those never replace one another
    :raises NotAllowed: `by` neither holds the key, nor has the case before them, nor is of an agency that decides it
    :raises LevelTooLow: the sheet asks to be surer of who answers on this channel; whoever brings a paper of somebody else's says nothing
    :raises StaleVersion: the case was changed since it was looked at
    :raises DomainError: the case is decided, or holds as much as it can
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
    over = Q(state=DocumentState.REJECTED) | Q(expired_at__isnull=False) | Q(valid_until__lt=today)
    if repeated := same.current().exclude(over).filter(sha256=file.sha256).first():
        if not case.requested_papers.filter(requirement=requirement, at__gte=repeated.received_at).exists():
            return repeated
        over |= Q(pk=repeated.pk)
    _require_room(case, file)
    if requirement:
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
        valid_until=_good_until(case, requirement, today, reused),
        first_received_at=reused.came_at if reused else None,
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
        answer_with_papers(case, by=by, interaction=interaction, is_agencys=is_agencys)
    return document


def _require_room(case: Case, file: StoredFile) -> None:
    """Whoever holds a key can not fill the disk: a case takes so many papers, replaced ones included, and so many bytes."""
    held = case.documents.aggregate(papers=Count("pk"), size=Coalesce(Sum("size"), 0))
    if held["papers"] >= MOST_PAPERS or held["size"] + file.size > MOST_BYTES:
        full = _("This case holds as many papers as it can. Take those that are left to an office, please.")
        raise DomainError(full)


def _good_until(case: Case, requirement: str, today: date, reused: Document | None) -> date | None:
    if reused is None:
        return good_until(case, requirement, today)
    came = good_until(case, requirement, clock.local_date(reused.came_at, NETWORK_ZONE))
    return min(filter(None, (reused.valid_until, came)), default=None)


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
    :raises NotAllowed: `by` is no officer of an agency whose part of the case is under way
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
    require(permissions.can_judge(by, case), _("Only an agency whose turn it is judges papers."))
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
