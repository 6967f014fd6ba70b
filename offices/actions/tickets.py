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
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog.models import ProcedureVersion
from common import clock
from common.errors import DomainError, require
from crm import actions as crm
from crm.models import Interaction, PersonIdentifier
from offices import permissions
from offices.actions.periods import end_contact, move, tell, turn_page
from offices.models import Desk, PeriodKind, Ticket, TicketState, Visit, VisitMatter
from offices.priorities import priorities
from offices.queries import locked
from territory.models import Office

HEAD_START = timedelta(minutes=40)
MAX_MATTERS = 10
# The number, then the clock, then the ticket and its first period. The counter's row is locked from here to the commit, and
# whoever takes a number at the same office waits for it: so all of this is one statement, and almost the last.
_GIVE_NUMBER = """
WITH counter AS (
    INSERT INTO offices_counter (office_id, business_date, series, last)
    VALUES (%(office_id)s, %(business_date)s, %(series)s, 1)
    ON CONFLICT (office_id, business_date, series) DO UPDATE SET last = offices_counter.last + 1 RETURNING last),
given AS (SELECT last AS number, clock_now() AS taken_at FROM counter),
ticket AS (
    INSERT INTO offices_ticket (id, visit_id, office_id, business_date, series, number, token, state, taken_at, turn_at, called_count)
    SELECT %(id)s, %(visit_id)s, %(office_id)s, %(business_date)s, %(series)s, number, %(token)s, %(state)s,
        taken_at, taken_at - %(head_start)s, %(called_count)s
    FROM given RETURNING id, number, taken_at, turn_at),
period AS (INSERT INTO offices_period (ticket_id, kind, started_at) SELECT id, 'waiting', taken_at FROM ticket)
SELECT number, taken_at, turn_at FROM ticket
"""
ORDINARY, PREFERRED = "A", "P"


class FormUsed(DomainError):
    """This request gave a ticket before, to somebody else."""

    code = "form-used"
    status = 409


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
    :raises FormUsed: `key` named another request
    :raises DomainError: the priority is not known, or the RUN is new and has no name
    """
    require(permissions.can_receive(by, office), _("Tickets of this office are given by its own staff."))
    matters = list(dict.fromkeys(versions))[:MAX_MATTERS]
    note = note.strip()[:200]
    if key and (taken := _taken_before(key)):
        if not _is_same(
            taken, office, matters, priority=priority, language=language, run=run, name=name, note=note
        ):
            raise FormUsed(
                _(
                    "This form has already given ticket %(ticket)s. If somebody else has come, press the button again."
                )
                % {"ticket": taken.name}
            )
        return taken
    if priority and priority not in priorities():
        raise DomainError(
            _("Choose a reason for priority from the list."), priority=_("Choose a reason from the list.")
        )
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
        interaction=interaction, office=office, priority=priority, note=note, key=key
    )
    VisitMatter.objects.bulk_create(VisitMatter(visit=visit, version=version) for version in matters)
    return _number(visit, interaction, by=by)


def _taken_before(key: UUID) -> Ticket | None:
    """
    Return the ticket this request has given already; the same request at the same moment waits its turn.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 102))", [str(key)])
    return Ticket.objects.select_related("visit__interaction__person").filter(visit__key=key).first()


def _is_same(
    taken: Ticket,
    office: Office,
    matters: list[ProcedureVersion],
    *,
    priority: str,
    language: str,
    run: str | None,
    name: str,
    note: str,
) -> bool:
    """Whether a ticket is what this request asked for; at the desk, matters and the person may have been told anew since."""
    visit, contact = taken.visit, taken.visit.interaction
    if (office.pk, priority, language, note) != (
        taken.office_id,
        visit.priority,
        contact.language,
        visit.note,
    ):
        return False
    if run and not (
        contact.person and PersonIdentifier.objects.of(contact.person).filter(kind="run", value=run).exists()
    ):
        return False
    if not taken.is_waiting:
        return True
    told = {row.version_id for row in visit.matters.all()}
    return told == {version.pk for version in matters} and (not name or contact.person is not None)


def _number(visit: Visit, interaction: Interaction, *, by: Actor) -> Ticket:
    """Give a visit its number, last of all."""
    ticket = Ticket(
        visit=visit,
        office=visit.office,
        business_date=interaction.business_date,
        series=PREFERRED if visit.priority else ORDINARY,
    )
    row = {field.attname: getattr(ticket, field.attname) for field in Ticket._meta.concrete_fields}
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_NUMBER, row | {"head_start": HEAD_START if visit.priority else timedelta()})
        ticket.number, ticket.taken_at, ticket.turn_at = cursor.fetchone()
    ticket._state.adding = False
    tell("ticket.taken", ticket, by=by, at=ticket.taken_at)
    return ticket


@transaction.atomic
def call_next(desk: Desk, *, by: Actor, key: UUID | None = None) -> Ticket | None:
    """
    Call whoever is next to a desk; None when nobody waits.

    A desk that has called or is serving somebody is answered with that ticket, and so is a request sent again
    (`key`): when the
    answer was lost, asking again never calls a second person.

    :raises NotAllowed: `by` does not sit at this desk
    """
    desk, zone = locked.desk_and_zone(desk.pk)
    require(
        permissions.sits_at(by, desk),
        _("Open the desk before you call: somebody else sits there, or it is closed."),
    )
    if answered := locked.answered_ticket(desk, key):
        return answered
    today = clock.local_date(clock.now(), zone)
    if (found := locked.next_ticket(desk.office_id, today)) is None:
        return None
    ticket, now = found
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
    ticket = locked.ticket(ticket.pk)
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
    ticket = locked.ticket(ticket.pk)
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
    ticket = locked.ticket(ticket.pk)
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
    ticket = locked.ticket(ticket.pk, with_contact=True)
    require(permissions.has_in_hand(by, ticket), _("A colleague called this ticket."))
    now = clock.now()
    move(ticket, TicketState.NO_SHOW, by=by, at=now, event="ticket.no_show")
    end_contact(ticket, by=by, at=now, ending="no_show")
    return ticket


@transaction.atomic
def abandon_ticket(ticket: Ticket, *, by: Actor) -> Ticket:
    """
    Somebody left: told at reception, by themselves on their phone (the ticket's token is the proof), or when
    the day ended.

    :raises NotAllowed: staff of another office
    :raises IllegalMove: they are at a desk, or it is over
    """
    ticket = locked.ticket(ticket.pk, with_contact=True)
    if by.is_staff:
        require(
            permissions.can_receive(by, ticket.office),
            _("Tickets of this office are handled by its own staff."),
        )
    now = clock.now()
    move(ticket, TicketState.ABANDONED, by=by, at=now, event="ticket.abandoned")
    end_contact(ticket, by=by, at=now, ending="abandoned")
    return ticket
