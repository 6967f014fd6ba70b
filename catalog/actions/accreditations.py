"""That an agency lets somebody do an act of its procedures: given for some days, withdrawn."""

from datetime import date, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency, User
from catalog import permissions
from catalog.models import Accreditation, Act
from common import clock
from common.errors import DomainError, require
from events.record import record

NOT_YOURS = _("Only administrators enter accreditations.")


@transaction.atomic
def accredit(
    user: User,
    *,
    by: Actor,
    agency: Agency,
    act: str,
    from_day: date,
    until: date | None,
    evidence: str,
) -> Accreditation:
    """
    Note that an agency accredits somebody for an act of its procedures.

    :param act: empty: for every act
    :param until: the last day; None: until it is withdrawn
    :param evidence: the resolution or the course by which the agency says so
    :raises NotAllowed: `by` is no administrator, or accredits themselves
    :raises DomainError: the days contradict each other, nothing proves it, or they are accredited for it already
    """
    require(permissions.keeps_agreements(by), NOT_YOURS)
    require(by.user_id != user.pk, _("Nobody accredits themselves: ask another administrator."))
    User.objects.select_for_update().get(pk=user.pk)
    now = clock.now()
    evidence = " ".join(evidence.split())[:200]
    if not evidence:
        missing = _("Write the resolution or the course by which the agency says so.")
        raise DomainError(missing, evidence=missing)
    if until is not None and until < from_day:
        over = _("Its last day can not lie before its first.")
        raise DomainError(over, until=over)
    during = DateRange(from_day, until + timedelta(days=1) if until else None, "[)")
    same = Accreditation.objects.filter(user=user, agency=agency, withdrawn_at__isnull=True)
    if same.filter(Q(act=act) | Q(act=""), during__overlap=during).exists():
        there = _(
            "They are accredited for this already on some of these days. Withdraw that first, or choose other days."
        )
        raise DomainError(there, act=there)
    given = Accreditation.objects.create(
        user=user,
        agency=agency,
        act=Act(act) if act else "",
        during=during,
        evidence=evidence,
        given_by_id=by.user_id,
        given_at=now,
    )
    record("accreditation.given", given, by=by, at=now, user=str(user.pk), agency=agency.code, act=act)
    return given


@transaction.atomic
def withdraw_accreditation(accreditation: Accreditation, *, by: Actor) -> Accreditation:
    """
    End an accreditation at once; withdrawn already, it stays so.

    :raises NotAllowed: `by` is no administrator
    """
    accreditation = Accreditation.objects.select_for_update().get(pk=accreditation.pk)
    require(permissions.keeps_agreements(by), NOT_YOURS)
    if accreditation.withdrawn_at is not None:
        return accreditation
    now = clock.now()
    accreditation.withdrawn_at, accreditation.withdrawn_by_id = now, by.user_id
    accreditation.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record("accreditation.withdrawn", accreditation, by=by, at=now, user=str(accreditation.user_id))
    return accreditation
