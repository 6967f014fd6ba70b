"""Serving somebody at a desk: start, hold, come back, finish; and the matters of the visit."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog.models import ProcedureVersion
from common import clock
from common.errors import DomainError, require
from crm import actions as crm
from crm import reasons
from crm.models import Case, Enquiry
from crm.permissions import is_attending
from offices import permissions
from offices.actions.periods import move
from offices.actions.tickets import MAX_MATTERS
from offices.models import AT_DESK, Desk, Ticket, TicketState, Visit, VisitMatter
from offices.queries import locked


class MattersOpen(DomainError):
    """Some matters have no outcome yet."""

    code = "matters-open"
    status = 409


@transaction.atomic
def start_serving(ticket: Ticket, *, by: Actor) -> Ticket:
    """
    The called person is at the desk: their wait ends here. A second time changes nothing.

    :raises NotAllowed: another clerk called it
    :raises IllegalMove: it is not called
    """
    ticket = locked.ticket(ticket.pk)
    require(permissions.has_in_hand(by, ticket), _("A colleague called this ticket."))
    if ticket.is_serving:
        return ticket
    now = clock.now()
    move(ticket, TicketState.SERVING, by=by, at=now, event="ticket.serving")
    interaction = crm.attend_interaction(ticket.visit.interaction, by=by)
    if interaction.person:
        crm.open_file(interaction.person, by=by, reason=reasons.AT_DESK, interaction=interaction)
    ticket.visit.interaction = interaction
    return ticket


@transaction.atomic
def hold_ticket(ticket: Ticket, *, by: Actor) -> Ticket:
    """
    Somebody goes to fetch a missing paper; the clerk stays in charge and may call others meanwhile.

    :raises NotAllowed: another clerk serves them
    :raises IllegalMove: they are not being served
    """
    ticket = locked.ticket(ticket.pk)
    require(permissions.has_in_hand(by, ticket), _("A colleague serves this person."))
    move(ticket, TicketState.HELD, by=by, at=clock.now(), event="ticket.held")
    return ticket


@transaction.atomic
def resume_ticket(ticket: Ticket, *, by: Actor) -> Ticket:
    """
    They are back, at the desk where their clerk sits now.

    :raises NotAllowed: another clerk serves them
    :raises DomainError: the clerk has somebody else at the desk, or sits at none
    :raises IllegalMove: they are not on hold
    """
    desk = Desk.objects.filter(clerk=by.user_id, is_open=True).select_for_update().first()
    ticket = locked.ticket(ticket.pk)
    require(permissions.has_in_hand(by, ticket), _("A colleague serves this person."))
    if desk is None or desk.office_id != ticket.office_id:
        raise DomainError(_("Open a desk first."))
    if desk.tickets.filter(state__in=AT_DESK).exclude(pk=ticket.pk).exists():
        raise DomainError(_("Finish with the person at your desk first."))
    ticket.desk = desk
    move(ticket, TicketState.SERVING, by=by, at=clock.now(), event="ticket.resumed")
    return ticket


@transaction.atomic
def finish_visit(ticket: Ticket, *, by: Actor, anyway: bool = False) -> Ticket:
    """
    The visit is over; the survey goes out. With `anyway`, matters without an outcome count as not resolved.

    :raises NotAllowed: another clerk serves them
    :raises MattersOpen: a matter has no outcome
    :raises IllegalMove: they are not being served
    """
    ticket = locked.ticket(ticket.pk)
    require(permissions.has_in_hand(by, ticket), _("A colleague serves this person."))
    if ticket.is_finished:
        return ticket
    matters = list(ticket.visit.matters.select_related("version", "case", "enquiry"))
    if not anyway and any(not matter.is_settled for matter in matters):
        raise MattersOpen(
            _("Say how each matter came out, or finish anyway: what is left open counts as not resolved.")
        )
    now = clock.now()
    for matter in matters:
        if matter.enquiry is None:
            enquiry = _enquire(matter, by=by, kind="inform" if matter.case is None else "follow")
            crm.close_enquiry(enquiry, by=by, outcome="not_resolved")
    move(ticket, TicketState.FINISHED, by=by, at=now, event="ticket.finished")
    crm.end_interaction(ticket.visit.interaction, by=by, ending="served")
    return ticket


@transaction.atomic
def add_matter(
    visit: Visit,
    *,
    by: Actor,
    version: ProcedureVersion | None = None,
    case: Case | None = None,
    reason: str = "",
) -> VisitMatter:
    """
    Add a procedure, or a case found by its folio, to a visit; the same one again returns what is there.

    :param reason: why a case of somebody else is needed; the citizen can read it
    :raises NotAllowed: `by` does not attend this visit
    :raises DomainError: too many matters, or a reason is missing
    """
    visit = Visit.objects.select_for_update(of=("self",)).select_related("interaction").get(pk=visit.pk)
    require(is_attending(by, visit.interaction), _("Only whoever attends a visit adds matters to it."))
    if case is not None:
        crm.bring_case(visit.interaction, by=by, case=case, reason=reason)
        matter, _created = VisitMatter.objects.get_or_create(visit=visit, case=case)
        return matter
    if version is None:
        raise DomainError(_("Choose a procedure."))
    if found := visit.matters.filter(version=version, case__isnull=True).first():
        return found
    if visit.matters.count() >= MAX_MATTERS:
        raise DomainError(_("Ten matters are enough for one visit: finish this one and give another ticket."))
    return VisitMatter.objects.create(visit=visit, version=version)


@transaction.atomic
def settle_matter(matter: VisitMatter, *, by: Actor, outcome: str) -> VisitMatter:
    """
    Say how a matter came out; it can be corrected until the visit is finished.

    :raises NotAllowed: `by` does not attend this visit
    :raises DomainError: no such outcome
    """
    matter = VisitMatter.objects.select_for_update(of=("self",)).get(pk=matter.pk)
    enquiry = matter.enquiry or _enquire(matter, by=by, kind="inform" if matter.case is None else "follow")
    crm.close_enquiry(enquiry, by=by, outcome=outcome)
    return VisitMatter.objects.select_related("enquiry").get(pk=matter.pk)


def _enquire(matter: VisitMatter, *, by: Actor, kind: str) -> Enquiry:
    """Open the enquiry of a matter that has none."""
    enquiry = crm.open_enquiry(
        matter.visit.interaction, by=by, kind=kind, version=matter.version, case=matter.case
    )
    matter.enquiry = enquiry
    matter.save(update_fields=["enquiry"])
    return enquiry
