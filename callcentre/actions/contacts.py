"""What an agent does in a call, and finishing it."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from callcentre.actions.agents import settle_agent
from callcentre.actions.line_state import write_line_state
from callcentre.models import AgentStateKind, Call, CallNote, NoMatter
from callcentre.permissions import user_of
from catalog.models import ProcedureVersion
from common import clock, live
from common.errors import DomainError, require
from crm import permissions
from crm.actions import (
    LevelTooLow,
    answer_agency,
    close_enquiry,
    issue_claim_code,
    open_enquiry,
    wrap_up_interaction,
    write_to_agency,
)
from crm.models import Case, Enquiry, EnquiryKind, EnquiryOutcome, Interaction, Message, Stage
from crm.queries.levels import level_in

MAX_NOTE = 2000


@transaction.atomic
def add_matter(interaction: Interaction, *, by: Actor, version: ProcedureVersion | None = None) -> Enquiry:
    """
    Add what the caller asks about; without a procedure it is something else. An open one of the same
    procedure is gone on with.

    :raises NotAllowed: `by` does not attend this call
    """
    _require_attending(interaction, by)
    same = (
        interaction.enquiries.filter(version=version, outcome="", kind=EnquiryKind.INFORM).first()
        if version
        else None
    )
    kind = EnquiryKind.INFORM if version else EnquiryKind.OTHER
    return same or open_enquiry(interaction, by=by, kind=kind, version=version)


@transaction.atomic
def tell_status(interaction: Interaction, *, by: Actor, case: Case) -> Enquiry:
    """
    Note that the caller was told how their case goes.

    :raises NotAllowed: `by` has not this case before them
    :raises LevelTooLow: the sheet asks for a surer identity before its state is told by phone
    """
    _require_level(interaction, case, "status", by=by)
    matter = interaction.enquiries.filter(case=case, kind=EnquiryKind.FOLLOW).first()
    if matter is None:
        matter = open_enquiry(interaction, by=by, kind=EnquiryKind.FOLLOW, case=case)
    if matter.outcome == EnquiryOutcome.STATUS_TOLD:
        return matter
    return close_enquiry(matter, by=by, outcome=EnquiryOutcome.STATUS_TOLD)


@transaction.atomic
def answer_for_citizen(
    interaction: Interaction, *, by: Actor, case: Case, text: str, question_id: UUID | None = None
) -> Stage:
    """
    Answer the agency's question in the caller's words.

    :raises NotAllowed: `by` has not this case before them
    :raises LevelTooLow: the sheet asks for a surer identity
    :raises DomainError: nothing is asked, or nothing was written
    """
    _require_level(interaction, case, "answer", by=by)
    question = case.messages.filter(pk=question_id).first() if question_id else None
    stage = answer_agency(case, by=by, interaction=interaction, text=text, question=question)
    matter = open_enquiry(interaction, by=by, kind=EnquiryKind.ANSWER, case=case)
    close_enquiry(matter, by=by, outcome=EnquiryOutcome.CASE_UPDATED)
    return stage


@transaction.atomic
def write_for_citizen(interaction: Interaction, *, by: Actor, case: Case, text: str) -> Message:
    """
    Write to the agency in the caller's words, of their own accord.

    :raises NotAllowed: `by` has not this case before them
    :raises LevelTooLow: the sheet asks for a surer identity
    :raises DomainError: nothing was written, or the case is over since too long
    :raises TooManyAttempts: too much was written in a short time
    """
    _require_level(interaction, case, "answer", by=by)
    before = case.messages.count()
    message = write_to_agency(case, by=by, interaction=interaction, text=text)
    if case.messages.count() > before:
        matter = open_enquiry(interaction, by=by, kind=EnquiryKind.OTHER, case=case)
        close_enquiry(matter, by=by, outcome=EnquiryOutcome.CASE_UPDATED)
    return message


@transaction.atomic
def give_claim_code(interaction: Interaction, *, by: Actor, case: Case) -> str:
    """
    Return a one-time code to read out, with which the caller adds the case to their account.

    :raises NotAllowed: `by` has not this case before them
    :raises LevelTooLow: a code opens what telling the state opens, so it asks for the same level
    """
    _require_level(interaction, case, "status", by=by)
    return issue_claim_code(case, by=by, interaction=interaction)


@transaction.atomic
def write_note(call: Call, *, by: Actor, text: str) -> CallNote:
    """
    Write something down of a call.

    :raises NotAllowed: it is not their call
    :raises DomainError: nothing was written
    """
    require(
        call.agent_id is not None and call.agent_id == by.user_id,
        _("Only whoever spoke writes notes of a call."),
    )
    if not text.strip():
        raise DomainError(_("Write the note."), text=_("Write the note."))
    return CallNote.objects.create(
        call=call, author_id=user_of(by), text=text.strip()[:MAX_NOTE], at=clock.now()
    )


@transaction.atomic
def finish_call(
    interaction: Interaction, *, by: Actor, next_state: str = AgentStateKind.AVAILABLE, no_matter: str = ""
) -> None:
    """
    Finish the wrap-up: every matter has its outcome, or it is said why there was none.

    :raises NotAllowed: it is not their call
    :raises DomainError: the call is going on, a matter has no outcome, or there is no matter and no reason
    """
    call = Call.objects.select_for_update(of=("self",)).get(interaction=interaction)
    interaction = Interaction.objects.lock(interaction.pk)
    require(permissions.is_attending(by, interaction), _("Only whoever attended a contact can finish it."))
    if interaction.wrapped_up_at is None:
        _require_outcomes(interaction, no_matter)
        wrap_up_interaction(interaction, by=by)
        call.no_matter = no_matter if not interaction.enquiries.exists() else ""
        call.save(update_fields=["no_matter"])
    settle_agent(User.objects.get(pk=user_of(by)), by=by, state=next_state)
    write_line_state(by=by)
    live.publish("line", f"agent:{by.user_id}")


def _require_attending(interaction: Interaction, by: Actor) -> None:
    require(permissions.is_attending(by, interaction), _("Only whoever attends a call acts in it."))


def _require_outcomes(interaction: Interaction, no_matter: str) -> None:
    matters = interaction.enquiries
    if matters.filter(outcome="").exists():
        raise DomainError(_("Say of every matter how it came out; then the call is finished."))
    if not matters.exists() and no_matter not in NoMatter.values:
        sentence = _("Add what the caller asked about, or say why there was nothing.")
        raise DomainError(sentence, no_matter=sentence)


def _require_level(interaction: Interaction, case: Case, act: str, *, by: Actor) -> None:
    interaction = Interaction.objects.lock(interaction.pk)
    require(
        permissions.is_attending(by, interaction) and Case.objects.visible_to(by).filter(pk=case.pk).exists(),
        _("Bring the case into the call first."),
    )
    level = level_in(interaction, case, act)
    if not level.is_enough:
        raise LevelTooLow(level.sentence)
