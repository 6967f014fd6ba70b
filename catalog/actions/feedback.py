"""What people tell us about a page."""

import re

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog import permissions
from catalog.models import ErrorReport, ProcedureVersion, SearchLog, UsefulnessVote
from common import clock, run
from common.errors import DomainError, require
from events.record import record

# A person's number, mail or phone typed into the search box is not kept.
_PERSONAL = re.compile(r"@|\d[\d.\- ]{6,}")


@transaction.atomic
def record_vote(
    version: ProcedureVersion,
    *,
    by: Actor,
    is_useful: bool,
    saved_visit: str = "",
    comment: str = "",
    language: str = "es",
) -> UsefulnessVote:
    """Keep an answer to “was this useful?” for the version that was read."""
    return UsefulnessVote.objects.create(
        version=version,
        is_useful=is_useful,
        saved_visit=saved_visit,
        comment=comment.strip()[:2000],
        language=language,
    )


@transaction.atomic
def report_error(version: ProcedureVersion, *, by: Actor, text: str) -> ErrorReport:
    """
    Keep a citizen's report that something on a sheet is wrong.

    :raises DomainError: nothing was written
    """
    if not text.strip():
        raise DomainError(_("Write what is wrong on this page."), text=_("Write what is wrong on this page."))
    return ErrorReport.objects.create(version=version, text=text.strip()[:5000])


@transaction.atomic
def log_search(query: str, *, by: Actor, language: str, channel: str, results: int) -> None:
    """Keep what was looked for, so that editors see what is missing; never what looks like personal data."""
    query = " ".join(query.split())[:200]
    if query and not _PERSONAL.search(query) and run.normalise(query) is None:
        SearchLog.objects.create(query=query.lower(), language=language, channel=channel, results=results)


@transaction.atomic
def settle_report(report: ErrorReport, *, by: Actor) -> ErrorReport:
    """
    Say that a report of an error has been dealt with; doing it twice changes nothing.

    :raises NotAllowed: `by` does not edit for the owning agency
    """
    report = (
        ErrorReport.objects.select_for_update(of=("self",))
        .select_related("version__procedure")
        .get(pk=report.pk)
    )
    procedure = report.version.procedure
    require(
        permissions.can_edit(by, procedure),
        _("Only editors of the agency can settle reports about this procedure."),
    )
    if report.settled_at is None:
        report.settled_at = clock.now()
        report.save(update_fields=["settled_at"])
        record("report.settled", procedure, by=by, at=report.settled_at, report=report.pk)
    return report
