"""Comparing an agency's list with ours, and what is done about what differs."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency
from common import clock
from common.errors import DomainError, require
from crm import permissions
from crm.actions.deliveries import restate_case
from crm.actions.escalations import (
    comparison_key,
    difference_key,
    open_comparison_task,
    open_difference_task,
)
from crm.actions.owed_work import end_task_of
from crm.models import Difference, Reconciliation, Resolution, Task
from events.record import record

_NOT_ALLOWED = _("Only officers of the agency and administrators resolve its differences.")


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
    """
    Keep what is told differently of a folio; found again while it is open, it is the same difference, and it has a task again where the last
    one ended without it. One that somebody explained is not found anew while both still tell the same; the explanation
    is spent once a whole comparison did not find it: what comes again after that is a new difference.

    :param folio: at most 40 letters, as they tell it
    :param theirs: at most 64
    """
    now = clock.now()
    whole = Reconciliation.objects.filter(
        agency=reconciliation.agency_id, trouble="", ended_at__isnull=False, began_at__gt=OuterRef("last_at")
    )
    explained = Difference.objects.filter(
        ~Exists(whole),
        agency=reconciliation.agency_id,
        folio=folio,
        kind=kind,
        resolution=Resolution.NOTED,
        our_hash=ours,
        their_hash=theirs,
    ).order_by("-first_at")
    if known := explained.first():
        known.last_at = now
        known.save(update_fields=["last_at"])
        return known
    open_one = Difference.objects.select_for_update(of=("self",)).filter(
        agency=reconciliation.agency_id, folio=folio, resolution=Resolution.OPEN
    )
    difference = open_one.first() or Difference(agency_id=reconciliation.agency_id, folio=folio, first_at=now)
    is_new = difference._state.adding
    difference.reconciliation = reconciliation
    difference.kind, difference.case_id, difference.last_at = kind, case_id, now
    difference.our_hash, difference.their_hash = ours, theirs
    difference.save()
    if is_new:
        record("difference.found", difference, by=by, at=now, kind_of=kind, agency=reconciliation.agency_id)
    elif not Task.objects.open().filter(key=difference_key(difference)).exists():
        with translation.override(settings.LANGUAGE_CODE):
            open_difference_task(difference, by=by)
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
    """
    End a comparison; after a whole one, the differences that were not found again since it began, by this one or another, have gone by
    themselves.
    """
    now: datetime = clock.now()
    reconciliation.ended_at, reconciliation.trouble = now, trouble[:40]
    reconciliation.theirs, reconciliation.ours, reconciliation.found = theirs, ours, found
    reconciliation.save()
    if trouble:
        with translation.override(settings.LANGUAGE_CODE):
            open_comparison_task(reconciliation.agency, by=by)
        return reconciliation
    end_task_of(comparison_key(reconciliation.agency), by=by, outcome=gettext("Compared."))
    gone = Difference.objects.filter(
        agency=reconciliation.agency_id, resolution=Resolution.OPEN, last_at__lt=reconciliation.began_at
    )
    for difference in gone.select_for_update(of=("self",)):
        _resolve(difference, Resolution.GONE, by=by, at=now)
    return reconciliation


@transaction.atomic
def resolve_difference(difference: Difference, *, by: Actor, resolution: str, note: str = "") -> Difference:
    """
    Resolve a difference: tell the agency's system the state anew, or write how it is explained. A second time changes nothing.

    :raises NotAllowed: `by` looks after no deliveries, nor is an officer of its agency
    :raises DomainError: nothing was written; there is no case of ours to tell of
    """
    require(permissions.can_settle_with(by, difference.agency_id), _NOT_ALLOWED)
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
    difference.note, difference.resolved_by_id = words, by.user_id
    _resolve(difference, Resolution(resolution), by=by, at=clock.now())
    return difference


def _resolve(difference: Difference, resolution: Resolution, *, by: Actor, at: datetime) -> None:
    difference.resolution, difference.resolved_at = resolution, at
    difference.save(update_fields=["resolution", "note", "resolved_at", "resolved_by"])
    end_task_of(difference_key(difference), by=by, outcome=str(resolution.label))
    record("difference.resolved", difference, by=by, at=at, how=resolution.value)
