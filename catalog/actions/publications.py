"""When a version is the public one: from now on, or from a day to come."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Func, Value
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog import permissions
from catalog.actions.retirements import end_retirement
from catalog.actions.search_entries import rewrite_search_entries
from catalog.models import Procedure, ProcedureVersion, Publication, VersionStatus
from catalog.queries.impact import touches
from catalog.queries.published import was_public_since
from common import clock
from common.clock import ClockNow
from common.errors import DomainError, StaleVersion, require
from events.record import record

logger = logging.getLogger(__name__)

EVERY_DAYS = 365  # a sheet is read again a year after it was, where nobody says otherwise
NOT_A_PUBLISHER = _("A publisher approves a version: nobody who wrote in it.")


class AlreadyScheduled(DomainError):
    """Another version is to be published on a later day: one at a time."""

    code = "already-scheduled"
    status = 409


@transaction.atomic
def publish_version(
    version: ProcedureVersion,
    *,
    by: Actor,
    revision: int,
    begins_at: datetime | None = None,
    tells: bool = True,
) -> Publication:
    """
    Approve a reviewed version and make it the public one, from now on or from a later moment; the one before it ends at that instant.

    A version that was approved for a later day, which was called off, can be published again.

    :param revision: the revision that was read: nothing is published unread
    :param begins_at: when it becomes public; None: now
    :param tells: those whose application, or whose answer to somebody, it touches; False: it changes nothing for them
    :raises NotAllowed: `by` wrote in it or does not publish for the agency
    :raises StaleVersion: it was saved after it was read
    :raises IllegalMove: it was not reviewed
    :raises AlreadyScheduled: another version waits for its day
    :raises DomainError: the moment lies behind
    """
    procedure = Procedure.objects.select_for_update().get(versions=version.pk)
    version = ProcedureVersion.objects.select_related("procedure").lock(version.pk)
    require(permissions.can_publish(by, version), NOT_A_PUBLISHER)
    require_read(version, revision)
    now = clock.now()
    if begins_at is not None and begins_at <= now:
        over = _("Choose a day that lies ahead, or publish it now.")
        raise DomainError(over, day=over)
    _require_none_scheduled(procedure, now)
    if version.status != VersionStatus.APPROVED or was_public_since(version):
        version.move_to(VersionStatus.APPROVED, at=now, by=by.user_id)
        version.save()
    if begins_at is None:
        return publish_now(procedure, version, by=by, at=now, tells=tells)
    publication = _replace(procedure, version, by=by, at=begins_at, tells=tells)
    record(
        "version.scheduled", version, by=by, at=now, procedure=str(procedure.pk), begins=begins_at.isoformat()
    )
    return publication


def require_read(version: ProcedureVersion, revision: int) -> None:
    """
    Let nothing pass unread.

    :raises StaleVersion: it was saved after it was read
    """
    if version.revision != revision:
        raise StaleVersion(_("This version changed after you opened it. Read it again, then decide."))


@transaction.atomic
def call_off_publication(procedure: Procedure, *, by: Actor, number: int) -> None:
    """
    Let the version that waits for its day wait on; the public one stays public. Approved as it is, it can be published on another day.

    :param number: of the version that was read to be waiting
    :raises NotAllowed: `by` does not publish for the agency
    :raises DomainError: no version waits for its day
    :raises StaleVersion: another one does
    """
    procedure = Procedure.objects.select_for_update().get(pk=procedure.pk)
    require(permissions.is_publisher(by, procedure), _("Only publishers call a publication off."))
    now = clock.now()
    waiting = _scheduled(procedure, now)
    if waiting is None:
        raise DomainError(_("No version waits for its day: it is public already, or was called off."))
    if waiting.version.number != number:
        raise StaleVersion(
            _("Another version waits for its day since you opened the page. Read it, then decide.")
        )
    begins, version = waiting.during.lower, waiting.version
    waiting.delete()
    Publication.objects.filter(procedure=procedure, during__endswith=begins).update(during=_until(None))
    record("version.unscheduled", version, by=by, at=now, procedure=str(procedure.pk))


def begin_due_publications(*, by: Actor) -> int:
    """
    Tell of the versions whose day has come, each in a transaction of its own: search, feeds and pages follow. Returns how many.

    :raises NotAllowed: `by` is not the system
    """
    require(by.is_system, _("Only Ventanilla itself begins what was scheduled."))
    due = Publication.objects.filter(begun_at__isnull=True, during__startswith__lte=ClockNow())
    return sum(_begun(publication, by=by) for publication in due.order_by("pk")[:500])


def _begun(publication: Publication, *, by: Actor) -> bool:
    """Begin one; what goes wrong with it holds no other up, and is tried again the next time."""
    try:
        return _begin(publication, by=by)
    except DatabaseError:
        logger.exception("publication %s could not begin", publication.pk)
        return False


@transaction.atomic
def _begin(publication: Publication, *, by: Actor) -> bool:
    procedure = Procedure.objects.select_for_update().get(pk=publication.procedure_id)
    found = Publication.objects.select_related("version").filter(pk=publication.pk, begun_at__isnull=True)
    waiting = found.first()
    if waiting is None:  # called off, or begun by another worker
        return False
    now = clock.now()
    if waiting.during.upper is not None and waiting.during.upper <= now:  # another has replaced it already
        Publication.objects.filter(pk=waiting.pk).update(begun_at=waiting.during.lower)
        return False
    _tell(procedure, waiting, by=by, at=now)
    return True


def publish_now(
    procedure: Procedure, version: ProcedureVersion, *, by: Actor, at: datetime, tells: bool = True
) -> Publication:
    """Make an approved version the public one from `at`; the caller holds the procedure's lock."""
    publication = _replace(procedure, version, by=by, at=at, tells=tells)
    _tell(procedure, publication, by=by, at=at)
    return publication


