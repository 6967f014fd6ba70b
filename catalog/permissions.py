"""Who may do what in the catalogue (state belongs to the model)."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Role
from catalog.models import Bundle, Procedure, ProcedureVersion, VersionStatus
from catalog.models.procedure import SHEET_ROLES, sees_every_sheet
from events.models import Event

NOT_AN_IMPORTER = _("Only an administrator can import a catalogue.")


def can_import(actor: Actor) -> bool:
    """The system and administrators: catalogues of other servers, and from where they are read."""
    return actor.is_system or actor.has_role(Role.ADMINISTRATOR)


def can_add_procedures(actor: Actor) -> bool:
    """The system and administrators: a number is of the whole house."""
    return actor.is_system or actor.has_role(Role.ADMINISTRATOR)


def can_send_files(actor: Actor) -> bool:
    """Whoever may write in some sheet may send a file of many."""
    return actor.has_role(Role.EDITOR, Role.ADMINISTRATOR)


def keeps_agreements(actor: Actor) -> bool:
    """Who enters agreements and accreditations: administrators."""
    return actor.is_system or actor.has_role(Role.ADMINISTRATOR)


def can_edit(actor: Actor, procedure: Procedure) -> bool:
    """An editor of the owning agency, or an administrator."""
    if actor.is_system or actor.has_role(Role.ADMINISTRATOR):
        return True
    return procedure.agency_id in actor.agency_ids(Role.EDITOR)


def works_on(actor: Actor, procedure: Procedure) -> bool:
    """Whoever edits, reviews or publishes the agency's sheets."""
    return sees_every_sheet(actor) or procedure.agency_id in actor.agency_ids(*SHEET_ROLES)


def can_review(actor: Actor, version: ProcedureVersion) -> bool:
    """A reviewer of the owning agency, or an administrator, but nobody who wrote in the version: four eyes."""
    if actor.is_system:
        return True
    reviews = actor.has_role(Role.ADMINISTRATOR) or version.procedure.agency_id in actor.agency_ids(
        Role.REVIEWER
    )
    return reviews and not wrote_in(actor, version)


def is_publisher(actor: Actor, procedure: Procedure) -> bool:
    """A publisher of the owning agency or of the whole house, or an administrator."""
    return (
        actor.is_system
        or actor.has_role(Role.ADMINISTRATOR)
        or actor.has_role(Role.PUBLISHER, agency_id=procedure.agency_id)
    )


def can_publish(actor: Actor, version: ProcedureVersion) -> bool:
    """A publisher, but nobody who wrote in the version."""
    return is_publisher(actor, version.procedure) and (actor.is_system or not wrote_in(actor, version))


def can_make_bundles(actor: Actor) -> bool:
    """Whoever writes in sheets, or publishes them."""
    return actor.is_system or actor.has_role(Role.EDITOR, Role.PUBLISHER, Role.ADMINISTRATOR)


def can_edit_bundle(actor: Actor, bundle: Bundle, procedures: Iterable[Procedure]) -> bool:
    """A draft is anybody's who makes bundles; what is public is changed by whoever may publish it."""
    if bundle.is_published:
        return can_publish_bundle(actor, procedures)
    return can_make_bundles(actor)


def can_publish_bundle(actor: Actor, procedures: Iterable[Procedure]) -> bool:
    """Whoever publishes for every agency whose procedures it joins."""
    joined = list(procedures)
    if not joined:
        return actor.is_system or actor.has_role(Role.ADMINISTRATOR, Role.PUBLISHER)
    return all(is_publisher(actor, procedure) for procedure in joined)


def wrote_in(actor: Actor, version: ProcedureVersion) -> bool:
    """Its author, or anybody who ever saved a change in it, whoever saved after them; or in the text never approved that it takes up again."""
    if actor.user_id == version.author_id:
        return True
    saved = Event.objects.about(version.event_kind, version.pk).filter(
        kind__in=["version.edited", "version.restored"], actor_id=actor.user_id
    )
    if saved.exclude(data__has_key="unchanged").exists():
        return True
    taken_up = version.restores
    return taken_up is not None and taken_up.status != VersionStatus.APPROVED and wrote_in(actor, taken_up)
