"""Opening files of people and cases: always logged, with a reason where the present contact does not explain it."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, require
from crm import permissions
from crm.models import AccessLog, Case, Interaction, InteractionCase, Person


def log_access(
    act: str,
    *,
    by: Actor,
    person_id: UUID | None = None,
    case_id: UUID | None = None,
    reason: str = "",
    interaction: Interaction | None = None,
    shown: Iterable[UUID] = (),
) -> None:
    """Write one line of the access log: who read whose file, or which rows one list showed."""
    AccessLog(
        at=clock.now(),
        actor_kind=by.kind,
        actor_id=by.user_id,
        act=act,
        reason=reason[:300],
        person_id=person_id,
        case_id=case_id,
        shown_ids=[str(one) for one in shown],
        interaction_id=interaction.pk if interaction else None,
    ).save(force_insert=True)


@transaction.atomic
def open_file(person: Person, *, by: Actor, reason: str, interaction: Interaction | None = None) -> Person:
    """
    Open a person's file, leaving a line in the log that the person can read.

    :raises DomainError: no reason was given
    """
    if not reason.strip():
        raise DomainError(_("Write why you need to see this."), reason=_("Write why you need to see this."))
    log_access("open_person", by=by, person_id=person.pk, reason=reason, interaction=interaction)
    return person


@transaction.atomic
def bring_case(interaction: Interaction, *, by: Actor, case: Case, reason: str = "") -> InteractionCase:
    """
    Bring a case into the present contact, found by its folio: from now on, and until the contact is finished, it is visible.

    :raises NotAllowed: `by` does not attend this contact
    :raises DomainError: the case is of somebody else than the person attended, and no reason was given
    """
    interaction = Interaction.objects.lock(interaction.pk)
    require(
        permissions.is_attending(by, interaction), _("Only whoever attends a contact brings a case into it.")
    )
    own = permissions.is_about_their_case(interaction, case)
    if not own and not reason.strip():
        raise DomainError(
            _("This case is not of the person you attend. Write why you need it; the citizen can read it."),
            reason=_("Write why you need this case; the citizen can read it."),
        )
    written = "" if own else reason.strip()[:300]
    brought, created = InteractionCase.objects.get_or_create(
        interaction=interaction, case=case, defaults={"reason": written}
    )
    if written and not created and not brought.reason:  # it was their own before
        brought.reason = written
        brought.save(update_fields=["reason"])
    log_access(
        "open_case",
        by=by,
        case_id=case.pk,
        person_id=interaction.represented_id or interaction.person_id,
        reason=reason,
        interaction=interaction,
    )
    return brought
