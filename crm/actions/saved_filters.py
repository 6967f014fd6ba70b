"""An officer keeps a choice of their agency's list under a name, and lets it go."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Role
from common.errors import DomainError, require
from crm.models import SavedFilter
from crm.queries.work import WorkFilter

MOST = 12  # kept by one officer: each is counted on every look at the list
LONGEST_NAME = 60


@transaction.atomic
def save_filter(narrowed: WorkFilter, *, by: Actor, name: str) -> SavedFilter:
    """
    Keep a choice under a name; the same name again is the newer choice.

    :raises NotAllowed: `by` is no officer
    :raises DomainError: without a name, too long a name, or more than twelve of them
    """
    require(
        by.is_staff and by.has_role(Role.OFFICER), _("Only officers of an agency keep choices of its list.")
    )
    name = " ".join(name.split())
    if not name:
        raise DomainError(_("Write a name for this choice."), name=_("Write a name for this choice."))
    if len(name) > LONGEST_NAME:
        raise DomainError(_("Write at most 60 letters."), name=_("Write at most 60 letters."))
    own = SavedFilter.objects.select_for_update().filter(user=by.signed_in_id)
    if len({row.name for row in own} | {name}) > MOST:
        full = _("You keep twelve choices already. Let one go first.")
        raise DomainError(full, name=full)
    kept, _new = SavedFilter.objects.update_or_create(
        user_id=by.signed_in_id,
        name=name,
        defaults={"state": narrowed.state, "procedure": narrowed.procedure, "channel": narrowed.channel},
    )
    return kept


@transaction.atomic
def drop_filter(pk: int, *, by: Actor) -> None:
    """Let a kept choice go; one that is gone already, or is somebody else's, stays as it is."""
    require(
        by.is_staff and by.has_role(Role.OFFICER), _("Only officers of an agency keep choices of its list.")
    )
    SavedFilter.objects.filter(pk=pk, user=by.signed_in_id).delete()
