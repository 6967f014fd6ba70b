"""
The editorial chain: an editor's draft is read by a reviewer of the agency, then approved by a publisher; either may return it.

Neither may have written in it (four eyes; the database holds to it for the last author).
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog import permissions
from catalog.actions.publications import require_read
from catalog.actions.versions import NOT_AN_EDITOR
from catalog.models import ProcedureVersion, VersionStatus
from common import clock
from common.errors import DomainError, require
from events.record import record

NOT_A_REVIEWER = _("A reviewer of the agency reads a version: nobody who wrote in it.")


@transaction.atomic
def send_to_review(version: ProcedureVersion, *, by: Actor) -> ProcedureVersion:
    """
    Hand a draft to the reviewers of its agency.

    :raises NotAllowed: `by` does not edit for the owning agency
    :raises IllegalMove: it is not a draft
    """
    version = ProcedureVersion.objects.select_related("procedure").lock(version.pk)
    require(permissions.can_edit(by, version.procedure), NOT_AN_EDITOR)
    return _moved(version, VersionStatus.IN_REVIEW, "version.sent_to_review", by=by)


@transaction.atomic
def review_version(version: ProcedureVersion, *, by: Actor, revision: int) -> ProcedureVersion:
    """
    Say for the agency that a version is right, and hand it to a publisher.

    :param revision: the revision that was read
    :raises NotAllowed: `by` does not review for the agency, or wrote in it
    :raises StaleVersion: it was saved after it was read
    :raises IllegalMove: it does not wait for review
    """
    version = ProcedureVersion.objects.select_related("procedure").lock(version.pk)
    require(permissions.can_review(by, version), NOT_A_REVIEWER)
    require_read(version, revision)
    return _moved(version, VersionStatus.REVIEWED, "version.reviewed", by=by)


@transaction.atomic
def return_version(version: ProcedureVersion, *, by: Actor, comment: str) -> ProcedureVersion:
    """
    Return a version to its author with a reason.

    :raises NotAllowed: `by` neither reviews nor publishes for the agency, or wrote in it
    :raises DomainError: no reason was given; it waits for somebody else by now
    """
    version = ProcedureVersion.objects.select_related("procedure").lock(version.pk)
    require(permissions.can_review(by, version) or permissions.can_publish(by, version), NOT_A_REVIEWER)
    if not judges(by, version):
        raise DomainError(_("This version has gone on meanwhile: it is not yours to return now."))
    if not comment.strip():
        missing = _("Write what its author should change.")
        raise DomainError(missing, comment=missing)
    version.review_comment = comment.strip()
    return _moved(version, VersionStatus.REJECTED, "version.rejected", by=by)


def judges(actor: Actor, version: ProcedureVersion) -> bool:
    """Whether a version waits for somebody like the actor: a reviewer first, a publisher after."""
    if version.status == VersionStatus.REVIEWED:
        return permissions.can_publish(actor, version)
    return permissions.can_review(actor, version)


def _moved(version: ProcedureVersion, to: VersionStatus, event: str, *, by: Actor) -> ProcedureVersion:
    now = clock.now()
    version.move_to(to, at=now, by=by.user_id)
    if to == VersionStatus.REVIEWED:
        version.review_comment = ""  # what was said of it before was seen to
    version.save()
    record(event, version, by=by, at=now, procedure=str(version.procedure_id))
    return version
