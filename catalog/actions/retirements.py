"""A procedure that ends is taken off the public pages, and can be brought back."""

from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog import permissions
from catalog.actions.search_entries import rewrite_search_entries
from catalog.models import Procedure, ProcedureVersion, Publication, Retirement, SearchEntry
from catalog.queries.published import scheduled_publication
from common import clock
from common.errors import DomainError, require
from events.record import record

NOT_ITS_PUBLISHER = _(
    "Only publishers of the agency take a procedure off the public pages, or bring it back."
)
LONGEST = 500


@transaction.atomic
def retire_procedure(
    procedure: Procedure, *, by: Actor, reason_es: str, reason_en: str, instead: Procedure | None = None
) -> Retirement:
    """
    End a procedure from now on: nobody finds it, begins it or sends it any more; its page says that it ended, why, and what to do instead.
    Cases that were filed go on.

    :param instead: a public procedure that people ask for now
    :raises NotAllowed: `by` does not publish for the agency
    :raises DomainError: it is not public, a version waits for its day or has just come to it, a reason is missing, or the other procedure is
        not public
    """
    procedure = Procedure.objects.select_for_update().get(pk=procedure.pk)
    require(permissions.is_publisher(by, procedure), NOT_ITS_PUBLISHER)
    reasons = {"reason_es": reason_es.strip(), "reason_en": reason_en.strip()}
    _require_said(procedure, reasons, instead)
    now = clock.now()
    public = Publication.objects.filter(procedure=procedure, during__contains=now).first()
    if public is None:
        raise DomainError(_("This procedure is not public, so there is nothing to take off."))
    if scheduled_publication(procedure) is not None:
        raise DomainError(_("A version waits for its day. Call that off first."))
    if public.begun_at is None:  # those whom it touches are told first: they would never be
        raise DomainError(
            _("A version has become public just now, and is being told of. Try again in a minute.")
        )
    public.during = DateTimeTZRange(public.during.lower, now, "[)")
    public.save(update_fields=["during"])
    SearchEntry.objects.filter(procedure=procedure).delete()
    retirement = Retirement.objects.create(
        procedure=procedure, **reasons, instead=instead, at=now, by_id=by.user_id
    )
    record(
        "procedure.retired",
        procedure,
        by=by,
        at=now,
        publication=public.pk,
        instead=str(instead.pk) if instead else "",
    )
    return retirement


@transaction.atomic
def restore_procedure(procedure: Procedure, *, by: Actor) -> Publication:
    """
    Make the text that was public last public again, from now on; drafts of people that were not sent can be sent again.

    :raises NotAllowed: `by` does not publish for the agency
    :raises DomainError: it was not taken off, or was brought back meanwhile
    """
    procedure = Procedure.objects.select_for_update().get(pk=procedure.pk)
    require(permissions.is_publisher(by, procedure), NOT_ITS_PUBLISHER)
    now = clock.now()
    version = _last_public(procedure)
    if version is None or not procedure.retirements.standing().exists():
        raise DomainError(_("This procedure was not taken off, or was brought back meanwhile."))
    if scheduled_publication(procedure) is not None:
        raise DomainError(_("A version waits for its day. Call that off first."))
    end_retirement(procedure, at=now)
    publication = Publication.objects.create(
        version=version,
        procedure=procedure,
        during=DateTimeTZRange(now, None, "[)"),
        begun_at=now,
        published_by_id=by.user_id,
        replaces=version,
    )
    rewrite_search_entries(procedure, version)
    record("procedure.restored", procedure, by=by, at=now, publication=publication.pk)
    return publication


def end_retirement(procedure: Procedure, *, at: datetime) -> None:
    """A procedure that becomes public has not ended; the caller holds its lock."""
    Retirement.objects.standing().filter(procedure=procedure).update(ended_at=at)


def _last_public(procedure: Procedure) -> ProcedureVersion | None:
    begun = Publication.objects.filter(procedure=procedure, begun_at__isnull=False)
    last = begun.select_related("version").order_by("-begun_at", "-pk").first()
    return last.version if last else None


def _require_said(procedure: Procedure, reasons: dict[str, str], instead: Procedure | None) -> None:
    faults = {}
    if not reasons["reason_es"]:
        faults["reason_es"] = _("Write in Spanish why it ended: people read it.")
    if not reasons["reason_en"]:
        faults["reason_en"] = _("Write in English why it ended: people read it.")
    for name, words in reasons.items():
        if len(words) > LONGEST:
            faults[name] = _("Write at most 500 characters.")
    if instead is not None and (
        instead.pk == procedure.pk or not SearchEntry.objects.filter(procedure=instead).exists()
    ):
        faults["instead"] = _("Name another procedure, one that is public.")
    if faults:
        raise DomainError(next(iter(faults.values())), **faults)
