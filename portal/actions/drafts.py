"""An application on the web: begun, left and found again, filed."""

from django.db import transaction

from accounts.actors import Actor
from catalog.models import ProcedureVersion
from common import clock
from crm import actions as crm
from crm.models import Case, EnquiryOutcome, Interaction
from portal.models import Draft
from portal.visitors import KEPT_FOR


@transaction.atomic
def begin_draft(version: ProcedureVersion, *, by: Actor, key: str, language: str) -> Draft:
    """
    Begin an application in a new contact on the web, and a place to find it again.

    :param key: a new key (`crm.keys.new_key()`); only its hash is stored
    """
    interaction = crm.open_interaction("web", by=by, reason="apply", language=language)
    case = crm.begin_case(version, by=by, interaction=interaction, key=key, language=language)
    return Draft.objects.create(case=case, begun_at=case.begun_at, kept_until=clock.now() + KEPT_FOR)


@transaction.atomic
def file_application(draft: Draft, *, by: Actor) -> Case:
    """
    File an application and end the contact it was made in. Filing again returns the same case.

    :raises NotAllowed: `by` does not hold the key
    :raises DomainError: an answer is missing or wrong; `fields` names the questions
    :raises LevelTooLow: this procedure must be surer of who files it
    """
    was_draft = Case.objects.lock(draft.case_id).is_draft
    case = crm.submit_case(draft.case, by=by)
    if was_draft:
        _end_contact(case, by=by)
    return case


def _end_contact(case: Case, *, by: Actor) -> None:
    """End the contact. One that ended by itself meanwhile stays so: coming back to file is another one."""
    contact = Interaction.objects.get(pk=case.source_id)
    if contact.ended_at is not None:
        contact = crm.open_interaction(
            "web", by=by, person=contact.person, commune=case.commune, reason="apply", language=case.language
        )
        enquiry = crm.open_enquiry(contact, by=by, kind="apply", case=case)
        crm.close_enquiry(enquiry, by=by, outcome=EnquiryOutcome.INFORMED)
    crm.end_interaction(contact, by=by)
