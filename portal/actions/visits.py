"""A visit to one's case on the web: one contact, in which its state is told and things may be handed in."""

from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from crm import actions as crm
from crm.files import StoredFile
from crm.models import Case, EnquiryOutcome, Interaction, Message, PartyRole
from crm.models.person import PersonKind


@transaction.atomic
def begin_visit(case: Case, *, by: Actor, language: str) -> Interaction:
    """
    Open the contact of a visit: its question, how the case goes, is answered by the page that follows.

    Where somebody filed it for another person, either may hold the key: nobody is known to be here.
    """
    people = {party.role: party.person for party in case.parties.select_related("person")}
    person, stands_for = people.get(PartyRole.APPLICANT), people.get(PartyRole.REPRESENTATIVE)
    if stands_for is not None and person is not None:
        person = stands_for if person.kind == PersonKind.ORGANISATION else None
    visit = crm.open_interaction(
        "web", by=by, person=person, commune=case.commune, reason="follow", language=language
    )
    enquiry = crm.open_enquiry(visit, by=by, kind="follow", case=case)
    crm.close_enquiry(enquiry, by=by, outcome=EnquiryOutcome.STATUS_TOLD)
    return crm.end_interaction(visit, by=by, wrap_up=False)


@transaction.atomic
def answer_in_visit(
    case: Case,
    *,
    by: Actor,
    visit: Interaction,
    text: str,
    question_id: UUID | None = None,
    file: StoredFile | None = None,
    requirement: str = "",
) -> Case:
    """
    Answer the agency, with a paper if there is one. The same answer to the same question again is the second press of one button.

    :param requirement: the paper's; empty for any other paper
    :raises NotAllowed: `by` does not hold the key
    :raises DomainError: nothing is being asked, or nothing was written
    """
    case = Case.objects.lock(case.pk)
    question = Message.objects.filter(case=case, pk=question_id).first() if question_id else None
    if question and case.messages.filter(answers=question, text=text.strip()).exists():
        return case
    crm.answer_agency(case, by=by, interaction=visit, text=text, question=question)
    if file:  # after their words, which are the answer: alone it would be one
        crm.add_document(case, by=by, file=file, requirement=requirement, interaction=visit)
    _note_matter(case, by=by, visit=visit, kind="answer")
    return Case.objects.get(pk=case.pk)


@transaction.atomic
def write_in_visit(
    case: Case, *, by: Actor, visit: Interaction, text: str, stage_id: UUID | None = None
) -> Message:
    """
    Write to an agency of one's case. The same text again within the hour is the second press of one button.

    :param stage_id: to which of its agencies, where it has several
    :raises NotAllowed: `by` does not hold the key
    :raises DomainError: nothing was written, or the case is over since too long
    :raises TooManyAttempts: too much was written in a short time
    """
    case = Case.objects.lock(case.pk)
    before = case.messages.count()
    stage = case.stages.filter(pk=stage_id).first() if stage_id else None
    message = crm.write_to_agency(case, by=by, interaction=visit, text=text, stage=stage)
    if case.messages.count() > before:
        _note_matter(case, by=by, visit=visit, kind="other")
    return message


@transaction.atomic
def read_in_visit(case: Case, *, by: Actor) -> int:
    """Note that whoever holds the key has read what agencies wrote; returns how much of it was new."""
    return crm.read_messages(case, by=by)


@transaction.atomic
def add_paper_in_visit(
    case: Case, *, by: Actor, visit: Interaction, file: StoredFile, requirement: str
) -> Case:
    """
    Hand in a paper; the same one again is the second press of one button.

    :param requirement: empty for any other paper
    :raises NotAllowed: `by` does not hold the key
    :raises DomainError: the case is decided
    """
    case = Case.objects.lock(case.pk)
    before = set(case.documents.values_list("pk", flat=True))
    document = crm.add_document(case, by=by, file=file, requirement=requirement, interaction=visit)
    if document.pk not in before:
        _note_matter(case, by=by, visit=visit, kind="paper")
    return Case.objects.get(pk=case.pk)


@transaction.atomic
def withdraw_in_visit(case: Case, *, by: Actor, visit: Interaction) -> Case:
    """
    Withdraw an open case.

    :raises NotAllowed: `by` does not hold the key
    :raises IllegalMove: it is decided
    """
    case = crm.withdraw_case(case, by=by, interaction=visit)
    _note_matter(case, by=by, visit=visit, kind="other")
    return case


def _note_matter(case: Case, *, by: Actor, visit: Interaction, kind: str) -> None:
    enquiry = crm.open_enquiry(visit, by=by, kind=kind, case=case)
    crm.close_enquiry(enquiry, by=by, outcome=EnquiryOutcome.CASE_UPDATED)
