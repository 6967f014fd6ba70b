"""Taking over another server's catalogue: what is kept of a run, and of each sheet in it."""

from itertools import chain, count
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.actors import Actor
from accounts.models import Agency
from catalog import permissions, sheets
from catalog.actions.conflicts import file_conflict, supersede_conflict
from catalog.actions.versions import EditedHere, is_edited_here, put_sheet
from catalog.carrying import coded_alike
from catalog.models import ImportItem, ImportRun, ImportSource, Outcome, Procedure
from catalog.queries.conflicts import present_text
from common import clock
from common.errors import require


@transaction.atomic
def begin_run(url: str, *, by: Actor, is_dry: bool = False, source: ImportSource | None = None) -> ImportRun:
    """
    Begin reading a server's catalogue.

    :param is_dry: nothing is to be written but the report
    :raises NotAllowed: `by` is not the system nor an administrator
    """
    _require_importer(by)
    return ImportRun.objects.create(url=url, is_dry=is_dry, source=source)


@transaction.atomic
def move_cursor(run: ImportRun, *, by: Actor, cursor: str) -> None:
    """Remember which page is being read, so that a run cut short goes on from there."""
    _require_importer(by)
    ImportRun.objects.filter(pk=run.pk).update(cursor=cursor)


@transaction.atomic
def end_run(run: ImportRun, *, by: Actor, stopped_because: str = "") -> None:
    """Say that a run has ended; with a reason, that it was cut short and may go on."""
    _require_importer(by)
    ImportRun.objects.filter(pk=run.pk).update(
        finished_at=None if stopped_because else clock.now(), stopped_because=stopped_because
    )


@transaction.atomic
def add_agency(code: str, *, by: Actor, name: str, acronym: str = "", home_url: str = "") -> Agency:
    """Make an agency known by its code, unless it is already."""
    _require_importer(by)
    agency, _created = Agency.objects.get_or_create(
        code=code,
        defaults={
            "official_code": code if len(code) <= 12 else "",
            "name_es": name[:200] or code,
            "acronym": acronym[:30],
            "home_url": home_url[:300],
            "is_added": True,
        },
    )
    return agency


@transaction.atomic
def import_sheet(
    agency: Agency, data: dict[str, Any], *, by: Actor, origin: str, run: ImportRun | None
) -> tuple[str, str]:
    """
    Take over one sheet and note what became of it, in a word and with the reason: created, changed, same, or a conflict.

    It passes through `put_sheet`, as every sheet does. What people wrote here is never overwritten: what differs from it waits for an
    editor (`file_conflict`).

    :raises NotAllowed: `by` is not the system nor an administrator
    :raises EditedHere: here the procedure belongs to another agency
    :raises SheetInvalid: the sheet breaks a rule
    """
    _require_importer(by)
    procedure = Procedure.objects.select_for_update().filter(code=data["code"]).first()
    reason = ""
    if procedure is None:
        outcome = put_sheet(agency, {**data, "slug": _free_slug(data)}, by=by, origin=origin)
        procedure = Procedure.objects.get(code=data["code"])
    elif procedure.agency_id != agency.pk:
        raise EditedHere(gettext_noop("here it belongs to another agency"))
    elif procedure.origin != origin or is_edited_here(procedure):
        outcome, reason = file_conflict(procedure, sheets.validated(data), by=by, origin=origin, run=run)
    else:
        outcome = put_sheet(agency, _under_our_codes(procedure, data), by=by, origin=origin)
        supersede_conflict(procedure, by=by)
    _note(run, data["code"], outcome, reason=reason, procedure=procedure)
    return outcome, reason


@transaction.atomic
def note_item(run: ImportRun, remote_id: str, *, by: Actor, outcome: str, reason: str = "") -> None:
    """Keep what would become of a sheet, in a run that writes nothing else."""
    _require_importer(by)
    _note(run, remote_id, outcome, reason=reason, procedure=Procedure.objects.filter(code=remote_id).first())


@transaction.atomic
def note_refusal(run: ImportRun | None, remote_id: str, *, by: Actor, reason: str) -> None:
    """Keep why a sheet was not taken over."""
    _require_importer(by)
    _note(run, remote_id, Outcome.REFUSED, reason=reason)


def _free_slug(data: dict[str, Any]) -> str:
    """The address its title gives; where another procedure has it, one with its code, and a number where somebody has that too."""
    slug: str = data["slug"]
    coded = f"{slug[:120]}-{data['code'].lower()}"
    candidates = chain([slug, coded], (f"{coded}-{number}" for number in count(2)))
    return next(one for one in candidates if not Procedure.objects.filter(slug=one).exists())


def _under_our_codes(procedure: Procedure, data: dict[str, Any]) -> dict[str, Any]:
    """Their sheet, its papers called as they are called here: one that is new leaves the others what they were."""
    ours = present_text(procedure).get("requirements") or []
    return {**data, "requirements": coded_alike(ours, data.get("requirements") or [])}


def _require_importer(by: Actor) -> None:
    require(permissions.can_import(by), permissions.NOT_AN_IMPORTER)


def _note(
    run: ImportRun | None,
    remote_id: str,
    outcome: str,
    *,
    reason: str = "",
    procedure: Procedure | None = None,
) -> None:
    if run is not None:
        ImportItem.objects.get_or_create(
            run=run,
            remote_id=remote_id[:60],
            defaults={"outcome": outcome, "reason": reason[:2000], "procedure": procedure},
        )
