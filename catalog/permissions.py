"""Who may do what in the catalogue (state belongs to the model)."""

from accounts.actors import Actor
from accounts.models import Role
from catalog.models import Procedure, ProcedureVersion
from events.models import Event


def can_edit(actor: Actor, procedure: Procedure) -> bool:
    """An editor of the owning agency, or an administrator."""
    if actor.is_system or actor.has_role(Role.ADMINISTRATOR):
        return True
    return procedure.agency_id in actor.agency_ids(Role.EDITOR)


def can_publish(actor: Actor, version: ProcedureVersion) -> bool:
    """Whoever may edit, but nobody who wrote in the version: four eyes."""
    if actor.is_system:
        return True
    return can_edit(actor, version.procedure) and not wrote_in(actor, version)


def wrote_in(actor: Actor, version: ProcedureVersion) -> bool:
    """Its author, or anybody who ever saved a change in it, whoever saved after them."""
    if actor.user_id == version.author_id:
        return True
    saved = Event.objects.about(version.event_kind, version.pk).filter(
        kind="version.edited", actor_id=actor.user_id
    )
    return saved.exclude(data__has_key="unchanged").exists()
