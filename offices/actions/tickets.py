"""
The queue: taking a number, calling, calling again, coming, not coming, leaving.

Who is called next is one rule, `turn_at`: the moment the number was taken, forty minutes earlier for whoever
has priority. So a
person with priority goes before everybody who came less than forty minutes before them, and nobody is
overtaken for ever.
PostgreSQL decides who gets which ticket: a locked counter row for numbers, `FOR UPDATE SKIP LOCKED` for
calls.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog.models import ProcedureVersion
from common import clock
from common.errors import DomainError, require
from crm import actions as crm
from crm.models import Interaction
from offices import permissions
from offices.actions.periods import move, tell, turn_page
from offices.models import Desk, Period, PeriodKind, Ticket, TicketState, Visit, VisitMatter
from offices.models.ticket import AT_DESK
from offices.priorities import priorities
from territory.models import Office

HEAD_START = timedelta(minutes=40)
MAX_MATTERS = 10
_NEXT_NUMBER = """
INSERT INTO offices_counter (office_id, business_date, series, last) VALUES (%s, %s, %s, 1)
ON CONFLICT (office_id, business_date, series) DO UPDATE SET last = offices_counter.last + 1 RETURNING last
"""
ORDINARY, PREFERRED = "A", "P"


@transaction.atomic
def take_ticket(
    office: Office,
    *,
    by: Actor,
    versions: Iterable[ProcedureVersion] = (),
    priority: str = "",
    language: str = "es",
    run: str | None = None,
    name: str = "",
    note: str = "",
    key: UUID | None = None,
    synthetic: bool = False,
) -> Ticket:
    """
    Receive somebody: the contact begins here, so that whoever leaves before being served counts too.

    :param run: canonical RUN, already checked; with a name it makes the person known as declared (level 100)
    :param key: names the request; the same one again is answered with the same ticket
    :raises NotAllowed: `by` does not work at this office
    :raises DomainError: the priority is not known, or the RUN is new and has no name
    """
    require(permissions.can_receive(by, office), _("Tickets of this office are given by its own staff."))
    if key and (taken := _taken_before(key)):
        return taken
    if priority and priority not in priorities():
        raise DomainError(
            _("Choose a reason for priority from the list."), priority=_("Choose a reason from the list.")
        )
    matters = list(dict.fromkeys(versions))[:MAX_MATTERS]
    interaction = crm.open_interaction(
        office.kind,
        by=by,
        office=office,
        reason=matters[0].procedure.code if matters else "",
        language=language,
        synthetic=synthetic,
    )
    if run or name:
        person = crm.know_person(by=by, name=name, run=run, interaction=interaction, synthetic=synthetic)
        if not person.name:
            raise DomainError(
                _("We do not know this RUN yet."), name=_("We do not know this RUN yet: write the name too.")
            )
        interaction = crm.identify_person(interaction, by=by, person=person, level=100)
    visit = Visit.objects.create(
        interaction=interaction, office=office, priority=priority, note=note.strip()[:200], key=key
    )
    VisitMatter.objects.bulk_create(VisitMatter(visit=visit, version=version) for version in matters)
    return _number(visit, interaction, by=by)


def _taken_before(key: UUID) -> Ticket | None:
    """
    Return the ticket this request has given already; the same request at the same moment waits its turn.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 102))", [str(key)])
    return Ticket.objects.select_related("visit").filter(visit__key=key).first()


def _number(visit: Visit, interaction: Interaction, *, by: Actor) -> Ticket:
    """Give a visit its number, last of all: the counter's row stays locked until the commit."""
    office, series = visit.office, PREFERRED if visit.priority else ORDINARY
    number = _next_number(office.pk, interaction.business_date, series)
    now = clock.now()
    ticket = Ticket(
        visit=visit,
        office=office,
        business_date=interaction.business_date,
        series=series,
        number=number,
        taken_at=now,
        turn_at=now - HEAD_START if visit.priority else now,
    )
    ticket.save(force_insert=True)
    Period.objects.create(ticket=ticket, kind=PeriodKind.WAITING, started_at=now)
    tell("ticket.taken", ticket, by=by, at=now)
    return ticket


def _next_number(office_id: int, day: date, series: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_NUMBER, [office_id, day, series])
        return int(cursor.fetchone()[0])


