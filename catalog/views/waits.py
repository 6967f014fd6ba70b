"""For whom a version on its way waits, in words."""

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Role
from catalog import permissions
from catalog.models import ProcedureVersion, VersionStatus
from catalog.queries.people import has_worker
from catalog.queries.published import was_public_since


def waits_for(version: ProcedureVersion, actor: Actor) -> str:
    """Say for whom a version waits, and when there is nobody or the one who asks wrote in it; nothing where it waits for nobody."""
    if version.status not in {VersionStatus.IN_REVIEW, VersionStatus.REVIEWED}:
        return ""
    role = Role.REVIEWER if version.status == VersionStatus.IN_REVIEW else Role.PUBLISHER
    if not has_worker(version.procedure, role):
        return _("Nobody has this work for the agency yet: ask an administrator to give it to somebody.")
    if permissions.wrote_in(actor, version):
        return _("You wrote in this version: somebody else must read and publish it.")
    if role == Role.REVIEWER:
        return _("A reviewer of the agency reads it next.")
    return _("A publisher makes it public next.")


def is_turn(version: ProcedureVersion, actor: Actor) -> bool:
    """Whether a version waits for just this person to judge it."""
    if version.status == VersionStatus.IN_REVIEW:
        return permissions.can_review(actor, version)
    return waits_for_publisher(version) and permissions.can_publish(actor, version)


def waits_for_publisher(version: ProcedureVersion) -> bool:
    """Reviewed; or approved for a day that was called off."""
    if version.status == VersionStatus.REVIEWED:
        return True
    return version.status == VersionStatus.APPROVED and not was_public_since(version)
