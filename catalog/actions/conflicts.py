"""What came from elsewhere and differs from what people wrote here: kept, and decided by an editor. Never written over."""

import json
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.actors import Actor
from catalog import permissions
from catalog.actions.versions import NOT_AN_EDITOR, DraftExists, begin_version, edit_version
from catalog.carrying import carried_over
from catalog.meaning import meaning_of
from catalog.models import (
    ConflictState,
    ImportConflict,
    ImportRun,
    Outcome,
    Procedure,
    ProcedureVersion,
)
from catalog.models.procedure import OPEN
from catalog.queries.conflicts import present_text
from common import clock
from common.errors import DomainError, require
from events.record import record

# Kept in English and worded for whoever reads a report.
WAITS = gettext_noop("it differs from what was written here: an editor decides")
STILL_WAITS = gettext_noop("an editor has not decided on this text yet")
DECIDED = gettext_noop("an editor has decided on this text before")


@transaction.atomic
def file_conflict(
    procedure: Procedure, content: dict[str, Any], *, by: Actor, origin: str, run: ImportRun | None
) -> tuple[str, str]:
    """
    Keep a text that can not be taken over by itself, once: what an editor decided on does not come back, unless the draft that was begun
    with it was set aside.

    The caller holds the lock of the procedure.

    :param content: the validated sheet as it came
    :return: what became of it, and why
    :raises NotAllowed: `by` is not the system nor an administrator
    """
    require(permissions.can_import(by), permissions.NOT_AN_IMPORTER)
    present = present_text(procedure)
    if meaning_of(carried_over(present, content)) == meaning_of(present):
        supersede_conflict(procedure, by=by)
        return Outcome.SAME.value, ""
    digest = sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    same = procedure.conflicts.filter(sha256=digest)
    if same.open().exists():
        return Outcome.CONFLICT.value, STILL_WAITS
    supersede_conflict(procedure, by=by)
    if same.decided().exists():
        return Outcome.SAME.value, DECIDED
    conflict = ImportConflict.objects.create(
        procedure=procedure, run=run, origin=origin, content=content, sha256=digest
    )
    record("procedure.import_differs", procedure, by=by, at=clock.now(), conflict=conflict.pk)
    return Outcome.CONFLICT.value, WAITS


@transaction.atomic
def supersede_conflict(procedure: Procedure, *, by: Actor) -> None:
    """
    Say that the text that waits is what the other server says no more.

    :raises NotAllowed: `by` is not the system nor an administrator
    """
    require(permissions.can_import(by), permissions.NOT_AN_IMPORTER)
    procedure.conflicts.open().update(state=ConflictState.SUPERSEDED, settled_at=clock.now())


@transaction.atomic
def take_conflict(conflict: ImportConflict, *, by: Actor) -> ProcedureVersion:
    """
    Begin a draft with a text that came from elsewhere; it goes through the whole chain like any other.

    :raises NotAllowed: `by` does not edit for the owning agency
    :raises DraftExists: a draft is open
    :raises DomainError: somebody decided meanwhile, or another text came
    :raises SheetInvalid: the text breaks a rule of today
    """
    procedure = Procedure.objects.select_for_update().get(pk=conflict.procedure_id)
    conflict = _open_one(conflict, procedure, by)
    if procedure.versions.filter(status__in=OPEN).exists():
        raise DraftExists(
            _("A draft is open: finish it or set it aside, then take this text. It waits for you here.")
        )
    draft = begin_version(procedure, by=by)
    content = carried_over(draft.content, conflict.content)
    draft = edit_version(draft, by=by, content=content, revision=draft.revision)
    conflict.taken_as = draft
    _settle(conflict, procedure, ConflictState.TAKEN, "procedure.import_taken", by=by)
    return draft


@transaction.atomic
def keep_ours(conflict: ImportConflict, *, by: Actor) -> ImportConflict:
    """
    Leave what is written here; the same text from elsewhere does not ask again.

    :raises NotAllowed: `by` does not edit for the owning agency
    :raises DomainError: somebody decided meanwhile, or another text came
    """
    procedure = Procedure.objects.select_for_update().get(pk=conflict.procedure_id)
    conflict = _open_one(conflict, procedure, by)
    return _settle(conflict, procedure, ConflictState.KEPT, "procedure.import_kept", by=by)


def _open_one(conflict: ImportConflict, procedure: Procedure, by: Actor) -> ImportConflict:
    conflict = ImportConflict.objects.lock(conflict.pk)
    require(permissions.can_edit(by, procedure), NOT_AN_EDITOR)
    if conflict.state != ConflictState.OPEN:
        raise DomainError(_("This was decided meanwhile, or another text came. Look at the list again."))
    return conflict


def _settle(
    conflict: ImportConflict, procedure: Procedure, state: ConflictState, event: str, *, by: Actor
) -> ImportConflict:
    now = clock.now()
    conflict.state, conflict.settled_by_id, conflict.settled_at = state, by.signed_in_id, now
    conflict.save(update_fields=["state", "settled_by", "settled_at", "taken_as"])
    record(event, procedure, by=by, at=now, conflict=conflict.pk)
    return conflict