@transaction.atomic
def call_next(desk: Desk, *, by: Actor, key: UUID | None = None) -> Ticket | None:
    """
    Call whoever is next to a desk; None when nobody waits.

    A desk that has called or is serving somebody is answered with that ticket, and so is a request sent again
    (`key`): when the
    answer was lost, asking again never calls a second person.

    :raises NotAllowed: `by` does not sit at this desk
    """
    desk = Desk.objects.select_related("office__commune").lock(desk.pk)
    require(
        permissions.can_serve(by, desk.office) and (by.is_system or desk.clerk_id == by.user_id),
        _("Open the desk before you call: somebody else sits there, or it is closed."),
    )
    in_hand = Ticket.objects.filter(desk=desk, state__in=AT_DESK).first()
    if in_hand is None and key:
        in_hand = Ticket.objects.filter(desk=desk, call_key=key).first()
    if in_hand:
        return in_hand
    today = clock.local_date(clock.now(), desk.office.commune.time_zone)
    ticket = (
        Ticket.objects.of_day(desk.office, today)
        .waiting()
        .in_turn()
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("visit__interaction")
        .first()
    )
    if ticket is None:
        return None
    now = clock.now()
    ticket.desk, ticket.clerk_id, ticket.call_key = desk, desk.clerk_id, key
    ticket.called_at, ticket.called_count = now, ticket.called_count + 1
    move(ticket, TicketState.CALLED, by=by, at=now, event="ticket.called")
    return ticket


@transaction.atomic
def recall_ticket(ticket: Ticket, *, by: Actor) -> Ticket:
    """
    Call a called ticket again.

    :raises NotAllowed: another clerk called it
    :raises DomainError: it is not waiting to come to the desk
    """
    ticket = Ticket.objects.lock(ticket.pk)
    require(permissions.has_in_hand(by, ticket), _("A colleague called this ticket."))
    if not ticket.is_called:
        raise DomainError(_("Only a called ticket can be called again."))
    now = clock.now()
    ticket.called_at, ticket.called_count = now, ticket.called_count + 1
    ticket.save(update_fields=["called_at", "called_count"])
    tell("ticket.recalled", ticket, by=by, at=now, times=ticket.called_count)
    return ticket


@transaction.atomic
def say_on_the_way(ticket: Ticket, *, by: Actor) -> Ticket:
    """Whoever holds a called ticket says that they are coming; a second time changes nothing."""
    ticket = Ticket.objects.lock(ticket.pk)
    if not ticket.is_called:
        raise DomainError(_("Your number is not being called now. Wait until it is."))
    if ticket.periods.filter(ended_at__isnull=True, kind=PeriodKind.CALLED).exists():
        now = clock.now()
        turn_page(ticket, PeriodKind.WALKING, at=now)
        tell("ticket.on_the_way", ticket, by=by, at=now)
    return ticket


@transaction.atomic
def put_back(ticket: Ticket, *, by: Actor) -> Ticket:
    """
    Put a called ticket back into the queue, at the place it had: the clerk was called away, or the desk has
    gone silent.

    :raises NotAllowed: `by` neither called it nor supervises the office
    :raises IllegalMove: it is not called
    """
    ticket = Ticket.objects.lock(ticket.pk)
    require(permissions.can_put_back(by, ticket), _("A colleague called this ticket."))
    now = clock.now()
    move(ticket, TicketState.WAITING, by=by, at=now, event="ticket.put_back")
    return ticket


@transaction.atomic
def mark_no_show(ticket: Ticket, *, by: Actor) -> Ticket:
    """
    A called person did not come: the contact ends as that, measured like any other.

    :raises NotAllowed: another clerk called it
    :raises IllegalMove: it is not called
    """
    ticket = Ticket.objects.lock(ticket.pk)
    require(permissions.has_in_hand(by, ticket), _("A colleague called this ticket."))
    now = clock.now()
    move(ticket, TicketState.NO_SHOW, by=by, at=now, event="ticket.no_show")
    crm.end_interaction(ticket.visit.interaction, by=by, ending="no_show")
    return ticket


@transaction.atomic
def abandon_ticket(ticket: Ticket, *, by: Actor) -> Ticket:
    """
    Somebody left: told at reception, by themselves on their phone (the ticket's token is the proof), or when
    the day ended.

    :raises NotAllowed: staff of another office
    :raises IllegalMove: they are at a desk, or it is over
    """
    ticket = Ticket.objects.lock(ticket.pk)
    if by.is_staff:
        require(
            permissions.can_receive(by, ticket.office),
            _("Tickets of this office are handled by its own staff."),
        )
    now = clock.now()
    move(ticket, TicketState.ABANDONED, by=by, at=now, event="ticket.abandoned")
    crm.end_interaction(ticket.visit.interaction, by=by, ending="abandoned")
    return ticket
