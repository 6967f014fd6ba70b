"""The life of a version: begun, edited, sent to review, returned or published by a second person."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Func, Max, Value
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency
from catalog import permissions, sheets
from catalog.actions.search_entries import rewrite_search_entries
from catalog.models import Procedure, ProcedureVersion, Publication, VersionStatus
from common import clock
from common.errors import DomainError, StaleVersion, require
from events.record import record

# What a row means where it does not say (as `sheets.Sheet` reads it).
_UNSAID: dict[str, dict[str, Any]] = {
    "requirements": {"provided_by": "citizen", "required": True, "upload": False},
    "costs": {"currency": "CLP"},
}


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
    require(permissions.can_edit(by, procedure), _("Only editors of the agency can change this procedure."))
    if draft := procedure.versions.exclude(status=VersionStatus.APPROVED).first():
        return draft
    now = clock.now()
    latest = procedure.versions.order_by("-number").first()
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
    :raises SheetInvalid: the content breaks a rule
    """
    version = ProcedureVersion.objects.select_related("procedure").lock(version.pk)
    require(
        permissions.can_edit(by, version.procedure),
        _("Only editors of the agency can change this procedure."),
    )
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
    content = sheets.validated(content)
    procedure = str(version.procedure_id)
    if _said(content) == _said(version.content):
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
def send_to_review(version: ProcedureVersion, *, by: Actor) -> ProcedureVersion:
    """
    Hand a draft to a second person.

    :raises NotAllowed: `by` does not edit for the owning agency
    :raises IllegalMove: it is not a draft
    """
    version = ProcedureVersion.objects.select_related("procedure").lock(version.pk)
    require(
        permissions.can_edit(by, version.procedure),
        _("Only editors of the agency can change this procedure."),
    )
    now = clock.now()
    version.move_to(VersionStatus.IN_REVIEW, at=now)
    version.save(update_fields=["status"])
    record("version.sent_to_review", version, by=by, at=now, procedure=str(version.procedure_id))
    return version


@transaction.atomic
def return_version(version: ProcedureVersion, *, by: Actor, comment: str) -> ProcedureVersion:
    """
    Return a version to its author with a reason.

    :raises NotAllowed: `by` wrote in it or does not edit for the agency
    :raises DomainError: no reason was given
    """
    version = ProcedureVersion.objects.select_related("procedure").lock(version.pk)
    require(
        permissions.can_publish(by, version), _("A second person reviews a version: nobody who wrote in it.")
    )
    if not comment.strip():
        raise DomainError(
            _("Write what its author should change."), comment=_("Write what its author should change.")
        )
    now = clock.now()
    version.move_to(VersionStatus.REJECTED, at=now, by=by.user_id)
    version.review_comment = comment.strip()
    version.save()
    record("version.rejected", version, by=by, at=now, procedure=str(version.procedure_id))
    return version


@transaction.atomic
def publish_version(version: ProcedureVersion, *, by: Actor, revision: int) -> Publication:
    """
    Approve a reviewed version and make it the public one from now on; the one before it ends at the same instant.

    :param revision: the revision that was read: nothing is published unread
    :raises NotAllowed: `by` wrote in it or does not edit for the agency
    :raises StaleVersion: it was saved after it was read
    :raises IllegalMove: it was not sent to review
    """
    procedure = Procedure.objects.select_for_update().get(versions=version.pk)
    version = ProcedureVersion.objects.select_related("procedure").lock(version.pk)
    require(
        permissions.can_publish(by, version),
        _("A second person publishes a version: nobody who wrote in it."),
    )
    if version.revision != revision:
        raise StaleVersion(_("This version changed after you opened it. Read it again, then publish it."))
    now = clock.now()
    version.move_to(VersionStatus.APPROVED, at=now, by=by.user_id)
    version.save()
    return _publish(procedure, version, by=by, at=now)


@transaction.atomic
def put_sheet(
    agency: Agency, data: dict[str, Any], *, by: Actor, origin: str = "", synthetic: bool = False
) -> str:
    """
    Create or renew a procedure from a whole sheet (reference files, importer): returns created, changed or same.

    :raises NotAllowed: `by` is not the system nor an administrator
    :raises EditedHere: people of the agency wrote the latest version
    :raises SheetInvalid: the sheet breaks a rule
    """
    require(by.is_system or by.has_role("administrator"), _("Only an administrator can load sheets."))
    content = sheets.validated(data)
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
    latest = procedure.versions.filter(status=VersionStatus.APPROVED).order_by("-number").first()
    if latest and latest.content == content:
        return "same"
    refuse_if_edited_here(procedure)
    now = clock.now()
    version = _new_version(procedure, content, by=by, status=VersionStatus.APPROVED, reviewed_at=now)
    _publish(procedure, version, by=by, at=now)
    return "created" if created else "changed"


def refuse_if_edited_here(procedure: Procedure) -> None:
    """
    Keep what people wrote from being overwritten by a load or an import.

    :raises EditedHere: the latest version, published or still a draft, has a person as its author
    """
    latest = procedure.versions.order_by("-number").first()
    if latest and latest.author_id is not None:
        raise EditedHere("it was edited here after it was last loaded")


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


def _publish(procedure: Procedure, version: ProcedureVersion, *, by: Actor, at: datetime) -> Publication:
    Publication.objects.filter(procedure=procedure, during__contains=at).update(
        during=Func(Func("during", function="lower"), Value(at), Value("[)"), function="tstzrange")
    )
    publication = Publication.objects.create(
        version=version,
        procedure=procedure,
        during=DateTimeTZRange(at, None, "[)"),
        published_by_id=by.user_id,
    )
    rewrite_search_entries(procedure, version)
    record("version.published", version, by=by, at=at, procedure=str(procedure.pk), number=version.number)
    return publication


def _said(value: Any) -> Any:
    """Return what a sheet says, for comparing: without what is empty, and with what goes unsaid."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    if isinstance(value, list):
        return [_said(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    said = {key: _said(inner) for key, inner in value.items() if key not in _UNSAID}
    rows = {
        key: [{**_UNSAID[key], **row} for row in _said(value[key] or [])] for key in _UNSAID if key in value
    }
    return {key: inner for key, inner in {**said, **rows}.items() if inner not in (None, "", {}, [])}
