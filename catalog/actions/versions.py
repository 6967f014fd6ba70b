"""The text of a version: begun, edited, set aside, taken up again; or loaded whole."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency
from catalog import permissions, sheets
from catalog.actions.publications import publish_now
from catalog.meaning import meaning_of
from catalog.models import Procedure, ProcedureVersion, VersionStatus
from catalog.models.procedure import OPEN
from catalog.queries.agencies import unknown_deciders
from catalog.queries.published import latest_text
from catalog.queries.topics import unknown_topics
from catalog.queries.variants import unknown_places
from common import clock
from common.errors import DomainError, StaleVersion, require
from events.record import record

NOT_AN_EDITOR = _("Only editors of the agency can change this procedure.")


class DraftExists(DomainError):
    """A procedure has one open draft at a time."""

    code = "draft-exists"
    status = 409


class EditedHere(DomainError):
    """What people wrote here is not overwritten by what is loaded. Its reasons stand in reports, in English."""

    code = "edited-here"
    status = 409


@transaction.atomic
def begin_version(procedure: Procedure, *, by: Actor) -> ProcedureVersion:
    """
    Begin a draft from the latest version, or return the open one.

    :raises NotAllowed: `by` does not edit for the owning agency
    """
    procedure = Procedure.objects.select_for_update().get(pk=procedure.pk)
    require(permissions.can_edit(by, procedure), NOT_AN_EDITOR)
    if draft := procedure.versions.filter(status__in=OPEN).first():
        return draft
    now = clock.now()
    latest = latest_text(procedure)
    version = _new_version(procedure, latest.content if latest else {}, by=by)
    record("version.drafted", version, by=by, at=now, procedure=str(procedure.pk))
    return version


@transaction.atomic
def edit_version(
    version: ProcedureVersion, *, by: Actor, content: dict[str, Any], revision: int
) -> ProcedureVersion:
    """
    Save a draft's content; the form and what the screen does not show come along unchanged in `content`.

    A save that says nothing new leaves the text, its author and its revision as they are.

    :param revision: the revision the editor was looking at
    :raises NotAllowed: `by` does not edit for the owning agency
    :raises StaleVersion: somebody saved in between
    :raises SheetInvalid: the content breaks a rule, or names what nobody knows
    """
    version = ProcedureVersion.objects.select_related("procedure").lock(version.pk)
    require(permissions.can_edit(by, version.procedure), NOT_AN_EDITOR)
    if version.revision != revision:
        raise StaleVersion(
            _("Somebody else saved this draft meanwhile. Your text is kept below: compare and save again.")
        )
    now = clock.now()
    reopened = version.status == VersionStatus.REJECTED
    if reopened:
        version.move_to(VersionStatus.DRAFT, at=now)
    if version.status != VersionStatus.DRAFT:
        raise DomainError(_("This version is not a draft any more, so it can not be edited."))
    content = sheets.validated({**content, "code": version.procedure.code})
    before = version.content
    if unknown := [
        *unknown_topics(content, before),
        *unknown_deciders(content, before),
        *unknown_places(content),
    ]:
        raise sheets.SheetInvalid(unknown)
    procedure = str(version.procedure_id)
    if meaning_of(content) == meaning_of(version.content):
        if reopened:
            version.save(update_fields=["status"])
            record("version.edited", version, by=by, at=now, procedure=procedure, unchanged=True)
        return version
    _fill(version, content)
    version.revision += 1
    version.author_id = by.user_id or version.author_id
    version.save()
    record("version.edited", version, by=by, at=now, procedure=procedure)
    return version


@transaction.atomic
def set_aside(version: ProcedureVersion, *, by: Actor) -> ProcedureVersion:
    """
    End an open draft without publishing it; it stays readable, and its text can be taken up again.

    :raises NotAllowed: `by` does not edit for the owning agency
    :raises IllegalMove: it is not open any more
    """
    version = ProcedureVersion.objects.select_related("procedure").lock(version.pk)
    require(permissions.can_edit(by, version.procedure), NOT_AN_EDITOR)
    now = clock.now()
    version.move_to(VersionStatus.SET_ASIDE, at=now)
    version.save(update_fields=["status"])
    record("version.set_aside", version, by=by, at=now, procedure=str(version.procedure_id))
    return version


@transaction.atomic
def restore_version(version: ProcedureVersion, *, by: Actor) -> ProcedureVersion:
    """
    Begin a draft with the text of an earlier version; it goes through the whole chain like any other.

    :raises NotAllowed: `by` does not edit for the owning agency
    :raises DraftExists: another draft is open
    :raises SheetInvalid: the earlier text breaks a rule of today
    """
    procedure = Procedure.objects.select_for_update().get(pk=version.procedure_id)
    require(permissions.can_edit(by, procedure), NOT_AN_EDITOR)
    if procedure.versions.filter(status__in=OPEN).exists():
        raise DraftExists(_("A draft is open. Go on with it, or set it aside first."))
    now = clock.now()
    content = sheets.validated(version.content)
    draft = _new_version(procedure, content, by=by, restores=version)
    record("version.restored", draft, by=by, at=now, procedure=str(procedure.pk), number=version.number)
    return draft


@transaction.atomic
def put_sheet(
    agency: Agency, data: dict[str, Any], *, by: Actor, origin: str = "", synthetic: bool = False
) -> str:
    """
    Create or renew a procedure from a whole sheet (reference files, importer): returns created, changed or same.

    :raises NotAllowed: `by` is not the system nor an administrator
    :raises EditedHere: people of the agency wrote the latest version, or a draft is open
    :raises SheetInvalid: the sheet breaks a rule, or names a place that nobody knows
    """
    require(by.is_system or by.has_role("administrator"), _("Only an administrator can load sheets."))
    content = sheets.validated(data)
    if unknown := unknown_places(content):
        raise sheets.SheetInvalid(unknown)
    procedure, created = Procedure.objects.get_or_create(
        code=str(data["code"]),
        defaults={
            "slug": data["slug"],
            "agency": agency,
            "popularity": data.get("popularity", 1),
            "origin": origin,
            "is_synthetic": synthetic,
        },
    )
    procedure = Procedure.objects.select_for_update().get(pk=procedure.pk)
    latest = latest_text(procedure)
    if latest and meaning_of(latest.content) == meaning_of(content):
        return "same"
    if procedure.retirements.standing().exists():
        raise EditedHere("it was taken off the public pages here")
    if is_edited_here(procedure):
        raise EditedHere("it was edited here after it was last loaded")
    now = clock.now()
    version = _new_version(procedure, content, by=by, status=VersionStatus.APPROVED, reviewed_at=now)
    publish_now(procedure, version, by=by, at=now)
    return "created" if created else "changed"


def is_edited_here(procedure: Procedure) -> bool:
    """
    Whether a draft is open, the latest version has a person as its author, or the procedure was taken off: neither a load nor an import
    overwrites it.
    """
    if procedure.retirements.standing().exists():
        return True
    latest = procedure.versions.exclude(status=VersionStatus.SET_ASIDE).order_by("-number").first()
    return latest is not None and (latest.author_id is not None or latest.status in OPEN)


def _new_version(
    procedure: Procedure, content: dict[str, Any], *, by: Actor, **fields: Any
) -> ProcedureVersion:
    highest = procedure.versions.aggregate(highest=Max("number"))["highest"] or 0
    version = ProcedureVersion(procedure=procedure, number=highest + 1, author_id=by.user_id, **fields)
    _fill(version, content)
    version.save(force_insert=True)
    return version


def _fill(version: ProcedureVersion, content: dict[str, Any]) -> None:
    version.content = content
    version.title_es = sheets.in_language(content.get("title"), "es")[:250]
    version.title_en = sheets.in_language(content.get("title"), "en")[:250]
    version.has_form = sheets.Sheet(content).has_form
