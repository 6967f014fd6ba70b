"""Posts: a role at an office or for an agency, from a day to a day."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import journal, permissions
from accounts.actions.people import require_administrator_left
from accounts.actors import Actor
from accounts.models import Agency, Membership, Role, User
from common import clock
from common.errors import DomainError, require
from territory.models import Office

AT_OFFICE = frozenset({Role.CLERK, Role.HOST})
AT_OFFICE_OR_LINE = frozenset({Role.SUPERVISOR})
FOR_AGENCY = frozenset({Role.OFFICER, Role.CHIEF, Role.EDITOR, Role.REVIEWER})
FOR_AGENCY_OR_ALL = frozenset({Role.PUBLISHER})


@transaction.atomic
def give_post(
    user: User,
    *,
    by: Actor,
    role: str,
    office: Office | None = None,
    agency: Agency | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
) -> Membership:
    """
    Give a person a post: from today unless `first_day` says later, without an end unless `last_day` says one.

    :raises NotAllowed: `by` is no administrator
    :raises DomainError: the place does not fit the role, the days are the wrong way round, or they hold
        this post already
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    require(permissions.can_manage_people(by), _("Only administrators give posts."))
    _require_place(role, office, agency)
    now = clock.now()
    starts_at = _midnight(first_day) if first_day else now
    ends_at = _midnight(last_day + timedelta(days=1)) if last_day else None
    if ends_at is not None and ends_at <= max(starts_at, now):
        wrong = _("The last day must lie ahead, and not before the first.")
        raise DomainError(wrong, last_day=wrong)
    _require_new(user, role, office, agency, starts_at, ends_at)
    post = Membership(
        user=user, role=role, office=office, agency=agency, starts_at=starts_at, ends_at=ends_at
    )
    post.save(force_insert=True)
    journal.note("post.given", user, by=by, at=now, post=post.pk, role=role, **_place(post))
    return post


@transaction.atomic
def end_post(post: Membership, *, by: Actor) -> Membership:
    """
    End a post now; its rooms are closed from the next request on. A second time changes nothing.

    :raises NotAllowed: `by` is no administrator
    :raises DomainError: nobody would be left to administer
    """
    require(permissions.can_manage_people(by), _("Only administrators end posts."))
    user = User.objects.select_for_update().get(pk=post.user_id)
    post = (
        Membership.objects.select_for_update(of=("self",)).select_related("office", "agency").get(pk=post.pk)
    )
    now = clock.now()
    if post.ends_at is not None and post.ends_at <= now:
        return post
    if post.role == Role.ADMINISTRATOR and post.starts_at <= now:
        require_administrator_left(without=user)
    if post.starts_at >= now:  # it never began
        post.starts_at = now - timedelta(microseconds=1)
    post.ends_at = now
    post.save(update_fields=["starts_at", "ends_at"])
    journal.note("post.ended", user, by=by, at=now, post=post.pk, role=post.role, **_place(post))
    return post


def _require_place(role: str, office: Office | None, agency: Agency | None) -> None:
    if role not in Role.values:
        raise DomainError(_("Choose the work this person does."), role=_("Choose the work this person does."))
    if role in AT_OFFICE and office is None:
        raise DomainError(_("Choose the office for this work."), office=_("Choose the office for this work."))
    if role in FOR_AGENCY and agency is None:
        raise DomainError(_("Choose the agency for this work."), agency=_("Choose the agency for this work."))
    if office is not None and role not in AT_OFFICE | AT_OFFICE_OR_LINE:
        raise DomainError(
            _("This work is not done at an office: leave it out."), office=_("Leave the office out.")
        )
    if agency is not None and role not in FOR_AGENCY | FOR_AGENCY_OR_ALL:
        raise DomainError(
            _("This work is not done for one agency: leave it out."), agency=_("Leave the agency out.")
        )


def _require_new(
    user: User,
    role: str,
    office: Office | None,
    agency: Agency | None,
    starts_at: datetime,
    ends_at: datetime | None,
) -> None:
    same = Membership.objects.filter(user=user, role=role, office=office, agency=agency)
    overlapping = same.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=starts_at))
    if ends_at is not None:
        overlapping = overlapping.filter(starts_at__lt=ends_at)
    if overlapping.exists():
        raise DomainError(
            _("This person already holds this post in these days."), role=_("They already hold this post.")
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))


def _place(post: Membership) -> dict[str, str]:
    return {
        "office": post.office.code if post.office else "",
        "agency": post.agency.code if post.agency else "",
    }
