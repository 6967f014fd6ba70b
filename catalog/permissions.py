"""Who may do what in the catalogue (state belongs to the model)."""

from accounts.actors import Actor
from accounts.models import Role
from catalog.models import Procedure, ProcedureVersion


def can_edit(actor: Actor, procedure: Procedure) -> bool:
    """An editor of the owning agency, or an administrator."""
    if actor.is_system or actor.has_role(Role.ADMINISTRATOR):
        return True
    return procedure.agency_id in actor.agency_ids(Role.EDITOR)


def can_publish(actor: Actor, version: ProcedureVersion) -> bool:
    """Whoever may edit, but never the author of the version: four eyes."""
    if actor.is_system:
        return True
    return can_edit(actor, version.procedure) and actor.user_id != version.author_id
