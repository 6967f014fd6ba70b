"""Taking over another server's catalogue: what is kept of a run, and of each sheet in it."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency, Role
from catalog.actions.versions import EditedHere, put_sheet, refuse_if_edited_here
from catalog.models import ImportItem, ImportRun, Outcome, Procedure
from common import clock
from common.errors import require


@transaction.atomic
def begin_run(url: str, *, by: Actor) -> ImportRun:
    """
    Begin reading a server's catalogue.

    :raises NotAllowed: `by` is not the system nor an administrator
    """
    _require_importer(by)
    return ImportRun.objects.create(url=url)


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
) -> str:
    """
    Take over one sheet and note what became of it: created, changed or same.

    It passes through `put_sheet`, as every sheet does.

    :raises NotAllowed: `by` is not the system nor an administrator
    :raises EditedHere: the procedure was written here, comes from elsewhere, or was edited here since
    :raises SheetInvalid: the sheet breaks a rule
    """
    _require_importer(by)
    procedure = Procedure.objects.select_for_update().filter(code=data["code"]).first()
    if procedure:
        _refuse_unless_untouched(procedure, agency, origin)
    elif Procedure.objects.filter(slug=data["slug"]).exists():
        data = {**data, "slug": f"{data['slug'][:125]}-{data['code'].lower()}"}
    outcome = put_sheet(agency, data, by=by, origin=origin)
    _note(run, data["code"], outcome, procedure=procedure or Procedure.objects.get(code=data["code"]))
    return outcome


@transaction.atomic
def note_refusal(run: ImportRun | None, remote_id: str, *, by: Actor, reason: str) -> None:
    """Keep why a sheet was not taken over."""
    _require_importer(by)
    _note(run, remote_id, Outcome.REFUSED, reason=reason)


def _require_importer(by: Actor) -> None:
    require(
        by.is_system or by.has_role(Role.ADMINISTRATOR), _("Only an administrator can import a catalogue.")
    )


def _refuse_unless_untouched(procedure: Procedure, agency: Agency, origin: str) -> None:
    if procedure.origin != origin:
        raise EditedHere("a procedure with this code is written here, or comes from another server")
    if procedure.agency_id != agency.pk:
        raise EditedHere("here it belongs to another agency")
    refuse_if_edited_here(procedure)


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
