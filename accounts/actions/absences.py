"""Somebody is away, and a colleague stands in for them."""

from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import journal, permissions
from accounts.actors import Actor
from accounts.models import Absence, User
from accounts.queries.teams import colleagues_of
from common import clock
from common.errors import DomainError, require


@transaction.atomic
def enter_absence(user: User, *, by: Actor, deputy: User, first_day: date, last_day: date) -> Absence:
    """
    Say that somebody is away from a day to a day, and who stands in for them.

    :raises NotAllowed: `by` is neither that person nor answers for them
    :raises DomainError: the days are over or the wrong way round, they are away already, or the deputy does not work with them
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    require(
        permissions.can_enter_absence(by, user),
        _("Only the person, or whoever answers for them, says that they are away."),
    )
    now = clock.now()
    if last_day < max(first_day, clock.local_date(now, settings.TIME_ZONE)):
        wrong = _("The last day must lie ahead, and not before the first.")
        raise DomainError(wrong, last_day=wrong)
    if not colleagues_of(user).filter(pk=deputy.pk).exists():
        wrong = _("Choose somebody who works with them: of the same agency, office or line.")
        raise DomainError(wrong, deputy=wrong)
    held = Absence.objects.filter(user=user, ended_at__isnull=True)
    if held.filter(first_day__lte=last_day, last_day__gte=first_day).exists():
        wrong = _("They are away on some of these days already. End that absence first.")
        raise DomainError(wrong, first_day=wrong)
    absence = Absence(
        user=user,
        deputy=deputy,
        first_day=first_day,
        last_day=last_day,
        entered_by_id=by.signed_in_id,
        at=now,
    )
    absence.save(force_insert=True)
    days = {"first_day": first_day.isoformat(), "last_day": last_day.isoformat()}
    journal.note("absence.entered", user, by=by, at=now, absence=absence.pk, deputy=str(deputy.pk), **days)
    return absence


@transaction.atomic
def end_absence(absence: Absence, *, by: Actor) -> Absence:
    """
    Say that somebody is back, or was never to be away. A second time changes nothing.

    :raises NotAllowed: `by` is neither that person nor answers for them
    """
    user = User.objects.select_for_update().get(pk=absence.user_id)
    require(
        permissions.can_enter_absence(by, user),
        _("Only the person, or whoever answers for them, says that they are back."),
    )
    absence = Absence.objects.select_for_update().get(pk=absence.pk)
    if absence.ended_at is None:
        absence.ended_at = clock.now()
        absence.save(update_fields=["ended_at"])
        journal.note("absence.ended", user, by=by, at=absence.ended_at, absence=absence.pk)
    return absence
