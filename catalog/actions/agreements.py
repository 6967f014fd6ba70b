"""
Agreements with agencies: entered, brought further, widened, ended. What was in force on a day stays so: rows of acts are never changed, and
where an agreement held until today is remembered when it is changed.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency
from catalog import permissions
from catalog.models import (
    Act,
    Agreement,
    AgreementStage,
    DelegatedAct,
    DelegatedChannel,
    PastTerms,
    Procedure,
)
from common import clock
from common.errors import DomainError, StaleVersion, require
from events.record import record
from territory.models import Office

NOT_YOURS = _("Only administrators enter agreements.")
OF_A_PERSON = _(
    "Identity is verified of a person, whatever they came for: leave the procedure blank, and it holds for all of the agency."
)
CHANGED_MEANWHILE = _("Somebody changed this agreement meanwhile. Look at it again, then decide.")


@transaction.atomic
def make_agreement(
    agency: Agency,
    *,
    by: Actor,
    instrument: dict[str, str],
    signed_on: date,
    starts_on: date,
    ends_on: date | None,
    stage: str,
    offices: Collection[Office] | None,
) -> Agreement:
    """
    Enter an agreement; what it lets be done is added to it afterwards.

    :param ends_on: the last day on which it is in force; None: until somebody ends it
    :param offices: where it holds; None: in the whole network, present and to come
    :raises NotAllowed: `by` is no administrator
    :raises DomainError: the days contradict each other, or the agency has an agreement that was signed on that day
    """
    require(permissions.keeps_agreements(by), NOT_YOURS)
    Agency.objects.select_for_update().get(pk=agency.pk)
    now = clock.now()
    if starts_on < signed_on:
        early = _("It can not begin before it was signed.")
        raise DomainError(early, starts_on=early)
    if ends_on is not None and ends_on < starts_on:
        over = _("Its last day can not lie before its first.")
        raise DomainError(over, ends_on=over)
    if Agreement.objects.filter(agency=agency, signed_on=signed_on).exists():
        twice = _("An agreement with this agency, signed on this day, stands here already.")
        raise DomainError(twice, signed_on=twice)
    agreement = Agreement.objects.create(
        agency=agency,
        instrument=instrument,
        signed_on=signed_on,
        during=DateRange(starts_on, ends_on + timedelta(days=1) if ends_on else None, "[)"),
        stage=AgreementStage(stage),
        stage_since=starts_on,
        all_offices=offices is None,
    )
    agreement.offices.set(offices or [])
    record("agreement.made", agreement.subject, by=by, at=now, agency=agency.code, stage=agreement.stage)
    return agreement


@transaction.atomic
def move_agreement(agreement: Agreement, *, by: Actor, stage: str, revision: int) -> Agreement:
    """
    Say how far along it is: signed, pilot, in service.

    :raises NotAllowed: `by` is no administrator
    :raises StaleVersion: it was changed after it was read
    :raises IllegalMove: it does not go that way
    """
    agreement = _locked(agreement, by=by, revision=revision)
    now = clock.now()
    today = _remember_terms(agreement, now)
    agreement.move_to(AgreementStage(stage))
    agreement.stage_since = max(today, agreement.during.lower)
    _save(agreement, "stage", "stage_since", "terms_since")
    record("agreement.moved", agreement.subject, by=by, at=now, stage=agreement.stage)
    return agreement


@transaction.atomic
def place_agreement(
    agreement: Agreement, *, by: Actor, offices: Collection[Office] | None, revision: int
) -> Agreement:
    """
    Say where it holds from now on.

    :param offices: None: in the whole network, present and to come
    :raises NotAllowed: `by` is no administrator
    :raises StaleVersion: it was changed after it was read
    """
    agreement = _locked(agreement, by=by, revision=revision)
    now = clock.now()
    _remember_terms(agreement, now)
    agreement.all_offices = offices is None
    agreement.offices.set(offices or [])
    _save(agreement, "all_offices", "terms_since")
    codes = sorted(office.code for office in offices or [])
    record(
        "agreement.places_changed",
        agreement.subject,
        by=by,
        at=now,
        everywhere=offices is None,
        offices=codes,
    )
    return agreement


@transaction.atomic
def delegate_act(
    agreement: Agreement,
    *,
    by: Actor,
    act: str,
    channels: Collection[str],
    procedure: Procedure | None,
    price_clp: int | None,
    needs_accreditation: bool,
    from_day: date,
    revision: int,
) -> list[DelegatedAct]:
    """
    Let an act be done from a day on, on these channels; what said otherwise of it until then ends the day before. What was agreed to begin on a
    later day stays, and what is agreed now holds until then; what was to begin on this very day is replaced.

    :param procedure: None: every procedure of the agency, as verifying identity always is
    :param price_clp: what the agency pays for each, in pesos; None: nothing is agreed
    :raises NotAllowed: `by` is no administrator
    :raises StaleVersion: it was changed after it was read
    :raises DomainError: the day lies behind or outside the agreement, or the procedure is another agency's, or is named for an act that is of
        the person
    """
    agreement = _locked(agreement, by=by, revision=revision)
    now = clock.now()
    _require_to_come(agreement, from_day, now, "from_day")
    if procedure is not None and procedure.agency_id != agreement.agency_id:
        other = _("This procedure belongs to another agency.")
        raise DomainError(other, procedure=other)
    if procedure is not None and act == Act.VERIFY_IDENTITY:
        raise DomainError(OF_A_PERSON, procedure=OF_A_PERSON)
    made = []
    for channel in channels:
        rows = agreement.delegated_acts.filter(
            act=Act(act), channel=DelegatedChannel(channel), procedure=procedure
        )
        for row in rows.filter(during__contains=from_day):
            _end_row(row, from_day)
        later = rows.filter(during__startswith__gt=from_day).order_by("during").first()
        made.append(
            DelegatedAct.objects.create(
                agreement=agreement,
                act=act,
                channel=channel,
                procedure=procedure,
                during=DateRange(from_day, later.during.lower if later else agreement.during.upper, "[)"),
                price_clp=price_clp,
                needs_accreditation=needs_accreditation,
            )
        )
    _save(agreement)
    record(
        "agreement.act_added",
        agreement.subject,
        by=by,
        at=now,
        act=act,
        channels=sorted(channels),
        procedure=procedure.code if procedure else None,
        price=price_clp,
        from_day=from_day.isoformat(),
    )
    return made


@transaction.atomic
def end_act(row: DelegatedAct, *, by: Actor, last_day: date, revision: int) -> None:
    """
    Let an act be done no longer than a day; one that has not begun by then is never done.

    :raises NotAllowed: `by` is no administrator
    :raises StaleVersion: the agreement was changed after it was read
    :raises DomainError: the day lies behind or outside the agreement
    """
    agreement = _locked(row.agreement, by=by, revision=revision)
    row = DelegatedAct.objects.select_for_update().get(pk=row.pk)
    now = clock.now()
    _require_to_come(agreement, last_day, now, "last_day")
    if row.during.upper is not None and row.during.upper <= last_day + timedelta(days=1):
        over = _("It ends by then already.")
        raise DomainError(over, last_day=over)
    _end_row(row, last_day + timedelta(days=1))
    _save(agreement)
    record(
        "agreement.act_ended",
        agreement.subject,
        by=by,
        at=now,
        act=row.act,
        channel=row.channel,
        last_day=last_day.isoformat(),
    )


@transaction.atomic
def end_agreement(agreement: Agreement, *, by: Actor, last_day: date, revision: int) -> Agreement:
    """
    End an agreement and all it lets be done, after a day.

    :raises NotAllowed: `by` is no administrator
    :raises StaleVersion: it was changed after it was read
    :raises DomainError: the day lies behind, or after its end
    """
    agreement = _locked(agreement, by=by, revision=revision)
    now = clock.now()
    _require_to_come(agreement, last_day, now, "last_day")
    first_without = last_day + timedelta(days=1)
    agreement.during = DateRange(agreement.during.lower, first_without, "[)")
    for row in agreement.delegated_acts.all():
        if row.during.upper is None or row.during.upper > first_without:
            _end_row(row, first_without)
    _save(agreement, "during")
    record("agreement.ended", agreement.subject, by=by, at=now, last_day=last_day.isoformat())
    return agreement


@transaction.atomic
def take_back_agreement(agreement: Agreement, *, by: Actor, revision: int) -> None:
    """
    Take an agreement back that was entered by mistake, before its first day: nothing was done under it, and it can be entered again.

    :raises NotAllowed: `by` is no administrator
    :raises StaleVersion: it was changed after it was read
    :raises DomainError: it has begun
    """
    agreement = _locked(agreement, by=by, revision=revision)
    now = clock.now()
    if agreement.during.lower <= clock.local_date(now, settings.TIME_ZONE):
        raise DomainError(_("It has begun, so it can not be taken back: end it instead."))
    record(
        "agreement.taken_back",
        agreement.subject,
        by=by,
        at=now,
        agency=agreement.agency.code,
        signed_on=agreement.signed_on.isoformat(),
        starts_on=agreement.during.lower.isoformat(),
    )
    agreement.delete()


def _locked(agreement: Agreement, *, by: Actor, revision: int) -> Agreement:
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    require(permissions.keeps_agreements(by), NOT_YOURS)
    if agreement.revision != revision:
        raise StaleVersion(CHANGED_MEANWHILE)
    return agreement


def _save(agreement: Agreement, *fields: str) -> None:
    agreement.revision += 1
    agreement.save(update_fields=[*fields, "revision"])


def _remember_terms(agreement: Agreement, now: datetime) -> date:
    """Keep how far along it was and where it held, today included; return today, from which on it is otherwise."""
    today = clock.local_date(now, settings.TIME_ZONE)
    PastTerms.objects.create(
        agreement=agreement,
        during=DateRange(agreement.terms_since, today + timedelta(days=1), "[)"),
        stage=agreement.stage,
        all_offices=agreement.all_offices,
        offices=list(agreement.offices.values_list("pk", flat=True)),
    )
    agreement.terms_since = today
    return today


def _require_to_come(agreement: Agreement, day: date, now: datetime, field: str) -> None:
    """What was done, and is settled with the agency, stays as it was: only from today on is it said otherwise."""
    if day < clock.local_date(now, settings.TIME_ZONE):
        over = _("Choose today or a day to come: what was done until now stays as it was agreed.")
        raise DomainError(over, **{field: over})
    if day < agreement.during.lower or (agreement.during.upper and day >= agreement.during.upper):
        outside = _("The agreement is not in force on this day.")
        raise DomainError(outside, **{field: outside})


def _end_row(row: DelegatedAct, first_without: date) -> None:
    if row.during.lower >= first_without:
        row.delete()
        return
    row.during = DateRange(row.during.lower, first_without, "[)")
    row.save(update_fields=["during"])
