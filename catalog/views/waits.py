"""For whom a version on its way waits, in words."""

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Role
from catalog import permissions
from catalog.models import ProcedureVersion, VersionStatus
from catalog.queries.people import has_worker


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