def _replace(
    procedure: Procedure, version: ProcedureVersion, *, by: Actor, at: datetime, tells: bool
) -> Publication:
    Publication.objects.filter(procedure=procedure, during__contains=at).update(during=_until(at))
    return Publication.objects.create(
        version=version,
        procedure=procedure,
        during=DateTimeTZRange(at, None, "[)"),
        published_by_id=by.user_id,
        tells=tells,
    )


def _until(at: datetime | None) -> Func:
    return Func(Func("during", function="lower"), Value(at), Value("[)"), function="tstzrange")


def _tell(procedure: Procedure, publication: Publication, *, by: Actor, at: datetime) -> None:
    version = publication.version
    before = _public_until(publication)
    publication.begun_at, publication.replaces = at, before
    publication.touches = touches(before.content, version.content) if before else []
    publication.save(update_fields=["begun_at", "replaces", "touches"])
    in_a_year = clock.local_date(at, settings.TIME_ZONE) + timedelta(days=EVERY_DAYS)
    if version.reviewer_id and version.reviewed_at:
        procedure.reviewed_on = clock.local_date(version.reviewed_at, settings.TIME_ZONE)
        procedure.review_by = max(procedure.review_by or in_a_year, in_a_year)
    else:  # of what was loaded nobody here read anything
        procedure.reviewed_on = None
        procedure.review_by = procedure.review_by or in_a_year
    procedure.save(update_fields=["reviewed_on", "review_by"])
    end_retirement(procedure, at=at)
    is_listed_otherwise = rewrite_search_entries(procedure, version)
    record(
        "version.published",
        version,
        by=by,
        at=at,
        procedure=str(procedure.pk),
        number=version.number,
        publication=publication.pk,
        listed=is_listed_otherwise,
        touches=publication.touches if publication.tells else [],
        tells=publication.tells or not publication.touches,
    )


def _public_until(publication: Publication) -> ProcedureVersion | None:
    """What was public until a publication began, or was last, where nothing was at that instant."""
    earlier = Publication.objects.filter(
        procedure=publication.procedure_id,
        during__startswith__lt=publication.during.lower,
        begun_at__isnull=False,  # what was overtaken before anybody was told of it touched nobody
    )
    last = earlier.select_related("version").order_by("-during__startswith").first()
    return last.version if last else None


def _scheduled(procedure: Procedure, now: datetime) -> Publication | None:
    later = Publication.objects.filter(procedure=procedure, during__startswith__gt=now)
    return later.select_related("version").first()


def _require_none_scheduled(procedure: Procedure, now: datetime) -> None:
    if waiting := _scheduled(procedure, now):
        day = formats.date_format(timezone.localtime(waiting.during.lower), "DATE_FORMAT")
        raise AlreadyScheduled(
            _("Version %(number)s is to be published on %(day)s. Call that off first.")
            % {"number": waiting.version.number, "day": day}
        )
