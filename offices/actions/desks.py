"""Sitting down at a desk and getting up, and the address of the waiting room's display."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock, live
from common.errors import DomainError, require
from common.ids import new_secret
from events.record import record
from offices import permissions
from offices.models import AT_DESK, Desk, Display
from territory.models import Office


class DeskTaken(DomainError):
    """Somebody else sits there."""

    code = "desk-taken"
    status = 409


@transaction.atomic
def open_desk(office: Office, *, by: Actor, number: int) -> Desk:
    """
    Sit down at a desk; the one where this clerk sat before is closed. A second time changes nothing.

    :raises NotAllowed: `by` does not serve at this office
    :raises DeskTaken: a colleague sits there
    :raises DomainError: there is no such desk, or somebody is still being served at the former one
    """
    require(
        permissions.can_serve(by, office) and by.user_id is not None,
        _("Desks of this office are opened by its own clerks."),
    )
    if not 1 <= number <= max(office.desks, 1):
        raise DomainError(
            _("This office has no desk with that number."),
            number=_("Choose one of the desks of this office."),
        )
    Desk.objects.get_or_create(office=office, number=number)
    mine_or_wanted = Desk.objects.filter(office=office, number=number) | Desk.objects.filter(
        clerk=by.user_id, is_open=True
    )
    locked = {desk.pk: desk for desk in mine_or_wanted.select_for_update().order_by("pk")}
    desk = next(one for one in locked.values() if one.office_id == office.pk and one.number == number)
    if desk.clerk_id == by.user_id:
        return desk
    if desk.is_open:
        raise DeskTaken(_("A colleague sits at that desk. Choose another, or ask them to close it."))
    now = clock.now()
    for other in locked.values():
        if other.clerk_id == by.user_id:
            _leave(other)
    desk.is_open, desk.clerk_id, desk.opened_at = True, by.user_id, now
    try:
        with transaction.atomic():
            desk.save()
    except IntegrityError:  # the same clerk opened another desk in another window at this very moment
        raise DeskTaken(_("You have just opened another desk in another window.")) from None
    record("desk.opened", desk, by=by, at=now, channel=office.kind, office=office.pk, desk=str(desk.pk))
    live.publish(f"office:{office.pk}")
    return desk


@transaction.atomic
def close_desk(desk: Desk, *, by: Actor) -> Desk:
    """
    Get up from a desk; a second time changes nothing.

    :raises NotAllowed: a colleague sits there, and `by` does not supervise the office
    :raises DomainError: somebody is called to it or being served at it
    """
    desk = Desk.objects.select_related("office").lock(desk.pk)
    if not desk.is_open:
        return desk
    allowed = desk.clerk_id == by.user_id or permissions.can_supervise(by, desk.office)
    require(allowed, _("A colleague sits at this desk."))
    now = clock.now()
    _leave(desk)
    record(
        "desk.closed", desk, by=by, at=now, channel=desk.office.kind, office=desk.office_id, desk=str(desk.pk)
    )
    live.publish(f"office:{desk.office_id}")
    return desk


def _leave(desk: Desk) -> None:
    if desk.tickets.filter(state__in=AT_DESK).exists():
        raise DomainError(_("Somebody is called to this desk or being served at it: finish with them first."))
    desk.is_open, desk.clerk_id, desk.opened_at = False, None, None
    desk.save()


@transaction.atomic
def make_display(office: Office, *, by: Actor, renew: bool = False) -> Display:
    """
    Return the display of an office's waiting room; with `renew` its address changes and the old one stops
    working.

    :raises NotAllowed: `by` does not work at this office (to renew: does not supervise it)
    """
    allowed = permissions.can_supervise(by, office) if renew else permissions.can_receive(by, office)
    require(allowed, _("The display of this office is set up by its own staff."))
    display, _created = Display.objects.get_or_create(office=office)
    if renew:
        display.token = new_secret()
        display.save(update_fields=["token"])
    return display
