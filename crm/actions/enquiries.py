"""The matters of a contact."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog.models import ProcedureVersion
from common import clock
from common.errors import DomainError, require
from crm import permissions
from crm.models import Case, Enquiry, EnquiryOutcome, Interaction
from crm.models.enquiry import ABOUT_CASE, RESOLVED, EnquiryKind
from events.record import record


@transaction.atomic
def open_enquiry(
    interaction: Interaction,
    *,
    by: Actor,
    kind: str,
    version: ProcedureVersion | None = None,
    case: Case | None = None,
) -> Enquiry:
    """
    Add a matter to a contact.

    :raises NotAllowed: `by` does not attend this contact
    :raises DomainError: the contact is finished
    """
    interaction = Interaction.objects.lock(interaction.pk)
    require(
        permissions.can_add_matters(by, interaction), _("Only whoever attends a contact adds matters to it.")
    )
    if interaction.wrapped_up_at is not None:
        raise DomainError(_("This contact is finished: begin a new one."))
    now = clock.now()
    enquiry = Enquiry(
        interaction=interaction,
        version=version or (case.version if case else None),
        case=case,
        kind=kind,
        opened_at=now,
    )
    enquiry.save(force_insert=True)
    record("enquiry.opened", enquiry, by=by, at=now, interaction=interaction, channel=interaction.channel)
    return enquiry


@transaction.atomic
def close_enquiry(enquiry: Enquiry, *, by: Actor, outcome: str) -> Enquiry:
    """
    Give a matter its outcome; an outcome given before can be corrected while the contact is not finished.

    :raises NotAllowed: `by` does not attend this contact
    """
    enquiry = (
        Enquiry.objects.select_for_update(of=("self",))
        .select_related("interaction", "case")
        .get(pk=enquiry.pk)
    )
    require(
        permissions.can_add_matters(by, enquiry.interaction),
        _("Only whoever attends a contact closes its matters."),
    )
    if outcome not in EnquiryOutcome.values or not outcome:
        raise DomainError(_("Choose how it came out."), outcome=_("Choose how it came out."))
    _require_true(enquiry, outcome)
    now = clock.now()
    enquiry.outcome = outcome
    enquiry.is_resolved = outcome in RESOLVED
    enquiry.closed_at = now
    enquiry.save(update_fields=["outcome", "is_resolved", "closed_at"])
    contact = enquiry.interaction
    record(
        "enquiry.closed",
        enquiry,
        by=by,
        at=now,
        interaction=contact,
        channel=contact.channel,
        outcome=outcome,
    )
    if outcome == EnquiryOutcome.STATUS_TOLD and enquiry.case and not enquiry.case.is_draft:
        record(
            "case.status_told",
            enquiry.case,
            by=by,
            at=now,
            interaction=enquiry.interaction,
            channel=enquiry.interaction.channel,
        )
    return enquiry


def _require_true(enquiry: Enquiry, outcome: str) -> None:
    """Savings are counted by outcomes, so one that tells of a case needs a filed one, and a filing stays a filing."""
    has_case = enquiry.case is not None and not enquiry.case.is_draft
    untrue = None
    if outcome in ABOUT_CASE and not has_case:
        untrue = _("No case was filed or found in this matter. Choose another outcome.")
    elif outcome == EnquiryOutcome.CASE_OPENED and enquiry.kind != EnquiryKind.APPLY:
        untrue = _("Nothing was applied for in this matter. Choose another outcome.")
    elif enquiry.outcome == EnquiryOutcome.CASE_OPENED != outcome:
        untrue = _("An application was filed in this matter: that is its outcome.")
    if untrue:
        raise DomainError(untrue, outcome=untrue)


@transaction.atomic
def drop_enquiry(enquiry: Enquiry, *, by: Actor) -> None:
    """
    Take back a matter that was added by mistake, or that became another: it has no outcome and no case.

    :raises NotAllowed: `by` does not attend this contact
    :raises DomainError: it has an outcome or a case already
    """
    enquiry = Enquiry.objects.select_for_update(of=("self",)).select_related("interaction").get(pk=enquiry.pk)
    require(
        by.is_system or permissions.is_attending(by, enquiry.interaction),
        _("Only whoever attends a contact changes its matters."),
    )
    if enquiry.outcome or enquiry.case_id:
        raise DomainError(_("This matter has an outcome already; it stays with the contact."))
    enquiry.delete()
