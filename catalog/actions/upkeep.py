"""Keeping a sheet true: somebody sees to it, and says that it still is."""

from datetime import date, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from catalog import permissions
from catalog.actions.publications import EVERY_DAYS
from catalog.actions.versions import NOT_AN_EDITOR
from catalog.models import Procedure
from common import clock
from common.errors import DomainError, StaleVersion, require
from events.record import record

_ADD_READINGS = """
INSERT INTO catalog_sheetreading (procedure_id, day, count)
SELECT p.id, %s, read.count FROM unnest(%s::uuid[], %s::int[]) AS read (id, count) JOIN catalog_procedure p USING (id)
ON CONFLICT (procedure_id, day) DO UPDATE SET count = catalog_sheetreading.count + excluded.count
"""


@transaction.atomic
def look_after(
    procedure: Procedure, *, by: Actor, owner: User | None, review_by: date | None = None
) -> Procedure:
    """
    Say who sees to it that a sheet stays true, and by when it is to be read again.

    :param owner: somebody who works on the agency's sheets; None: all its editors
    :raises NotAllowed: `by` does not edit for the owning agency
    :raises DomainError: the owner does not work on them, or the day lies behind
    """
    procedure = Procedure.objects.select_for_update().get(pk=procedure.pk)
    require(permissions.can_edit(by, procedure), NOT_AN_EDITOR)
    if owner is not None and not permissions.works_on(Actor.staff(owner), procedure):
        stranger = _("Choose somebody who works on this agency's sheets.")
        raise DomainError(stranger, owner=stranger)
    now = clock.now()
    if review_by is not None and review_by != procedure.review_by:
        _require_ahead(review_by, clock.local_date(now, settings.TIME_ZONE))
    procedure.owner = owner
    procedure.review_by = review_by
    procedure.save(update_fields=["owner", "review_by"])
    record(
        "procedure.looked_after",
        procedure,
        by=by,
        at=now,
        owner=str(owner.pk) if owner else "",
        review_by=review_by.isoformat() if review_by else "",
    )
    return procedure


@transaction.atomic
def confirm_sheet(
    procedure: Procedure, *, by: Actor, number: int, review_by: date | None = None
) -> Procedure:
    """
    Say that the public sheet was read through and is true; the public reads when.

    :param number: of the version that was read
    :param review_by: when it is to be read again; None: in a year
    :raises NotAllowed: `by` does not work on the agency's sheets
    :raises DomainError: it is not public, or the day lies behind
    :raises StaleVersion: another version is public now
    """
    procedure = Procedure.objects.select_for_update().get(pk=procedure.pk)
    require(permissions.works_on(by, procedure), NOT_AN_EDITOR)
    now = clock.now()
    public = procedure.publications.filter(during__contains=now).select_related("version").first()
    if public is None:
        raise DomainError(_("This sheet is not public, so there is nothing to confirm."))
    if public.version.number != number:
        raise StaleVersion(_("Another version is public since you opened the page. Read it, then say so."))
    today = clock.local_date(now, settings.TIME_ZONE)
    if review_by is not None:
        _require_ahead(review_by, today)
    procedure.reviewed_on = today
    procedure.review_by = review_by or today + timedelta(days=EVERY_DAYS)
    procedure.save(update_fields=["reviewed_on", "review_by"])
    record("procedure.confirmed", procedure, by=by, at=now, review_by=procedure.review_by.isoformat())
    return procedure


def _require_ahead(day: date, today: date) -> None:
    if day <= today:
        wrong = _("Choose a day that lies ahead.")
        raise DomainError(wrong, review_by=wrong)


@transaction.atomic
def keep_readings(counts: dict[str, int], *, by: Actor) -> None:
    """
    Add how often pages were read to today's counts.

    :param counts: readings by the procedure's id
    :raises NotAllowed: `by` is not the system
    """
    require(by.is_system, _("Only Ventanilla itself counts readings."))
    today = clock.local_date(clock.now(), settings.TIME_ZONE)
    with connection.cursor() as cursor:
        cursor.execute(_ADD_READINGS, [today, list(counts), list(counts.values())])
