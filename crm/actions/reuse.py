"""A paper that a person gave in another case is used again, with their consent (“once only”)."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import DomainError
from crm import files
from crm.actions.documents import may_hand_in, put_document
from crm.actions.files import log_access
from crm.files import StoredFile
from crm.models import Case, Document, Interaction, PaperConsent
from crm.queries.reuse import is_wanted, reusable_papers


@transaction.atomic
def reuse_document(
    case: Case,
    *,
    by: Actor,
    document_id: UUID,
    requirement: str,
    interaction: Interaction | None = None,
) -> Document:
    """
    Use a paper of another case of the same person again; asking for it is their consent, which is kept. The same one again is the paper
    that is there already, unless it is wanted anew: then it takes another.

    The new paper is judged by itself; the file is one, and stays for as long as either case needs it.

    :param interaction: the contact staff ask in; in the browser that holds the keys of both cases, the visit, if there is one
    :raises NotAllowed: `by` may not add papers to the case
    :raises DomainError: it is not theirs, not good any more, not asked for, or whoever asks is not surely that person
    """
    case = Case.objects.select_related("source").lock(case.pk)
    is_theirs = may_hand_in(case, by=by, interaction=interaction)
    repeated = case.documents.current().filter(reused_from=document_id, requirement=requirement).first()
    if repeated and not is_wanted(case, requirement):
        return repeated
    offered = reusable_papers(case, by=by, interaction=interaction if by.is_staff else None)
    found = next(
        (one for one in offered if one.document.pk == document_id and one.requirement == requirement), None
    )
    gone = _("This paper can not be used again here. Hand it in anew.")
    if found is None:
        raise DomainError(gone)
    original = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    if not original.sha256 or not original.name or not files.freshen(original.sha256):
        raise DomainError(gone)
    file = StoredFile(original.name, original.content_type, original.size, original.sha256)
    document = put_document(
        case,
        by=by,
        file=file,
        requirement=requirement,
        interaction=interaction,
        is_theirs=is_theirs,
        reused=original,
    )
    PaperConsent.objects.create(
        case=case,
        original=original,
        document=document,
        person=next(party.person for party in original.case.parties.filter(role="applicant")),
        interaction=interaction or case.source,
        by_kind=by.kind,
        by_user_id=by.user_id,
        at=clock.now(),
    )
    log_access(
        "reuse_paper",
        by=by,
        case_id=original.case_id,
        shown=[original.pk],
        interaction=interaction,
        reason=case.folio or "",
    )
    return document
