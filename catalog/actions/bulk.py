"""A file of sheets: kept with its report, confirmed by whoever sent it, and done row by row; every row becomes a draft, nothing is published."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog import permissions
from catalog.actions.procedures import create_procedure
from catalog.actions.versions import begin_version, edit_version
from catalog.bulk.given import Given, shown
from catalog.bulk.judging import Judgement, draft_is_open, judge
from catalog.models import (
    BulkImport,
    BulkOutcome,
    BulkResult,
    BulkRow,
    BulkState,
    Procedure,
    ProcedureVersion,
)
from catalog.models.procedure import OPEN
from common import clock
from common.errors import DomainError, NotAllowed, require

KEPT_UNCONFIRMED, KEPT_DONE = timedelta(days=7), timedelta(days=90)
TO_DO = (BulkOutcome.CREATED, BulkOutcome.CHANGED)
MOST_TRIES = 3  # of one row, each of which may take a worker with it


@transaction.atomic
def begin_bulk(*, by: Actor, file_name: str, kind: str, language: str, given: Iterable[Given]) -> BulkImport:
    """
    Keep a file that was read; its rows are judged next, and nothing of the catalogue changes.

    :raises NotAllowed: `by` writes in no sheet
    """
    require(permissions.can_send_files(by), _("Only editors send files of sheets."))
    bulk = BulkImport.objects.create(
        owner_id=by.signed_in_id,
        file_name=shown(file_name, 120),
        kind=kind,
        language=language,
        expires_at=clock.now() + KEPT_UNCONFIRMED,
    )
    BulkRow.objects.bulk_create(
        [
            BulkRow(
                bulk=bulk,
                number=one.number,
                code=one.code,
                data=one.data,
                outcome=BulkOutcome.REFUSED if one.problem else "",
                reason=one.problem[:2000],
            )
            for one in given
        ],
        batch_size=500,
    )
    return bulk


@transaction.atomic
def take_up_row(row: BulkRow, *, by: Actor) -> bool:
    """
    Note that a row is worked on next, before whatever may go wrong with it; return whether to go on.

    One on which work was begun three times and never ended is given up: it says so, and holds nothing up any more.
    """
    row = _locked(row)
    _require_owner(row.bulk, by)
    waits = {
        BulkState.READING: not row.outcome,
        BulkState.CONFIRMED: row.outcome in TO_DO and not row.result,
    }
    if not waits.get(BulkState(row.bulk.state), False):  # another worker was here meanwhile
        return False
    if row.tries < MOST_TRIES:
        row.tries += 1
        row.save(update_fields=["tries"])
        return True
    given_up = gettext(
        "This row failed three times and is left out. Tell whoever looks after this server which row of which file it is."
    )
    if row.outcome:
        row.result, row.said, row.done_at = BulkResult.REFUSED, given_up, clock.now()
    else:
        row.outcome, row.reason = BulkOutcome.REFUSED, given_up
    row.data = None
    row.save(update_fields=["outcome", "reason", "result", "said", "done_at", "data"])
    return False


@transaction.atomic
def judge_row(row: BulkRow, *, by: Actor) -> BulkRow:
    """Say what a row would do; a second time changes nothing."""
    row = _locked(row)
    if row.outcome:
        return row
    found = judge(row.data, row.bulk.kind, by=by)
    row.outcome, row.reason, row.base, row.tries = found.outcome, found.reason[:2000], found.base, 0
    if found.outcome not in TO_DO:
        row.data = None
    row.save(update_fields=["outcome", "reason", "base", "data", "tries"])
    return row


@transaction.atomic
def end_judging(bulk: BulkImport, *, by: Actor) -> BulkImport:
    """Say that the report is whole, once it is."""
    bulk = BulkImport.objects.lock(bulk.pk)
    _require_owner(bulk, by)
    if bulk.state == BulkState.READING and not bulk.rows.filter(outcome="").exists():
        bulk.state = BulkState.READ
        bulk.save(update_fields=["state"])
    return bulk


@transaction.atomic
def confirm_bulk(bulk: BulkImport, *, by: Actor) -> BulkImport:
    """
    Have the rows of a report done. Pressed twice it is confirmed once.

    :raises NotAllowed: somebody else sent the file
    :raises DomainError: it is still being read, its time is over, or nothing in it would change anything
    """
    bulk = BulkImport.objects.lock(bulk.pk)
    _require_owner(bulk, by)
    now = clock.now()
    if bulk.state in {BulkState.CONFIRMED, BulkState.DONE}:
        return bulk
    if bulk.state == BulkState.READING:
        raise DomainError(_("The file is still being read: wait for its report, then confirm it."))
    if bulk.expires_at <= now:
        raise DomainError(_("This report is more than seven days old: send the file again."))
    if not bulk.rows.filter(outcome__in=TO_DO).exists():
        raise DomainError(_("Nothing in this file changes anything."))
    bulk.state, bulk.confirmed_at, bulk.expires_at = BulkState.CONFIRMED, now, now + KEPT_DONE
    bulk.save(update_fields=["state", "confirmed_at", "expires_at"])
    return bulk


@transaction.atomic
def apply_row(row: BulkRow, *, by: Actor) -> BulkRow:
    """
    Do one row of a confirmed file: its text becomes an open draft of whoever sent it. A second time changes nothing.

    What changed here since the report is not overwritten: the row says so.
    """
    row = _locked(row)
    if row.result or row.outcome not in TO_DO or row.bulk.state != BulkState.CONFIRMED:
        return row
    try:
        with transaction.atomic():
            row.result, row.said, row.version = _done(row, judge(row.data, row.bulk.kind, by=by), by)
    except NotAllowed as error:
        row.result, row.said, row.version = BulkResult.REFUSED, str(error)[:2000], None
    except DomainError as error:
        row.result, row.said, row.version = BulkResult.CONFLICT, str(error)[:2000], None
    row.data, row.done_at, row.tries = None, clock.now(), 0
    row.save(update_fields=["result", "said", "version", "data", "done_at", "tries"])
    return row


def _done(row: BulkRow, found: Judgement, by: Actor) -> tuple[str, str, ProcedureVersion | None]:
    match found.outcome:
        case BulkOutcome.SAME:
            return BulkResult.SAME, "", None
        case BulkOutcome.REFUSED:
            return BulkResult.REFUSED, found.reason[:2000], None
        case BulkOutcome.CONFLICT:
            return BulkResult.CONFLICT, found.reason[:2000], None
    if (found.base.pk if found.base else None) != row.base_id:
        return BulkResult.CONFLICT, _changed_meanwhile(), None
    content = found.content or {}
    if found.procedure is not None:
        return BulkResult.DRAFTED, "", _drafted(found.procedure, content, by)
    draft = create_procedure(row.code, by=by, slug=found.slug, agency=found.agency, content=content)
    return BulkResult.DRAFTED, "", draft


def _drafted(procedure: Procedure, content: dict[str, Any], by: Actor) -> ProcedureVersion:
    Procedure.objects.select_for_update().get(pk=procedure.pk)
    if procedure.versions.filter(status__in=OPEN).exists():  # begun since it was judged, a moment ago
        raise DomainError(draft_is_open())
    draft = begin_version(procedure, by=by)
    return edit_version(draft, by=by, content=content, revision=draft.revision)


def _changed_meanwhile() -> str:
    return gettext("Another version came since the report: save the file anew and change that one.")


@transaction.atomic
def end_bulk(bulk: BulkImport, *, by: Actor) -> BulkImport:
    """Say that every row of a confirmed file is done, once it is."""
    bulk = BulkImport.objects.lock(bulk.pk)
    _require_owner(bulk, by)
    if bulk.state == BulkState.CONFIRMED and not bulk.rows.filter(outcome__in=TO_DO, result="").exists():
        bulk.state, bulk.finished_at = BulkState.DONE, clock.now()
        bulk.save(update_fields=["state", "finished_at"])
    return bulk


@transaction.atomic
def forget_bulk_imports(*, by: Actor) -> int:
    """Forget the files whose time is over; the drafts they became stay. Return how many."""
    require(by.is_system, _("Only the system forgets files."))
    _count, each = BulkImport.objects.filter(expires_at__lte=clock.now()).delete()
    return each.get(BulkImport._meta.label, 0)


def _locked(row: BulkRow) -> BulkRow:
    return BulkRow.objects.select_for_update(of=("self",)).select_related("bulk").get(pk=row.pk)


def _require_owner(bulk: BulkImport, by: Actor) -> None:
    require(bulk.owner_id == by.user_id, _("Only whoever sent this file decides on it."))
