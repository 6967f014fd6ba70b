"""
What is done for a citizen at a desk: their application, their papers, their answers, each where an agreement
lets it be done here.
"""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common.errors import DomainError
from crm import actions as crm
from crm import reasons
from crm.files import StoredFile
from crm.models import Case, Document, Enquiry, EnquiryOutcome
from crm.permissions import can_be_given_key
from crm.queries.known import applicant_in
from crm.queries.requirements import papers_asked
from offices.models import VisitMatter
from offices.queries.acts import acts_here, why_not_received
from offices.queries.known_answers import known_answers

DOCUMENT_SEEN = 500


class NotHere(DomainError):
    """No agreement lets this office receive it."""

    code = "not-here"


@transaction.atomic
def begin_case_here(matter: VisitMatter, *, by: Actor, key: str) -> Case:
    """
    Begin an application in the citizen's name for one matter of the present visit; what we know of the person
    is filled in.

    :param key: the key that will open the case; only its hash is stored
    :raises NotAllowed: `by` does not attend this visit
    :raises NotHere: no agreement lets this office receive it
    :raises DomainError: the procedure has no form, or the application was begun already
    """
    matter = _lock(matter)
    version, visit = matter.version, matter.visit
    if matter.case is not None:
        raise DomainError(_("This application was begun already."))
    if version is None or not version.has_form:
        raise DomainError(_("This procedure can not be applied for here: it has no form yet."))
    _require_received_here(matter, by=by)
    case = crm.begin_case(
        version, by=by, interaction=visit.interaction, key=key, language=visit.interaction.language
    )
    if given := known_answers(applicant_in(visit.interaction, version), version):
        case = crm.fill_case(case, by=by, answers=given)
    matter.case, matter.enquiry = (
        case,
        Enquiry.objects.get(case=case, interaction=visit.interaction, kind="apply"),
    )
    matter.save(update_fields=["case", "enquiry"])
    return case


@transaction.atomic
def file_case_here(matter: VisitMatter, *, by: Actor) -> tuple[Case, str]:
    """
    File the application of a matter; return the case and a claim code to add it to the citizen's account.

    Filing again returns the same case and no code: the one on the first receipt stays good. Whoever speaks for another takes no code
    away.

    :raises NotAllowed: `by` does not attend this visit
    :raises NotHere: no agreement lets this office receive it any more, or this clerk
    :raises DomainError: an answer is missing or wrong; `fields` names the questions
    """
    matter = _lock(matter)
    if matter.case is None:
        raise DomainError(_("Begin the application first."))
    if not matter.case.is_draft:
        return matter.case, ""
    _require_received_here(matter, by=by)
    interaction = matter.visit.interaction
    case = crm.submit_case(matter.case, by=by)
    crm.bring_case(interaction, by=by, case=case, reason=reasons.FILED_HERE)
    is_theirs = can_be_given_key(interaction, case)
    code = crm.issue_claim_code(case, by=by, interaction=interaction) if is_theirs else ""
    return case, code


@transaction.atomic
def add_paper_here(matter: VisitMatter, *, by: Actor, file: StoredFile, requirement: str) -> Document:
    """
    Add a paper the citizen brought to the case of a matter.

    :raises NotAllowed: `by` does not attend this visit
    :raises NotHere: no agreement lets this office receive papers for it
    :raises DomainError: the case is decided, or the paper answers no requirement
    """
    matter = _lock(matter)
    case = _filed(matter)
    _require_received_here(matter, by=by, act="answer")
    known = {row.code for row in case.sheet.requirements} | dict(papers_asked(case)).keys()
    if known and requirement not in known:
        raise DomainError(
            _("Choose what this paper is for."), requirement=_("Choose what this paper is for.")
        )
    document = crm.add_document(
        case, by=by, file=file, requirement=requirement, interaction=matter.visit.interaction
    )
    _settle(matter, "case_updated", by=by, kind="paper")
    return document


@transaction.atomic
def answer_agency_here(matter: VisitMatter, *, by: Actor, text: str, question_id: UUID | None = None) -> Case:
    """
    Write down the citizen's answer to the agency.

    :raises NotAllowed: `by` does not attend this visit
    :raises DomainError: nothing is being asked, or nothing was written
    """
    matter = _lock(matter)
    case = _filed(matter)
    question = case.messages.filter(pk=question_id).first() if question_id else None
    crm.answer_agency(case, by=by, interaction=matter.visit.interaction, text=text, question=question)
    _settle(matter, "case_updated", by=by, kind="answer")
    return case


@transaction.atomic
def write_to_agency_here(matter: VisitMatter, *, by: Actor, text: str) -> Case:
    """
    Write to the agency in the citizen's words, of their own accord.

    :raises NotAllowed: `by` does not attend this visit
    :raises DomainError: nothing was written, or the case is over since too long
    :raises TooManyAttempts: too much was written in a short time
    """
    matter = _lock(matter)
    case = _filed(matter)
    crm.write_to_agency(case, by=by, interaction=matter.visit.interaction, text=text)
    _settle(matter, "case_updated", by=by, kind="other")
    return case


@transaction.atomic
def give_code_here(matter: VisitMatter, *, by: Actor) -> str:
    """
    Return a new claim code of the case of a matter, for its person, whose document was seen.

    :raises NotAllowed: `by` does not attend this visit, or the case is of somebody else
    :raises DomainError: their document was not seen yet, or whoever is here speaks for another
    """
    matter = _lock(matter)
    case, contact = _filed(matter), matter.visit.interaction
    if contact.identity_level < DOCUMENT_SEEN:
        raise DomainError(
            _("Ask for the identity card first, and say here that you saw it: the code opens the case.")
        )
    return crm.issue_claim_code(case, by=by, interaction=contact)


def _lock(matter: VisitMatter) -> VisitMatter:
    return VisitMatter.objects.select_for_update(of=("self",)).get(pk=matter.pk)


def _filed(matter: VisitMatter) -> Case:
    if matter.case is None or matter.case.is_draft:
        raise DomainError(_("This matter has no filed case yet."))
    return matter.case


def _require_received_here(matter: VisitMatter, *, by: Actor, act: str = "submit") -> None:
    version = matter.version or (matter.case.version if matter.case else None)
    if version is None:
        raise DomainError(_("This matter is about no procedure: nothing can be received for it."))
    acts = acts_here(version, matter.visit.office, by.user_id)
    if sentence := why_not_received(acts, version, matter.visit.office, act=act):
        raise NotHere(sentence)


def _settle(matter: VisitMatter, outcome: str, *, by: Actor, kind: str = "apply") -> None:
    enquiry = matter.enquiry
    if enquiry is None:
        enquiry = crm.open_enquiry(
            matter.visit.interaction, by=by, kind=kind, version=matter.version, case=matter.case
        )
        matter.enquiry = enquiry
        matter.save(update_fields=["enquiry"])
    if enquiry.outcome != EnquiryOutcome.CASE_OPENED:  # what is added after filing belongs to the filing
        crm.close_enquiry(enquiry, by=by, outcome=outcome)
