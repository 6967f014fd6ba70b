"""Everything held about a person is asked for in a case of a right, and attached to that case once it is made."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import AlreadyDone, DomainError
from crm.actions.people import hold_records
from crm.actions.rights import begin_act
from crm.files import StoredFile
from crm.models import Case, Document, DocumentState, PersonExport, RedactionLog
from crm.queries.rights import person_of
from events.record import record

DATA, READABLE = (
    "export-data",
    "export-readable",
)  # what the two papers answer, where a sheet's requirement stands


@transaction.atomic
def ask_export(case: Case, *, by: Actor, revision: int | None = None) -> PersonExport:
    """
    Ask for the export of whoever the case is of; a worker makes it (`crm.make_export`).

    :raises NotAllowed: `by` is no officer of the agency
    :raises AlreadyDone: it is being made
    :raises DomainError: the case asks for no export, or the person was erased
    """
    case, _stage = begin_act(case, "access", "portability", by=by, revision=revision)
    person = person_of(case)
    if person is None or not hold_records(person):
        raise DomainError(_("This person was erased: there is nothing to hand over."))
    if case.exports.filter(made_at__isnull=True, given_up_at__isnull=True).exists():
        raise AlreadyDone(_("The export is being made. Look again in a moment."))
    now = clock.now()
    export = PersonExport(person=person, case=case, by_id=by.signed_in_id, asked_at=now)
    export.save(force_insert=True)
    case.revision += 1
    case.save(update_fields=["revision"])
    record("case.export_asked", case, by=by, at=now, channel="agency", export=str(export.pk))
    return export


@transaction.atomic
def attach_export(export: PersonExport, *, by: Actor, data: StoredFile, readable: StoredFile) -> PersonExport:
    """
    Attach what was made to its case; when meanwhile the person was erased, the case decided, or the case found to be somebody else's
    (a merge was taken back), give it up instead: nothing is handed out then, and the files are orphans that the sweep removes. A second
    time changes nothing.
    """
    case = Case.objects.lock(export.case_id)
    is_known = hold_records(export.person)
    export = PersonExport.objects.select_for_update(of=("self",)).select_related("person").get(pk=export.pk)
    if export.made_at is not None or export.given_up_at is not None:
        return export
    now = clock.now()
    whose = person_of(case)
    is_theirs = whose is not None and whose.survivor_id == export.person.survivor_id
    if not (case.is_open and is_known and is_theirs):
        export.given_up_at = now
        export.save(update_fields=["given_up_at"])
        record("case.export_given_up", case, by=by, at=now, export=str(export.pk))
        return export
    export.data = _paper(case, data, DATA, now)
    export.readable = _paper(case, readable, READABLE, now)
    export.made_at = now
    export.save(update_fields=["data", "readable", "made_at"])
    case.revision += 1
    case.save(update_fields=["revision"])
    record("case.export_made", case, by=by, at=now, export=str(export.pk))
    return export


def withdraw_exports(exports: QuerySet[PersonExport], *, by: Actor, at: datetime) -> None:
    """
    Take back exports that hold somebody else's data: those not made yet are given up, papers handed over are emptied; each case says so.

    The caller holds the records of the people.
    """
    waiting = exports.filter(made_at__isnull=True, given_up_at__isnull=True)
    for export in waiting.select_for_update(of=("self",)).order_by("pk"):
        export.given_up_at = at
        export.save(update_fields=["given_up_at"])
        record("case.export_given_up", Case(pk=export.case_id), by=by, at=at, export=str(export.pk))
    made = list(exports.filter(made_at__isnull=False, expired_at__isnull=True).order_by("pk"))
    with connection.cursor() as cursor:
        for export in made:
            cursor.execute("SELECT redact_exports(ARRAY[%s])", [export.pk])
            RedactionLog.objects.create(case_id=export.case_id, rows=cursor.fetchone()[0], at=at)
            record("case.export_withdrawn", Case(pk=export.case_id), by=by, at=at, export=str(export.pk))


def _paper(case: Case, file: StoredFile, requirement: str, at: datetime) -> Document:
    case.documents.filter(requirement=requirement, replaced_at__isnull=True).update(replaced_at=at)
    return Document.objects.create(
        case=case,
        requirement=requirement,
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        sha256=file.sha256,
        state=DocumentState.ACCEPTED,
        received_at=at,
    )
