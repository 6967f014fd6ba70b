"""Comments on a version, among those who work on it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog import permissions
from catalog.models import ProcedureVersion, VersionComment
from catalog.parts import PARTS
from common import clock
from common.errors import DomainError, require
from events.record import record

LONGEST = 4000  # letters
NOT_OF_THE_SHEET = _("Only those who work on the agency's sheets comment on them.")


@transaction.atomic
def comment_version(version: ProcedureVersion, *, by: Actor, text: str, part: str = "") -> VersionComment:
    """
    Say something about a version, or one part of it (`catalog.parts`), to whoever works on it.

    :raises NotAllowed: `by` does not work on the agency's sheets
    :raises DomainError: nothing is said, too much, or the part is unknown
    """
    version = ProcedureVersion.objects.select_related("procedure").lock(version.pk)
    require(permissions.works_on(by, version.procedure) and by.user_id is not None, NOT_OF_THE_SHEET)
    text = text.strip()
    if not text:
        raise DomainError(_("Write your comment."), text=_("Write your comment."))
    if len(text) > LONGEST:
        long = _("Write at most %(most)s letters.") % {"most": LONGEST}
        raise DomainError(long, text=long)
    if part and part not in PARTS:
        raise DomainError(_("Choose a part of the sheet."), part=_("Choose a part of the sheet."))
    now = clock.now()
    comment = VersionComment.objects.create(
        version=version, part=part, text=text, author_id=by.signed_in_id, at=now
    )
    record(
        "version.commented", version, by=by, at=now, procedure=str(version.procedure_id), comment=comment.pk
    )
    return comment


@transaction.atomic
def settle_comment(comment: VersionComment, *, by: Actor) -> VersionComment:
    """
    Say that a comment was seen to; a second time changes nothing.

    :raises NotAllowed: `by` does not work on the agency's sheets
    """
    version = ProcedureVersion.objects.select_related("procedure").lock(comment.version_id)
    require(permissions.works_on(by, version.procedure) and by.user_id is not None, NOT_OF_THE_SHEET)
    comment = VersionComment.objects.select_for_update().get(pk=comment.pk)
    if comment.settled_at is not None:
        return comment
    comment.settled_at, comment.settled_by_id = clock.now(), by.user_id
    comment.save(update_fields=["settled_at", "settled_by"])
    record(
        "version.comment_settled",
        version,
        by=by,
        at=comment.settled_at,
        procedure=str(version.procedure_id),
        comment=comment.pk,
    )
    return comment
