"""Comparing an agency's list with ours, and what is done about what differs."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency
from common import clock
from common.errors import DomainError, require
from crm import permissions
from crm.actions.deliveries import restate_case
from crm.models import Difference, Reconciliation, Resolution
from events.record import record

_NOT_ALLOWED = _("Only administrators look after deliveries.")


@transaction.atomic
def begin_reconciliation(agency: Agency, *, by: Actor) -> Reconciliation:
    """Begin a comparison."""
    return Reconciliation.objects.create(agency=agency, began_at=clock.now())


@transaction.atomic
def note_difference(
    reconciliation: Reconciliation,
    *,
    by: Actor,
    folio: str,
    kind: str,
    case_id: UUID | None = None,
    ours: str = "",
    theirs: str = "",
) -> Difference:
    """Keep what is told differently of a folio; found again while it is open, it is the same difference."""
    now = clock.now()
    open_one = Difference.objects.select_for_update(of=("self",)).filter(
        agency=reconciliation.agency_id, folio=folio[:40], resolution=Resolution.OPEN
    )
    difference = open_one.first() or Difference(
        agency_id=reconciliation.agency_id, folio=folio[:40], first_at=now
    )
    is_new = difference._state.adding
    difference.reconciliation = reconciliation
    difference.kind, difference.case_id, difference.last_at = kind, case_id, now
    difference.our_hash, difference.their_hash = ours, theirs[:64]
    difference.save()
    if is_new:
        record("difference.found", difference, by=by, at=now, kind_of=kind, agency=reconciliation.agency_id)
    return difference


@transaction.atomic
def end_reconciliation(
    reconciliation: Reconciliation,
    *,
    by: Actor,
    theirs: int = 0,
    ours: int = 0,
    found: int = 0,
    trouble: str = "",
) -> Reconciliation:
    """End a comparison; after a whole one, the differences that it did not find again have gone by themselves."""
    now: datetime = clock.now()
    reconciliation.ended_at, reconciliation.trouble = now, trouble[:40]
    reconciliation.theirs, reconciliation.ours, reconciliation.found = theirs, ours, found
    reconciliation.save()
    if not trouble:
        Difference.objects.filter(agency=reconciliation.agency_id, resolution=Resolution.OPEN).exclude(
            reconciliation=reconciliation
        ).update(resolution=Resolution.GONE, resolved_at=now)
    return reconciliation


@transaction.atomic
def resolve_difference(difference: Difference, *, by: Actor, resolution: str, note: str = "") -> Difference:
    """
    Resolve a difference: tell the agency's system the state anew, or write how it is explained. A second time changes nothing.

    :raises NotAllowed: `by` looks after no deliveries
    :raises DomainError: nothing was written; there is no case of ours to tell of
    """
    require(permissions.can_manage_deliveries(by), _NOT_ALLOWED)
    difference = (
        Difference.objects.select_for_update(of=("self",))
        .select_related("agency", "case")
        .get(pk=difference.pk)
    )
    if difference.resolution:
        return difference
    words = " ".join(note.split())[:300]
    if resolution == Resolution.SENT_AGAIN:
        if difference.case is None:
            raise DomainError(_("We have no such case: there is nothing to tell. Write how it is explained."))
        restate_case(difference.case, difference.agency, by=by)
    elif resolution != Resolution.NOTED:
        raise DomainError(_("Choose how it is resolved."))
    elif not words:
        missing = _("Write how it is explained.")
        raise DomainError(missing, note=missing)
    difference.resolution, difference.note = resolution, words
    difference.resolved_at, difference.resolved_by_id = clock.now(), by.user_id
    difference.save(update_fields=["resolution", "note", "resolved_at", "resolved_by"])
    record("difference.resolved", difference, by=by, at=difference.resolved_at, how=resolution)
    return difference
